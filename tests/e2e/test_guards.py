"""What refuses a run before anything is sent, and what halts it on the way."""

import fcntl
import hashlib
import os
import pty
import subprocess
import termios
import threading
import time

import pytest
from targets import Target, mixed, targets
from tool import CREDENTIALS
from wire import DELETED, GONE, MANAGEMENT_KEY, error, look, reply

ROWS = targets(30)
OWN_HASH = hashlib.sha256(CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"].encode()).hexdigest()


# options, what is told
REFUSALS = [
    (["--expect", "29"], "30"),
    (["--expect", "31"], "30"),
    (["--max", "29"], "30"),
    (["--max", "0"], "30"),
]


@pytest.mark.parametrize("options, told", REFUSALS)
def test_refused_before_a_socket_is_opened(options, told, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(ROWS), *options)
    assert result.code == 2, result
    assert told in result.err
    assert wire.connections == 0


def test_without_yes_and_without_a_terminal(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool()
    result = tool.call("run", "--base-url", wire.origin, tool.manifest(ROWS))
    assert result.code == 2
    assert "--yes" in result.err
    assert wire.connections == 0


@pytest.mark.parametrize("typed, code", [
    (b"30\n", 0),
    (b" 30 \n", 0),
    (b"29\n", 2),
    (b"yes\n", 2),
    (b"\n", 2),
    (b"\x04", 2),
    (b"\x03", 2),
])
def test_the_question_at_a_terminal(typed, code, make_wire, make_tool):
    """Nothing is sent unless the number of targets was typed."""
    wire = make_wire([DELETED])
    tool = make_tool()
    process, terminal = asked(tool, wire, ROWS)
    assert wire.connections == 0, "asked before anything is sent"
    os.write(terminal, typed)
    drain = threading.Thread(target=read_to_the_end, args=(terminal,), daemon=True)
    drain.start()
    process.wait(30)
    assert process.returncode == code
    assert len(wire.deletions) == (30 if code == 0 else 0)
    drain.join(10)
    os.close(terminal)


def test_a_run_that_began_while_the_question_stood(make_wire, make_tool):
    """A rehearsal in another window: what it did elsewhere is not taken for done here."""
    real, rehearsal = make_wire([DELETED]), make_wire([DELETED])
    tool = make_tool(rehearsal.origin)
    process, terminal = asked(tool, real, ROWS)
    assert tool.run(tool.manifest(ROWS)).code == 0
    before = (tool.run_dir.path / "journal.jsonl").read_bytes()
    os.write(terminal, b"30\n")
    threading.Thread(target=read_to_the_end, args=(terminal,), daemon=True).start()
    process.wait(30)
    assert process.returncode == 75
    assert real.connections == 0
    assert (tool.run_dir.path / "journal.jsonl").read_bytes() == before
    os.close(terminal)


def asked(tool, wire, rows):
    """(process, terminal) of a run that waits for the number of its targets."""
    terminal, theirs = pty.openpty()
    process = tool.start_as_is(
        *("run", "--base-url", wire.origin, "--run-dir", tool.run_dir.path, tool.manifest(rows)),
        stdin=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    shown = b""
    while str(len(rows)).encode() not in shown.replace(str(tool.directory).encode(), b""):
        shown += os.read(terminal, 4096)
    return process, terminal


def read_to_the_end(terminal):
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:  # what Linux says when the other side is gone
        pass


def test_guards_that_are_met_let_pass(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox(ROWS).origins)
    protect = tool.manifest(targets(5, seed=99), "protect.csv")
    options = ["--expect", "30", "--max", "30", "--protect", protect]
    assert tool.run(tool.manifest(ROWS), *options).code == 0


def test_protect(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    protect = tool.manifest(targets(5, seed=99) + [ROWS[17]], "protect.csv")
    result = tool.run(tool.manifest(ROWS), "--protect", protect)
    assert result.code == 2
    assert "keys.csv:19: " in result.err and "protect.csv" in result.err
    shards = [tool.run(tool.manifest(ROWS), "--protect", protect, "--shard", f"{k}/2") for k in (0, 1)]
    assert [shard.code for shard in shards] == [2, 2], "each of them, wherever the target falls"
    assert wire.connections == 0


def test_a_protect_file_that_something_left_empty(make_wire, make_tool):
    """`inventory > protect.csv`, and the inventory failed."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    protect = tool.directory / "protect.csv"
    for text, code in (("", 65), ("hash\n", 0)):
        protect.write_text(text)
        assert tool.run(tool.manifest(ROWS), "--protect", protect).code == code
    assert tool.run(tool.manifest(ROWS), "--protect", "/dev/null").code == 65
    os.mkfifo(tool.directory / "pipe")  # what <(inventory) is
    with subprocess.Popen(["sh", "-c", ": > pipe"], cwd=tool.directory):
        result = tool.run(tool.manifest(ROWS), "--protect", "pipe")
    assert result.code == 65 and "pipe:1: empty, without even a header" in result.err
    protect.write_text("\n \n")
    assert tool.run(tool.manifest(ROWS), "--protect", protect).code == 65


def test_max_counts_what_is_left_and_expect_the_whole(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox(ROWS).origins)
    manifest = tool.manifest(ROWS)
    shard = tool.run(manifest, "--shard", "0/2", "--expect", "30", "--max", "29")
    assert shard.code == 0, shard.err
    tool.run_dir.path.rename(tool.directory / "shard")
    assert tool.run(manifest, "--max", "30").code == 0
    assert tool.run(manifest, "--max", "0").code == 0, "nothing is left to do"


@pytest.mark.parametrize("age, code", [(0, 0), (3500, 0), (3700, 2), (7 * 86400, 2), (-3600, 2)])
def test_max_age(age, code, make_wire, make_tool):
    """A schedule's list of another night is refused; so is one whose age cannot be told."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    for rows, name in ((targets(2), "keys.csv"), ("hash\n", "none.csv")):
        manifest = tool.manifest(rows, name)
        changed = time.time() - age
        os.utime(manifest, (changed, changed))
        place = ("--run-dir", tool.directory / name.replace(".csv", ""))
        for command in ("plan", "run"):
            words = (command, "--yes", "--max-age", "1h", "--allow-empty", *place)
            result = tool.call(*words, "--base-url", wire.origin, manifest)
            assert result.code == code, result
            assert ("--max-age" in result.err) == (code == 2)
    assert len(wire.deletions) == (2 if code == 0 else 0)
    assert tool.run("-", "--max-age", "1h", stdin=b"hash\n").code == 64


@pytest.mark.parametrize("preflight", [[], ["--no-preflight"]])
def test_own_key_of_openrouter(preflight, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    rows = ROWS + [Target("openrouter", "key", OWN_HASH)]
    result = tool.run(tool.manifest(rows), *preflight)
    assert result.code == 2
    assert wire.deletions == []


@pytest.mark.parametrize("preflight", [[], ["--no-preflight"]])
def test_own_key_of_requesty(preflight, make_wire, make_tool):
    """Only a read can tell, so it is made in any case."""
    own = targets(1, "requesty", seed=5)[0]
    wire = make_wire(lambda _: reply(200, {"id": own.id, "permissions": {"manage": "write"}}))
    tool = make_tool(f"requesty=http://127.0.0.1:{wire.port}")
    rows = targets(3, "requesty") + [own]
    result = tool.run(tool.manifest(rows), *preflight)
    assert result.code == 2
    assert [request.path for request in wire.requests] == ["/v1/manage/apikey/self"]


def test_own_key_of_baseten(make_wire, make_tool):
    wire = make_wire(lambda _: reply(200, {"keys": []}))
    tool = make_tool(f"baseten=http://127.0.0.1:{wire.port}")
    own = CREDENTIALS["BASETEN_API_KEY"].split(".")[0]
    result = tool.run(tool.manifest(targets(3, "baseten") + [Target("baseten", "key", own)]))
    assert result.code == 2
    assert wire.deletions == []


@pytest.mark.parametrize("body, code", [
    ({"data": {"is_management_key": True}}, 0),
    ({"data": {"is_management_key": False}}, 77),
    ({"data": {}}, 77),
    ({"data": {"is_management_key": "true"}}, 77),
])
def test_preflight_of_openrouter(body, code, make_wire, make_tool):
    wire = make_wire(lambda request: reply(200, body) if request.method == "GET" else DELETED)
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(1))).code == code
    assert len(wire.deletions) == (code == 0)
    assert wire.requests[0].line == "GET /api/v1/key HTTP/1.1"


@pytest.mark.parametrize("permissions, code", [
    ({"permissions": {"manage": "write"}}, 0),
    ({}, 0),
    ({"permissions": {"manage": "read"}}, 77),
    ({"permissions": {"manage": "none"}}, 77),
])
def test_preflight_of_requesty(permissions, code, make_wire, make_tool):
    own = {"id": "99999999-9999-4999-8999-999999999999"}

    held = [{"id": row.id} for row in targets(1, "requesty")]

    def answer(request):
        if request.method == "DELETE":
            held.clear()
            return reply(204)
        return reply(200, {"keys": held} if request.path.endswith("/apikey") else own | permissions)

    wire = make_wire(answer)
    tool = make_tool(f"requesty=http://127.0.0.1:{wire.port}")
    assert tool.run(tool.manifest(targets(1, "requesty"))).code == code
    assert len(wire.deletions) == (code == 0)


def test_preflight_of_one_provider_stops_no_other(make_wire, make_tool):
    """77 all the same, and the refused one's targets are left over."""

    def answer(request):
        if "/manage/" in request.path:
            return error(403, "invalid token")
        return MANAGEMENT_KEY if request.method == "GET" else DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin, f"requesty=http://127.0.0.1:{wire.port}")
    rows = targets(3) + targets(3, "requesty")
    assert tool.run(tool.manifest(rows)).code == 77
    assert not [request for request in wire.deletions if "/manage/" in request.path]


def test_no_preflight(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(2)), "--no-preflight").code == 0
    assert [request.method for request in wire.requests] == ["DELETE"] * 2


def test_preflight_that_cannot_be_completed(make_wire, make_tool):
    wire = make_wire(lambda _: reply(500, "broken", kind="text/plain"))
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(2)), timeout=110)
    assert result.code == 75, result.err
    assert wire.deletions == []
    assert tool.run_dir.totals == {"not_attempted": 2}


