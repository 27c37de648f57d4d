"""Every durability call of a small run fails, falls short or is the last one; so does each
allocation. RESCIND_EVERY=1 visits every allocation (make crash), without it every RESCIND_STRIDE-th
(97): all the other calls are visited each time."""

import os
import signal

import pytest

from audit import audit
from crashed import Remains, Watch, asked, named_unknown
from inject import build
from targets import mixed

STRIDE = 1 if os.environ.get("RESCIND_EVERY") else int(os.environ.get("RESCIND_STRIDE", "97"))
LANES = 8  # tests side by side, each with a share of the allocations

# One target is tried again: there is a batch more, and something that waits when the journal fails.
FAULT = ("--fault", "500:100%:effect=no:times=1")


@pytest.fixture(scope="session")
def injector(tmp_path_factory):
    return build(tmp_path_factory.mktemp("inject"))


@pytest.fixture
def scene(make_sandbox, make_tool):
    """A sandbox, a tool for it and a manifest, never used before."""

    def make(*faults):
        rows = mixed(8)
        sandbox = make_sandbox(rows, "--delay", "2ms", *faults)
        tool = make_tool(*sandbox.origins, options=(
            *("--max-rate", "0", "--halt", "100%", "--expect-absent"),
        ))
        return sandbox, tool, tool.manifest(rows), rows

    return make


def finishes(tool, sandbox, manifest, rows, watch):
    """The fault is gone: the same command ends well, and all is accounted for."""
    result = tool.run(manifest)
    assert result.code == 0, result.err
    remains = watch.look()
    assert set(remains.done) == set(rows)
    assert tool.run_dir.report["journal_sha256"] == remains.sha256
    audit(tool.run_dir, sandbox.truth(), rows, crashed=True)
    left = {path.name for path in tool.run_dir.path.iterdir()}
    assert not [name for name in left if ".tmp-" in name]


def nothing_claimed(tool, sandbox, result, remains):
    """What was asked for and is not on disk as ended is told as unknown, when the journal fails."""
    unknown = set(asked(sandbox.truth())) - set(remains.ended)
    assert unknown <= named_unknown(result.err), result.err
    assert not (set(remains.ended) & named_unknown(result.err)) or "fdatasync" in result.err


def after_the_hit(calls):
    return calls[[call.hit for call in calls].index(True) + 1 :]


def code_expected(hit):
    """The journal's own failures are 74; before it is there, and of the other files, 73."""
    if hit.name == "journal.jsonl":
        return 73 if hit.kind == "open" else 74
    return 73


def visit(scene, injector, what):
    """One run with that fault. None where it has no such call; else the call that was hit."""
    call, _, kind = what.split(":")
    sandbox, tool, manifest, rows = scene(*(FAULT if call in ("write", "fdatasync") else ()))
    watch = Watch(tool, sandbox)
    injector.arm(tool, what)
    result = tool.run(manifest)
    calls = injector.calls(tool)
    injector.disarm(tool)
    hits = [call for call in calls if call.hit]
    if not hits:
        assert result.code == 0, result.err
        sandbox.stop()
        return None
    told = f"{what} on {hits[0]}: {result}"
    if kind in ("EINTR", "short"):
        assert result.code == 0, told
    elif kind in ("kill", "kill-after", "torn"):
        assert result.code == -signal.SIGKILL, told
    elif hits[0].kind == "send":
        assert result.code == 0, told
    else:
        assert result.code == code_expected(hits[0]), told
        assert hits[0].name.removesuffix(".") in result.err, told
        if result.code == 74 or not rows_sent(calls):
            assert not [call for call in after_the_hit(calls) if call.kind == "send"], told
    remains = watch.look()
    if result.code == 74:
        nothing_claimed(tool, sandbox, result, remains)
    finishes(tool, sandbox, manifest, rows, watch)
    sandbox.stop()
    return hits[0]


def rows_sent(calls):
    return [call for call in calls if call.kind == "send" and call.name == "DELETE"]


