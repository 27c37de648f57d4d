"""What may be called gone: servers that lie in each way, and beside each one that does not."""

import hashlib
import re
import subprocess
import time

import pytest
from former import to_released
from paths import RESCIND
from targets import Target, targets
from tool import CREDENTIALS, finish
from wire import DELETED, GONE, error, look, reply

OWN_HASH = hashlib.sha256(CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"].encode()).hexdigest()
OTHER_KEY = "sk-or-v1-" + "77" * 32


def second_name(tool, *, drop=()):
    """A job file with a second definition of OpenRouter's keys, for another account's variable."""
    text = subprocess.run(
        [RESCIND, "providers", "openrouter"], capture_output=True, text=True, check=True
    ).stdout
    section = next(s for s in re.split(r"(?m)^(?=\[)", text) if s.startswith("[provider openrouter key]"))
    section = section.replace("[provider openrouter key]", "[provider or2 key]")
    section = section.replace("OPENROUTER_MANAGEMENT_KEY", "OR2_KEY").replace("column = hash\n", "")
    for line in drop:
        assert line in section
        section = section.replace(line, "")
    tool.env["OR2_KEY"] = OTHER_KEY
    return tool.manifest(section, "second.ini")


def rows_of(first, second):
    return f"provider,kind,id\nopenrouter,key,{first}\nor2,key,{second}\n"


@pytest.mark.parametrize("drop", [(), ("id.fold = lower\n",), ("self = sha256\n",)])
def test_own_credential_under_another_name(drop, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin, f"or2={wire.base}")
    job = second_name(tool, drop=drop)
    own = OWN_HASH.upper() if "id.fold = lower\n" in drop else OWN_HASH
    rows = rows_of(targets(1)[0].id, own)
    result = tool.run(tool.manifest(rows), "--job", job, "--no-preflight")
    assert (result.code, wire.deletions) == (2, []), result.err
    assert "very credential in use" in result.err


def test_own_credential_of_the_other_definition(make_wire, make_tool):
    """The second definition's secret, named through the first."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin, f"or2={wire.base}")
    job = second_name(tool)
    own = hashlib.sha256(OTHER_KEY.encode()).hexdigest()
    result = tool.run(tool.manifest(rows_of(own, targets(1)[0].id)), "--job", job, "--no-preflight")
    assert (result.code, wire.deletions) == (2, []), result.err


@pytest.mark.parametrize("other_origin, host", [(False, "127.0.0.1"), (True, "127.0.0.1"),
                                               (False, "localhost"), (False, "[::1]")])
def test_protected_under_another_name(other_origin, host, make_wire, make_tool):
    wire, elsewhere = make_wire([DELETED]), make_wire([DELETED])
    second = elsewhere if other_origin else wire
    tool = make_tool(wire.origin, f"or2={second.base.replace('127.0.0.1', host)}")
    job = second_name(tool)
    one, protected = targets(2)
    kept = tool.manifest(f"hash\n{protected.id}\n", "kept.csv")
    result = tool.run(
        tool.manifest(rows_of(one.id, protected.id)),
        *("--job", job, "--protect", kept, "--no-preflight"),
    )
    assert result.code == (0 if other_origin else 2), result.err
    assert len(wire.deletions + elsewhere.deletions) == (2 if other_origin else 0)


def test_a_token_that_is_its_own_id(make_wire, make_tool):
    """Unleash, InfluxDB: the id is the secret itself, or its user."""
    wire = make_wire([DELETED])
    tool = make_tool(f"acme=http://127.0.0.1:{wire.port}")
    job = tool.manifest(
        "[provider acme]\ncredential = ACME_TOKEN\nheader = Authorization: {secret}\n"
        "id.name = token\nid.class = printable\nid.length = 1-80\n"
        "delete = DELETE /tokens/{id}\ndelete.status = 200\n"
        "gone.status = 404\ngone.form = /error exists\n",
        "acme.ini",
    )
    tool.env["ACME_TOKEN"] = "dev:all.4f2a9c"
    for own, code in (("dev:all.4f2a9c", 2), ("dev:all.000000", 0)):
        result = tool.run(
            tool.manifest(f"provider,id\nacme,{own}\n", f"{code}.csv"),
            *("--job", job, "--run-dir", tool.directory / f"{code}.run", "--expect-absent"),
        )
        assert result.code == code if code else result.code != 2, result.err
    assert [request.path for request in wire.deletions] == ["/tokens/dev%3Aall.000000"]


def test_another_path_is_another_place(make_wire, make_tool):
    """A rehearsal on the same host must not pass for the deletion."""
    wire = make_wire([DELETED])
    tool = make_tool()
    manifest = tool.manifest(targets(3))
    rehearsal, real = (f"openrouter=http://127.0.0.1:{wire.port}{path}" for path in ("/rehearsal", "/api/v1"))
    assert tool.run(manifest, "--base-url", rehearsal).code == 0
    for again in (["--base-url", real], ["--base-url", f"{rehearsal}/more"]):
        result = tool.run(manifest, *again)
        assert result.code == 2, result.err
        assert "/rehearsal" in result.err
    assert tool.run(manifest, "--base-url", f"{rehearsal}/").code == 0
    assert len(wire.deletions) == 3
    other = tool.directory / "other"
    assert tool.run(manifest, "--run-dir", other, "--base-url", real).code == 0
    merged = tool.call("report", tool.run_dir.path, other, "--run-dir", tool.directory / "merged")
    assert merged.code == 2
    assert "one report cannot tell both" in merged.err


def test_a_journal_of_the_released_format_hides_no_rehearsal(make_wire, make_tool):
    """It names no eyes; but the base URL that it was given."""
    wire = make_wire([DELETED])
    tool = make_tool()
    manifest = tool.manifest(targets(3))
    rehearsal = f"openrouter=http://127.0.0.1:{wire.port}/rehearsal/api/v1"
    for slash in ("", "/"):
        tool.run_dir.path = tool.directory / ("rehearsed" + slash.replace("/", "-slash"))
        assert tool.run(manifest, "--base-url", rehearsal + slash).code == 0
        to_released(tool.run_dir, "none")
        result = tool.run(manifest, "--base-url", wire.origin)
        assert result.code == 2 and "/rehearsal/api/v1/" in result.err, result.err
        assert tool.call("verify", tool.run_dir.path, "--base-url", wire.origin).code == 2
        assert tool.run(manifest, "--base-url", rehearsal).code == 0
    real = tool.directory / "real"
    assert tool.run(manifest, "--run-dir", real, "--base-url", wire.origin).code == 0
    merged = tool.call("report", tool.run_dir.path, real, "--run-dir", tool.directory / "merged")
    assert merged.code == 2 and "one report cannot tell both" in merged.err


def test_a_manifest_that_was_cut_down_hides_no_rehearsal(make_wire, make_tool):
    """The last open names fewer providers than the ones before."""
    wire, stand_in = make_wire([DELETED]), make_wire([DELETED])
    tool = make_tool()
    keys, byok = targets(2), targets(1, "openrouter", "byok")
    extra = Target("or2", "key", "00" * 32)
    job = second_name(tool)
    both = ["--job", job, "--base-url", f"or2={wire.base}"]
    there = [*both, "--base-url", f"openrouter={stand_in.base}"]
    rehearsed, real = tool.directory / "rehearsed", tool.directory / "real"
    assert tool.run(tool.manifest([*keys, extra]), "--run-dir", rehearsed, *there).code == 0
    assert tool.run(tool.manifest([extra]), "--run-dir", rehearsed, *there).code == 0
    here = [*both, "--base-url", wire.origin]
    assert tool.run(tool.manifest([*keys, *byok]), "--run-dir", real, *here, "--max", "9").code == 0
    merged = tool.call(
        "report", real, rehearsed, "--job", job, "--run-dir", tool.directory / "merged"
    )
    assert merged.code == 2, merged.err


# --- servers that lie, and beside each one that does not


LAX = """
[provider lax]
credential = LAX_TOKEN
header = Authorization: Bearer {secret}
id.name = token
id.class = word
id.length = 1-80
delete = DELETE /tokens/{id}
delete.status = 200
delete.absent = %s
gone.status = 404
gone.form = /error exists
list = GET /tokens
list.items = /objects
list.id = /key
account = read GET /whoami /id
"""


class Tokens:
    """Answers each deletion with success, whoever asks for whatever, as Verdaccio does. `accounts`
    are {secret: (id, names)}; `deletes`: whether what is the account's own really goes."""

    def __init__(self, accounts, deletes=True, after=0.0):
        self.accounts = {secret: (name, set(own)) for secret, (name, own) in accounts.items()}
        self.deletes, self.after = deletes, after
        self.leaving = {}

    def __call__(self, request):
        who, own = self.accounts[request.headers["authorization"].removeprefix("Bearer ")]
        name = request.path.rsplit("/", 1)[1]
        if name == "whoami":
            return reply(200, {"id": who})
        if request.method == "DELETE":
            if self.deletes:
                self.leaving.setdefault(name, time.monotonic() + self.after)
            return reply(200, {})
        gone = {key for key, at in self.leaving.items() if at <= time.monotonic()}
        return reply(200, {"objects": [{"key": key} for key in sorted(own - gone)]})


def lax(make_wire, make_tool, server, absent="success"):
    wire = make_wire(server)
    tool = make_tool(f"lax=http://127.0.0.1:{wire.port}")
    tool.options = ["--job", tool.manifest(LAX % absent, "lax.ini")]
    tool.env["LAX_TOKEN"] = "mine"
    return wire, tool


def names(count, start="token"):
    return [f"{start}-{number}" for number in range(count)]


def manifest_of(tool, keys):
    return tool.manifest("provider,id\n" + "".join(f"lax,{key}\n" for key in keys))


def verify(tool, *more):
    urls = [part for origin in tool.origins for part in ("--base-url", origin)]
    return tool.call("verify", *urls, *tool.options, "--verify-delay", "0", *more, tool.run_dir.path)


@pytest.mark.parametrize("absent", ["success", "unknown"])
def test_another_accounts_token_deletes_nothing(absent, make_wire, make_tool):
    keys = names(60)
    server = Tokens({"mine": ("me", ["other"]), "theirs": ("them", keys)})
    wire, tool = lax(make_wire, make_tool, server, absent)
    result = tool.run(manifest_of(tool, keys))
    assert (result.code, wire.deletions) == (75, []), result.err
    assert "workspace" in result.err and "expect-absent" not in result.err
    # nor where absence is expected is what was never seen called gone
    result = tool.run(manifest_of(tool, keys), "--expect-absent")
    assert result.code != 0
    assert set(tool.run_dir.totals) <= {"unconfirmed", "not_attempted"}


@pytest.mark.parametrize("absent", ["success", "unknown"])
def test_the_right_token_deletes_one_and_looks_again(absent, make_wire, make_tool):
    keys = names(40)
    server = Tokens({"mine": ("me", [*keys[:30], "kept"])}, after=0.4)
    wire, tool = lax(make_wire, make_tool, server, absent)
    result = tool.run(manifest_of(tool, keys), "--halt", "100%")
    assert result.code == 1, result.err
    assert tool.run_dir.totals == {"revoked": 30, "unconfirmed": 10}
    first, second = wire.deletions[:2]
    assert second.at - first.at > 0.4, "the others go on once the first one is gone"
    assert {t.id for t, o in tool.run_dir.outcomes.items() if o == "unconfirmed"} == set(keys[30:])


def test_one_that_stays_is_the_only_one_that_was_sent(make_wire, make_tool):
    keys = names(30)
    wire, tool = lax(make_wire, make_tool, Tokens({"mine": ("me", keys)}, deletes=False))
    result = tool.run(manifest_of(tool, keys), "--verify-patience", "1s")
    assert result.code == 75, result.err
    assert len(wire.deletions) == 1 and "it is still in the list" in result.err
    assert tool.run_dir.totals == {"unconfirmed": 1, "not_attempted": 29}


def test_a_renewed_secret_of_the_account_goes_on_and_proves(make_wire, make_tool):
    keys = names(10)
    server = Tokens({"mine": ("me", keys), "renewed": ("me", keys), "theirs": ("them", ["x"])})
    wire, tool = lax(make_wire, make_tool, server)
    assert tool.run(manifest_of(tool, keys)).code == 0
    tool.env["LAX_TOKEN"] = "theirs"
    other = verify(tool)
    assert other.code == 1 and tool.run_dir.report["verified"]["confirmed_absent"] == 0
    tool.env["LAX_TOKEN"] = "renewed"
    assert verify(tool).code == 0
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 10
    (kind,) = tool.run_dir.report["evidence"]
    assert kind["seen"] == 10 and kind["never_seen"] == 0
    assert [eye["account"] for eye in kind["seen_by"]] == ["me"]


def test_a_run_is_carried_on_by_the_same_eyes_alone(make_wire, make_tool):
    """The last ones were deleted unheard: the same account goes on, and another one looks."""
    keys = names(30)
    server = Tokens({"mine": ("me", keys), "theirs": ("them", [])})
    wire, tool = lax(make_wire, make_tool, server)
    process = tool.start(manifest_of(tool, keys), "--max-rate", "20")
    while len(wire.deletions) < 10:
        time.sleep(0.01)
    process.kill()
    finish(process)
    tool.env["LAX_TOKEN"] = "theirs"
    assert tool.run(manifest_of(tool, keys)).code == 75
    theirs = [r for r in wire.requests if r.headers["authorization"].endswith("theirs")]
    assert theirs and all(request.method == "GET" for request in theirs)
    tool.env["LAX_TOKEN"] = "mine"
    asked = len(wire.requests)
    assert tool.run(manifest_of(tool, keys)).code == 0
    assert tool.run_dir.totals == {"revoked": 30}
    assert not [r for r in wire.requests[asked:] if r.path == "/tokens"], "these eyes saw them all"


class Strict(Tokens):
    """Deletes what is the account's own and knows nothing else; `refuses` instead, while it is set."""

    refuses = 0

    def __call__(self, request):
        if request.method != "DELETE":
            return super().__call__(request)
        if self.refuses:
            return reply(self.refuses, {"error": "no"})
        own = self.accounts[request.headers["authorization"].removeprefix("Bearer ")][1]
        name = request.path.rsplit("/", 1)[1]
        if name not in own:
            return reply(404, {"error": "not found"})
        own.discard(name)
        return reply(200, {})


@pytest.mark.parametrize("refuses", [500, 400], ids=["sent", "seen"])
def test_what_another_account_sent_or_saw_excuses_no_absence(refuses, make_wire, make_tool):
    """Its keys live on, and they are absent to the account that carries on."""
    mine, theirs = names(25, "mine"), names(5, "theirs")
    server = Strict({"mine": ("me", mine), "theirs": ("them", theirs)})
    server.refuses = refuses
    wire, tool = lax(make_wire, make_tool, server, absent="gone")
    manifest = manifest_of(tool, mine + theirs)
    assert tool.run(manifest, "--max-attempts", "1", "--halt", "100%").code != 0
    assert tool.run_dir.totals == {"failed": 30}
    server.refuses = 0
    tool.env["LAX_TOKEN"] = "theirs"
    result = tool.run(manifest)
    assert result.code == 1 and "25 of 30 targets were absent from the start" in result.out
    assert tool.run_dir.totals["revoked"] == 5
    assert len(server.accounts["mine"][1]) == 25


def test_what_the_same_account_sent_excuses_absence(make_wire, make_tool):
    keys = names(30)
    server = Strict({"mine": ("me", keys), "renewed": ("me", keys)})
    server.refuses = 500
    wire, tool = lax(make_wire, make_tool, server, absent="gone")
    assert tool.run(manifest_of(tool, keys), "--max-attempts", "1", "--halt", "100%").code != 0
    server.refuses = 0
    server.accounts["renewed"] = ("me", set(keys[25:]))
    tool.env["LAX_TOKEN"] = "renewed"
    assert tool.run(manifest_of(tool, keys)).code == 0
    assert tool.run_dir.totals == {"revoked": 5, "absent_after_retry": 25}


def test_a_typo_in_the_path(make_wire, make_tool):
    """Parse: a class that does not exist lists nothing, and deletes whatever it is told."""
    wire, tool = lax(make_wire, make_tool, Tokens({"mine": ("me", [])}), "unknown")
    result = tool.run(manifest_of(tool, names(20)))
    assert result.code == 75 and len(wire.deletions) <= 1, result.err
    assert not {"revoked", "already_absent"} & set(tool.run_dir.totals)


def test_three_dead_ones_of_a_kind_keep_no_others_alive(make_wire, make_tool):
    keys, dead = targets(30), targets(3, "openrouter", "byok")
    gone = set()

    def answer(request):
        name = request.path.split("?")[0].rsplit("/", 1)[1]
        if name in ("key", "workspaces", "keys"):
            return look(request)
        if name == "byok":
            return reply(200, {"data": [], "total_count": 0})
        if name not in {key.id for key in keys} - gone:
            return GONE
        if request.method == "DELETE":
            gone.add(name)
            return DELETED
        return look(request)

    tool = make_tool(make_wire(answer).origin)
    result = tool.run(tool.manifest([*dead, *keys]))
    assert result.code == 75 and "openrouter byok: none of" in result.err
    assert tool.run_dir.totals == {"revoked": 30, "not_attempted": 3}
    assert tool.run(tool.manifest([*dead, *keys]), "--expect-absent=openrouter/byok").code == 0
    assert tool.run_dir.totals == {"revoked": 30, "already_absent": 3}


@pytest.mark.parametrize("status", [401, 403, 405, 501])
def test_a_read_that_is_refused_is_no_look(status, make_wire, make_tool):
    """The list is one."""
    keys = targets(5)
    left = {key.id for key in keys}

    def answer(request):
        name = request.path.split("?")[0].rsplit("/", 1)[1]
        if name == "keys":
            from_ = int((re.findall(r"offset=(\d+)", request.path) or [0])[0])
            return reply(200, {"data": [{"hash": key} for key in sorted(left)][from_:]})
        if request.method == "GET":
            return error(status) if len(name) == 64 else look(request)
        left.discard(name)
        return DELETED

    tool = make_tool(make_wire(answer).origin)
    result = tool.run(tool.manifest(keys))
    assert result.code == 0, result.err
    seen = [r for r in tool.run_dir.records("seen") if r["rows"]]
    assert "cannot look" not in result.err
    assert seen[0]["look"] == "list" and seen[0]["rows"] == "1-5"


def test_what_it_costs_where_only_what_exists_is_deleted(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(200))).code == 0
    asked = [r for r in wire.requests if r.method == "GET"]
    assert len([r for r in asked if "/keys/" in r.path]) == 1, "one read of a kind"
    assert len(asked) == 3 and len(wire.deletions) == 200


def test_two_kinds_ask_once_whose_account_it_is(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(30) + targets(30, "openrouter", "byok")))
    assert result.code == 0, result.err
    asked = [r.path for r in wire.requests if r.method == "GET"]
    assert sum("workspaces" in path for path in asked) == 1, asked
    assert len(asked) == 4 and len(wire.deletions) == 60
    named = {r["kind"]: r["account"] for r in tool.run_dir.records("seen") if r["account"]}
    assert named == {"key": "ws-1", "byok": "ws-1"}
