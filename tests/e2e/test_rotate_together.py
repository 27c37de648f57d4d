"""rescind rotate with many keys on their way at once: the order of records, secrets and requests, and
what stops or holds one stops or holds all."""

import json
import signal
import threading
import time

import pytest

from inject import build
from openrouter import OpenRouter
from rotation import all_rotated, rotate, rotate_args, secrets
from targets import targets
from tool import finish
from wire import DROP, error, reply


@pytest.fixture(scope="session")
def injector(tmp_path_factory):
    return build(tmp_path_factory.mktemp("inject"))


def test_several_at_once_in_order(make_wire, make_tool):
    """Many keys are on their way together, and of each the journal and the file of secrets have
    what they must have whenever a request for it arrives."""
    rows = targets(40)
    lock, out, most, wrong = threading.Lock(), set(), [], []

    def steps():
        found = {}
        for record in tool.run_dir.records("rotate"):
            found.setdefault(record["row"], []).append(record)
        return found

    def known(digest):
        """The last record of a row whose old or new key this is."""
        for row, records in steps().items():
            if digest in (rows[row - 1].id, records[-1].get("successor")):
                return records[-1]
        return {"step": "none", "successor": None}

    def check(method, path, fields):
        digest = path.rsplit("/", 1)[1]
        if method == "POST":
            open_rows = [records[-1] for records in steps().values() if records[-1]["step"] == "create"]
            return any(record["marker"] in fields["name"] for record in open_rows)
        if method == "PATCH":
            return known(digest)["step"] == "delivered"
        if method == "DELETE":
            record = known(digest)
            pair = (digest, record["successor"])
            handed = {(row["old_hash"], row["new_hash"]) for row in secrets(tool)}
            return record["step"] == "delivered" and pair in handed
        return True

    def hook(keys, method, path, fields):
        me = object()
        with lock:
            out.add(me)
            most.append(len(out))
        if not check(method, path, fields):
            wrong.append((method, path))
        time.sleep(0.02)
        with lock:
            out.discard(me)

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    result = rotate(tool, tool.manifest(rows))
    assert result.code == 0, result
    assert not wrong
    assert 6 <= max(most) <= 16
    assert set(keys.key) == {row["new_hash"] for row in secrets(tool)}
    assert len(keys.key) == 40
    most.clear()
    again = targets(3, seed=2)
    for row in again:
        keys.key[row.id] = dict(keys.key[next(iter(keys.key))], hash=row.id)
    tool.run_dir.path = tool.directory / "one"
    rows[:] = again
    assert rotate(tool, tool.manifest(again), "--concurrency", "1").code == 0
    assert not wrong and max(most) == 1


def test_it_is_on_disk_before(make_sandbox, make_tool, injector):
    """The same of what is synced, which no server can see."""
    rows = targets(40)
    sandbox = make_sandbox(rows, "--delay", "5ms")
    tool = make_tool(*sandbox.origins)
    injector.arm(tool)
    tool.env["INJECT_UNDER"] = tool.directory
    assert rotate(tool, tool.manifest(rows)).code == 0
    injector.disarm(tool)
    where, record_end, row_end = 0, {}, {}
    creates = []
    for line in (tool.run_dir.path / "journal.jsonl").read_bytes().splitlines(keepends=True):
        where += len(line)
        record = json.loads(line)
        if record["type"] == "rotate":
            record_end[rows[record["row"] - 1].id, record["step"]] = where
            creates += [where] * (record["step"] == "create")
    where = 0
    for line in (tool.directory / "secrets.csv").read_bytes().splitlines(keepends=True):
        where += len(line)
        row_end[line.split(b",")[0].decode()] = where
    synced = {"journal.jsonl": 0, "secrets.csv": 0}
    gone, posts, syncs = set(), 0, {"journal.jsonl": 0, "secrets.csv": 0}
    for call in injector.calls(tool):
        name = call.name.rsplit("/", 1)[-1]
        if call.kind == "synced" and name in synced:
            synced[name] = int(call.more)
            syncs[name] += 1
            for digest, end in row_end.items():
                if name == "secrets.csv" and digest != "old_hash" and end <= synced[name]:
                    assert record_end[digest, "created"] <= synced["journal.jsonl"]
        if call.kind == "send" and call.name == "POST":
            posts += 1
            assert len([end for end in creates if end <= synced["journal.jsonl"]]) >= posts
        if call.kind == "send" and call.name == "DELETE":
            digest = call.more.rsplit("/", 1)[1]
            assert record_end[digest, "delivered"] <= synced["journal.jsonl"]
            assert row_end[digest] <= synced["secrets.csv"]
            gone.add(digest)
    assert gone == {row.id for row in rows}
    assert posts == len(rows)
    assert syncs["journal.jsonl"] < 5 * len(rows)


