"""What is missing on this machine is this machine's fault, and no provider's."""

import os
import resource
import subprocess
from pathlib import Path

import pytest
from inject import preload
from targets import targets
from tool import finish
from wire import DELETED, error, reply

ROWS = targets(3)
SECRET = "secret-of-the-file-5ec7e7"


@pytest.mark.parametrize("what", ["empty", "directory", "der", "words", "missing", "broken"])
@pytest.mark.parametrize("command", ["plan", "run"])
def test_a_file_of_authorities_that_is_none(what, command, make_wire, make_tool, authority):
    """An input that cannot be read, and before anything is sent."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    path = tool.directory / "ca"
    if what == "directory":
        path.mkdir()
    elif what != "missing":
        pem = authority.pem.read_bytes()
        path.write_bytes({
            "empty": b"",
            "der": b"\x30\x82\x01\x0a" + bytes(266),
            "words": b"not a certificate\n",
            "broken": pem[:200] + b"!!!!" + pem[204:],
        }[what])
    manifest = tool.manifest(ROWS)
    result = (
        tool.run(manifest, "--ca-file", path)
        if command == "run"
        else tool.call("plan", manifest, "--ca-file", path, "--base-url", wire.origin)
    )
    assert result.code == 66, result
    assert str(path) in result.err
    assert wire.requests == []


def without_reader(tool, *args):
    reader, writer = os.pipe()
    os.close(reader)
    process = tool.start_as_is(*args, stdin=subprocess.DEVNULL, stdout=writer)
    os.close(writer)
    return finish(process)


def test_a_reader_that_went_away_changes_no_exit_code(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(ROWS)
    run = ("run", "--yes", "--run-dir", tool.run_dir.path, "--base-url", wire.origin, manifest)
    for args in (("plan", manifest), ("help",), ("providers",), run, run, ("report", tool.run_dir.path)):
        process = without_reader(tool, *args)
        assert process.code == 0, (args, process)
        assert "standard output" not in process.err
    assert tool.run_dir.totals == {"revoked": 3}
    assert len(wire.deletions) == 3


def test_an_output_that_is_full_is_told(make_tool):
    tool = make_tool()
    with open("/dev/full", "wb") as full:
        process = tool.start_as_is("plan", tool.manifest(ROWS), stdin=subprocess.DEVNULL, stdout=full)
        assert finish(process).code == 74


def test_an_empty_variable_is_no_variable(make_wire, make_tool):
    def answer(request):
        good = request.headers["authorization"] == f"Bearer {SECRET}"
        return wire.ours(request) if good else error(401)

    wire = make_wire([DELETED])
    wire.ours, wire._answer = wire._answer, answer
    tool = make_tool(wire.origin)
    file = tool.directory / "secret"
    file.write_text(SECRET + "\n")
    file.chmod(0o600)
    tool.env |= {"OPENROUTER_MANAGEMENT_KEY": "", "OPENROUTER_MANAGEMENT_KEY_FILE": str(file)}
    assert tool.run(tool.manifest(ROWS)).code == 0
    tool.env |= {"OPENROUTER_MANAGEMENT_KEY_FILE": "", "CREDENTIALS_DIRECTORY": str(tool.directory)}
    file.rename(tool.directory / "OPENROUTER_MANAGEMENT_KEY")
    assert tool.run(tool.manifest(ROWS), "--run-dir", tool.directory / "other").code == 0


@pytest.mark.parametrize("place", ["/dev/fd/0.run", "/proc/run", "file/run"])
def test_a_run_directory_that_cannot_be_made_names_the_remedy(place, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    (tool.directory / "file").write_text("")
    result = tool.run(tool.manifest(ROWS), "--run-dir", place)
    assert result.code == 73, result
    assert "--run-dir" in result.err
    assert wire.deletions == []


def limited(soft, hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("soft, hard", [(24, 4096), (40, 40), (24, 24)])
def test_few_descriptors(soft, hard, make_wire, make_tool):
    """The soft limit is raised; within the hard one there is room for fewer at a time."""
    rows = targets(60)
    wire = make_wire([DELETED._replace(wait=0.1)])
    tool = make_tool(wire.origin, options=("--max-rate", "0"))
    result = tool.run(tool.manifest(rows), preexec_fn=limited(soft, hard))
    assert result.code == 0, result
    assert tool.run_dir.totals == {"revoked": 60}
    assert not tool.run_dir.report["requests"]["network_errors"]
    assert len(wire.deletions) == 60
    assert ("ulimit -n" in result.err) == (hard < 4096)


@pytest.mark.parametrize("call, error, word", [
    ("socket", "EMFILE", "ulimit -n"),
    ("socket", "ENFILE", "file-max"),
    ("socket", "ENOBUFS", "memory"),
    ("connect", "EADDRNOTAVAIL", "local port"),
])
def test_what_a_connection_needs_is_lacking_for_a_while(call, error, word, make_wire, make_tool, tmp_path):
    """It is waited for, costs no attempt and no provider's health, and is told with its remedy."""
    wire = make_wire([reply(200, {"deleted": True}, wait=0.05, close=True, Connection="close")])
    tool = make_tool(wire.origin, options=("--max-attempts", "1", "--halt", "1"))
    source = Path(__file__).parent.parent / "support" / "lacking.c"
    tool.env |= {"LD_PRELOAD": preload(tmp_path, source)[0], "LACKING": f"{call} {error} 2 12"}
    rows = targets(8)
    result = tool.run(tool.manifest(rows))
    assert result.code == 0, result
    assert tool.run_dir.totals == {"revoked": 8}
    assert word in result.err
    assert not tool.run_dir.report["requests"]["network_errors"]
    assert all(row["attempts"] == "1" for row in tool.run_dir.rows.values())
    assert len(wire.deletions) == 8
