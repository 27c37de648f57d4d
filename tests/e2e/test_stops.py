"""Signals, deadlines, holds: how a run stops and how it waits."""

import fcntl
import os
import pty
import signal
import termios
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from openrouter import OpenRouter
from targets import mixed, targets
from tool import DONE, finish
from wire import DELETED, MANAGEMENT_KEY, error, reply

SLOW = reply(200, {"deleted": True}, wait=0.5)


def wait_until(what, limit=20):
    end = time.monotonic() + limit
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_lets_those_in_flight_finish(which, make_wire, make_tool):
    rows = targets(400)
    wire = make_wire([SLOW])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(rows)
    process = tool.start(manifest, "--concurrency", "8")
    wait_until(lambda: len(wire.deletions) >= 12)
    process.send_signal(which)
    stopped = len(wire.deletions)
    result = finish(process, 20)
    assert result.code == 75
    assert len(wire.deletions) <= stopped + 8
    totals = tool.run_dir.totals
    assert totals["revoked"] == len(wire.deletions)
    assert totals["revoked"] + totals["not_attempted"] == len(rows)
    assert len(tool.run_dir.remaining) == totals["not_attempted"]
    close = tool.run_dir.records("close")[-1]
    assert close["exit_code"] == 75
    assert close["reason"] == f"stopped by {which.name}"


def test_a_terminal_that_goes_away(make_wire, make_tool):
    """The connection to a jump host breaks: what is in flight is not lost, the report is there."""
    rows = targets(400)
    wire = make_wire([SLOW])
    tool = make_tool(wire.origin)
    ours, theirs = pty.openpty()

    def own_terminal():
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    process = tool.start(
        tool.manifest(rows), "--concurrency", "8", "--progress", "always",
        stdout=theirs, stderr=theirs, preexec_fn=own_terminal,
    )
    os.close(theirs)
    wait_until(lambda: len(wire.deletions) >= 12)
    os.close(ours)
    process.wait(20)
    totals = tool.run_dir.totals
    assert totals["revoked"] == len(wire.deletions) < len(rows)
    assert totals["revoked"] + totals["not_attempted"] == len(rows)
    close = tool.run_dir.records("close")[-1]
    assert (close["exit_code"], close["reason"]) == (75, "stopped by SIGHUP")


def test_hangups_never_count_as_the_second_signal(make_wire, make_tool):
    wire = make_wire([SLOW])
    tool = make_tool(wire.origin)
    process = tool.start(tool.manifest(targets(40)), "--concurrency", "4", "--no-preflight")
    wait_until(lambda: wire.deletions)
    for _ in range(5):
        process.send_signal(signal.SIGHUP)
        time.sleep(0.02)
    assert finish(process, 20).code == 75
    assert tool.run_dir.totals["revoked"] == len(wire.deletions) > 0


def test_the_two_signals_of_a_session_that_ends(make_wire, make_tool):
    """SIGTERM and SIGHUP at once are one request: what is in flight is waited for."""
    wire = make_wire([SLOW])
    tool = make_tool(wire.origin)
    process = tool.start(tool.manifest(targets(400)), "--concurrency", "8")
    wait_until(lambda: len(wire.deletions) >= 12)
    process.send_signal(signal.SIGSTOP)  # so that both are there when it looks
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGCONT)
    assert finish(process, 20).code == 75
    assert tool.run_dir.totals["revoked"] == len(wire.deletions)


def test_stopped_for_longer_than_the_timeout(make_wire, make_tool):
    """What was answered meanwhile is read before anything is given up."""
    wire = make_wire([reply(200, {"deleted": True}, wait=0.4)])
    tool = make_tool(wire.origin)
    process = tool.start(tool.manifest(targets(60)), "--concurrency", "16", "--timeout", "1.5")
    wait_until(lambda: len(wire.deletions) >= 20)
    process.send_signal(signal.SIGSTOP)
    time.sleep(2)
    process.send_signal(signal.SIGCONT)
    assert finish(process, 20).code == 0
    assert tool.run_dir.totals == {"revoked": 60}


def test_nohup(make_wire, make_tool):
    wire = make_wire([SLOW])
    tool = make_tool(wire.origin)
    process = tool.start(
        tool.manifest(targets(16)), "--concurrency", "4",
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    wait_until(lambda: wire.deletions)
    process.send_signal(signal.SIGHUP)
    assert finish(process, 20).code == 0
    assert tool.run_dir.totals == {"revoked": 16}


def test_signals_that_come_until_the_end(make_wire, make_tool):
    """Also while the report is written: it is there, and the exit code is still 75."""
    rows = targets(20000)
    wire = make_wire([SLOW])
    tool = make_tool(wire.origin)
    process = tool.start(tool.manifest(rows))
    wait_until(lambda: wire.deletions)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.005)
    assert finish(process).code == 75
    assert sum(tool.run_dir.totals.values()) == len(rows)