# --- halts while running


def test_canary_that_succeeds_lets_the_rest_go(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox(ROWS).origins)
    assert tool.run(tool.manifest(ROWS), "--canary", "3").code == 0


def test_a_canary_whose_provider_is_stopped_holds_nobody_for_ever(make_wire, make_tool):
    """Its credential is refused, so its target is never tried, and nobody opens the door."""
    refusing = make_wire([error(401)])
    well = make_wire([reply(200, {"prefix": "x"})])
    tool = make_tool(refusing.origin, f"baseten=http://127.0.0.1:{well.port}")
    rows = targets(1) + targets(3, "baseten")
    result = tool.run(tool.manifest(rows), "--canary", "1", "--no-preflight", timeout=20)
    assert result.code == 77, result.err
    assert "canary: not all of its targets could be tried" in result.out + result.err
    assert not well.deletions
    assert tool.run_dir.totals == {"not_attempted": 4}


def test_canary_that_fails_halts(make_wire, make_tool):
    wire = make_wire([DELETED, DELETED, error(400, "no"), DELETED])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(ROWS), "--canary", "3")
    assert result.code == 75
    assert "canary" in result.err + result.out
    assert len(wire.deletions) == 3
    assert tool.run_dir.totals == {"revoked": 2, "failed": 1, "not_attempted": 27}


