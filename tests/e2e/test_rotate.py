"""rescind rotate: one successor a key, with the same settings, its secret handed over before the
old one goes; whatever is lost, fails, or is killed."""

import csv
import hashlib
import json
import random
import re
import shlex
import signal
import time

import pytest

from inject import build
from openrouter import OpenRouter
from rotation import all_rotated, listed, living, no_raw_key, rotate, rotate_args, secrets
from targets import targets
from tool import CREDENTIALS, finish
from wire import DROP, GONE, error, reply

SERIES, KILLS = 6, 20  # so many rotations, killed so often each


@pytest.fixture(scope="session")
def injector(tmp_path_factory):
    return build(tmp_path_factory.mktemp("inject"))


def test_settings_are_carried_over(make_sandbox, make_tool, tmp_path):
    rows = targets(3)
    fields = [
        {"name": 'ci, "runner"', "limit": 12.34, "limit_reset": "weekly"},
        {"name": "=formula", "limit": None, "include_byok_in_limit": True},
        {"name": "zwei ü", "expires_at": "2031-01-02T03:04:05.123456+00:00", "limit": 7},
    ]
    inventory = tmp_path / "inventory.jsonl"
    with open(inventory, "w", encoding="utf-8") as file:
        for row, more in zip(rows, fields):
            print(json.dumps({**row._asdict(), **more}), file=file)
    sandbox = make_sandbox("--inventory", inventory, "--workspaces", "3")
    before = listed(sandbox)
    tool = make_tool(*sandbox.origins)
    result = rotate(tool, tool.manifest(rows))
    assert result.code == 0, result.err
    all_rotated(tool, sandbox, rows)
    no_raw_key(tool, result)
    after = listed(sandbox)
    same = "name", "limit", "limit_reset", "include_byok_in_limit", "workspace_id", "expires_at"
    for row in secrets(tool):
        for field in same:
            assert after[row["new_hash"]][field] == before[row["old_hash"]][field], field
        assert row["name"] == before[row["old_hash"]]["name"]
    assert (tool.directory / "secrets.csv").stat().st_mode & 0o777 == 0o600
    again = rotate(tool, tool.directory / "keys.csv")
    assert again.code == 0
    all_rotated(tool, sandbox, rows)


def test_old_keys_are_proved_gone(make_sandbox, make_tool):
    """verify takes a rotation's directory too; what the provider still shows is the headline."""
    rows = targets(6)
    sandbox = make_sandbox(rows, "--fault", f"openrouter=listed:100%:id={rows[2].id}")
    tool = make_tool(*sandbox.origins)
    assert rotate(tool, tool.manifest(rows)).code == 0
    urls = [part for origin in tool.origins for part in ("--base-url", origin)]
    result = tool.call("verify", *urls, "--verify-delay", "0", "--verify-patience", "0", tool.run_dir.path)
    assert result.code == 1, result
    assert result.out.startswith("1 target is STILL PRESENT")
    assert tool.run_dir.totals == {"rotated": 6}
    verified = {"confirmed_absent": 5, "still_present": 1, "unproven": 0}
    assert tool.run_dir.report["verified"] == verified
    assert len(tool.run_dir.report["rotated"]) == 6
    assert rows[2].id in (tool.run_dir.path / "still_present.csv").read_text()
    assert tool.call("report", tool.run_dir.path).code == 0
    assert tool.run_dir.report["verified"] == verified
    assert rotate(tool, tool.directory / "keys.csv").code == 0  # nothing of it is left to rotate
    assert len(living(sandbox, rows)[1]) == 6


