"""Processes of one user on one host, with one origin and one account: what one of them is told holds
all, and they share the limit that they learn. Never needed: where it cannot be had, each is alone."""

import fcntl
import os
import signal
import time
from pathlib import Path

import pytest
from targets import targets
from tool import RunDir, all_bytes, finish
from wire import DELETED, Wire, error, look

HELD = error(429, "slow", Retry_After="3600")


def holding(request):
    return look(request) if request.method == "GET" else HELD


def meet_hold(wire, tool):
    """A run that is told to wait for an hour, and ends since its deadline comes before. Returns how
    many requests the wire has seen by then."""
    tool.origins = [wire.origin]
    result = tool.run(tool.manifest(targets(3)), "--deadline", "10s")
    assert result.code == 75, result.err
    assert wire.deletions
    return len(wire.requests)


def run_another(tool, *args, name="another"):
    """Another manifest with a run directory of its own."""
    manifest = tool.manifest(targets(3, seed=name), f"{name}.csv")
    return tool.run(manifest, "--run-dir", tool.directory / name, "--progress", "never", *args)


def row_of(tool):
    return next(Path(tool.env["XDG_RUNTIME_DIR"]).rglob("neighbours"))


def test_another_process_sends_nothing_inside_a_hold(make_wire, make_tool):
    wire, tool = make_wire(holding), make_tool()
    sent = meet_hold(wire, tool)
    result = run_another(tool, "--deadline", "10s")
    assert result.code == 75, result.err
    assert "another process was asked to wait 1h 00m" in result.err
    for command in ("list", "probe"):
        result = tool.call(command, "openrouter", "--base-url", wire.origin)
        assert result.code == 75, result.err
    assert len(wire.requests) == sent


def test_what_a_list_is_told_holds_the_others(make_wire, make_tool):
    holds = []

    def answer(request):
        if holds:
            return HELD
        return look(request) if request.method == "GET" else DELETED

    wire, tool = make_wire(answer), make_tool()
    tool.origins = [wire.origin]
    assert tool.run(tool.manifest(targets(3))).code == 0
    holds.append(True)
    assert tool.call("list", "openrouter", "--base-url", wire.origin).code == 75
    sent = len(wire.requests)
    assert run_another(tool).code == 75
    assert tool.call("verify", tool.run_dir.path, "--base-url", wire.origin).code == 75
    assert len(wire.requests) == sent


def test_a_hold_ends_when_the_server_said(make_wire, make_tool):
    def answer(request):
        if request.method == "GET" or len(wire.deletions) > 1:
            return look(request) if request.method == "GET" else DELETED
        return error(429, "slow", Retry_After="4")

    wire, tool = make_wire(answer), make_tool()
    tool.origins = [wire.origin]
    first = tool.start(tool.manifest(targets(3)))
    while not wire.deletions:
        time.sleep(0.01)
    told = wire.deletions[0].at
    time.sleep(0.2)  # its answer is heard: all the others come to a host where it is known
    began = len(wire.requests)
    assert run_another(tool).code == 0
    assert finish(first).code == 0
    assert 4 <= min(request.at for request in wire.requests[began:]) - told < 6


def test_it_is_of_one_account_and_one_server(make_wire, make_tool, running):
    wire, tool = make_wire(holding), make_tool()
    meet_hold(wire, tool)
    kept = tool.env["OPENROUTER_MANAGEMENT_KEY"]
    sent = len(wire.requests)
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = "another-account"
    assert run_another(tool, "--deadline", "10s", name="account").code == 75
    assert len(wire.requests) > sent
    # Another server that came to have the same port was never told anything.
    wire.stop()
    anew = running(Wire(lambda request: look(request) if request.method == "GET" else DELETED,
                        port=wire.port))
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = kept
    result = run_another(tool, name="server")
    assert result.code == 0, result.err
    assert len(anew.deletions) == 3