def test_halt_by_count(make_wire, make_tool):
    wire = make_wire([DELETED] * 5 + [error(400, "no")])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(ROWS), "--halt", "4", "--concurrency", "1")
    assert result.code == 75
    assert tool.run_dir.totals == {"revoked": 5, "failed": 4, "not_attempted": 21}
    # a resume asks for the decision again, from nothing
    assert tool.run(tool.manifest(ROWS), "--halt", "4", "--concurrency", "1").code == 75
    assert tool.run_dir.totals["failed"] >= 4


def test_halt_by_share_is_the_default(make_wire, make_tool):
    wire = make_wire([DELETED] * 18 + [error(400, "no")])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(ROWS), "--concurrency", "1")
    assert result.code == 75
    assert tool.run_dir.totals == {"revoked": 18, "failed": 2, "not_attempted": 10}


def test_halt_never(make_wire, make_tool):
    wire = make_wire([DELETED] * 18 + [error(400, "no")])
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(ROWS), "--halt", "100%").code == 1
    assert tool.run_dir.totals == {"revoked": 18, "failed": 12}


def blind(replies):
    """No read tells anything of a key."""
    left = list(replies)

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def test_twenty_absent_halt(make_wire, make_tool):
    wire = make_wire(blind([GONE]))
    tool = make_tool(wire.origin)
    manifest = tool.manifest(ROWS)
    assert tool.run(manifest).code == 75
    assert len(wire.deletions) == 20
    assert tool.run_dir.totals == {"unproven_absent": 20, "not_attempted": 10}
    # counted over the whole journal: asked again, and nothing more is sent
    assert tool.run(manifest).code == 75
    assert len(wire.deletions) == 20
    assert tool.run(manifest, "--expect-absent").code == 0
    assert tool.run_dir.totals == {"already_absent": 30}


def test_fewer_than_twenty_and_all_absent_halts_too(make_wire, make_tool):
    wire = make_wire(blind([GONE]))
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(3))).code == 75
    assert len(wire.deletions) == 3