@pytest.mark.parametrize("number", [6, 9, 14, 23])
def test_nothing_is_sent_after_a_failed_sync(make_sandbox, make_tool, injector, number):
    rows = targets(30)
    sandbox = make_sandbox(rows, "--delay", "5ms")
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    injector.arm(tool, f"fdatasync:{number}:EIO")
    result = rotate(tool, manifest)
    assert result.code == 74 and "Input/output error" in result.err, result
    injector.disarm(tool)
    calls = injector.calls(tool)
    hit = next(i for i, call in enumerate(calls) if call.hit)
    assert not [call for call in calls[hit:] if call.kind == "send"]
    assert [call for call in calls[:hit] if call.kind == "send"]
    assert rotate(tool, manifest).code == 0
    all_rotated(tool, sandbox, rows)


def test_two_signals_end_it_at_once(make_wire, make_tool):
    """With requests of many keys in flight; what they did is found by the next one."""
    rows = targets(20)
    posts = []

    def hook(keys, method, path, fields):
        if method == "POST":
            made = reply(201, keys.create(fields))
            posts.append(path)
            return made._replace(wait=20)
        time.sleep(0.01)

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    manifest = tool.manifest(rows)
    args = rotate_args(tool, manifest, "--secrets-file", tool.directory / "secrets.csv")
    process = tool.start_as_is(*args)
    while process.poll() is None and len(posts) < 8:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    result = finish(process, 10)
    assert result.code == 75 and time.monotonic() - started < 3, result
    assert tool.call("check", tool.run_dir.path).code == 0
    assert {row.id for row in rows} < set(keys.key)
    keys.hook = lambda *_: None
    assert rotate(tool, manifest).code == 0
    assert set(keys.key) == {row["new_hash"] for row in secrets(tool)}
    assert len(keys.key) == 20


@pytest.mark.parametrize(
    "args, why",
    [(("--deadline", "1s"), "the deadline of 1.0s has passed"), (("--halt", "2"), "finished targets failed")],
)
def test_stops_that_come_from_within(make_wire, make_tool, args, why):
    """No key is begun after one, none is left without its secret, and the next run carries on."""
    rows = targets(200)
    posts = []

    def hook(keys, method, path, fields):
        time.sleep(0.05)
        if method == "POST":
            posts.append(fields)
            if "--halt" in args and len(posts) % 9 == 0:
                return error(400)

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    manifest = tool.manifest(rows)
    result = rotate(tool, manifest, *args)
    assert result.code == 75 and why in result.err, result
    assert 0 < len(posts) < 100
    handed = {row["new_hash"] for row in secrets(tool)}
    assert set(keys.key) - {row.id for row in rows} <= handed
    assert {row.id for row in rows} - set(keys.key) <= {row["old_hash"] for row in secrets(tool)}
    keys.hook = lambda *_: None
    assert rotate(tool, manifest).code == 0
    assert set(keys.key) == {row["new_hash"] for row in secrets(tool)}
    assert len(keys.key) == 200


def test_the_canary_is_alone(make_wire, make_tool):
    """No other key is touched before it is done, nor where it fails."""
    rows = targets(12)
    touched = []

    def hook(keys, method, path, fields):
        if "/keys/" in path or method == "POST":
            touched.append((method, path.rsplit("/", 1)[1]))
        if len(touched) < 6:
            time.sleep(0.2)  # for others to come in between, if they were let
        return error(500) if method == "DELETE" and fails else None

    for fails in (False, True):
        touched.clear()
        tool = make_tool(make_wire(OpenRouter(rows, hook)).origin)
        result = rotate(tool, tool.manifest(rows), "--canary", "1", "--max-attempts", "1")
        reads = {what for method, what in touched if method == "GET"} & {row.id for row in rows}
        if fails:
            assert (result.code, reads) == (75, {rows[0].id}), result
        else:
            first = touched.index(("DELETE", rows[0].id))
            assert result.code == 0 and touched[first + 1 :], result
            old = {row.id for row in rows[1:]}
            assert not [what for what in touched[:first] if what[1] in old]


