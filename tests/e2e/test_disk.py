"""A disk that is really full, or read-only: a small tmpfs in a mount namespace of its own."""

import os
import subprocess
import time

import pytest

from audit import audit
from crashed import Watch, asked
from targets import targets
from tool import RunDir, finish
from wire import DELETED

MOUNT = 'mount -t tmpfs -o "size=$2" disk "$1" && echo ready && exec cat'


class Disk:
    """`path` leads into it, from outside of its namespace too."""

    def __init__(self, directory, size):
        directory.mkdir()
        self._at = directory
        unshare = ["unshare", "--mount", "--propagation", "private"]
        self._holder = subprocess.Popen(
            [*unshare, "sh", "-c", MOUNT, "sh", directory, size],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.ready = self._holder.stdout.readline() == b"ready\n"
        self.path = f"/proc/{self._holder.pid}/root{directory}"

    def remount(self, options):
        inside = ["nsenter", "--mount", f"--target={self._holder.pid}"]
        command = [*inside, "mount", "-o", f"remount,{options}", self._at]
        subprocess.run(command, check=True, capture_output=True)

    def stop(self):
        self._holder.communicate(timeout=10)


@pytest.fixture
def scene(make_sandbox, make_tool, tmp_path, running):
    """A run directory on a disk of that size; skipped where mounting is not permitted."""

    def make(size, count):
        disk = running(Disk(tmp_path / "disk", size))
        if not disk.ready:
            pytest.skip("no mount namespace for us")
        rows = targets(count)
        sandbox = make_sandbox(rows)
        tool = make_tool(*sandbox.origins, options=("--max-rate", "0"))
        tool.run_dir = RunDir(f"{disk.path}/run")
        return disk, sandbox, tool, tool.manifest(rows), rows

    return make


def test_full_before_the_first_request(scene):
    """There is room for the journal, and none for the reports: that is met before anything is sent."""
    disk, sandbox, tool, manifest, rows = scene("96k", 400)
    for _ in range(2):  # full, and still full
        result = tool.run(manifest)
        assert result.code == 73, result
        assert "No space left on device" in result.err and "nothing was sent" in result.err
        assert not asked(sandbox.truth())
        assert not list(tool.run_dir.path.glob("*.tmp-*"))
        assert tool.call("check", tool.run_dir.path).code == 0
    disk.remount("size=4m")
    assert tool.run(manifest).code == 0
    audit(tool.run_dir, sandbox.truth(), rows)


def test_full_in_the_middle(scene):
    """Whatever was sent has room for its result: what fills the disk stops what would come next."""
    disk, sandbox, tool, manifest, rows = scene("2m", 4000)
    watch = Watch(tool, sandbox)
    tool.options = ["--max-rate", "500"]
    process = tool.start(manifest)
    end = time.monotonic() + 30
    while len(asked(sandbox.truth())) < 200 and time.monotonic() < end:
        time.sleep(0.02)
    filler = open(f"{disk.path}/filler", "wb", buffering=0)
    try:
        while filler.write(bytes(4096)):
            pass
    except OSError:
        pass
    result = finish(process, 60)
    assert result.code == 74, result
    assert "No space left on device" in result.err
    remains = watch.look()
    sent = set(asked(sandbox.truth()))
    assert 200 <= len(sent) < 4000
    assert sent <= set(remains.ended)

    filler.close()
    os.unlink(f"{disk.path}/filler")
    disk.remount("size=8m")
    assert tool.run(manifest).code == 0
    watch.look()
    audit(tool.run_dir, sandbox.truth(), rows, crashed=True)


def test_space_for_every_result(scene):
    """A disk that is too small from the start: what tmpfs gave for results is not given back when it
    has no more, and what was heard by then is written."""
    disk, sandbox, tool, manifest, rows = scene("300k", 300)
    sandbox.change("delay 50ms")
    watch = Watch(tool, sandbox)
    result = tool.run(manifest)
    assert result.code == 74 and "no space for what is to come" in result.err, result
    assert "unknown" not in result.err
    sent = set(asked(sandbox.truth()))
    assert 0 < len(sent) < 300
    assert sent <= set(watch.look().ended)
    assert tool.run_dir.records("close")[-1]["exit_code"] == 74


def test_read_only(scene):
    disk, sandbox, tool, manifest, rows = scene("4m", 20)
    disk.remount("ro")
    assert tool.run(manifest).code == 73
    disk.remount("rw")
    assert tool.run(manifest, "--deadline", "1s", "--canary", "1").code == 0
    disk.remount("ro")
    more = tool.manifest(rows + targets(5, "baseten"), "more.csv")
    requests = sandbox.counts()["requests"]
    result = tool.run(more)
    assert result.code == 74
    assert "Read-only file system" in result.err
    assert sandbox.counts()["requests"] == requests
    assert tool.call("check", tool.run_dir.path).code == 0
    assert tool.call("report", tool.run_dir.path).code == 73


def test_a_journal_that_is_removed_under_a_run(make_wire, make_tool):
    """What has no name any more is lost with the process: nothing is sent on."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    process = tool.start(tool.manifest(targets(400)), "--max-rate", "50")
    end = time.monotonic() + 20
    while len(wire.deletions) < 5:
        assert time.monotonic() < end
        time.sleep(0.01)
    (tool.run_dir.path / "journal.jsonl").unlink()
    result = finish(process, 20)
    assert result.code == 74, result
    assert "was removed while a run writes to it" in result.err
    assert "safe" not in result.err
    assert len(wire.deletions) < 100
