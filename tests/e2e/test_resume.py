"""The same command again: after kills, beside another process, on a finished run."""

import random
import signal
import time

from audit import audit
from targets import mixed, targets
from tool import finish
from wire import DELETED, error, reply

FAULTS = [
    *("--fault", "500:8%", "--fault", "503:2%:retry-after=1:times=5", "--fault", "drop:8%"),
    *("--fault", "reset:4%", "--fault", "cut:4%", "--fault", "408:2%", "--fault", "502:2%"),
]


def test_ten_thousand_mixed_targets_with_faults(make_sandbox, make_tool):
    """30% of the answers are faults; every target is accounted for, exactly."""
    rows = mixed(10_000)
    sandbox = make_sandbox(rows, "--absent", "5%", "--seed", "7", *FAULTS)
    tool = make_tool(*sandbox.origins, options=("--max-rate", "0", "--max-attempts", "12"))
    result = tool.run(tool.manifest(rows), timeout=110)
    assert result.code == 0, result.err[-2000:]
    truth = sandbox.truth()
    audit(tool.run_dir, truth, rows)
    assert all(not known["exists"] for known in truth.values())
    report = tool.run_dir.report
    assert report["requests"]["http_5xx"] > 500
    assert report["requests"]["network_errors"] > 500
    assert report["exit_code"] == 0


def test_two_kills_and_a_resume_in_between(make_sandbox, make_tool):
    rows = mixed(4_000)
    sandbox = make_sandbox(rows, "--absent", "5%", *FAULTS)
    tool = make_tool(*sandbox.origins, options=("--max-rate", "0", "--max-attempts", "12"))
    manifest = tool.manifest(rows)

    def gone():
        return sandbox.counts()["providers"]["openrouter"]["effective"]

    for share in (0.2, 0.6):
        process = tool.start(manifest)
        end = time.monotonic() + 60
        while gone() < share * 0.475 * len(rows) and time.monotonic() < end:
            time.sleep(0.02)
        assert process.poll() is None
        process.kill()
        assert finish(process).code == -signal.SIGKILL
    result = tool.run(manifest, timeout=110)
    assert result.code == 0, result.err[-2000:]
    audit(tool.run_dir, sandbox.truth(), rows, crashed=True)
    assert len(tool.run_dir.records("open")) == 3


def test_nothing_done_is_sent_again(make_sandbox, make_tool):
    """Killed at 12 random moments; no target is asked for after its synced end."""
    rows = targets(1500)
    sandbox = make_sandbox(rows, "--delay", "2ms")
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    dice = random.Random(5)
    for _ in range(12):
        done = set()
        if (tool.run_dir.path / "journal.jsonl").exists():
            tool.call("report", tool.run_dir.path)
            done = {t for t, outcome in tool.run_dir.outcomes.items() if outcome == "revoked"}
        before = sandbox.truth()
        process = tool.start(manifest)
        time.sleep(dice.uniform(0.05, 0.5))
        process.kill()
        finish(process)
        after = sandbox.truth()
        again = [t for t in done if after[t]["requests"] != before[t]["requests"]]
        assert again == []
    assert tool.run(manifest).code == 0
    audit(tool.run_dir, sandbox.truth(), rows, crashed=True)


def test_a_finished_run_sends_nothing(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(5))
    assert tool.run(manifest).code == 0
    connections = wire.connections
    assert tool.run(manifest).code == 0
    assert wire.connections == connections


