"""Each definition end to end, against a stand-in that knows nothing but the definition: what
`rescind providers` names, and made-up ones that need every form that a definition can have. A new
provider is a text; a made-up one here is a text, too."""

import csv
import json

import pytest
from definitions import World, built_in, definitions_of

MADE_UP = """\
[provider acme]
title = Acme tokens
base = https://api.acme.example/v7
credential = ACME_TOKEN
header = X-Acme: {secret}
id.name = token id
id.class = digits
id.length = 1-12
delete = DELETE /tokens/{id}
delete.status = 204
delete.absent = gone
disable = PATCH /tokens/{id}
disable.body = {"on":false}
disable.confirm = /token/on is false
enable = PATCH /tokens/{id}
enable.body = {"on":true}
enable.confirm = /token/on is true
read = GET /tokens/{id}
read.confirm = /token/number is {id}
gone.status = 404
gone.form = /problem/kind is "missing"
stop.status = 401 403
error.text = /problem/text
preflight = GET /me
preflight.check = /admin is true
account = read GET /me /company/id
list = GET /tokens?all=yes
list.items = /tokens
list.id = /number
list.page = from
list.total = /count
list.field = name /title
list.field = created /made

; What is revoked stays to be seen, and a deletion succeeds whatever it is asked for.
[provider relic]
title = Relic tokens
base = https://relic.example
credential = RELIC_TOKEN
header = Authorization: Bearer {secret}
id.name = token id
id.class = uuid
delete = POST /revoke
delete.body = {"token":"{id}"}
delete.confirm = /ok is true
delete.absent = success
read = GET /tokens/{id}
read.confirm = /id is {id}
read.gone = /state is not "alive"
gone.status = 404
gone.form = /error is "none such"
list = GET /tokens
list.items = /result/tokens
list.id = /id
list.gone = /state is not "alive"
"""

