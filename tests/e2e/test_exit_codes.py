"""Every exit code of the program, each reached as a user would reach it."""

import resource
import signal

from targets import targets
from wire import DELETED, MANAGEMENT_KEY, error

ONE = targets(1)


def test_0_every_target_is_done(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox(ONE).origins)
    assert tool.run(tool.manifest(ONE)).code == 0


def test_1_some_failed(make_wire, make_tool):
    tool = make_tool(make_wire([error(400, "no")]).origin)
    assert tool.run(tool.manifest(ONE)).code == 1


def test_2_refused_by_a_guard(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(ONE), "--expect", "2")
    assert result.code == 2
    assert wire.connections == 0


def test_64_wrong_usage(make_tool):
    result = make_tool().call("run", "--frobnicate", "keys.csv")
    assert result.code == 64
    assert "--frobnicate" in result.err and "--help" in result.err


def test_65_manifest_refused(make_tool):
    tool = make_tool()
    assert tool.run(tool.manifest("hash\nabc\n")).code == 65


def test_65_journal_damaged(make_sandbox, make_tool):
    rows = targets(30)
    tool = make_tool(*make_sandbox(rows).origins)
    assert tool.run(tool.manifest(rows)).code == 0
    journal = tool.run_dir.path / "journal.jsonl"
    text = bytearray(journal.read_bytes())
    text[text.index(b'"open"') + 2] ^= 1
    journal.write_bytes(text)
    result = tool.run(tool.manifest(rows))
    assert result.code == 65
    assert "journal.jsonl:1" in result.err


def test_66_input_cannot_be_read(make_tool):
    tool = make_tool()
    result = tool.run(tool.directory / "nowhere.csv")
    assert result.code == 66
    assert "nowhere.csv" in result.err


def test_66_ca_file_cannot_be_read(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool()
    manifest = tool.manifest(ONE)
    for command in ("run", "--yes", manifest), ("plan", manifest), ("list", "openrouter"):
        result = tool.call(*command, "--base-url", wire.origin, "--ca-file", "nowhere.pem")
        assert result.code == 66, command
        assert "nowhere.pem" in result.err
    assert wire.connections == 0


def test_73_run_directory_cannot_be_created(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    (tool.directory / "file").write_text("in the way")
    result = tool.run(tool.manifest(ONE), "--run-dir", tool.directory / "file" / "run")
    assert result.code == 73
    assert wire.deletions == []


def no_file_beyond(size):
    """For a child process, as ulimit -f does it: no file of it grows past `size` bytes. The signal
    that then comes kills who does not ignore it."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_74_journal_cannot_be_written(make_sandbox, make_tool):
    rows = targets(2000, "baseten")  # short ids: the journal outgrows targets.csv soon
    sandbox = make_sandbox(rows)
    # a tenth of them between two syncs, or all might be gone before the journal is full
    tool = make_tool(*sandbox.origins, options=("--max-rate", "2000"))
    manifest = tool.manifest(rows)
    result = tool.run(manifest, preexec_fn=no_file_beyond(100_000))
    assert result.code == 74, result.err
    deleted = sum(1 for known in sandbox.truth().values() if not known["exists"])
    assert 0 < deleted < len(rows)
    # the disk has room again: the same command finishes
    result = tool.run(manifest)
    assert result.code == 0, result.err
    assert all(not known["exists"] for known in sandbox.truth().values())
    assert sum(known["deletions"] for known in sandbox.truth().values()) == len(rows)


def test_75_stopped_early(make_wire, make_tool):
    tool = make_tool(make_wire([DELETED]).origin)
    rows = targets(50)
    result = tool.run(tool.manifest(rows), "--max-rate", "5", "--deadline", "1s")
    assert result.code == 75
    assert tool.run_dir.totals["not_attempted"] > 0


def test_77_credential_missing(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    del tool.env["OPENROUTER_MANAGEMENT_KEY"]
    result = tool.run(tool.manifest(ONE))
    assert result.code == 77
    assert "OPENROUTER_MANAGEMENT_KEY" in result.err
    assert wire.connections == 0


def test_77_credential_refused(make_wire, make_tool):
    wire = make_wire(lambda _: error(401, "No auth credentials found"))
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(ONE)).code == 77
    assert wire.deletions == []


def test_78_job_file_wrong(make_tool):
    tool = make_tool()
    job = tool.directory / "job.ini"
    job.write_text("[run]\nfrobnicate = 3\n")
    result = tool.run(tool.manifest(ONE), "--job", job)
    assert result.code == 78
    assert "job.ini:2" in result.err


def _of_two_providers(openrouter, requesty):
    def answer(request):
        if "/manage/" in request.path:
            return requesty(request)
        return MANAGEMENT_KEY if request.method == "GET" else openrouter

    return answer


def test_the_most_serious_counts(make_wire, make_tool):
    """One provider fails a target (1), the other's credential is refused (77)."""
    wire = make_wire(_of_two_providers(error(400, "no"), lambda _: error(403, "invalid token")))
    tool = make_tool(wire.origin, f"requesty=http://127.0.0.1:{wire.port}")
    rows = targets(1) + targets(1, "requesty")
    result = tool.run(tool.manifest(rows), "--no-preflight")
    assert result.code == 77, result.err


def test_help_and_version_are_no_errors(make_tool):
    tool = make_tool()
    for args in (["help"], ["--version"], ["run", "--help"], ["plan", "--help"], ["report", "--help"]):
        result = tool.call(*args)
        assert (result.code, result.err) == (0, ""), args
        assert result.out
    assert "libcurl" in tool.call("--version").out


def test_no_arguments_is_wrong_usage(make_tool):
    assert make_tool().call().code == 64
