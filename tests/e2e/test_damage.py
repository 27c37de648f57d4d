"""Journals that something happened to: what check, run and report --salvage say, and what they leave
alone."""

import hashlib
import re
import subprocess

import pytest

from audit import audit
from crashed import Remains
from paths import RESCIND
from targets import targets
from tool import RunDir
from wire import DELETED, error


@pytest.fixture
def half_done(make_wire, make_tool):
    """A run that stopped by itself after some of 80 targets, with several batches behind it."""

    def make():
        wire = make_wire([DELETED])
        tool = make_tool(wire.origin, options=("--max-rate", "40"))
        rows = targets(80)
        manifest = tool.manifest(rows)
        assert tool.run(manifest, "--deadline", "1s").code == 75
        return wire, tool, manifest, rows, tool.run_dir.path / "journal.jsonl"

    return make


def sha256sum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_check_prints_the_digest_that_the_report_has(half_done):
    _, tool, manifest, _, journal = half_done()
    for _ in range(2):
        checked = tool.call("check", tool.run_dir.path)
        assert checked.code == 0
        assert checked.out == f"{sha256sum(journal)}  {journal}\n"
        assert tool.run_dir.report["journal_sha256"] == sha256sum(journal)
        assert tool.run(manifest).code == 0


@pytest.mark.parametrize("closed", [(2,), (1, 2), (0, 1, 2)])
def test_messages_for_nobody_are_no_damage(closed, make_wire, make_tool):
    """Started with standard descriptors closed, a run opens its journal; none of its lines go there."""
    wire = make_wire([DELETED] * 20 + [error(400, "bad"), DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(40))
    shut = " ".join(f"{fd}>&-" for fd in closed)
    shell = ("sh", "-c", f'exec "$@" {shut}', "sh", RESCIND, "run", "--yes", "--run-dir",
             tool.run_dir.path, "--base-url", wire.origin, "--progress", "always", manifest)
    assert subprocess.run(shell, env=tool.env, timeout=60).returncode == 1
    checked = tool.call("check", tool.run_dir.path)
    assert (checked.code, checked.err) == (0, "")
    assert tool.run(manifest).code == 0
    assert tool.run_dir.totals == {"revoked": 40}


TAILS = {
    "half a line": b'{"s":NEXT,"b":NEXT,"p":"00000000","type":"end","row":3,"outc',
    "zeros": b"\0" * 4096,
    "foreign bytes": b"\xff\xfe\n\n\x01",
    "an empty line": b"\n",
    "a line of nobody": b'{"type":"try"}\n',
}


@pytest.mark.parametrize("tail", TAILS)
def test_a_torn_tail_is_kept_cut_and_told(half_done, tail):
    wire, tool, manifest, rows, journal = half_done()
    whole = journal.read_bytes()
    sent = len(wire.deletions)
    done = Remains(tool.run_dir).done
    lines = whole.count(b"\n")
    torn = TAILS[tail].replace(b"NEXT", b"%d" % (lines + 1))
    journal.write_bytes(whole + torn)

    checked = tool.call("check", tool.run_dir.path)
    assert checked.code == 0
    assert checked.out.split()[0] == sha256sum(journal)
    assert journal.read_bytes() == whole + torn, "check changes nothing"

    result = tool.run(manifest)
    assert result.code == 0
    told = [line for line in result.err.splitlines() if "journal.torn-1" in line]
    assert len(told) == 1
    assert f"{journal}:{lines + 1}: {len(torn)} bytes" in told[0]
    assert (tool.run_dir.path / "journal.torn-1").read_bytes() == torn
    assert journal.read_bytes().startswith(whole)
    assert len(wire.deletions) - sent == len(rows) - len(done)
    assert tool.run_dir.totals == {"revoked": 80}


def test_each_torn_tail_has_a_file_of_its_own(half_done):
    _, tool, manifest, _, journal = half_done()
    for number in (1, 2, 3):
        with open(journal, "ab") as file:
            file.write(b"torn %d" % number)
        assert f"journal.torn-{number}" in tool.run(manifest).err
    for number in (1, 2, 3):
        kept = (tool.run_dir.path / f"journal.torn-{number}").read_bytes()
        assert kept == b"torn %d" % number


def changed(data):
    return data[:-30] + bytes([data[-30] ^ 1]) + data[-29:]


DAMAGE = {
    "a changed byte": lambda lines, at: lines[:at] + [changed(lines[at])] + lines[at + 1 :],
    "a line that is gone": lambda lines, at: lines[:at] + lines[at + 1 :],
    "two lines swapped": lambda lines, at: lines[:at] + lines[at : at + 2][::-1] + lines[at + 2 :],
    "a line of zeros": lambda lines, at: [*lines[:at], b"\0" * 64 + b"\n", *lines[at + 1 :]],
    "a line twice": lambda lines, at: lines[: at + 1] + lines[at:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_before_the_last_batch(half_done, damage):
    """Refused by line; nothing is sent, nothing is changed; salvage says what can be trusted."""
    wire, tool, manifest, rows, journal = half_done()
    lines = journal.read_bytes().splitlines(keepends=True)
    ends = [at for at, line in enumerate(lines) if b'"type":"end"' in line]
    at = ends[1]
    before = Remains(tool.run_dir).ended
    journal.write_bytes(b"".join(DAMAGE[damage](lines, at)))
    after = journal.read_bytes()
    sent = len(wire.requests)

    bad = at + 1 + (damage == "a line twice")
    for what in (("check",), ("report",)):
        result = tool.call(*what, tool.run_dir.path)
        assert result.code == 65
        assert f"{journal}:{bad}: " in result.err
        assert f"rescind report --salvage {tool.run_dir.path}" in result.err
    result = tool.run(manifest)
    assert result.code == 65
    assert f"{journal}:{bad}: " in result.err
    assert len(wire.requests) == sent
    assert journal.read_bytes() == after

    reports = report_files(tool.run_dir.path)
    salvaged = tool.call("report", "--salvage", tool.run_dir.path)
    assert salvaged.code == 65, "no monitor takes it for a report"
    assert report_files(tool.run_dir.path) == reports, "the last run's own ones stay"
    salvage = RunDir(tool.run_dir.path / "salvage")
    assert salvaged.out.startswith("SALVAGED FROM A DAMAGED JOURNAL")
    assert (salvage.report["salvaged"], salvage.report["exit_code"]) == (True, 65)
    assert "Salvaged from a damaged journal" in (salvage.path / "report.html").read_text()
    assert re.search(rf"journal\.jsonl:({bad}|{bad + 1}): (left out|taken, but)", salvaged.err)
    known = {target for target, outcome in salvage.outcomes.items() if outcome == "revoked"}
    assert known <= set(before), "nothing is made up"
    assert len(known) >= len(before) - 2
    assert set(salvage.outcomes) == set(rows)
    assert journal.read_bytes() == after
    assert salvage.remaining == set(map(tuple, set(rows) - known)), "to go on with elsewhere"


def report_files(run_dir):
    return {path.name: path.read_bytes() for path in run_dir.glob("re*.*")}


def test_a_line_that_contradicts_the_targets(half_done, make_tool):
    """Another run's targets.csv: the journal is whole, and speaks of other targets."""
    wire, tool, manifest, _, _ = half_done()
    table = tool.run_dir.path / "targets.csv"
    head, first, second, rest = table.read_text().split("\n", 3)
    table.write_text("\n".join([head, second, first, rest]))
    sent = len(wire.requests)
    for result in (tool.run(manifest), tool.call("check", tool.run_dir.path)):
        assert result.code == 65, result
    assert len(wire.requests) == sent


def test_salvage_of_what_is_whole_says_nothing(half_done, make_sandbox, make_tool):
    rows = targets(20)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows)).code == 0
    result = tool.call("report", "--salvage", tool.run_dir.path)
    assert (result.code, result.err) == (0, "")
    audit(tool.run_dir, sandbox.truth(), rows)
    with open(tool.run_dir.path / "journal.jsonl", "ab") as journal:
        journal.write(b"torn")
    result = tool.call("report", "--salvage", tool.run_dir.path)
    assert result.code == 0, "a torn tail is no damage"
    assert "unfinished write" in result.err
    assert not (tool.run_dir.path / "salvage").exists()
    audit(tool.run_dir, sandbox.truth(), rows)