CALLS = [
    *[("write", what) for what in ("ENOSPC", "EIO", "EINTR", "short", "torn", "kill")],
    *[("fdatasync", what) for what in ("EIO", "ENOSPC", "EINTR", "kill", "kill-after")],
    *[("fsync", what) for what in ("EIO", "kill", "kill-after")],
    *[("rename", what) for what in ("EIO", "ENOSPC", "kill", "kill-after")],
    *[("open", what) for what in ("EACCES", "ENOSPC", "EMFILE", "kill", "kill-after")],
    *[("mkdir", what) for what in ("ENOSPC", "EROFS")],
    *[("send", what) for what in ("EIO", "EINTR", "short", "torn", "kill", "kill-after")],
]


@pytest.mark.parametrize("call,what", CALLS)
def test_every_call_once(scene, injector, call, what):
    visited = []
    while hit := visit(scene, injector, f"{call}:{len(visited) + 1}:{what}"):
        visited.append(hit)
    assert visited, "a run makes no such call"


@pytest.mark.parametrize("call,what", [("write", "ENOSPC"), ("fdatasync", "EIO"), ("open", "EROFS")])
def test_every_call_from_there_on(scene, injector, call, what):
    """A disk that stays full or broken."""
    visited = []
    while hit := visit(scene, injector, f"{call}:{len(visited) + 1}+:{what}"):
        visited.append(hit)
    assert len(visited) > 3


@pytest.mark.parametrize("lane", range(LANES))
def test_every_allocation(scene, injector, lane):
    """It ends at once or copes, and the next run never has to care which."""
    if not injector.allocs:
        pytest.skip("the sanitizer's allocations cannot be made to fail")
    sandbox, tool, manifest, rows = scene()
    injector.arm(tool)
    assert tool.run(manifest).code == 0
    most = injector.allocations(tool)
    assert most > 1000
    for number in range(1 + lane * STRIDE, most, LANES * STRIDE):
        sandbox, tool, manifest, rows = scene()
        watch = Watch(tool, sandbox)
        injector.arm(tool, f"alloc:{number}:ENOMEM")
        result = tool.run(manifest)
        injector.disarm(tool)
        assert result.code in (0, 75), f"allocation {number}: {result}"
        if result.code == 75:
            assert result.err, f"allocation {number}: stopped without a word"
        if tool.run_dir.path.exists():
            watch.look()
            finishes(tool, sandbox, manifest, rows, watch)
        sandbox.stop()


def test_a_first_send_that_fails_holds_up_nobody(scene, injector):
    """Its connection stays open: libcurl by itself would let all others to that host wait for it,
    without a timeout."""
    sandbox, tool, manifest, rows = scene()
    watch = Watch(tool, sandbox)
    injector.arm(tool, "send:1:EIO")
    result = tool.run(manifest, "--no-preflight", "--timeout", "2", timeout=30)
    assert result.code == 0, result.err
    injector.disarm(tool)
    watch.look()
    audit(tool.run_dir, sandbox.truth(), rows, crashed=True)


def test_each_try_is_synced_before_its_request(make_sandbox, make_tool, injector):
    """By the order of the calls themselves, whenever a kill might have come."""
    rows = mixed(1500)
    sandbox = make_sandbox(rows, "--delay", "1ms", "--fault", "500:5%", "--fault", "drop:3%")
    tool = make_tool(*sandbox.origins, options=("--max-rate", "0", "--halt", "100%"))
    injector.arm(tool)
    assert tool.run(tool.manifest(rows)).code == 0
    announced = {t.id: size for t, size in Remains(tool.run_dir).announced_at.items()}
    synced = sent = 0
    for call in injector.calls(tool):
        if (call.kind, call.name) == ("synced", "journal.jsonl"):
            synced = int(call.more)
        elif (call.kind, call.name) == ("send", "DELETE"):
            assert announced[call.more.rsplit("/", 1)[1]] <= synced
            sent += 1
    assert sent > len(rows)