# The ways in which a list has pages, the forms of its items, and what a credential tells of itself.
LINES = {
    "bare": ["list = GET /keys", 'list.items = ""', "list.id = /id"],
    "strings": ["list = LIST /keys", "list.items = /data/keys", 'list.id = ""'],
    "posted": ["list = POST /keys/search", 'list.body = {"all":true}', "list.items = /k", "list.id = /id"],
    "numbers": ["list = GET /keys?size=25", "list.items = /k", "list.id = /i/d", "list.number = page 0"],
    "counted": [
        "list = GET /keys?per_page=25",
        'list.items = ""',
        "list.id = /id",
        "list.number = page",
    ],
    "totalled": [
        "list = GET /keys?size=25",
        "list.items = /k",
        "list.id = /id",
        "list.number = page",
        "list.total = /meta/total",
    ],
    "after": [
        "list = GET /keys?limit=25",
        "list.items = /data",
        "list.id = /id",
        "list.after = after",
        "list.more = /has_more",
    ],
    "token": [
        "list = GET /keys?limit=25",
        "list.items = /data",
        "list.id = /id",
        "list.after = cursor /pagination/next_cursor",
    ],
    "address": [
        "list = GET /keys?limit=25",
        "list.items = /data",
        "list.id = /id",
        "list.next = /links/next",
    ],
    "link": ["list = GET /keys?limit=25", 'list.items = ""', "list.id = /id", "list.next = link"],
    "projects": [
        "scope = project",
        "list = GET /projects/{project}/keys?limit=25",
        "list.items = /data",
        "list.id = /id",
        "list.after = after",
        "list.each = {project} GET /projects?limit=2",
        "list.each.items = /data",
        "list.each.id = /id",
        "list.each.after = after",
    ],
    "headed": [
        "scope = org",
        "header = X-Organization: org/{org}",
        "list = GET /keys?limit=25",
        "list.items = /data",
        "list.id = /id",
        "list.after = after",
        "list.each = {org} GET /orgs",
        "list.each.items = /data",
        "list.each.id = /id",
    ],
    "searched": [
        "scope = org",
        "header = X-Organization: {org}",
        "read = POST /find",
        'read.body = {"id":"{id}"}',
        "read.confirm = /id is {id}",
        "list = POST /search",
        'list.body = {"in":"{org}"}',
        "list.items = /data",
        "list.id = /id",
        "list.each = {org} POST /orgs",
        "list.each.items = /data",
        "list.each.id = /id",
    ],
    "odd": [
        "id.class = text",
        "id.length = 1-200",
        "read = GET /keys/{id}?full=yes",
        "read.confirm = /id is {id}",
        "list = GET /keys",
        "list.items = /k",
        "list.id = /id",
    ],
    "asked": [
        "id.class = printable",
        "delete = POST /revoke?id={id}",
        "delete.confirm = body is true",
        "read = GET /key?id={id}",
        "read.confirm = /id is {id}",
    ],
    "formed": [
        "id.class = text",
        "id.length = 1-200",
        "delete = POST /revoke",
        "delete.form = key={id}&why=leaked",
        'delete.confirm = body is "OK"',
        "read = POST /find",
        "read.form = key={id}",
        "read.confirm = /id is {id}",
        "disable = PATCH /keys/{id}",
        'disable.body = {"off":true}',
        "disable.confirm = /off is true",
        "enable = PATCH /keys/{id}",
        'enable.body = {"off":false}',
        "enable.confirm = /off is false",
    ],
    "numbered": [
        "id.class = digits",
        "delete = POST /revoke",
        'delete.body = {"keys":[{id}]}',
        "delete.confirm = body is []",
        "read = POST /find",
        'read.body = {"key":{id}}',
        "read.confirm = /id is {id}",
    ],
    "told": [
        "gone.status = 400",
        'gone.form = /code is "gone" or /code is "never"',
        "gone.status = 200",
        'gone.form = /warnings/0 contains "no such"',
        "read = GET /keys/{id}",
        "read.confirm = /id is {id}",
        "read.stop = none",
        'read.gone = /state is in ["dead","expired"]',
        "stop.status = 401 403",
        'stop.form = /code is not "gone" if present',
        "list = GET /keys",
        "list.items = /k",
        "list.id = /id",
        'list.gone = /state is in ["dead","expired"]',
    ],
    # One answer is the preflight and tells the account, whose id is a number.
    "employer": [
        "preflight = GET /org",
        "preflight.check = /id is number",
        "account = read GET /org /id",
        "list = GET /keys",
        "list.items = /k",
        "list.id = /id",
    ],
    "colon": ["self = before-colon"],
    "middle": ["self = between-dots"],
    "itself": ["self = secret"],
    "user": ["self = user"],
}
PLAIN = """\
[provider {name}]
title = Keys of {name}
base = https://{name}.example/v1
credential = SOME_TOKEN
header = Authorization: {sent}
id.name = key id
id.class = word
id.length = 1-40
delete = DELETE {above}/keys/{{id}}
delete.confirm = /deleted is true
delete.absent = gone
gone.status = 404
gone.form = /error/code is "not_found"
"""


def plain(name, lines):
    above = "/projects/{project}" if "scope = project" in lines else ""
    sent = "Basic {basic}" if "self = user" in lines else "Bearer {secret}"
    said = {line.split(" = ")[0] for line in lines}
    said.discard("header")
    usual = PLAIN.format(name=name, above=above, sent=sent).splitlines()
    text = "\n".join([line for line in usual if line.split(" = ")[0] not in said] + lines)
    return definitions_of(text, text)[0]


MADE = definitions_of(MADE_UP, MADE_UP) + [plain(*each) for each in LINES.items()]
ALL = built_in() + MADE


@pytest.fixture
def world(tmp_path, running):
    return lambda definition, *options, count=6: running(
        World(tmp_path, definition, count, options)
    )


def each(definitions):
    return pytest.mark.parametrize("definition", definitions, ids=str)


def test_there_are_definitions():
    assert len(ALL) > 12 and "acme/key" in map(str, ALL)
    assert all(d.has("delete") and d.has("credential") for d in ALL)


@each([d for d in ALL if d.has("list")])
def test_list(world, definition):
    one = world(definition, count=130)
    urls = ["--base-url", one.tool.origins[0], *one.job]
    result = one.tool.call("list", "--kind", definition.kind, "--format", "jsonl", *urls, definition.provider)
    assert result.code == 0, result.err
    column = definition.says.get("column", ["id"])[0]
    found = [json.loads(line)[column] for line in result.out.splitlines()]
    assert set(one.ids) <= set(found) and len(found) - len(one.ids) <= 1