def test_one_that_was_killed_blocks_nobody(make_wire, make_tool):
    """What it was told still holds; a lock that somebody keeps on the row is not waited for."""
    wire, tool = make_wire(holding), make_tool()
    tool.origins = [wire.origin]
    first = tool.start(tool.manifest(targets(3)))
    while not wire.deletions:
        time.sleep(0.01)
    time.sleep(0.3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    sent = len(wire.requests)
    with open(row_of(tool), "r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        began = time.monotonic()
        assert run_another(tool, "--deadline", "10s").code == 75
        assert time.monotonic() - began < 8
    assert len(wire.requests) == sent


def test_nothing_can_be_read_from_it(make_wire, make_tool):
    wire, tool = make_wire(holding), make_tool()
    meet_hold(wire, tool)
    secret = tool.env["OPENROUTER_MANAGEMENT_KEY"].encode()
    runtime = Path(tool.env["XDG_RUNTIME_DIR"])
    assert (runtime / "rescind").stat().st_mode & 0o777 == 0o700
    assert row_of(tool).stat().st_mode & 0o777 == 0o600
    for path, data in all_bytes(runtime):
        for text in (secret, secret[10:20], b"127.0.0.1", str(wire.port).encode(), b"openrouter"):
            assert text not in data and text.decode() not in str(path)


def spoil_directory_link(runtime, victim):
    (runtime / "rescind").symlink_to(victim.parent)


def spoil_directory_open(runtime, victim):
    (runtime / "rescind").mkdir()
    (runtime / "rescind").chmod(0o777)


def spoil_file_link(runtime, victim):
    (runtime / "rescind").mkdir(mode=0o700)
    (runtime / "rescind" / "neighbours").symlink_to(victim)


def spoil_file_hard_link(runtime, victim):
    (runtime / "rescind").mkdir(mode=0o700)
    victim.chmod(0o600)
    os.link(victim, runtime / "rescind" / "neighbours")


def spoil_file_pipe(runtime, victim):
    (runtime / "rescind").mkdir(mode=0o700)
    os.mkfifo(runtime / "rescind" / "neighbours", 0o600)


def spoil_owner(runtime, victim):
    if os.geteuid() != 0:
        pytest.skip("only root can give a directory away")
    (runtime / "rescind").mkdir(mode=0o700)
    os.chown(runtime / "rescind", 12345, 12345)


SPOILT = (
    spoil_directory_link,
    spoil_directory_open,
    spoil_file_link,
    spoil_file_hard_link,
    spoil_file_pipe,
    spoil_owner,
)


@pytest.mark.parametrize("spoil", SPOILT)
def test_where_it_cannot_be_had_each_is_alone(spoil, make_wire, make_tool, tmp_path):
    wire = make_wire(lambda request: look(request) if request.method == "GET" else DELETED)
    tool = make_tool(wire.origin)
    victim = tmp_path / "victims" / "victim"
    victim.parent.mkdir()
    victim.write_bytes(b"of somebody else")
    # There is none in the environment, nor anywhere else.
    runtime = tmp_path / "tmp"
    runtime.mkdir()
    runtime.chmod(0o700)
    tool.env["XDG_RUNTIME_DIR"] = runtime
    tool.env["TMPDIR"] = tool.directory / "none"
    spoil(runtime, victim)
    result = tool.run(tool.manifest(targets(3)))
    assert result.code == 0, result.err
    assert victim.read_bytes() == b"of somebody else"
    assert list(victim.parent.iterdir()) == [victim]


def test_garbage_in_it_is_not_believed(make_wire, make_tool):
    wire = make_wire(lambda request: look(request) if request.method == "GET" else DELETED)
    tool = make_tool(wire.origin)
    assert run_another(tool).code == 0
    row_of(tool).write_bytes(os.urandom(256 * 32 * 64))
    began = time.monotonic()
    assert run_another(tool, name="later").code == 0
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("shards", [2, 4])
def test_shards_share_a_limit(shards, make_sandbox, make_tool):
    """None sends inside a hold that another was told."""
    rows = targets(1200)
    sandbox = make_sandbox(
        rows, "--limit", "bucket:200/s:burst=20", "--hint", "sec", "--delay", "20ms",
        "--grace", "200ms",
    )  # fmt: skip
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    started = [
        tool.start(manifest, "--shard", f"{k}/{shards}", "--run-dir", tool.directory / f"{k}")
        for k in range(shards)
    ]
    for process in started:
        assert finish(process).code == 0
    seen = sandbox.counts()["providers"]["openrouter"]
    assert seen["holds"] > 1 and seen["in_hold"] == 0


def test_the_next_one_starts_from_the_learned_limit(make_sandbox, make_tool):
    """Slow start would begin at 30 a second."""
    rows = targets(900)
    sandbox = make_sandbox(
        rows, "--limit", "bucket:200/s:burst=20", "--hint", "sec", "--delay", "20ms"
    )
    tool = make_tool(*sandbox.origins)
    first, second = tool.manifest(rows[:600], "first.csv"), tool.manifest(rows[600:], "second.csv")
    assert tool.run(first).code == 0
    assert tool.run(second, "--run-dir", tool.directory / "second").code == 0
    paces = [record["rate"] for record in RunDir(tool.directory / "second").records("try")]
    assert 100 < paces[1] < 300, paces
