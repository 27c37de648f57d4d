"""Where a deletion succeeds whatever the id is, the first target that was seen goes alone and is
looked at again, before any other goes."""

import pytest
from wire import error, reply

RELIC = """[provider relic]
credential = RELIC_TOKEN
header = Authorization: Bearer {secret}
id.name = token id
id.class = word
id.length = 1-40
delete = DELETE /tokens/{id}
delete.confirm = /ok is true
delete.absent = success
read = GET /tokens/{id}
read.confirm = /id is {id}
gone.status = 404
gone.form = /error is "none such"
"""
NONE_SUCH = reply(404, {"error": "none such"})
OK = reply(200, {"ok": True})


@pytest.fixture
def world(make_wire, make_tool):
    """world(alive, delete): a server with these ids, and what `delete(alive, id)` answers."""

    def make(alive, delete):
        def answer(request):
            one = request.path.rsplit("/", 1)[1]
            if request.method == "DELETE":
                return delete(alive, one)
            return reply(200, {"id": one}) if one in alive else NONE_SUCH

        wire = make_wire(answer)
        tool = make_tool(f"relic=http://127.0.0.1:{wire.port}")
        tool.env["RELIC_TOKEN"] = "relic-5ec7e75ec7e7-0009"
        job = tool.manifest(RELIC, "relic.ini")
        rows = "provider,kind,id\n" + "".join(f"relic,key,{c}\n" for c in "abcdef")
        run = lambda *args: tool.run(tool.manifest(rows), "--job", job, *args)  # noqa: E731
        return wire, tool, run

    return make


def take(alive, one):
    alive.discard(one)
    return OK


def deleted(wire):
    return [request.path.rsplit("/", 1)[1] for request in wire.deletions]


def test_those_that_were_seen_are_revoked(world):
    wire, tool, run = world(set("bdf"), take)
    assert run("--max-attempts", "1").code == 1
    assert tool.run_dir.totals == {"revoked": 3, "unconfirmed": 3}
    first = next(i for i, r in enumerate(wire.requests) if r.method == "DELETE")
    again = wire.requests[first + 1]
    assert (again.method, again.path) == ("GET", wire.requests[first].path)
    assert deleted(wire)[0] in "bdf"


def test_one_that_stays_ends_it(world):
    """A deletion that says ok and does nothing."""
    wire, tool, run = world(set("bdf"), lambda alive, one: OK)
    result = run("--verify-patience", "0s")
    assert result.code == 75, result.err
    assert len(wire.deletions) == 1
    assert "revoked" not in tool.run_dir.totals


def test_waiting_for_it_is_told(world):
    _, _, run = world(set("bdf"), lambda alive, one: OK)
    result = run("--verify-patience", "2s")
    assert result.code == 75
    assert result.err.count("deleted alone, and it is still there; it is looked at again for up to") == 1


def test_where_all_that_were_seen_fail_nothing_else_is_sent(world):
    wire, tool, run = world(set("bd"), lambda alive, one: error(400, "no") if one in "bd" else OK)
    result = run("--halt", "100%")
    assert result.code == 75, result.err
    assert sorted(deleted(wire)) == ["b", "d"]
    assert tool.run_dir.totals == {"failed": 2, "not_attempted": 4}
    assert "no target that was seen could be deleted" in result.out + result.err


def test_one_that_is_looked_at_again_lets_another_kind_by(make_wire, make_tool):
    """Two kinds over one connection: while the first of one lingers, the other goes on; then its own
    do, before what was behind them."""
    slow, quick, alive, gone_at = set("abc"), [f"q{n}" for n in range(150)], set("abc"), {}

    def answer(request):
        kind, one = request.path.rsplit("/", 2)[1:]
        if request.method == "DELETE":
            gone_at[one] = request.at
            return OK
        lingers = one in gone_at and kind == "slow" and request.at < gone_at[one] + 1
        return reply(200, {"id": one}) if one not in gone_at or lingers else NONE_SUCH

    wire = make_wire(answer)
    tool = make_tool(f"relic=http://127.0.0.1:{wire.port}")
    tool.env["RELIC_TOKEN"] = "relic-5ec7e75ec7e7-0009"
    text = "".join(
        RELIC.replace("[provider relic]", f"[provider relic {kind}]").replace("/tokens/", f"/{kind}/")
        for kind in ("slow", "quick")
    )
    job = tool.manifest(text, "relic.ini")
    rows = [f"relic,slow,{one},9" for one in "abc"] + [f"relic,quick,{one},1" for one in quick]
    manifest = tool.manifest("provider,kind,id,priority\n" + "\n".join(rows) + "\n")
    result = tool.run(manifest, "--job", job, "--max-rate", "50")
    assert result.code == 0, result.err
    order = deleted(wire)
    assert sorted(order) == sorted([*alive, *quick])
    first, second = sorted(order.index(one) for one in slow)[:2]
    assert second - first > 10, order
    assert order[-1] in quick, order