def test_two_signals_end_at_once_and_a_resume_finishes(make_wire, make_tool):
    rows = targets(40)
    wire = make_wire([reply(200, {"deleted": True}, wait=15)])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(rows)
    process = tool.start(manifest, "--no-preflight")
    wait_until(lambda: wire.deletions)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert process.poll() is None, "the one in flight is waited for"
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert finish(process, 10).code == 75
    assert time.monotonic() - began < 5
    fast = make_wire([DELETED])
    tool.call("report", tool.run_dir.path)
    assert tool.run_dir.totals == {"not_attempted": 40}
    assert fast.connections == 0


@pytest.mark.parametrize("command", ["run", "rotate"])
def test_signals_until_the_end(command, make_wire, make_tool):
    """However many, and also those that come while the reports are written."""
    rows = targets(40)
    tool = make_tool(make_wire(OpenRouter(rows)).origin)
    args = () if command == "run" else ("--secrets-file", tool.directory / "secrets.csv")
    process = tool.start_as_is(
        command, "--yes", "--run-dir", tool.run_dir.path, "--base-url", tool.origins[0],
        "--max-rate", "20", *args, tool.manifest(rows),
    )
    wait_until(lambda: (tool.run_dir.path / "journal.jsonl").exists())
    wait_until(lambda: tool.run_dir.records("end"))
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
        time.sleep(0.0005)
    result = finish(process)
    assert result.code == 75, result
    assert tool.run_dir.report["exit_code"] == 75
    assert tool.run_dir.records("close")


def test_deadline(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    began = time.monotonic()
    result = tool.run(tool.manifest(targets(100)), "--max-rate", "10", "--deadline", "2s")
    assert result.code == 75
    assert 1.9 < time.monotonic() - began < 5
    assert 5 <= len(wire.deletions) <= 30
    assert "deadline" in result.out + result.err
    assert tool.run(tool.manifest(targets(100)), "--max-rate", "0").code == 0


def test_max_rate(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(60)), "--max-rate", "20").code == 0
    first, last = wire.deletions[0].at, wire.deletions[-1].at
    assert 59 / (last - first) < 20 * 1.1


def test_concurrency(make_wire, make_tool):
    """Never more in flight than allowed; connections are what a connection-bound server sees."""
    wire = make_wire([reply(200, {"deleted": True}, wait=0.02)])
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(100)), "--concurrency", "3").code == 0
    assert wire.connections <= 3


# --- holds


def http_date(seconds, skew=0):
    when = datetime.now(timezone.utc) + timedelta(seconds=seconds + skew)
    return format_datetime(when, usegmt=True)


def holds(tool):
    """Whether a running one has journalled a hold; a line of it may be half written."""
    journal = tool.run_dir.path / "journal.jsonl"
    return journal.exists() and b'"type":"hold"' in journal.read_bytes()


def limited(**headers):
    return error(429, "slow down", **headers)


# name, the 429, the least and the most seconds until the next request
HOLDS = [
    ("seconds", lambda: limited(Retry_After="2"), 2.0, 4.5),
    ("fraction", lambda: limited(Retry_After="1.5"), 1.5, 4.0),
    ("http date", lambda: limited(Retry_After=http_date(3)), 1.9, 6.0),
    ("http date of a server whose clock is an hour ahead",
     lambda: limited(Date=http_date(0, 3600), Retry_After=http_date(2, 3600)), 1.9, 5.0),
    ("milliseconds of the provider",
     lambda: limited(X_RateLimit_Reset=str(int((time.time() + 2) * 1000))), 1.8, 5.0),
    ("the longer of two counts",
     lambda: limited(Retry_After="1", X_RateLimit_Reset=str(int((time.time() + 3) * 1000))), 2.8, 6.0),
    ("a past date", lambda: limited(Retry_After=http_date(-600)), 0.0, 3.0),
    ("nonsense", lambda: limited(Retry_After="soon"), 0.0, 3.0),
    ("trailing garbage", lambda: limited(Retry_After="3600abc"), 0.0, 3.0),
    ("negative", lambda: limited(Retry_After="-5"), 0.0, 3.0),
    ("absent", limited, 0.0, 3.0),
    ("503 with a hint", lambda: error(503, "later", Retry_After="2"), 2.0, 4.5),
]


@pytest.mark.parametrize("limit, least, most", [h[1:] for h in HOLDS], ids=[h[0] for h in HOLDS])
def test_hold(limit, least, most, make_wire, make_tool):
    """After 8 good answers comes a hold; nothing arrives inside it, and then the run goes on."""
    held = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if len(wire.deletions) >= 9 and not held:
            held.append(request.at)
            return limit()
        return DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(30)), "--concurrency", "1")
    assert result.code == 0, result.err
    after = [request.at - held[0] for request in wire.deletions if request.at > held[0]]
    assert least <= min(after) <= most
    assert tool.run_dir.totals == {"revoked": 30}
    if least > 1:
        assert tool.run_dir.records("hold")


