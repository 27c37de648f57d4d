"""`rescind probe`: what it says of a definition against a server that is as it says, and of those
that are not. Nothing that exists is ever deleted."""

import json

import pytest
from definitions import World, built_in
from wire import reply

DEFINITION = """\
[provider acme]
base = https://acme.example
credential = ACME_TOKEN
header = X-Acme: {secret}
id.name = key id
id.class = hex
id.length = 40
delete = DELETE /keys/{id}
delete.status = 204
read = GET /keys/{id}
read.confirm = /id is {id}
gone.form = /error is "none such"
error.text = /error
preflight = GET /me
preflight.check = /admin is true
self = read GET /me /key
account = read GET /me /org
list = GET /keys
list.items = /keys
list.id = /id
"""
KEYS = ["a" * 40, "b" * 40]
OWN = "c" * 40
NONE_SUCH = reply(404, {"error": "none such"})


class Acme:
    """As the definition says, but for what `lies` says otherwise: {(method, path's end): reply}."""

    def __init__(self, **lies):
        self.lies = lies
        self.asked = []

    def __call__(self, request):
        last = request.path.rsplit("/", 1)[1]
        known = "known" if last in (*KEYS, OWN) else last if last in ("me", "keys") else "unknown"
        self.asked.append((request.method, known))
        lie = self.lies.get(f"{request.method.lower()}_{known}")
        if lie:
            return lie
        if known == "me":
            return reply(200, {"admin": True, "key": OWN, "org": "org-1"})
        if known == "keys":
            return reply(200, {"keys": [{"id": i} for i in (*KEYS, OWN)]})
        return reply(200, {"id": last}) if known == "known" else NONE_SUCH


@pytest.fixture
def probe(make_wire, make_tool):
    def make(acme, *options, definition=DEFINITION):
        wire = make_wire(acme)
        tool = make_tool()
        (tool.directory / "acme.ini").write_text(definition)
        tool.env["ACME_TOKEN"] = "s3cret"
        return tool.call("probe", "acme", "--job", "acme.ini", "--base-url", f"acme={wire.base}", *options)

    return make


def test_all_is_as_it_says(probe):
    acme = Acme()
    result = probe(acme)
    assert result.code == 0, result
    lines = result.out.splitlines()
    assert len(lines) == 10 and "s3cret" not in result.out + result.err
    assert OWN in result.out and "org-1" in result.out and "3 keys" in result.out
    assert "of a listed one: it is there" in result.out
    assert "of one that cannot exist: 404, it is not there" in result.out
    assert "a read of each target" in result.out
    assert not [method for method, _ in acme.asked if method != "GET"]


def test_a_credential_that_is_no_such_key(probe):
    result = probe(Acme(), definition=DEFINITION.replace("self = read GET /me /key", "self = none"))
    assert result.code == 0, result
    assert "own id     ok  none: the credential is no such key" in result.out


@pytest.mark.parametrize(
    "lies, code, says",
    [
        ({"get_me": reply(401, {"error": "bad token"})}, 77, "the credential is refused: bad token"),
        ({"get_me": reply(200, {"admin": False, "key": OWN, "org": 1})}, 77, "/admin is not true"),
        ({"get_keys": reply(200, {"keys": [], "has_more": True})}, 1, "`has_more` says that there is more"),
        ({"get_keys": reply(200, {"data": []})}, 1, "no array at /keys"),
        ({"get_known": reply(200, {"key": "x"})}, 1, "NO  of a listed one: 200 that does not confirm"),
        ({"get_unknown": reply(404, b"<html>", "text/html")}, 1, "NO  of one that cannot exist: 404"),
        ({"get_unknown": reply(200, {"id": "x"})}, 1, "NO  of one that cannot exist: 200"),
        ({"get_me": reply(404, b"<html>", "text/html")}, 1, "is the base URL right?"),
        ({"get_keys": reply(200, {"keys": []})}, 0, "-   no keys at all: is it the right account"),
    ],
)
def test_a_server_that_is_otherwise(probe, lies, code, says):
    result = probe(Acme(**lies))
    assert result.code == code, result
    assert ("not tried" in result.out) == (code == 77)
    assert says in result.out + result.err


@pytest.mark.parametrize(
    "lies, rule, code, says",
    [
        ({}, None, 0, "404, so delete.absent = gone"),
        ({"delete_unknown": reply(204)}, None, 0, "204, so delete.absent = success"),
        ({"delete_unknown": reply(204)}, "gone", 1, "but the definition says gone"),
        ({"delete_unknown": reply(400, {"error": "odd"})}, None, 1, "NO  of one that cannot exist: 400"),
    ],
)
def test_deleting_what_cannot_exist(probe, lies, rule, code, says):
    acme = Acme(**lies)
    more = f"delete.absent = {rule}\n" if rule else ""
    result = probe(acme, "--absent-delete", definition=DEFINITION + more)
    assert result.code == code, result
    assert says in result.out
    assert [known for method, known in acme.asked if method == "DELETE"] == ["unknown"]


def test_nothing_is_deleted_where_the_preflight_is_not_the_providers(probe):
    acme = Acme(get_me=reply(200, b"<html>", "text/html"))
    result = probe(acme, "--absent-delete")
    assert result.code == 1 and "not tried: the preflight failed" in result.out, result
    assert {method for method, _ in acme.asked} == {"GET"}


def test_what_a_deletion_answers_against_the_definition_is_no_evidence(probe):
    result = probe(Acme(delete_unknown=reply(400, {"error": "odd"})), "--absent-delete")
    assert "revoked    uncertain" in result.out and "only an existing" not in result.out


def test_an_id_that_may_be_somebodys_is_not_invented_for_deletion(probe):
    acme = Acme()
    result = probe(acme, "--absent-delete", definition=DEFINITION.replace("id.length = 40", "id.length = 8"))
    assert result.code == 2 and "32 bits" in result.err and not acme.asked


def test_wrong_usage(make_tool):
    tool = make_tool()
    assert tool.call("probe").code == 64
    assert "no such provider" in tool.call("probe", "nobody").err
    assert "has no kind cat" in tool.call("probe", "openrouter/cat").err


@pytest.mark.parametrize("definition", built_in(), ids=str)
def test_each_provider(tmp_path, running, definition):
    one = running(World(tmp_path, definition, 6))
    result = one.tool.call("probe", str(definition), "--base-url", one.tool.origins[0])
    assert result.code == 0, result
    assert one.existing() == set(one.ids)
    assert json.dumps(sorted(one.tool.env.values())) not in result.out