@each(ALL)
def test_run(world, definition):
    one = world(definition, count=30)
    result = one.tool.run(one.manifest)
    assert result.code == 0, result.err
    assert one.outcomes() == {"revoked": 30} and not one.existing()


@each([d for d in ALL if d.shown])
def test_verify(world, definition):
    one = world(definition)
    result = one.tool.run(one.manifest, "--verify", "--verify-delay", "0")
    assert result.code == 0, result.err
    assert one.outcomes() == {"revoked": 6}
    assert one.tool.run_dir.report["verified"]["confirmed_absent"] == 6


@each([d for d in ALL if d.shown and d.has("account")])
def test_verify_with_another_secret(world, definition):
    """A renewed one of the same account proves; somebody else's does not."""
    one = world(definition)
    assert one.tool.run(one.manifest).code == 0
    verify = ("verify", "--base-url", one.tool.origins[0], *one.job, one.tool.run_dir.path)
    one.use("other")
    result = one.tool.call(*verify)
    assert result.code != 0 and one.tool.run_dir.report["verified"]["confirmed_absent"] == 0
    one.use("main")
    result = one.tool.call(*verify)
    assert result.code == 0, result.err
    assert one.tool.run_dir.report["verified"]["confirmed_absent"] == 6


@each(ALL)
def test_absent(world, definition):
    one = world(definition, "--absent", "100%", count=30)
    result = one.tool.run(one.manifest)
    assert "revoked" not in one.outcomes() and result.code == 75, result.err


@each(ALL)
def test_wrong_account(world, definition):
    one = world(definition, count=30)
    one.use("other")
    result = one.tool.run(one.manifest)
    assert "revoked" not in one.outcomes() and result.code == 75, result.err
    assert len(one.existing()) == 30


@each([d for d in ALL if d.has("account")])
def test_whose_keys_they_are(world, definition):
    one = world(definition)
    ours = one.told("account")
    one.use("main")
    assert one.told("account") == ours
    one.use("other")
    assert one.told("account") != ours


@each([d for d in ALL if d.says.get("self", ["none"])[0] != "none"])
def test_the_credential_in_use(world, definition):
    one = world(definition)
    own = one.own_id()
    row = one.manifest.read_text().splitlines()[1].replace(one.ids[0], own)
    with open(one.manifest, "a", encoding="utf-8") as out:
        out.write(row + "\n")
    result = one.tool.run(one.manifest)
    assert result.code == 2 and "credential in use" in result.err, result.err
    assert one.existing() == set(one.ids)


# Whose keys can be told from what leaked: by themselves, or by what the list shows of them.
TOLD = {"sha256", "before-dot", "between-dots", "before-colon"}


@each([d for d in ALL if d.has("raw") and (d.says["self"][0] in TOLD or d.has("list.hint"))])
def test_match_what_leaked(world, definition):
    one = world(definition, count=30)
    urls = ["--base-url", one.tool.origins[0], *one.job]
    listing = ("list", "--kind", definition.kind, *urls, "--output", "all.csv", definition.provider)
    assert one.tool.call(*listing).code == 0
    result = one.tool.call("match", one.raw, "--against", "all.csv", *one.job)
    assert result.code == 0, result.err
    column = definition.says.get("column", ["id"])[0]
    if definition.has("list.hint"):
        listed = csv.DictReader((one.directory / "all.csv").read_text().splitlines())
        labels = [row[definition.says["list.hint"][0]].split("...") for row in listed]
        for key in one.raw.read_text().split():
            assert any(key.startswith(begin) and key.endswith(end) for begin, end in labels)
    assert {row[column] for row in csv.DictReader(result.out.splitlines())} == set(one.ids)


@each([d for d in ALL if d.has("disable")])
def test_disable(world, definition):
    one = world(definition)
    result = one.tool.run(one.manifest, "--action", "disable")
    assert result.code == 0, result.err
    assert one.outcomes() == {"disabled": 6}
    again = one.tool.run(one.manifest, "--action", "enable", "--run-dir", one.directory / "enabling")
    assert again.code == 0, again.err
    assert one.existing() == set(one.ids)
