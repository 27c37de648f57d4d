"""`rescind list`: what it finds, what it selects, what it refuses, and what it writes where."""

import csv
import datetime
import itertools
import hashlib
import io
import json
import os
import signal
import stat
import time

import pytest

from inventory import Key, ago, keys, workspace, write
from targets import targets
from tool import CREDENTIALS, all_bytes
from wire import MANAGEMENT_KEY, reply

COLUMN = {
    ("openrouter", "key"): "hash",
    ("openrouter", "byok"): "byok_id",
    ("requesty", "key"): "api_key_id",
    ("baseten", "key"): "prefix",
}
OWN_HASH = hashlib.sha256(CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"].encode()).hexdigest()


def usage(day=0, week=0, month=0, byok=0):
    return {
        "usage_daily": day, "usage_weekly": week, "usage_monthly": month,
        "byok_usage_daily": byok, "byok_usage_weekly": byok, "byok_usage_monthly": byok,
    }


def openrouter_fields(n):
    """All that the filters ask of, each with a rhythm of its own."""
    return {
        "name": f"{('ci', 'prod', 'batch')[n % 3]}-{n:03d}",
        "label": f"sk-or-v1-{n:03x}...{n % 7:03x}",
        "disabled": n % 5 == 0,
        "created_at": ago(days=n, hours=1),
        "updated_at": None if n % 4 == 0 else ago(days=n / 2, hours=1),
        "expires_at": (None, ago(days=1), ago(days=-1))[n % 3],
        "workspace_id": workspace(n % 3),
        **usage(n % 2, n % 3, n % 4, 1.5 if n % 7 == 0 else 0),
    }


@pytest.fixture
def world(make_sandbox, make_tool, tmp_path):
    """world(keys, *options): a sandbox that lists these keys, and a tool that asks it."""

    def make(found, *options):
        path = write(tmp_path / f"inventory{len(list(tmp_path.iterdir()))}.jsonl", found)
        sandbox = make_sandbox("--inventory", path, *options)
        tool = make_tool()

        def listing(provider, *args, **more):
            urls = [part for origin in sandbox.origins for part in ("--base-url", origin)]
            return tool.call("list", provider, *urls, *args, **more)

        return listing, sandbox, tool

    return make


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ids(text, column="hash"):
    found = [row[column] for row in rows(text)]
    assert len(found) == len(set(found))
    return set(found)


def test_1050_keys_on_11_pages_of_3_workspaces(world):
    found = keys(1050, openrouter_fields)
    listing, sandbox, tool = world(found, "--workspaces", 3)
    result = listing("openrouter", "--output", "all.csv")
    assert (result.code, result.out) == (0, ""), result
    assert result.err == "rescind: openrouter key: 1,050 listed\n"
    text = (tool.directory / "all.csv").read_text()
    assert ids(text) == {key.id for key in found}
    by_id = {key.id: key.fields for key in found}
    for row in rows(text):
        fields = by_id[row["hash"]]
        assert row["name"] == fields["name"] and row["label"] == fields["label"]
        assert row["workspace"] == fields["workspace_id"]
        assert row["created"][:19] == fields["created_at"][:19] and row["created"][-1] == "Z"
        assert row["disabled"] == ("true" if fields["disabled"] else "false")
    # the credential, the workspaces and the look behind them, 4 pages of each and the look behind
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == 1 + 2 + 3 * (4 + 1)

    planned = tool.call("plan", "all.csv")
    assert planned.code == 0, planned
    assert "1,050 targets in 1,050 rows, 0 duplicates, 0 rejected" in planned.out


def test_eleven_pages_of_one_workspace(world):
    found = keys(1050, lambda n: {})
    listing, sandbox, _ = world(found)
    result = listing("openrouter")
    assert result.code == 0, result
    assert ids(result.out) == {key.id for key in found}
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == 1 + 2 + 11 + 1


def test_a_selection_is_what_run_deletes(world):
    found = keys(60, openrouter_fields)
    listing, sandbox, tool = world(found, "--workspaces", 3)
    assert listing("openrouter", "--name", "ci-*", "--output", "ci.csv").code == 0
    tool.origins = sandbox.origins
    done = tool.run("ci.csv")
    assert done.code == 0, done
    gone = {target.id for target, known in sandbox.truth().items() if not known["exists"]}
    assert gone == {key.id for key in found if key.fields["name"].startswith("ci-")}


def name_of(value):
    return " ".join(value) if isinstance(value, list) else ""


def before(field, days):
    limit = ago(days=days)
    return lambda f: f[field] is not None and f[field][:19] < limit[:19]


def unused(window):
    return lambda f: f[f"usage_{window}"] == 0 and f[f"byok_usage_{window}"] == 0


OPENROUTER = [
    (["--created-before", "30d"], before("created_at", 30)),
    (["--created-before", "720h"], before("created_at", 30)),
    (["--updated-before", "10d"], before("updated_at", 10)),
    (["--unused", "day", "--min-window", "0"], unused("daily")),
    (["--unused", "week", "--min-window", "0"], unused("weekly")),
    (["--unused", "month", "--min-window", "0"], unused("monthly")),
    (["--expired"], lambda f: f["expires_at"] and before("expires_at", 0)(f)),
    (["--disabled"], lambda f: f["disabled"]),
    (["--name", "ci-*"], lambda f: f["name"].startswith("ci-")),
    (["--name", "*-00[0-3]"], lambda f: f["name"][-3:] < "004"),
    (["--label", "sk-or-v1-00*"], lambda f: f["label"].startswith("sk-or-v1-00")),
    (["--label", "*...003"], lambda f: f["label"].endswith("...003")),
    (["--workspace", workspace(1)], lambda f: f["workspace_id"] == workspace(1)),
    (["--name", "ci-*", "--disabled"], lambda f: f["name"].startswith("ci-") and f["disabled"]),
    (
        ["--created-before", "20d", "--unused", "month", "--min-window", "0"],
        lambda f: before("created_at", 20)(f) and unused("monthly")(f),
    ),
    (["--name", "nothing like it"], lambda f: False),
]


@pytest.fixture(scope="module")
def sixty():
    return keys(60, openrouter_fields)


@pytest.mark.parametrize("options, wanted", OPENROUTER, ids=name_of)
def test_openrouter_filters(world, sixty, options, wanted):
    listing, _, _ = world(sixty, "--workspaces", 3)
    result = listing("openrouter", *options)
    want = {key.id for key in sixty if wanted(key.fields)}
    assert result.code == 0, result
    assert ids(result.out) == want
    assert result.err.endswith(f"rescind: openrouter key: {len(want)} of 60 selected\n")


def test_a_date_is_meant_from_its_beginning(world):
    moments = ["2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59.999999+00:00",
               "2026-01-01T00:00:00.000000+00:00"]
    found = keys(4, lambda n: {"created_at": moments[n]})
    listing, _, _ = world(found)
    for when in ("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"):
        assert ids(listing("openrouter", "--created-before", when).out) == {
            found[0].id, found[2].id
        }


BYOK = [
    (["--created-before", "100d"], before("created_at", 100)),
    (["--disabled"], lambda f: f["disabled"]),
    (["--name", "prod-*"], lambda f: f["name"].startswith("prod-")),
    (["--label", "*000"], lambda f: f["label"].endswith("000")),
    (["--workspace", workspace(2)], lambda f: f["workspace_id"] == workspace(2)),
]


@pytest.mark.parametrize("options, wanted", BYOK, ids=name_of)
def test_byok_filters(world, options, wanted):
    found = keys(230, openrouter_fields, kind="byok")
    listing, _, tool = world(found, "--workspaces", 3)
    result = listing("openrouter", "--kind", "byok", *options)
    assert result.code == 0, result
    assert ids(result.out, "byok_id") == {key.id for key in found if wanted(key.fields)}
    (tool.directory / "found.csv").write_text(result.out)
    assert tool.call("plan", "found.csv").code == 0


def requesty_fields(n):
    spend = (0, "0", "2.99", 2.99, "3.00", 3, "100", 80.5)[n % 8]
    return {
        "name": f"team{n % 4}-{n}", "monthly_spend": spend,
        "labels": {"team": ("core", "growth")[n % 2], "env": "dev"},
    }


@pytest.mark.parametrize(
    "options, wanted",
    [
        (["--spend-below", "3"], lambda f: float(f["monthly_spend"]) < 3),
        (["--spend-below", "0.01"], lambda f: float(f["monthly_spend"]) == 0),
        (["--name", "team1-*"], lambda f: f["name"].startswith("team1-")),
        (["--label", "team=core"], lambda f: f["labels"]["team"] == "core"),
        (["--label", "team=g*", "--spend-below", "3"],
         lambda f: f["labels"]["team"] == "growth" and float(f["monthly_spend"]) < 3),
    ],
    ids=name_of,
)
def test_requesty_filters(world, options, wanted):
    found = keys(40, requesty_fields, provider="requesty")
    listing, _, tool = world(found)
    result = listing("requesty", *options)
    assert result.code == 0, result
    assert ids(result.out, "api_key_id") == {key.id for key in found if wanted(key.fields)}
    (tool.directory / "found.csv").write_text(result.out)
    assert tool.call("plan", "found.csv").code == 0


@pytest.mark.parametrize("type_", ["PERSONAL", "WORKSPACE_INVOKE"])
def test_baseten_type(world, type_):
    types = ["PERSONAL", "WORKSPACE_INVOKE", "WORKSPACE_MANAGE_ALL"]
    found = keys(30, lambda n: {"type": types[n % 3]}, provider="baseten")
    listing, _, _ = world(found)
    result = listing("baseten", "--type", type_)
    assert ids(result.out, "prefix") == {key.id for key in found if key.fields["type"] == type_}


def test_creator(world):
    found = keys(30, lambda n: {"creator_user_id": f"user_{n % 3}"})
    listing, _, _ = world(found)
    result = listing("openrouter", "--creator", "user_1")
    assert ids(result.out) == {key.id for key in found if key.fields["creator_user_id"] == "user_1"}


def test_not_in_a_manifest(world):
    found = keys(30, lambda n: {"name": f"k{n}"})
    listing, _, tool = world(found)
    (tool.directory / "kept.csv").write_text("hash\n" + "".join(k.id + "\n" for k in found[:20]))
    result = listing("openrouter", "--not-in", "kept.csv")
    assert result.code == 0 and ids(result.out) == {key.id for key in found[20:]}
    assert "20 left out, because kept.csv names them" in result.err
    assert listing("openrouter", "--not-in", "missing.csv").code == 66


def test_not_in_a_list_that_names_nothing(world):
    """`inventory > kept.csv`, and the inventory failed: every key would be one that is not in it."""
    listing, _, tool = world(keys(30, lambda n: {"name": f"k{n}"}))
    for text in ("", "hash\n", "\n"):
        (tool.directory / "kept.csv").write_text(text)
        result = listing("openrouter", "--not-in", "kept.csv", "--name", "*1*")
        assert (result.code, result.out) == (65, "")
        assert "kept.csv:1: names nothing: each key there is" in result.err


def test_not_in_means_the_key_whatever_the_account(world):
    """Kept is what a row names, also where it is another account's, or another definition's."""
    found = keys(6, lambda n: {"name": f"k{n}"})
    listing, _, tool = world(found)
    (tool.directory / "kept.csv").write_text(
        "hash,account\n" + "".join(f"{k.id},{account}\n" for k, account in zip(found, ("", "team-a")))
    )
    result = listing("openrouter", "--not-in", "kept.csv")
    assert result.code == 0 and ids(result.out) == {key.id for key in found[2:]}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_inventory_is_a_manifest_without_a_word(world, form):
    listing, _, tool = world(keys(3, openrouter_fields))
    (tool.directory / f"all.{form}").write_text(listing("openrouter", "--format", form).out)
    result = tool.call("plan", f"all.{form}")
    assert result.code == 0 and "warning" not in result.err, result.err


ASKED = {
    "--created-before": ["9d"], "--updated-before": ["9d"], "--unused": ["month", "--min-window", "0"],
    "--expired": [], "--disabled": [], "--name": ["x"], "--label": ["x"], "--workspace": ["x"],
    "--spend-below": ["3"], "--type": ["x"], "--last-used-before": ["9d"], "--creator": ["x"],
    "--owner": ["x"],
}
ANSWERED = {
    ("openrouter", "key"): set(ASKED) - {"--spend-below", "--type", "--last-used-before", "--owner"},
    ("openrouter", "byok"): {"--created-before", "--disabled", "--name", "--label", "--workspace"},
    ("requesty", "key"): {"--name", "--label", "--spend-below", "--creator"},
    ("baseten", "key"): {"--name", "--type"},
}


@pytest.mark.parametrize("provider, kind", ANSWERED)
def test_what_a_list_does_not_tell_is_refused(world, provider, kind):
    listing, sandbox, _ = world([])
    for option in set(ASKED) - ANSWERED[provider, kind]:
        result = listing(provider, "--kind", kind, option, *ASKED[option])
        assert (result.code, result.out) == (64, ""), (option, result)
        assert f"{option}: the list of {provider} {kind} does not tell that" in result.err
    assert sandbox.counts()["requests"] == 0
    for option in ANSWERED[provider, kind]:
        result = listing(provider, "--kind", kind, option, *ASKED[option])
        assert result.code == 0, (option, result)


@pytest.mark.parametrize(
    "words, says",
    [
        (["nobody"], "nobody: no such provider"),
        (["openrouter", "--kind", "cat"], "openrouter has no kind cat; it has byok, key"),
        (["openrouter", "--min-window", "3d"], "--min-window says something with --unused only"),
        (["openrouter", "--unused", "year"], "want day, week or month"),
        (["openrouter", "requesty"], "more than one PROVIDER"),
    ],
)
def test_wrong_usage(make_tool, words, says):
    result = make_tool().call("list", *words)
    assert (result.code, result.out) == (64, "")
    assert says in result.err


def test_a_definition_without_a_list(make_tool, tmp_path):
    job = tmp_path / "job.ini"
    job.write_text("[provider mute]\nbase = https://mute.example\ncredential = MUTE\n"
                   "header = X: {secret}\nid.name = id\nid.class = word\nid.length = 1-9\n"
                   "delete = DELETE /k/{id}\n")
    result = make_tool().call("list", "--job", job, "mute")
    assert (result.code, result.out) == (64, "")
    assert "does not say how to list it" in result.err


def test_what_is_not_told_is_never_selected(world):
    odd = [None, "soon", 7, {"a": 1}]
    found = keys(8, lambda n: {"created_at": ago(days=99) if n > 3 else odd[n]})
    listing, _, _ = world(found + keys(1, lambda n: {"created_at": ago(days=1)}, seed=2))
    result = listing("openrouter", "--created-before", "9d")
    assert ids(result.out) == {key.id for key in found[4:]}
    assert "4 not selected, because the list does not tell for them what --created-before" in result.err

    # not even where nothing else is left to select
    listing, _, _ = world(keys(3, lambda n: {"usage_monthly": None}))
    result = listing("openrouter", "--unused", "month", "--min-window", "0", "--all")
    assert (result.code, rows(result.out)) == (0, [])
    assert "3 not selected" in result.err


def test_a_filter_that_selects_every_key(world):
    found = keys(5, lambda n: {"name": f"old-{n}"})
    listing, _, tool = world(found)
    (tool.directory / "out.csv").write_text("as it was")
    result = listing("openrouter", "--name", "old-*", "--output", "out.csv")
    assert (result.code, result.out) == (2, "")
    assert "selects every key there is (5); nothing was written" in result.err
    assert (tool.directory / "out.csv").read_text() == "as it was"
    assert ids(listing("openrouter", "--name", "old-*", "--all").out) == {key.id for key in found}
    result = listing("openrouter", "--name", "old-[1-3]", "--output", "the old.csv")
    assert result.err == (
        "rescind: openrouter key: 3 of 5 selected, written to the old.csv; "
        "review it, then: rescind plan 'the old.csv'\n"
    )
    assert tool.call("plan", "the old.csv").code == 0
    result = listing("openrouter", "--name", "old-1", "--output=-x.csv")
    assert result.err.endswith("then: rescind plan -- -x.csv\n") and tool.call("plan", "--", "-x.csv").code == 0
    result = listing("openrouter", "--name", "none", "--output", "none.csv")
    assert result.err == "rescind: openrouter key: 0 of 5 selected, written to none.csv\n"
    assert ids(listing("openrouter").out) == {key.id for key in found}


def test_one_workspace_of_one_is_every_key(world):
    listing, _, _ = world(keys(3, lambda n: {"workspace_id": workspace(0)}), "--workspaces", 2)
    assert listing("openrouter", "--workspace", workspace(0)).code == 2
    result = listing("openrouter", "--workspace", workspace(1))
    assert (result.code, rows(result.out)) == (0, [])


def test_a_filter_without_keys(world):
    listing, _, tool = world([])
    result = listing("openrouter", "--name", "x", "--output", "none.csv")
    assert result.code == 0, result
    assert (tool.directory / "none.csv").read_text().startswith("hash,name,")
    assert tool.call("plan", "none.csv", "--allow-empty").code == 0


def age_of(window):
    """Of the UTC window, told apart from the tool's own reckoning."""
    now = datetime.datetime.now(datetime.timezone.utc)
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if window == "week":
        start -= datetime.timedelta(days=now.isoweekday() - 1)
    if window == "month":
        start = start.replace(day=1)
    return now - start


@pytest.mark.parametrize(
    "window, least",
    [("day", datetime.timedelta(hours=12)), ("week", datetime.timedelta(days=3)),
     ("month", datetime.timedelta(days=14))],
)
def test_a_young_window(world, window, least):
    listing, sandbox, _ = world(keys(4, lambda n: usage(n, n, n)))
    refused = listing("openrouter", "--unused", window, "--min-window", "365d")
    assert (refused.code, refused.out) == (2, "")
    assert "nothing was read" in refused.err
    assert sandbox.counts()["requests"] == 0

    young_before = age_of(window) < least
    result = listing("openrouter", "--unused", window)
    if young_before == (age_of(window) < least):
        assert result.code == (2 if young_before else 0), result

    result = listing("openrouter", "--unused", window, "--min-window", "0")
    assert result.code == 0 and len(rows(result.out)) == 1


@pytest.mark.parametrize("kind", ["key", "byok"])
def test_a_list_that_tells_of_the_same_twice_or_skips(world, kind):
    """A key that comes shifts the offsets, one that goes does so the other way."""
    found = keys(350, lambda n: {"workspace_id": workspace(n % 2)}, kind=kind)
    for options in (["--appear", 5], ["--vanish", 5], ["--appear", 3, "--vanish", 7]):
        listing, sandbox, _ = world(found, "--workspaces", 2, *options)
        result = listing("openrouter", "--kind", kind)
        assert result.code == 0, result
        there = {t.id for t, known in sandbox.truth().items() if known["exists"] and t.kind == kind}
        assert ids(result.out, COLUMN["openrouter", kind]) == there
        if kind == "key":
            assert "the list changed while it was read" in result.err
            assert there != {key.id for key in found} or "--vanish" in options


def test_a_list_that_ignores_its_offset(world):
    listing, sandbox, tool = world(keys(250, lambda n: {}), "--fault", "openrouter=stuck:100%:on=read")
    result = listing("openrouter", "--output", "out.csv", timeout=30)
    assert (result.code, result.out) == (75, "")
    assert "did not stand still in 5 readings" in result.err
    assert not (tool.directory / "out.csv").exists()
    assert sandbox.counts()["requests"] < 30


def test_it_never_selects_the_credential_in_use(world):
    found = keys(3, lambda n: {"name": "x"})
    own = Key("openrouter", "key", OWN_HASH, {"name": "x"})
    listing, _, _ = world(found + [own])
    for options in ([], ["--name", "x", "--all"]):
        result = listing("openrouter", *options)
        assert ids(result.out) == {key.id for key in found}
        assert "the credential in use is one of them and was left out" in result.err
    for provider in ("requesty", "baseten"):
        found = keys(3, lambda n: {"name": "x"}, provider=provider)
        listing, _, _ = world(found)
        result = listing(provider, "--name", "*", "--all")
        assert ids(result.out, COLUMN[provider, "key"]) == {key.id for key in found}
        assert "was left out" in result.err


def test_own_key_does_not_hide_that_all_others_are_selected(world):
    own = Key("openrouter", "key", OWN_HASH, {"name": "admin"})
    listing, _, _ = world(keys(3, lambda n: {"name": "x"}) + [own])
    assert listing("openrouter", "--name", "x").code == 2


@pytest.mark.parametrize(
    "fault, code, says",
    [
        ("401:100%", 77, "401"),
        ("403:100%", 77, "403"),
        ("404:100%", 75, "404"),
        ("400:100%", 75, "400"),
        ("html:100%", 75, "is the base URL right?"),
        ("html404:100%", 75, "404"),
        ("redirect:100%", 75, "redirect"),
        ("503:100%", 75, "503"),
    ],
)
def test_what_cannot_be_read(world, fault, code, says):
    listing, _, tool = world(keys(3, lambda n: {}), "--fault", f"{fault}:on=read")
    result = listing("openrouter", "--output", "out.csv", "--max-attempts", 2)
    assert (result.code, result.out) == (code, ""), result
    assert says in result.err
    assert not (tool.directory / "out.csv").exists()


@pytest.mark.parametrize("fault", ["503:30%", "500:30%", "cut:30%", "reset:20%", "drop:20%"])
def test_what_passes(world, fault):
    found = keys(450, lambda n: {})
    listing, _, _ = world(found, "--fault", f"openrouter={fault}:on=read:times=3")
    result = listing("openrouter")
    assert result.code == 0, result
    assert ids(result.out) == {key.id for key in found}


def test_a_rate_limit_is_kept_to(world):
    found = keys(900, lambda n: {})
    listing, sandbox, _ = world(found, "--limit", "window:6/1s", "--hint", "sec")
    result = listing("openrouter")
    assert result.code == 0, result
    assert ids(result.out) == {key.id for key in found}
    counts = sandbox.counts()["providers"]["openrouter"]
    assert counts["status"]["429"] >= 1
    assert counts["in_hold"] == 0, "it asked while it was told to wait"


def test_a_hold_that_is_too_long(world):
    listing, _, _ = world([], "--fault", "429:100%:on=read:retry-after=900")
    began = time.monotonic()
    result = listing("openrouter")
    assert result.code == 75, result
    assert "429" in result.err and time.monotonic() - began < 20


def test_deadline_and_signals_end_a_wait(world, make_sandbox, make_tool):
    listing, _, _ = world([], "--fault", "429:100%:on=read:retry-after=60")
    began = time.monotonic()
    result = listing("openrouter", "--deadline", "1s")
    assert result.code == 75 and "the wait ends beyond the deadline" in result.err
    assert time.monotonic() - began < 20

    sandbox = make_sandbox("--delay", "60s")
    tool = make_tool()
    process = tool._process(["list", "openrouter", "--base-url", sandbox.origins[0]])
    while sandbox.counts()["requests"] == 0:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (75, b"")
    assert b"stopped by SIGTERM" in err


def test_the_wrong_kind_of_credential(world):
    listing, sandbox, _ = world(keys(2, lambda n: {}), "--weak", "openrouter")
    result = listing("openrouter")
    assert (result.code, result.out) == (77, "")
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == 1


def test_a_credential_that_is_missing(world):
    listing, sandbox, tool = world([])
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = None
    result = listing("openrouter")
    assert (result.code, result.out) == (77, "")
    assert sandbox.counts()["requests"] == 0


def test_output(world):
    found = keys(3, lambda n: {})
    listing, _, tool = world(found)
    assert listing("openrouter", "--output", "o.jsonl").code == 0
    path = tool.directory / "o.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {line["hash"] for line in lines} == {key.id for key in found}
    assert all(isinstance(value, str) for line in lines for value in line.values())
    assert tool.call("plan", "o.jsonl").code == 0
    assert listing("openrouter", "--output", "-").out == listing("openrouter").out
    assert listing("openrouter", "--output", "there/is/no/such.csv").code == 73
    assert sorted({*os.listdir(tool.directory)} - {"runtime"}) == ["o.jsonl"]


def test_output_to_a_directory_is_told_before_anything_is_read(world):
    listing, sandbox, tool = world(keys(3, lambda n: {}))
    (tool.directory / "lists").mkdir()
    result = listing("openrouter", "--output", "lists")
    assert (result.code, result.out) == (73, "")
    assert "cannot write lists: a directory, and a file is needed" in result.err
    assert sandbox.counts()["requests"] == 0


def test_output_to_what_is_no_file(world):
    """A pipe or a device is written to, and still there afterwards; so is a link."""
    found = keys(3, lambda n: {})
    listing, _, tool = world(found)
    whole = listing("openrouter").out
    pipe = tool.directory / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    result = listing("openrouter", "--output", pipe)
    assert result.code == 0, result
    assert os.read(reader, 1 << 16).decode() == whole
    os.close(reader)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)

    (tool.directory / "real.csv").write_text("old")
    link = tool.directory / "link.csv"
    link.symlink_to("real.csv")
    assert listing("openrouter", "--output", link).code == 0
    assert link.is_symlink() and (tool.directory / "real.csv").read_text() == whole
    assert sorted({*os.listdir(tool.directory)} - {"runtime"}) == ["link.csv", "pipe", "real.csv"]
    assert listing("openrouter", "--output", "/dev/stdout").out == whole