# --- one list, or a read each, whichever is fewer

LISTED = RELIC + "list = GET /tokens\nlist.items = /items\nlist.id = /id\n"
LENGTH = {True: "list.number = page\nlist.total = /total\n", False: "list.after = page /next\n"}


@pytest.mark.parametrize(
    "targets, account, total, pages, reads",
    [
        (20, 20, True, 0, 20),
        (90, 90, True, 1, 0),
        (90, 90, False, 1, 0),
        (30, 100000, True, 1, 30),
        (30, 100000, False, 1, 30),
        (150, 10000, True, 100, 0),
        (150, 100000, True, 1, 150),
        (150, 100000, False, 75, 150),
    ],
)
def test_the_look_at_each_is_the_cheaper_one(targets, account, total, pages, reads, make_wire, make_tool):
    alive = {f"t{n}" for n in range(account)}
    order = sorted(alive)

    def answer(request):
        path, _, query = request.path.partition("?")
        one = path.rsplit("/", 1)[1]
        if one == "tokens":
            page = int(query.removeprefix("page=") or 1)
            items = [{"id": name} for name in order[(page - 1) * 100 : page * 100] if name in alive]
            more = {"next": str(page + 1)} if page * 100 < len(order) else {}
            return reply(200, {"items": items} | ({"total": len(alive)} if total else more))
        if request.method == "DELETE":
            return take(alive, one)
        return reply(200, {"id": one}) if one in alive else NONE_SUCH

    wire = make_wire(answer)
    tool = make_tool(f"relic=http://127.0.0.1:{wire.port}")
    tool.env["RELIC_TOKEN"] = "relic-5ec7e75ec7e7-0009"
    job = tool.manifest(LISTED + LENGTH[total], "relic.ini")
    rows = "provider,kind,id\n" + "".join(f"relic,key,t{n}\n" for n in range(targets))
    result = tool.run(tool.manifest(rows), "--job", job, "--max-attempts", "1")
    assert tool.run_dir.totals.get("revoked") == targets, result
    first = next(i for i, r in enumerate(wire.requests) if r.method == "DELETE")
    before = [r.path for r in wire.requests[:first]]
    listed = [p for p in before if p.split("?")[0] == "/tokens"]
    assert (len(listed), len(before) - len(listed)) == (pages, reads)


def test_where_the_list_fails_each_is_read(make_wire, make_tool):
    alive = {f"t{n}" for n in range(30)}

    def answer(request):
        one = request.path.rsplit("/", 1)[1]
        if one == "tokens":
            return error(403, "no lists for you")
        if request.method == "DELETE":
            return take(alive, one)
        return reply(200, {"id": one}) if one in alive else NONE_SUCH

    wire = make_wire(answer)
    tool = make_tool(f"relic=http://127.0.0.1:{wire.port}")
    tool.env["RELIC_TOKEN"] = "relic-5ec7e75ec7e7-0009"
    job = tool.manifest(LISTED, "relic.ini")
    rows = "provider,kind,id\n" + "".join(f"relic,key,{one}\n" for one in sorted(alive))
    result = tool.run(tool.manifest(rows), "--job", job)
    assert (result.code, tool.run_dir.totals) == (0, {"revoked": 30}), result
    assert sum(r.path == "/tokens" for r in wire.requests) == 1


@pytest.mark.parametrize("expect, code", [((), 1), (("--expect-absent",), 0)])
@pytest.mark.parametrize("count", [20, 21])
def test_many_that_were_seen_and_are_absent_at_once(count, expect, code, make_wire, make_tool):
    """After half of them nothing is shown any more: deleted by somebody else, or hidden."""
    alive = {f"t{n}" for n in range(40)}
    sent = []

    def answer(request):
        one = request.path.rsplit("/", 1)[1].split("?")[0]
        blind = len(sent) >= 40 - count
        if one == "tokens":
            return reply(200, {"items": [] if blind else [{"id": name} for name in sorted(alive)]})
        if request.method == "DELETE" and not blind:
            sent.append(one)
            return take(alive, one)
        return reply(200, {"id": one}) if one in alive and not blind else NONE_SUCH

    wire = make_wire(answer)
    tool = make_tool(f"relic=http://127.0.0.1:{wire.port}")
    tool.env["RELIC_TOKEN"] = "relic-5ec7e75ec7e7-0009"
    job = tool.manifest(LISTED, "relic.ini")
    rows = "provider,kind,id\n" + "".join(f"relic,key,{one}\n" for one in sorted(alive))
    result = tool.run(tool.manifest(rows), "--job", job, "--concurrency", "1", *expect)
    assert tool.run_dir.totals == {"revoked": 40 - count, "already_absent": count}, result
    assert result.code == (code if count > 20 else 0), result
    assert ("WERE ABSENT BEFORE ANYTHING WAS SENT" in result.out) == (result.code == 1)