def test_failed_ones_are_tried_again_with_fresh_attempts(make_wire, make_tool):
    wire = make_wire([DELETED, error(400, "no"), reply(200, {"deleted": False}), DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(4))
    one = ("--concurrency", "1", "--halt", "100%")
    assert tool.run(manifest, *one).code == 1
    assert tool.run_dir.totals == {"revoked": 2, "failed": 1, "unconfirmed": 1}
    assert len(wire.deletions) == 4
    assert tool.run(manifest, *one).code == 0
    assert len(wire.deletions) == 6
    assert tool.run_dir.totals == {"revoked": 4}


def test_an_extended_and_reordered_manifest(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    rows = targets(10)
    assert tool.run(tool.manifest(rows[:6])).code == 0
    assert tool.run(tool.manifest(rows[::-1])).code == 0
    assert len(wire.deletions) == 10
    assert set(tool.run_dir.outcomes.values()) == {"revoked"}


def test_a_shortened_manifest(make_wire, make_tool):
    """What is not listed any more is not sent, and told as dropped; back on the list it is sent."""
    wire = make_wire([DELETED, DELETED, error(400, "no"), error(400, "no"), DELETED])
    tool = make_tool(wire.origin, options=("--concurrency", "1", "--halt", "100%"))
    rows = targets(6)
    assert tool.run(tool.manifest(rows[:4])).code == 1
    result = tool.run(tool.manifest([rows[5], rows[0]]))
    assert result.code == 0
    assert len(wire.deletions) == 5
    assert set(tool.run_dir.rows) == {rows[0], rows[5]}
    assert tool.run_dir.report["dropped"] == 3
    assert "dropped" in result.out
    assert tool.run(tool.manifest(rows)).code == 0
    assert len(wire.deletions) == 8
    assert tool.run_dir.totals == {"revoked": 6}
    assert tool.run_dir.report["dropped"] == 0


def test_attempts_before_a_crash_count(make_wire, make_tool):
    """Two attempts end, then it is killed: of three at most, one is left."""
    tool = make_tool(options=("--no-preflight", "--max-attempts", "3"))
    manifest = tool.manifest(targets(1))
    wire = make_wire([error(500), error(500), reply(200, {"deleted": True}, wait=30)])
    tool.origins = [wire.origin]
    process = tool.start(manifest)
    end = time.monotonic() + 20
    while len(wire.deletions) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    process.kill()
    finish(process)
    wire.answer_with([error(500)])
    result = tool.run(manifest)
    assert result.code == 1
    assert len(wire.deletions) == 4
    (row,) = tool.run_dir.rows.values()
    assert (row["outcome"], row["attempts"]) == ("failed", "4"), "and the one that never ended shows"
    wire.answer_with([error(500), DELETED])
    assert tool.run(manifest).code == 0, "run again: fresh attempts"
    assert tool.run_dir.totals == {"revoked": 1}


def test_a_second_process_is_refused_while_the_first_lives(make_wire, make_tool):
    wire = make_wire([reply(200, {"deleted": True}, wait=3)])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(2))
    process = tool.start(manifest, "--no-preflight")
    end = time.monotonic() + 20
    while not wire.deletions and time.monotonic() < end:
        time.sleep(0.01)
    sent = len(wire.requests)
    second = tool.run(manifest)
    assert second.code == 75
    since = tool.run_dir.records("open")[0]["at"]
    assert f"process {process.pid}, since {since[:16]}" in second.err
    assert len(wire.requests) == sent
    process.kill()
    finish(process)
    wire2 = tool.run(manifest, "--max-attempts", "1", timeout=30)
    assert wire2.code == 0, "a killed holder holds nothing"


def test_torn_tail_is_kept_aside_and_the_run_goes_on(make_sandbox, make_tool):
    rows = targets(50)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest, "--deadline", "1s", "--max-rate", "20").code == 75
    with open(tool.run_dir.path / "journal.jsonl", "ab") as journal:
        journal.write(b'{"s":999,"b":999,"type":"end","outc')
    result = tool.run(manifest)
    assert result.code == 0
    assert "journal.torn-1" in result.err
    torn = (tool.run_dir.path / "journal.torn-1").read_bytes()
    assert torn.endswith(b'"type":"end","outc')
    audit(tool.run_dir, sandbox.truth(), rows)


def test_check(make_sandbox, make_tool):
    rows = targets(5)
    tool = make_tool(*make_sandbox(rows).origins)
    assert tool.run(tool.manifest(rows)).code == 0
    assert tool.call("check", tool.run_dir.path).code == 0
    journal = tool.run_dir.path / "journal.jsonl"
    # the first line: whatever the pace was, another batch follows it
    journal.write_bytes(journal.read_bytes().replace(b'"open"', b'"oPen"', 1))
    assert tool.call("check", tool.run_dir.path).code == 65


def test_a_batch_that_was_cut_between_a_result_and_its_sighting(make_sandbox, make_tool):
    """A deletion of this account that is on record shows that its requests get where its look does,
    whatever else of that batch was lost."""
    rows = targets(10)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest).code == 0
    journal = tool.run_dir.path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    at = next(i for i, l in enumerate(lines) if b'"look":"delete"' in l)
    assert b'"outcome":"revoked"' in lines[at - 1]
    journal.write_bytes(b"".join(lines[:at]))
    result = tool.run(manifest)
    assert result.code == 0, result
    assert tool.run_dir.totals == {"revoked": 1, "absent_after_retry": 9}