def test_one_that_was_there_is_enough(make_wire, make_tool):
    wire = make_wire(blind([GONE] * 19 + [DELETED, GONE]))
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(ROWS))
    assert result.code == 1, "29 of 30 were absent from the start: another account's?"
    assert result.out.startswith("29 of 30 targets of openrouter key WERE ABSENT FROM THE START")
    assert tool.run_dir.totals == {"already_absent": 29, "revoked": 1}


def test_a_deletion_that_goes_elsewhere(make_wire, make_tool):
    """Reads show the keys, and each deletion says that there is none: nothing is gone."""
    wire = make_wire([GONE])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(3)), "--verify-patience", "0", "--concurrency", "1")
    assert result.code == 75 and "said to be absent, and it is still there" in result.err, result
    assert "already_absent" not in tool.run_dir.totals


def test_401_stops_one_provider_and_not_the_other(make_sandbox, make_tool):
    rows = mixed(200)
    sandbox = make_sandbox(rows, "--refuse", "openrouter=401:after=10")
    tool = make_tool(*sandbox.origins)
    result = tool.run(tool.manifest(rows))
    assert result.code == 77, result.err
    outcomes = tool.run_dir.outcomes
    others = {outcome for target, outcome in outcomes.items() if target.provider != "openrouter"}
    assert others == {"revoked"}
    assert tool.run_dir.totals["not_attempted"] >= 50
    # the credential is mended: the same command finishes
    sandbox.change("clear")
    assert tool.run(tool.manifest(rows)).code == 0
    assert tool.run_dir.totals == {"revoked": 200}


# --- a run directory belongs to one origin and one action


def test_another_origin_is_refused(make_sandbox, make_tool, make_wire):
    tool = make_tool(*make_sandbox(ROWS).origins)
    manifest = tool.manifest(ROWS)
    assert tool.run(manifest).code == 0
    wire = make_wire([DELETED])
    tool.origins = [wire.origin]
    result = tool.run(manifest)
    assert result.code == 2, result
    assert wire.connections == 0


def test_another_action_is_refused(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox(ROWS).origins)
    manifest = tool.manifest(ROWS)
    assert tool.run(manifest, "--action", "disable").code == 0
    assert tool.run(manifest).code == 2


def test_a_run_directory_beside_the_manifest(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox(ROWS).origins)
    manifest = tool.manifest(ROWS)
    urls = [part for origin in tool.origins for part in ("--base-url", origin)]
    assert tool.call("run", "--yes", *urls, manifest).code == 0
    assert (tool.directory / "keys.csv.run" / "journal.jsonl").stat().st_mode & 0o777 == 0o600


ANOTHER = "sk-or-v1-" + "0" * 63 + "2"


def test_the_credential_of_another_account(make_wire, make_tool):
    """To it all is absent. What the first account's answers proved does not speak for it."""
    rows = targets(100)
    gone = set()

    def answer(request):
        if request.method == "GET" and request.path.endswith("/key"):
            return MANAGEMENT_KEY
        name = request.path.rsplit("/", 1)[1]
        if ANOTHER in request.headers["authorization"] or name in gone or len(name) != 64:
            return GONE
        if request.method == "GET":
            return reply(200, {"data": {"hash": name}})
        gone.add(name)
        return DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    manifest = tool.manifest(rows)
    urls = ("--base-url", wire.origin)
    first = tool.env["OPENROUTER_MANAGEMENT_KEY"]
    assert tool.run(manifest, "--max-rate", "40", "--deadline", "1s").code == 75
    done, sent = tool.run_dir.totals["revoked"], len(wire.deletions)
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = ANOTHER
    other = tool.run(manifest)
    assert other.code == 75 and "none of the 20 targets that were looked for" in other.err
    assert "expect-absent" not in other.err
    assert tool.run(manifest).code == 75, "a resume asks again"
    assert len(wire.deletions) == sent
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = first
    assert tool.run(manifest).code == 0
    assert tool.run_dir.totals == {"revoked": 100} and done
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = ANOTHER
    doubted = tool.call("verify", *urls, "--verify-delay", "0", tool.run_dir.path)
    assert doubted.code == 1 and "a look that has never shown any" in doubted.err
    assert tool.run_dir.report["verified"]["unproven"] == 100
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = first
    assert tool.call("verify", *urls, "--verify-delay", "0", tool.run_dir.path).code == 0
    for secret in (first, ANOTHER):
        assert secret not in (tool.run_dir.path / "journal.jsonl").read_text()