def test_the_gate_of_absent_ones(make_wire, make_tool):
    """These eyes see nothing: a look at 20, and nothing is begun."""
    rows = targets(60)
    wire = make_wire(OpenRouter([]))
    tool = make_tool(wire.origin)
    manifest = tool.manifest(rows)
    for _ in range(2):
        assert rotate(tool, manifest).code == 75
        assert tool.run_dir.totals == {"not_attempted": 60}
    asked = [request for request in wire.requests if "/keys/" in request.path]
    assert len(asked) == 40


def test_a_refusal_stops_all(make_wire, make_tool):
    rows = targets(40)
    sent = []

    def hook(keys, method, path, fields):
        sent.append(method)
        time.sleep(0.02)
        return error(403) if sent.count("POST") > 10 else None

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    manifest = tool.manifest(rows)
    result = rotate(tool, manifest)
    assert result.code == 77, result
    assert result.err.count("403") <= 2
    handed = secrets(tool)
    assert {row.id for row in rows} - set(keys.key) <= {row["old_hash"] for row in handed}
    keys.hook = lambda *_: None
    assert rotate(tool, manifest).code == 0
    assert set(keys.key) == {row["new_hash"] for row in secrets(tool) if row["new_hash"] in keys.key}
    assert len(keys.key) == len(rows)


def test_a_hold_holds_all(make_wire, make_tool):
    """After one answer of 429 nothing is sent within its time, then one request alone."""
    rows = targets(30)
    told, arrivals, lock = [], [], threading.Lock()

    def hook(keys, method, path, fields):
        with lock:
            now = time.monotonic()
            arrivals.append(now)
            if len(arrivals) == 60:
                told.append(now)
                return error(429, Retry_After="1")
        time.sleep(0.02)

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    result = rotate(tool, tool.manifest(rows))
    assert result.code == 0, result
    after = [at - told[0] for at in arrivals if at > told[0] + 0.05]
    assert after[0] >= 1
    assert after[1] - after[0] >= 0.02
    assert len(keys.key) == 30
    assert tool.run_dir.records("hold")


def test_one_list_for_all_that_were_lost(make_wire, make_tool):
    """A list is read with nothing else under way, and serves every key whose creation was lost."""
    rows = targets(16)
    lost, lists, out, lock, wrong = [], [], set(), threading.Lock(), []

    def hook(keys, method, path, fields):
        me = object()
        with lock:
            if path.startswith("/workspaces"):
                lists.append(path)
            if path.startswith(("/workspaces", "/keys?")):
                wrong.extend(out)
            out.add(me)
        time.sleep(0.05)
        try:
            if method == "POST" and len(lost) < 8:
                lost.append(fields["name"])
                keys.create(fields)
                return DROP
        finally:
            with lock:
                out.discard(me)

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    result = rotate(tool, tool.manifest(rows), "--halt", "100%")
    assert result.code == 0, result
    assert len(lost) == 8 and not wrong
    assert set(keys.key) == {row["new_hash"] for row in secrets(tool)}
    assert len(keys.key) == 16
    assert len(lists) < 2 * len(lost)


def test_a_slow_command_stops_no_other_key(make_wire, make_tool):
    """While one secret is taken the other keys go on, and few secrets wait for their turn."""
    rows = targets(8)
    waiting, meanwhile = [], set()

    def words(name):
        path = tool.directory / name
        return len(path.read_text().split()) if path.exists() else 0

    def hook(keys, method, path, fields):
        if method == "POST":
            waiting.append(len(waiting) + 1 - words("ended"))
        time.sleep(0.06)  # a command that begins while this is under way counts as well
        if words("begun") > words("ended"):
            meanwhile.add(method)

    keys = OpenRouter(rows, hook)
    tool = make_tool(make_wire(keys).origin)
    command = "cat > /dev/null; echo 1 >> begun; sleep 0.2; echo 1 >> ended"
    result = rotate(tool, tool.manifest(rows), "--deliver", command)
    assert result.code == 0, result
    assert len(keys.key) == 8
    assert max(waiting) <= 2
    assert meanwhile == {"GET", "POST", "PATCH", "DELETE"}