def test_texts_of_others(world):
    """Names that would break a row, a terminal, a spreadsheet or a promise."""
    names = [
        'a "quoted, name"', "two\nlines", "esc\x1b[31m", "=SUM(A1)", "-1+1", "größe 🔑",
        "sk-live-0123456789abcdef", "Bearer sk-or-v1-" + "ab" * 32, "x" * 5000, " padded ", "",
        "csi\u009b31m", "\u202etxt.exe", "a\u2028b",
    ]
    found = keys(len(names), lambda n: {"name": names[n], "label": None})
    listing, _, tool = world(found)
    result = listing("openrouter")
    assert result.code == 0, result
    got = {row["hash"]: row["name"] for row in rows(result.out)}
    hidden = "(looks like a secret, not written)"
    want = [
        'a "quoted, name"', "two lines", "esc [31m", "'=SUM(A1)", "'-1+1", "größe 🔑", hidden,
        hidden, "x" * 5000, " padded ", "", "csi 31m", " txt.exe", "a b",
    ]
    assert [got[key.id] for key in found] == want
    (tool.directory / "all.csv").write_text(result.out)
    planned = tool.call("plan", "all.csv")
    assert planned.code == 0, planned
    assert f"{len(names)} targets" in planned.out


def test_unknown_fields_are_tolerated(world):
    found = keys(2, lambda n: {"of_tomorrow": {"deep": [1, {"x": None}]}, "last_used": "never"})
    listing, _, _ = world(found)
    assert ids(listing("openrouter").out) == {key.id for key in found}


