"""A definition whose reads are right and whose deletion goes nowhere, at a server that answers 404 in
its own form for whatever it does not know: nothing that lives is called gone."""

import pytest
from targets import targets
from tool import DONE
from wire import GONE, error, look, reply

PARSE = """[provider parse]
credential = PARSE_KEY
header = Authorization: Bearer {{secret}}
id.name = object id
id.class = word
id.length = 1-40
delete = DELETE /{path}/{{id}}
delete.confirm = /ok is true
delete.absent = gone
gone.status = 404
gone.form = /error is "Object not found."
"""
LOOKS = {
    "read": "read = GET /classes/{id}\nread.confirm = /id is {id}\n",
    "list": "list = GET /classes\nlist.items = /results\nlist.id = /id\n",
}
LOOKS["both"] = LOOKS["read"] + LOOKS["list"]
NOT_FOUND = reply(404, {"error": "Object not found."})


@pytest.fixture
def parse(make_wire, make_tool):
    """parse(path, looks, alive, rows): (wire, run) of a server with these objects."""

    def make(path, looks, alive, rows, delete=None):
        def answer(request):
            head, _, one = request.path.partition("?")[0].rpartition("/")
            if request.method == "GET" and head == "":
                return reply(200, {"results": [{"id": name} for name in sorted(alive)]})
            if head != "/classes" or one not in alive:
                return NOT_FOUND
            if request.method == "GET":
                return reply(200, {"id": one})
            if delete:
                return delete
            alive.discard(one)
            return reply(200, {"ok": True})

        wire = make_wire(answer)
        tool = make_tool(f"parse=http://127.0.0.1:{wire.port}")
        tool.env["PARSE_KEY"] = "parse-5ec7e75ec7e7-0009"
        job = tool.manifest(PARSE.format(path=path) + LOOKS[looks], "parse.ini")
        manifest = tool.manifest("provider,id\n" + "".join(f"parse,{one}\n" for one in rows))
        options = ("--job", job, "--verify-patience", "0s", "--halt", "100%")
        return wire, tool, lambda *args: tool.run(manifest, *options, *args)

    return make


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize(
    "options",
    [[], ["--expect-absent"], ["--canary", "2"], ["--verify", "--verify-delay", "0s"], ["--no-preflight"]],
    ids=["plain", "expected", "canary", "verified", "unlooked"],
)
def test_nothing_that_lives_is_called_gone(looks, count, options, parse):
    alive = {f"t{n}" for n in range(count)}
    wire, tool, run = parse("clases", looks, alive, sorted(alive))
    result = run(*options)
    assert result.code == 75, result.err
    assert not DONE & set(tool.run_dir.totals), tool.run_dir.totals
    assert len(wire.deletions) <= 20
    assert run(*options).code == 75
    assert not DONE & set(tool.run_dir.totals)


@pytest.mark.parametrize("delete, code", [(None, 0), (error(400, "no"), 1)])
def test_what_is_expected_to_be_absent_may_be(delete, code, parse):
    """One of sixty lives: its answer tells that deletions get there, and the others are absent."""
    _, tool, run = parse("classes", "both", {"t30"}, [f"t{n}" for n in range(60)], delete)
    result = run("--expect-absent", "--max-attempts", "1")
    assert result.code == code, result.err
    assert tool.run_dir.totals == {"already_absent": 59, "failed" if code else "revoked": 1}


def test_what_cannot_be_disabled_is_not_waited_for_as_a_deletion_is(make_wire, make_tool):
    """It is there, and the request that is to disable it says that it is not: only a deletion takes
    its time to be seen."""
    wire = make_wire(lambda request: look(request) if request.method == "GET" else GONE)
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(3)), "--action", "disable", "--progress", "never")
    assert (result.code, tool.run_dir.totals) == (75, {"unproven_absent": 3}), result.err
    assert "one was said to be absent, and it is still there, 5.0s after that" in result.err
    assert "deleted" not in result.err