def test_a_command_gets_them(make_sandbox, make_tool):
    rows = targets(4)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    job = tool.directory / "more.ini"
    job.write_text(
        "[provider more]\nbase = https://more.test\ncredential = MORE_KEY\n"
        "header = A: {secret} {env:MORE_SECOND} {env:MORE_THIRD?}\n"
        "id.name = key\nid.class = hex\nid.length = 64\ndelete = DELETE /keys/{id}\n"
    )
    ours = ("OPENROUTER_MANAGEMENT_KEY__TEAM_A", "DD_API_KEY", "MORE_SECOND", "MORE_THIRD__X", "MORE_KEY")
    tool.env |= dict.fromkeys(ours, "not-for-others") | {"MORE_KEYS": "for all"}
    command = "cat > one && cat one >> taken && cat one && cat one >&2 && rm one && env > env"
    result = rotate(tool, tool.manifest(rows), "--deliver", command, "--job", job)
    assert result.code == 0, result.err
    env = (tool.directory / "env").read_text()
    assert "not-for-others" not in env and "5ec7e7" not in env
    assert "MORE_KEYS=for all" in env
    lines = [json.loads(line) for line in (tool.directory / "taken").read_text().splitlines()]
    with open(tool.directory / "secrets.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["old_hash", "new_hash", "name", "key"])
        writer.writeheader()
        writer.writerows(lines)
    all_rotated(tool, sandbox, rows)
    no_raw_key(tool, result)


@pytest.mark.parametrize(
    "command, why",
    [
        ("cat > /dev/null; exit 3", "ended with status 3"),
        ("kill -9 $$", "ended by signal 9"),
        ("/does/not/exist", "ended with status 127"),
        ("true", "did not read its input"),
        ("head -c 5", "did not read its input"),
    ],
)
def test_what_is_not_handed_over_is_not_deleted(make_sandbox, make_tool, command, why):
    rows = targets(3)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    result = rotate(tool, manifest, "--deliver", command)
    assert result.code == 1, result.err
    assert living(sandbox, rows) == ({row.id for row in rows}, set())
    assert tool.run_dir.totals == {"failed": 3}
    assert why in result.err
    no_raw_key(tool, result)
    assert rotate(tool, manifest).code == 0
    handed = secrets(tool)
    assert living(sandbox, rows) == (set(), {row["new_hash"] for row in handed})
    assert len(handed) == 3


def test_signals_while_a_command_takes_its_time(make_wire, make_tool):
    """The first waits for its end, the second does not; what it got then is made worthless."""
    rows = targets(2)
    keys = OpenRouter(rows)
    tool = make_tool(make_wire(keys).origin)
    manifest = tool.manifest(rows)
    process = tool.start_as_is(
        *rotate_args(tool, manifest, "--deliver", "cat > begun; sleep 40; mv begun ended")
    )
    begun = tool.directory / "begun"
    while process.poll() is None and not (begun.exists() and begun.read_text()):
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.6)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    result = finish(process, 10)
    assert result.code == 75, result
    assert not (tool.directory / "ended").exists()
    assert {row.id for row in rows} < set(keys.key)
    assert rotate(tool, manifest).code == 0
    assert set(keys.key) == {row["new_hash"] for row in secrets(tool)}


@pytest.mark.parametrize("fault", ["drop-after", "500", "cut", "reset-after"])
def test_answers_that_are_lost(make_sandbox, make_tool, fault):
    rows = targets(10)
    effect = ":effect=either" if fault == "500" else ""
    sandbox = make_sandbox(rows, "--fault", f"{fault}:12%{effect}", "--seed", "5")
    tool = make_tool(*sandbox.origins)
    result = rotate(tool, tool.manifest(rows), "--max-attempts", "30", "--halt", "100%")
    assert result.code == 0, result.err
    sandbox.change("clear")
    all_rotated(tool, sandbox, rows)
    no_raw_key(tool, result)