def test_no_byte_of_a_credential_anywhere(world):
    listing, _, tool = world(
        keys(2, lambda n: {"name": CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"]}),
        "--fault", "openrouter=500:40%:on=read:times=2",
    )
    for provider in ("openrouter", "requesty", "baseten"):
        result = listing(provider, "--output", f"{provider}.csv")
        assert result.code == 0, result
        for secret in CREDENTIALS.values():
            assert secret[9:] not in result.out + result.err
    for _, data in all_bytes(tool.directory):
        for secret in CREDENTIALS.values():
            assert secret[9:].encode() not in data


GATEWAY = """
[provider gateway]
credential = GATEWAY_KEY
header = X-Key: {secret}
id.name = key id
id.class = digits
id.length = 1-9
delete = DELETE /keys/{id}
list = GET /keys
list.items = /result/items
list.id = /number
list.field = name /about/name
list.field = owner /about/owner
[run]
base-url = gateway=%s
"""


def test_a_provider_of_ones_own(make_wire, make_tool):
    """Nothing of a list is known but by its definition; the job file says where it goes."""
    items = [{"number": n, "about": {"name": f"n{n}", "owner": None}} for n in range(1, 4)]
    wire = make_wire(lambda request: reply(body={"result": {"items": items}}))
    tool = make_tool()
    tool.env["GATEWAY_KEY"] = "gateway-secret"
    (tool.directory / "job.ini").write_text(GATEWAY % f"http://127.0.0.1:{wire.port}")
    result = tool.call("list", "gateway", "--job", "job.ini", "--name", "n[12]")
    assert result.code == 0, result
    assert result.out == "provider,kind,id,name,owner\ngateway,key,1,n1,\ngateway,key,2,n2,\n"
    assert [request.line for request in wire.requests] == ["GET /keys HTTP/1.1"]
    assert wire.requests[0].headers["x-key"] == "gateway-secret"
    result = tool.call("list", "gateway", "--job", "job.ini", "--name", "n[12]", "--output", "out.csv")
    assert result.err.endswith("then: rescind plan --job job.ini out.csv\n")
    assert tool.call("plan", "--job", "job.ini", "out.csv").code == 0


def test_a_column_that_manifests_know(make_tool):
    tool = make_tool()
    tool.env["GATEWAY_KEY"] = "gateway-secret"
    text = GATEWAY.replace("list.field = owner", "list.field = prefix") % "http://127.0.0.1:1"
    (tool.directory / "job.ini").write_text(text)
    result = tool.call("list", "gateway", "--job", "job.ini")
    assert result.code == 78, result
    assert "list.field prefix is a column that manifests know already" in result.err


def test_what_is_listed_needs_no_targets_file(world):
    """An inventory of nothing but what the truth has, for all four kinds at once."""
    found = [Key(*target, {}) for kind in COLUMN for target in targets(7, *kind)]
    listing, _, _ = world(found)
    for provider, kind in COLUMN:
        result = listing(provider, "--kind", kind)
        want = {key.id for key in found if (key.provider, key.kind) == (provider, kind)}
        assert ids(result.out, COLUMN[provider, kind]) == want


def endless(kind):
    """A server whose pages never end: each new, or all empty."""
    number = itertools.count()

    def answer(request):
        path = request.path.split("?")[0]
        if path.endswith("/key"):
            return MANAGEMENT_KEY
        if path.endswith("/workspaces"):
            one = {"id": "11111111-1111-4111-8111-111111111111", "name": "D", "is_default": True}
            return reply(200, {"data": [one], "total_count": 1})
        items = [{"id": str(next(number)), "name": "k"}] * (kind == "new")
        return reply(200, {"items": items, "more": True})

    return answer


@pytest.mark.parametrize("kind", ["new", "empty"])
def test_endless_pages_end(kind, make_wire, make_tool):
    wire = make_wire(endless(kind))
    tool = make_tool()
    job = tool.directory / "endless.ini"
    job.write_text(
        "[provider endless]\ncredential = ENDLESS\nheader = A: {secret}\n"
        "id.name = key\nid.class = word\nid.length = 1-64\ndelete = DELETE /keys/{id}\n"
        "list = GET /keys\nlist.items = /items\nlist.id = /id\nlist.after = after\nlist.more = /more\n"
        "list.field = title /name\n"
    )
    tool.env["ENDLESS"] = "secret-of-the-endless-1"
    url = ("--base-url", f"endless=http://127.0.0.1:{wire.port}", "--max-rate", "0")
    result = tool.call("list", "endless", "--job", job, *url, "--output", "out.csv", timeout=170)
    assert result.code == 75, result
    assert "has no end" in result.err or kind == "empty"
    assert not (tool.directory / "out.csv").exists()


class Slow:
    """OpenRouter with so many keys, each answer of which takes a while."""

    def __init__(self, count, wait):
        self.hashes = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(count)]
        self.wait = wait

    def __call__(self, request):
        path, _, query = request.path.partition("?")
        if path.endswith("/key"):
            return reply(200, {"data": {"is_management_key": True}})
        if path.endswith("/workspaces"):
            return reply(200, {"data": []})
        offset = next((int(p[7:]) for p in query.split("&") if p.startswith("offset=")), 0)
        found = [{"hash": h, "name": "k"} for h in self.hashes[offset:offset + 100]]
        return reply(200, {"data": found}, wait=self.wait)


@pytest.mark.parametrize("count", [2, 99, 100, 101, 199, 991, 4951, 4952, 9999, 10000])
def test_pages_side_by_side_are_the_same_list(make_wire, make_tool, count):
    server = Slow(count, 0.001)
    wire = make_wire(server)
    result = make_tool(wire.origin).call("list", "openrouter", "--base-url", wire.origin)
    assert result.code == 0 and ids(result.out) == set(server.hashes), result.err
    assert "anew" not in result.err
    pages = -(-count // 99) + 1
    assert len(wire.requests) <= 2 + pages + (pages // 4 + 16 if count > 1500 else 0)


def test_a_long_list_is_read_side_by_side(make_wire, make_tool):
    server = Slow(10000, 0.1)
    wire = make_wire(server)
    began = time.monotonic()
    assert make_tool(wire.origin).call("list", "openrouter", "--base-url", wire.origin).code == 0
    assert time.monotonic() - began < 0.1 * 101 * 0.7  # one after the other they take 10 s


SCOPED = """\
[provider rooms]
base = https://rooms.example
credential = ROOMS_TOKEN
header = X: {secret}
scope = room
id.name = key id
id.class = word
id.length = 1-9
delete = DELETE /rooms/{room}/keys/{id}
list = GET /rooms/{room}/keys
list.items = /keys
list.id = /id
"""
EACH = """\
list.each = {room} GET /rooms
list.each.items = /rooms
list.each.id = /id
"""


def rooms(request):
    if request.path.endswith("/rooms"):
        return reply(200, {"rooms": [{"id": "r1"}, {"id": "r/2"}]})
    room = request.path.split("/")[-2]
    return reply(200, {"keys": [{"id": f"{room[:1]}{room[-1]}k{n}"} for n in range(2)]})


@pytest.mark.parametrize("job, code, found", [
    (SCOPED, 75, None),  # which room is not said
    (SCOPED + "[scope]\nroom = r1\n", 0, {("r1", "r1k0"), ("r1", "r1k1")}),
    (SCOPED + EACH + "[scope]\nroom = r1\n", 0, {("r1", "r1k0"), ("r1", "r1k1")}),
])
def test_scopes_of_a_list(make_wire, make_tool, job, code, found):
    wire = make_wire(rooms)
    tool = make_tool()
    (tool.directory / "rooms.ini").write_text(job)
    tool.env["ROOMS_TOKEN"] = "x"
    url = f"rooms=http://127.0.0.1:{wire.port}"
    result = tool.call("list", "rooms", "--job", "rooms.ini", "--base-url", url)
    assert result.code == code, result
    if found:
        assert {(row["room"], row["id"]) for row in rows(result.out)} == found
        (tool.directory / "found.csv").write_text(result.out)
        assert tool.call("plan", "found.csv", "--job", "rooms.ini").code == 0
    else:
        assert "{room} is empty" in result.err
