"""Quarantine and its undo: run --action disable and enable."""

import hashlib
import os
import pty
import subprocess

import pytest
from paths import RESCIND
from targets import mixed, targets
from tool import CREDENTIALS, RunDir
from wire import GONE, error, reply

ROWS = targets(12)


def run(tool, action, manifest, *args):
    """With the run directory that the manifest's name gives."""
    urls = [part for origin in tool.origins for part in ("--base-url", origin)]
    return tool.call("run", "--yes", "--action", action, *urls, *args, manifest)


def disabled(sandbox):
    return {target for target, truth in sandbox.truth().items() if truth["exists"] and not truth["enabled"]}


def patched(target, value):
    return reply(200, {"data": {"hash": target.id, "disabled": value}})


def test_the_quarantine_path(make_sandbox, make_tool):
    """Disable, take some back, delete the rest, prove it: each step has a directory of its own."""
    sandbox = make_sandbox(ROWS)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(ROWS)
    first = run(tool, "disable", manifest)
    assert first.code == 0, first
    off = RunDir(f"{manifest}.disable.run")
    assert off.totals == {"disabled": 12} and off.report["action"] == "disable"
    assert set(off.outcomes.values()) == {"disabled"} and off.remaining == set()
    assert disabled(sandbox) == set(ROWS) and sandbox.counts()["exist"] == 12
    assert "disabled                     12" in first.out and "revoked" not in first.out
    html = (off.path / "report.html").read_text()
    assert "Key disabling report" in html and 'data-outcome="revoked"' not in html
    assert off.report["verified"]["confirmed_absent"] == 0
    # the undo
    kept = tool.manifest(ROWS[:3], "kept.csv")
    back = run(tool, "enable", kept)
    assert back.code == 0 and "enabled                       3" in back.out
    assert RunDir(f"{kept}.enable.run").totals == {"enabled": 3}
    assert disabled(sandbox) == set(ROWS[3:])
    # the deletion
    rest = tool.manifest(ROWS[3:], "rest.csv")
    last = run(tool, "delete", rest, "--verify", "--verify-delay", "0s")
    assert last.code == 0, last
    assert RunDir(f"{rest}.run").totals == {"revoked": 9}
    assert RunDir(f"{rest}.run").report["verified"]["confirmed_absent"] == 9
    assert {t for t, truth in sandbox.truth().items() if truth["exists"]} == set(ROWS[:3])


def test_a_finished_quarantine_sends_nothing(make_sandbox, make_tool):
    sandbox = make_sandbox(ROWS)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(ROWS)
    assert run(tool, "disable", manifest).code == 0
    sent = sandbox.counts()["providers"]["openrouter"]["requests"]
    again = run(tool, "disable", manifest)
    assert again.code == 0
    assert "nothing was sent now; if it was undone since, name another --run-dir" in again.err
    # to undo it is another action, and to do it once more another run directory
    assert run(tool, "enable", manifest).code == 0
    assert disabled(sandbox) == set()
    assert run(tool, "disable", manifest, "--run-dir", tool.directory / "again").code == 0
    assert disabled(sandbox) == set(ROWS)
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == sent + 2 * 15  # a look


@pytest.mark.parametrize("before, after", [("disable", "delete"), ("delete", "disable"), ("disable", "enable")])
def test_a_run_directory_of_another_action(before, after, make_sandbox, make_tool):
    sandbox = make_sandbox(ROWS)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(ROWS)
    where = ("--run-dir", tool.directory / "one")
    assert run(tool, before, manifest, *where).code == 0
    sent = sandbox.counts()["providers"]["openrouter"]["requests"]
    result = run(tool, after, manifest, *where)
    assert result.code == 2, result
    assert f"belongs to the action '{before}'" in result.err and "nothing was sent" in result.err
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == sent


@pytest.mark.parametrize("action", ["disable", "enable"])
@pytest.mark.parametrize("rows", [targets(2, "requesty"), targets(2, "baseten"), mixed(8)])
def test_a_provider_that_cannot(action, rows, make_sandbox, make_tool):
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    result = run(tool, action, manifest)
    assert result.code == 2, result
    assert f"cannot {action}; nothing was sent" in result.err
    assert all(c["requests"] == 0 for c in sandbox.counts()["providers"].values())
    assert not (tool.directory / f"keys.csv.{action}.run").exists()
    assert f"cannot {action}" in tool.call("plan", "--action", action, manifest).out