def test_guards(make_sandbox, make_tool):
    rows = targets(3)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    open_to_all = tool.directory / "open.csv"
    open_to_all.write_text("")
    open_to_all.chmod(0o644)
    other = tool.directory / "other.csv"
    other.write_text("something else\n")
    other.chmod(0o600)
    refused = [
        ((), 64),
        (("--secrets-file", "s", "--deliver", "true"), 64),
        (("--secrets-file", open_to_all), 2),
        (("--secrets-file", other), 2),
        (("--secrets-file", "/does/not/exist/s"), 73),
        (("--secrets-file", "s", "--expect", "4"), 2),
        (("--secrets-file", "s", "--max", "2"), 2),
        (("--secrets-file", "s", "--protect", manifest), 2),
    ]
    for args, code in refused:
        assert tool.call(*rotate_args(tool, manifest, *args)).code == code, args
    mixed = tool.manifest(rows + targets(1, "requesty"), "mixed.csv")
    assert rotate(tool, mixed).code == 2
    own = hashlib.sha256(CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"].encode()).hexdigest()
    self_hit = tool.manifest(f"hash\n{rows[0].id}\n{own}\n", "own.csv")
    tool.run_dir.path = tool.directory / "own"
    assert rotate(tool, self_hit).code == 2
    assert living(sandbox, rows) == ({row.id for row in rows}, set())
    assert not any(known["requests"] for known in sandbox.truth().values())


def test_what_comes_after(make_sandbox, make_tool):
    """Where the secrets are is told, and how to prove that the old keys are gone."""
    rows = targets(3)
    tool = make_tool(*make_sandbox(rows).origins)
    result = rotate(tool, tool.manifest(rows))
    assert f"\n\nTo hand out:    {tool.directory}/secrets.csv, the new secrets\n" in result.out
    proof = re.search(r"^To prove it: +rescind (.*)$", result.out, re.M)[1]
    result = tool.call(*shlex.split(proof), "--verify-delay", "0")
    assert result.code == 0 and "confirmed_absent              3" in result.out, result
    assert tool.run_dir.totals == {"rotated": 3}


def a_row(number):
    key = f"sk-or-v1-{number:064x}"
    return f"{number:064x},{hashlib.sha256(key.encode()).hexdigest()},of old,{key}\n"


@pytest.mark.parametrize(
    "text, code, kept",
    [
        (a_row(1) + a_row(2), 0, 2),
        (a_row(1) + a_row(2)[:-1], 0, 2),  # an editor that ends no last line
        (a_row(1) + a_row(2)[:-2], 0, 1),  # a crash in the write
        (a_row(1) + a_row(2)[:70], 0, 1),
        (a_row(1) + a_row(2).replace("of", '"of') + a_row(3), 2, None),
    ],
    ids=["whole", "no newline", "torn key", "torn id", "stray quote"],
)
def test_a_file_with_secrets_of_before(make_sandbox, make_tool, text, code, kept):
    """No row of it is lost: a whole one whose newline is missing stays, damage is refused."""
    rows = targets(1)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    path = tool.directory / "secrets.csv"
    path.write_text("old_hash,new_hash,name,key\n" + text)
    path.chmod(0o600)
    result = rotate(tool, tool.manifest(rows))
    assert result.code == code, result
    if code:
        assert path.read_text() == "old_hash,new_hash,name,key\n" + text
        assert living(sandbox, rows)[0] == {rows[0].id}
        return
    found = secrets(tool)
    whole = list(csv.DictReader(["old_hash,new_hash,name,key", *text.splitlines()[:kept]]))
    assert found[:-1] == whole
    assert living(sandbox, rows) == (set(), {found[-1]["new_hash"]})


@pytest.mark.parametrize("how", ["unlink", "rename", "append"])
def test_a_file_that_is_lost_underneath(make_wire, make_tool, how):
    """What would be written to a file without a name, or behind a stranger's bytes, is not."""
    rows = targets(2)

    def hook(keys, method, path, fields):
        if method == "POST" and how == "append":
            with open(file, "a", encoding="ascii") as out:
                out.write("x")
        elif method == "POST" and file.exists():
            file.rename(file.with_suffix(".old")) if how == "rename" else file.unlink()

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    file = tool.directory / "secrets.csv"
    result = rotate(tool, tool.manifest(rows))
    assert result.code == 1, result
    assert tool.run_dir.totals == {"failed": 2}
    assert " meanwhile" in result.err
    assert set(keys.key) == {row.id for row in rows}


def in_a_dictionary(make_wire, make_tool, hook, **fields):
    """A rotation of one key that goes as the hook says: (keys, tool, result)."""
    rows = targets(1)
    keys = OpenRouter(rows, hook, **fields)
    tool = make_tool(make_wire(keys).origin)
    return keys, tool, rotate(tool, tool.manifest(rows), "--timeout", "1")


def only(keys, tool):
    """The one key there is; it is a successor whose secret we have."""
    (digest,) = keys.key
    assert digest in {row["new_hash"] for row in secrets(tool)}
    return keys.key[digest]


def test_a_creation_that_comes_late(make_wire, make_tool):
    """It had no answer in time, was not in the list yet, and took effect after the second one."""
    seen = []

    def hook(keys, method, path, fields):
        if method == "POST":
            seen.append(fields)
            if len(seen) == 1:
                return error(504)
        if method == "PATCH" and len(seen) == 2:
            keys.create(seen[0])
            seen.append(None)

    keys, tool, result = in_a_dictionary(make_wire, make_tool, hook)
    assert result.code == 0, result
    assert only(keys, tool)["name"].startswith("key ")


def test_a_name_that_keeps_its_marker(make_wire, make_tool):
    """The provider says 200 and does not rename: that is not rotated, and the old key stays."""

    def hook(keys, method, path, fields):
        if method == "PATCH":
            shown = keys.key[path.rsplit("/", 1)[1]]
            return reply(200, {"data": shown} if answers else {})

    for answers in (False, True):
        keys, tool, result = in_a_dictionary(make_wire, make_tool, hook)
        assert (result.code, tool.run_dir.totals) == (1, {"unconfirmed": 1}), result
        assert "its successor was not renamed: the answer does not show its new name" in result.err
        assert len(keys.key) == 2
        keys.hook = lambda *_: None
        assert rotate(tool, tool.directory / "keys.csv").code == 0
        assert "[rescind" not in only(keys, tool)["name"]


def test_an_answer_that_names_another_key(make_wire, make_tool):
    """No key is deleted because a creation's answer names it; what was made is found by its name."""
    other = targets(1, seed=9)[0]

    def hook(keys, method, path, fields):
        keys.key.setdefault(other.id, {"hash": other.id, "name": "somebody's"})
        if method == "POST":
            made = keys.create(fields)
            return reply(201, {**made, "data": {**made["data"], "hash": other.id}})

    keys, tool, result = in_a_dictionary(make_wire, make_tool, hook)
    assert (result.code, tool.run_dir.totals) == (1, {"failed": 1}), result
    assert set(keys.key) == {other.id, targets(1)[0].id}
    assert not secrets(tool)


@pytest.mark.parametrize("again", [False, True], ids=["once", "each time"])
@pytest.mark.parametrize("how", ["lost", "500", "answered with it", "a target"])
def test_a_creation_that_gives_its_name_to_a_key_that_was_there(how, again, make_wire, make_tool):
    """The mark in a name is no proof that rescind made that key: it stays, now and ever after."""
    rows, other = targets(2), targets(1, seed=9)[0].id
    named = []

    def hook(keys, method, path, fields):
        if method != "POST" or (named and not again):
            return None
        there = rows[1].id if how == "a target" else other
        keys.key[there]["name"] = fields["name"]
        named.append(fields["name"])
        if how == "answered with it":
            return reply(201, {"data": keys.key[there], "key": "sk-or-v1-" + "5" * 64})
        return error(500) if how == "500" else DROP

    keys = OpenRouter(rows, hook)
    keys._add(other, {"name": "of somebody else"})
    tool = make_tool(make_wire(keys).origin)
    options = ("--max-attempts", "2", "--timeout", "1", "--halt", "100%", "--concurrency", "1")
    first = rotate(tool, tool.manifest(rows[:1] if how != "a target" else rows), *options)
    assert first.code == 1, first
    assert "has its mark and was there before" in first.err
    second = rotate(tool, tool.directory / "keys.csv", *options)
    assert second.code == (1 if again else 0), second
    assert other in keys.key
    handed = {row["new_hash"] for row in secrets(tool)}
    gone = {row.id for row in rows} - set(keys.key)
    assert len(handed & set(keys.key)) == len(gone)
    assert tool.call("check", tool.run_dir.path).code == 0


def test_without_a_list_nothing_is_deleted_by_its_name(make_wire, make_tool):
    """What was there before is not known then."""
    lists = []

    def hook(keys, method, path, fields):
        if path.startswith("/keys?"):
            lists.append(path)
            return error(400) if len(lists) == 1 else None
        if method == "POST" and len(keys.secret) == 0:
            keys.create(fields)
            return error(500)

    keys, tool, result = in_a_dictionary(make_wire, make_tool, hook)
    assert result.code == 1, result
    assert "what a lost creation makes is not deleted" in result.err
    assert len(keys.key) == 2


def test_an_answer_that_is_given_again(make_wire, make_tool):
    """A proxy keeps the first creation's answer: one successor is no successor of three keys."""
    rows, kept = targets(3), []

    def hook(keys, method, path, fields):
        if method == "POST":
            if not kept:
                kept.append(keys.create(fields))
            return reply(201, kept[0])

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    result = rotate(tool, tool.manifest(rows))
    assert (result.code, tool.run_dir.totals) == (1, {"rotated": 1, "failed": 2}), result
    assert len(secrets(tool)) == 1
    assert len(set(keys.key) & {row.id for row in rows}) == 2
    assert secrets(tool)[0]["new_hash"] in keys.key


@pytest.mark.parametrize(
    "member, old, new", [("limit", None, 5), ("limit", 5, None), ("expires_at", None, "2031-01-01T00:00:00Z")]
)
def test_a_successor_with_other_settings(make_wire, make_tool, member, old, new):
    def hook(keys, method, path, fields):
        if method == "POST":
            return reply(201, keys.create({**fields, member: new}))

    keys, tool, result = in_a_dictionary(make_wire, make_tool, hook, **{member: old})
    assert result.code == 1, result
    assert f"its {member} is not that of the old key" in result.err
    assert set(keys.key) == {targets(1)[0].id}


@pytest.mark.parametrize("member, value", [("limit", 1), ("limit", None), ("disabled", True)])
def test_a_resume_compares_the_settings_too(member, value, make_wire, make_tool):
    """What a process before handed over is no successor if it is not as the old key is."""

    def hook(keys, method, path, fields):
        return error(400) if method == "PATCH" else None

    keys, tool, result = in_a_dictionary(make_wire, make_tool, hook, limit=5)
    assert result.code == 1, result
    assert len(keys.key) == 2
    new = next(digest for digest in keys.key if digest != targets(1)[0].id)
    right = keys.key[new][member]
    keys.key[new][member] = value
    keys.hook = lambda *_: None
    result = rotate(tool, tool.directory / "keys.csv")
    assert result.code == 1, result
    assert "its successor" in result.err and "the old key is untouched" in result.err
    assert len(keys.key) == 2
    keys.key[new][member] = right
    assert rotate(tool, tool.directory / "keys.csv").code == 0
    assert only(keys, tool)["limit"] == 5


@pytest.mark.parametrize(
    "name, want",
    [
        ("ci [rescind 0123456789abcdef]", "ci"),
        ("ci [rescind 0123456789abcdef] [rescind fedcba9876543210]", "ci"),
        (" [rescind 0123456789abcdef]", "rotated"),
        ("ci [rescind 0123]", "ci [rescind 0123]"),
        (None, "rotated"),
    ],
)
def test_a_name_with_the_marker_of_another_rotation(make_wire, make_tool, name, want):
    """Its resume would take the successor for its own, and delete it."""
    keys, tool, result = in_a_dictionary(make_wire, make_tool, lambda *_: None, name=name)
    assert result.code == 0, result
    assert only(keys, tool)["name"] == want


def test_a_refused_creation_says_why(make_wire, make_tool):
    def hook(keys, method, path, fields):
        return GONE if method == "POST" else None

    _, _, result = in_a_dictionary(make_wire, make_tool, hook)
    assert "creating its successor: 404; the old key is untouched" in result.err


def test_canary_and_absent(make_sandbox, make_tool):
    rows = targets(4)
    sandbox = make_sandbox(rows[1:])
    tool = make_tool(*sandbox.origins)
    result = rotate(tool, tool.manifest(rows), "--canary", "1")
    assert result.code == 0, result.err
    assert tool.run_dir.totals == {"already_absent": 1, "rotated": 3}


def test_a_stop_loses_no_secret(make_sandbox, make_tool):
    rows = targets(60)
    sandbox = make_sandbox(rows, "--delay", "120ms")
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    args = rotate_args(tool, manifest, "--secrets-file", tool.directory / "secrets.csv")
    stops = 0
    for _ in range(4):
        process = tool.start_as_is(*args)
        try:
            process.wait(0.7)
        except Exception:
            process.send_signal(signal.SIGTERM)
        result = finish(process)
        stops += result.code == 75
        assert result.code in (0, 75), result.err
        old, new = living(sandbox, rows)
        handed = {row["old_hash"] for row in secrets(tool) if row["new_hash"] in new}
        assert {row.id for row in rows} - old <= handed
    assert stops
    assert rotate(tool, manifest).code == 0
    all_rotated(tool, sandbox, rows)


def test_an_allocation_that_fails(make_wire, make_tool, injector):
    """It ends at once, before half of a request is sent, and the next one carries on."""
    if not injector.allocs:
        pytest.skip("the sanitizer's allocations cannot be made to fail")
    rows = targets(1)
    tool = make_tool(make_wire(OpenRouter(rows)).origin)
    manifest = tool.manifest(rows)
    injector.arm(tool)
    assert rotate(tool, manifest).code == 0
    most = injector.allocations(tool)
    for number in range(most * 2 // 3, most, 71):  # what comes before is the start of any command
        keys = OpenRouter(rows, limit=7)
        tool = make_tool(make_wire(keys).origin)
        manifest = tool.manifest(rows)
        injector.arm(tool, f"alloc:{number}:ENOMEM")
        result = rotate(tool, manifest)
        injector.disarm(tool)
        assert result.code in (0, 75), f"allocation {number}: {result}"
        assert rotate(tool, manifest).code == 0, f"allocation {number}"
        assert only(keys, tool)["limit"] == 7, f"allocation {number}"


POINTS = {"send": 24, "write": 24, "fdatasync": 24}


@pytest.mark.parametrize("at_once", [1, 32])
@pytest.mark.parametrize("seed", range(SERIES))
def test_killed_again_and_again(make_sandbox, make_tool, injector, seed, at_once):
    dice = random.Random(f"rotate {seed}")
    rows = targets(60, seed=seed)
    faults = ("--fault", "drop-after:3%", "--fault", "500:3%:effect=either") if seed % 2 else ()
    sandbox = make_sandbox(rows, "--workspaces", "2", "--seed", str(seed), *faults)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    args = ("--max-attempts", "30", "--halt", "100%", "--concurrency", at_once)
    kills, results = 0, []
    while kills < KILLS:
        call = dice.choice(list(POINTS))
        how = dice.choice(["kill", "kill-after", "torn"] if call != "fdatasync" else ["kill", "kill-after"])
        injector.arm(tool, f"{call}:{dice.randint(1, POINTS[call])}:{how}")
        tool.env["INJECT_UNDER"] = tool.directory
        results.append(rotate(tool, manifest, *args))
        injector.disarm(tool)
        assert results[-1].code == -signal.SIGKILL, results[-1]
        kills += 1
        old, new = living(sandbox, rows)
        handed = {row["old_hash"] for row in secrets(tool) if row["new_hash"] in new}
        assert {row.id for row in rows} - old <= handed, "an old key is gone, its successor is not ours"
    results.append(rotate(tool, manifest, *args))
    assert results[-1].code == 0, results[-1].err
    sandbox.change("clear")
    old, new = living(sandbox, rows)
    assert not old and len(new) == len(rows)
    handed = {row["new_hash"]: row for row in secrets(tool)}
    assert {handed[hash]["old_hash"] for hash in new} == {row.id for row in rows}
    for hash in new:
        assert hashlib.sha256(handed[hash]["key"].encode()).hexdigest() == hash
    assert not [key for key in listed(sandbox).values() if "[rescind" in key["name"]]
    assert tool.run_dir.totals == {"rotated": len(rows)}
    no_raw_key(tool, *results)


def test_a_hold_of_its_first_read_is_kept_by_the_next_run(make_wire, make_tool):
    wire = make_wire(lambda request: error(429, "slow down", Retry_After="3"))
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(2))
    assert rotate(tool, manifest, "--deadline", "1s").code == 75
    assert len(wire.requests) == 1
    assert tool.run_dir.records("hold")
    assert rotate(tool, manifest, "--deadline", "1s").code == 75
    assert len(wire.requests) == 1, "not even a read inside the hold"


def test_what_is_left_is_five_requests_a_key(make_sandbox, make_tool):
    rows = targets(30)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    result = rotate(tool, tool.manifest(rows), "--max-rate", "60", "--progress", "json")
    assert result.code == 0, result
    lines = [json.loads(line) for line in result.err.splitlines() if line.startswith("{")]
    lanes = [lane for line in lines if line["type"] == "progress" for lane in line["providers"]]
    told = [lane for lane in lanes if lane["state"] == "running" and lane["finished"] < 30 and lane["eta_s"]]
    assert told
    for lane in told:
        left = 5 * (lane["targets"] - lane["finished"])
        assert lane["eta_s"] == pytest.approx(left / (lane["limit"] or lane["rate"]), rel=0.1, abs=0.2), lane