def test_nothing_is_sent_inside_a_hold(make_sandbox, make_tool):
    """The sandbox counts what arrives between its announcement and its end."""
    rows = targets(600)
    sandbox = make_sandbox(rows, "--limit", "window:150/2s", "--hint", "sec")
    tool = make_tool(*sandbox.origins)
    result = tool.run(tool.manifest(rows))
    assert result.code == 0, result.err
    counts = sandbox.counts()["providers"]["openrouter"]
    assert counts["in_hold"] == 0
    assert counts["holds"] > 0


def test_a_hold_is_waited_out_by_a_resume(make_wire, make_tool):
    held = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if not held:
            held.append(request.at)
            return limited(Retry_After="5")
        return DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(5))
    process = tool.start(manifest)
    wait_until(lambda: holds(tool))
    process.kill()
    finish(process)
    time.sleep(0.5)  # what the dead process had on its way is taken in by the server's threads
    sent = len(wire.requests)
    assert tool.run(manifest).code == 0
    assert wire.requests[sent].at - held[0] >= 4.9, "not even a preflight inside the hold"


def test_a_hold_is_on_disk_at_once(make_wire, make_tool):
    """Killed well before other results would have been synced. Any of five: the machine may be busy."""

    def known_when_killed(_):
        wire = make_wire([DELETED, DELETED, limited(Retry_After="60")])
        tool = make_tool(wire.origin)
        process = tool.start(tool.manifest(targets(9)), "--no-preflight", "--concurrency", "1")
        wait_until(lambda: len(wire.deletions) == 3)
        time.sleep(0.03)
        process.kill()
        finish(process)
        return bool(tool.run_dir.records("hold"))

    assert any(map(known_when_killed, range(5)))


def test_one_provider_that_holds_stops_no_other(make_sandbox, make_tool):
    rows = mixed(400)
    limits = ["--limit", "openrouter=window:20/8s", "--hint", "openrouter=sec"]
    sandbox = make_sandbox(rows, *limits)
    tool = make_tool(*sandbox.origins)
    process = tool.start(tool.manifest(rows), "--max-rate", "0")
    others = [target for target in rows if target.provider != "openrouter"]

    def others_are_gone():
        truth = sandbox.truth()
        return all(not truth[target]["exists"] for target in others)

    wait_until(others_are_gone, 7)
    truth = sandbox.truth()
    assert any(truth[target]["exists"] for target in rows if target.provider == "openrouter")
    process.send_signal(signal.SIGTERM)
    assert finish(process).code == 75
    outcomes = tool.run_dir.outcomes
    assert {outcomes[target] for target in others} <= DONE


@pytest.mark.parametrize("stop", ["signal", "deadline"])
def test_a_hold_delays_no_stop(stop, make_wire, make_tool):
    wire = make_wire([DELETED, limited(Retry_After="600")])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(5))
    began = time.monotonic()
    if stop == "deadline":
        result = tool.run(manifest, "--deadline", "2s")
    else:
        process = tool.start(manifest)
        wait_until(lambda: holds(tool))
        process.send_signal(signal.SIGTERM)
        result = finish(process)
    assert result.code == 75
    assert time.monotonic() - began < 10
    assert tool.run_dir.totals["not_attempted"] == 4


def test_a_stop_during_the_preflight(make_wire, make_tool):
    wire = make_wire(lambda _: error(500, "broken"))
    tool = make_tool(wire.origin)
    process = tool.start(tool.manifest(targets(5)))
    wait_until(lambda: wire.requests)
    process.send_signal(signal.SIGINT)
    assert finish(process, 20).code == 75
    assert tool.run_dir.totals == {"not_attempted": 5}


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_the_manifest_is_read(stop, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.directory / "pipe.csv"
    os.mkfifo(manifest)
    process = tool.start(manifest)
    with open(manifest, "w", encoding="ascii") as pipe:
        pipe.write("hash\n")
        pipe.flush()
        process.send_signal(stop)
        result = finish(process)
    assert result.code == 75
    assert result.err == "rescind: stopped before anything was sent\n"
    assert wire.connections == 0


def test_a_reader_that_takes_nothing(make_wire, make_tool):
    """The summary cannot be written; the reports can, and a signal ends it."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(theirs, bytes(65536))
    os.set_blocking(theirs, True)
    process = tool.start(tool.manifest(targets(5)), stdout=theirs)
    os.close(theirs)
    wait_until(lambda: (tool.run_dir.path / "report.json").exists())
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    os.close(ours)
    assert tool.run_dir.totals == {"revoked": 5}
    assert tool.run_dir.records("close")[-1]["exit_code"] == 0