MINE = (
    "[run]\nyes = yes\n"
    "[provider mine]\ncredential = MINE\nheader = Authorization: Bearer {secret}\nid.name = id\n"
    "id.class = digits\nid.length = 1-9\ndelete = DELETE /mine/{id}\ndelete.absent = gone\n"
)


@pytest.mark.parametrize("bad", [error(400, "no"), error(403, "not yours")])
def test_two_providers_of_one_credential_stop_each_for_itself(bad, make_wire, make_tool):
    """They share connections and pace, but no halt: the other one's targets are all done. Nothing
    more goes to the stopped one, and a resume knows what was not sent."""

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY if request.path.endswith("/key") else reply(200, {"ok": True})
        return bad if "/mine/" in request.path else DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin, f"mine=http://127.0.0.1:{wire.port}")
    tool.env["MINE"] = tool.env["OPENROUTER_MANAGEMENT_KEY"]
    rows = [f"mine,{n}" for n in range(100, 400)]
    rows += [f"openrouter,{row.id}" for row in targets(300)]
    manifest = tool.manifest("provider,id\n" + "\n".join(rows) + "\n", "both.csv")
    options = ("--job", tool.manifest(MINE, "job.ini"), "--no-preflight", "--expect-absent")
    result = tool.run(manifest, *options, "--halt", "3")
    assert result.code == 75, result.err
    assert tool.run_dir.totals["revoked"] == 300
    hits = [request for request in wire.deletions if "/mine/" in request.path]
    assert 0 < len(hits) < 150
    assert tool.run_dir.totals["not_attempted"] > 150
    untried = {
        row["id"]
        for row in tool.run_dir.rows.values()
        if row["outcome"] == "not_attempted" and row["attempts"] == "0"
    }
    assert len(untried) > 150
    assert not untried & {request.path.rsplit("/", 1)[1] for request in hits}


def test_a_canary_has_no_targets_of_a_provider_that_was_given_up_on(make_wire, make_tool):
    """It would wait for them in vain, and with it the others."""
    silent = make_wire(lambda request: error(503, "maintenance", Retry_After="3600"))
    well = make_wire([DELETED])
    tool = make_tool(well.origin, f"requesty=http://127.0.0.1:{silent.port}")
    manifest = tool.manifest(targets(4, "requesty") + targets(4))
    result = tool.run(manifest, "--canary", "3", "--progress", "never", timeout=30)
    assert result.code == 75, result.err
    assert tool.run_dir.totals == {"revoked": 4, "not_attempted": 4}


# --- what a person has to look at is not tried again


def well(request):
    return look(request) if request.method == "GET" else DELETED


def refusing(request):
    return look(request) if request.method == "GET" else error(400)


def another_accounts(request):
    if request.path.endswith("/key"):
        return MANAGEMENT_KEY
    return reply(200, {"data": []}) if "/keys/" not in request.path else GONE


@pytest.mark.parametrize(
    "answer, options, sent",
    [
        (refusing, ["--canary", "2"], True),
        (refusing, ["--halt", "3", "--concurrency", "4"], True),
        (another_accounts, [], False),
    ],
    ids=["canary", "halt", "look"],
)
def test_stay_stopped(answer, options, sent, make_wire, make_tool):
    """The next try is refused and nothing is sent, a verification or a crash in between or not, until
    one without the option went on."""
    right = []
    wire = make_wire(lambda request: (well if right else answer)(request))
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(40))
    assert tool.run(manifest, *options, "--stay-stopped").code == 75
    assert bool(wire.deletions) == sent
    right.append(True)
    before = len(wire.requests)
    for _ in range(2):
        result = tool.run(manifest, *options, "--stay-stopped")
        assert result.code == 2, result.err
        assert "--stay-stopped: " in result.err and "was stopped before (" in result.err
    assert tool.call("plan", manifest, "--run-dir", tool.run_dir.path, "--stay-stopped",
                     "--base-url", wire.origin).code == 2
    assert len(wire.requests) == before
    tool.call("verify", tool.run_dir.path, "--base-url", wire.origin)
    assert tool.run(manifest, "--stay-stopped").code == 2
    assert tool.run(manifest).code == 0
    assert tool.run(manifest, "--stay-stopped").code == 0


def test_what_another_try_mends_is_no_stop_to_stay_at(make_wire, make_tool):
    tool = make_tool(make_wire(well).origin)
    manifest = tool.manifest(targets(40))
    stopped = tool.run(manifest, "--max-rate", "5", "--deadline", "2s", "--stay-stopped")
    assert stopped.code == 75, stopped.err
    assert tool.run(manifest, "--stay-stopped").code == 0