def test_never_the_credential_in_use(make_sandbox, make_tool):
    own = hashlib.sha256(CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"].encode()).hexdigest()
    rows = ROWS + [ROWS[0]._replace(id=own)]
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    result = run(tool, "disable", tool.manifest(rows))
    assert result.code == 2
    assert "the very credential in use" in result.err and "nothing was disabled" in result.err
    assert disabled(sandbox) == set()


# action, the answer to its PATCH (given the target), outcome, what is told of it
ANSWERS = [
    ("disable", lambda t: patched(t, True), "disabled", ""),
    ("disable", lambda t: patched(t, False), "unconfirmed", "/data/disabled is not true"),
    ("disable", lambda t: patched(ROWS[5], True), "unconfirmed", "names another id at /data/hash"),
    ("disable", lambda t: reply(200, {"data": {"hash": t.id}}), "unconfirmed", "/data/disabled"),
    ("disable", lambda t: reply(200, {"deleted": True}), "unconfirmed", "/data/disabled"),
    ("disable", lambda t: GONE, "already_absent", ""),
    ("disable", lambda t: reply(404, "<p>no", kind="text/html"), "unproven_absent", "404"),
    ("disable", lambda t: error(400, "no such field"), "failed", "no such field"),
    ("enable", lambda t: patched(t, False), "enabled", ""),
    ("enable", lambda t: patched(t, True), "unconfirmed", "/data/disabled is not false"),
    ("enable", lambda t: GONE, "failed", "it is not there any more"),
]


@pytest.mark.parametrize("action, answer, outcome, told", ANSWERS)
def test_what_an_answer_means(action, answer, outcome, told, make_wire, make_tool):
    target = ROWS[0]

    def answers(request):
        if request.method == "GET":
            return reply(200, {"data": {"is_management_key": True}})
        return answer(target)

    wire = make_wire(answers)
    tool = make_tool(wire.origin)
    manifest = tool.manifest([target])
    result = run(tool, action, manifest, "--expect-absent")
    report = RunDir(f"{manifest}.{action}.run")
    assert report.outcomes == {target: outcome}, result
    assert told in report.rows[target]["error"]
    assert result.code == (0 if outcome in ("disabled", "enabled", "already_absent") else 1)
    sent = [r for r in wire.requests if r.method != "GET"]
    assert [(r.method, r.path) for r in sent] == [("PATCH", f"/api/v1/keys/{target.id}")]
    assert sent[0].raw.endswith(b'{"disabled":true}' if action == "disable" else b'{"disabled":false}')
    assert sent[0].headers["content-type"] == "application/json"


def test_stopped_faulty_and_carried_on(make_sandbox, make_tool):
    rows = targets(200)
    sandbox = make_sandbox(rows, "--fault", "503:10%", "--fault", "drop:5%", "--limit", "bucket:200/s")
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    first = run(tool, "disable", manifest, "--max-rate", "60", "--deadline", "1s")
    assert first.code == 75
    assert "rescind run --yes --action disable" in first.out
    report = RunDir(f"{manifest}.disable.run")
    assert report.totals["disabled"] + report.totals["not_attempted"] == 200
    assert run(tool, "disable", manifest).code == 0
    assert report.totals == {"disabled": 200}
    assert disabled(sandbox) == set(rows) and sandbox.counts()["exist"] == 200


def test_the_question_says_what_will_be_done(make_sandbox, make_tool):
    sandbox = make_sandbox(ROWS)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(ROWS)
    ours, theirs = pty.openpty()
    command = [RESCIND, "run", "--action", "disable", "--base-url", sandbox.origins[0], manifest]
    process = subprocess.Popen(
        list(map(str, command)), cwd=tool.directory, env={**tool.env, "TERM": "dumb"},
        stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while b"to go on: " not in shown:
        shown += os.read(ours, 4096)
    assert b"This disables 12 targets" in shown and b"--action enable takes it back" in shown
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == 0
    os.write(ours, b"12\n")
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0 and b"disabled" in out
    assert disabled(sandbox) == set(ROWS)
