"""Built-in definitions against what the vendors' own documents and recordings show, byte for byte
but for ids: the sandbox only says what the definitions believe."""

import csv
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from answers import Answers

JSON = {"Content-Type": "application/json"}
API_JSON = {"Content-Type": "application/vnd.api+json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


def uuid(n):
    return f"c7a26dee-1619-4ed0-8d1a-0ae4ed94d{n:03d}"


def manifest_of(tmp_path, provider, kind, ids):
    path = tmp_path / f"{kind}.csv"
    path.write_text("provider,kind,id\n" + "".join(f"{provider},{kind},{i}\n" for i in ids))
    return path


@pytest.fixture
def serve(running, make_tool):
    def start(provider, answer, base="", **env):
        server = running(Answers(answer))
        tool = make_tool(f"{provider}={server.address}{base}")
        tool.env.update(env)
        return server, tool

    return start


# ---- Datadog: datadog-api-client-go, tests/scenarios/cassettes/.../Feature_Key_Management

VALIDATE = (
    '{"data":{"type":"validate_v2","id":"4dee724d-00cc-11ea-a77b-570c9d03c6c5","attributes":'
    '{"valid":true,"api_key_scopes":[],"api_key_id":"a1b2c3d4-0000-4000-8000-000000000001"}}}'
)
KEY = (
    '{"type":"api_keys","attributes":{"created_at":"2022-05-12T09:52:13.583089+00:00",SECRET'
    '"last4":"abcd","modified_at":"2022-05-12T09:52:13.583089+00:00","name":"Test-Get"},'
    '"relationships":{"created_by":{"data":{"type":"users","id":"3ad549bf-eba0-11e9-a77a-'
    '0705486660d0"}},"modified_by":{"data":{"type":"users","id":"3ad549bf-eba0-11e9-a77a-'
    '0705486660d0"}},"leak_information":{"data":null}},"id":"ID"}'
)
APP = (
    '{"type":"application_keys","id":"ID","attributes":{"name":"datadogpy\\n      gh","created_at":'
    '"2023-05-31T17:27:38.214284+00:00","last4":"LAST","scopes":null},"relationships":{"owned_by":'
    '{"data":{"type":"users","id":"3ad549bf-eba0-11e9-a77a-0705486660d0"}},"leak_information":'
    '{"data":null}}}'
)
PAT = (
    '{"id":"ID","type":"personal_access_tokens","attributes":{"created_at":'
    '"2026-04-08T16:46:16.769979Z","expires_at":"2027-04-08T16:46:16.639Z","last_used_at":null,'
    '"name":"Test-Get_all","public_portion":"1dm1op4lL89nV8pt94Tdk8","scopes":["dashboards_read"]},'
    '"relationships":{"owned_by":{"data":{"id":"3ad549bf-eba0-11e9-a77a-0705486660d0","type":'
    '"users"}}}}'
)
APP_SECRET = "0123456789abcdef0123456789abcdef01239f5e"


class Datadog:
    def __init__(self, path, item, count, missing):
        self.path, self.item, self.missing = path, item, missing
        self.there = {uuid(n): item.replace("ID", uuid(n)) for n in range(count)}

    def __call__(self, method, target, headers, body):
        at = urlsplit(target)
        if at.path == "/api/v2/validate":
            return 200, JSON, VALIDATE
        found = at.path.removeprefix(f"/api/v2/{self.path}").lstrip("/")
        if not found:
            return self._list(parse_qs(at.query))
        if method == "DELETE" and self.there.pop(found, None):
            return 204, HTML, ""
        if method == "DELETE" and not self.missing:
            return 204, {}, ""
        if found in self.there:  # with the whole key in it
            secret = '"key":"5ec2e70f5ec2e70f5ec2e70f5ec2e70f",'
            return 200, JSON, '{"data":' + self.there[found].replace("SECRET", secret) + "}"
        return 404, JSON, json.dumps({"errors": [self.missing or "Not found"]})

    def _list(self, query):
        size = int(query.get("page[size]", ["10"])[0])
        start = int(query.get("page[number]", ["0"])[0]) * size
        items = ",".join(list(self.there.values())[start : start + size]).replace("SECRET", "")
        total = '"page":{"total_filtered_count":%d}' % len(self.there)
        return 200, API_JSON, '{"data":[' + items + '],"meta":{' + total + ',"max_allowed":200}}'


@pytest.mark.parametrize(
    "kind, path, item, missing",
    [
        ("key", "api_keys", KEY, "API key not found"),
        ("app", "application_keys", APP.replace("LAST", "abcd"), "Application key not found"),
        ("pat", "personal_access_tokens", PAT, None),
    ],
    ids=["key", "app", "pat"],
)
def test_datadog(serve, tmp_path, kind, path, item, missing):
    server, tool = serve(
        "datadog", Datadog(path, item, 130, missing), DD_API_KEY="a" * 32, DD_APP_KEY=APP_SECRET
    )
    listing = tool.call("list", "datadog", "--kind", kind, "--base-url", tool.origins[0])
    assert listing.code == 0 and len(listing.out.splitlines()) == 131, listing.err
    manifest = manifest_of(tmp_path, "datadog", kind, [uuid(n) for n in range(120)])
    result = tool.run(manifest, "--verify", "--verify-delay", "0", "--max-rate", "0")
    assert result.code == 0, result.err
    assert tool.run_dir.totals["revoked"] == 120 and len(server.sent("DELETE")) == 120
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 120
    kept = b"".join(p.read_bytes() for p in tool.run_dir.path.iterdir() if p.is_file())
    assert b"5ec2e70f" not in kept
    late = manifest_of(tmp_path, "datadog", kind, [uuid(n) for n in (119, 500, 125)])
    again = tool.run(late, "--run-dir", tmp_path / "late")
    outcomes = tool.run_dir.__class__(tmp_path / "late").totals
    if missing:
        assert outcomes["already_absent"] == 2 and outcomes["revoked"] == 1, again.err
    else:  # 204 however often: of what was never seen, nothing is claimed
        assert outcomes["unconfirmed"] == 2 and outcomes["revoked"] == 1, again.err


def test_datadogs_own_key(serve, tmp_path):
    own = "a1b2c3d4-0000-4000-8000-000000000001"
    one = Datadog("api_keys", KEY, 3, "API key not found")
    one.there[own] = KEY.replace("ID", own)
    server, tool = serve("datadog", one, DD_API_KEY="a" * 32, DD_APP_KEY=APP_SECRET)
    result = tool.run(manifest_of(tmp_path, "datadog", "key", [uuid(0), own]))
    assert result.code == 2 and "line 3" in result.err and not server.sent("DELETE")


@pytest.mark.parametrize(
    "last4, code, words",
    [
        (["abcd", "9f5e", "abce"], 2, "line 3 of the manifest is the very credential in use"),
        (["9f5e", "abcd", "9f5e"], 2, "shows the same of 2 keys' secrets"),
        (["abcd", "abce", "abcf"], 0, "none of the 3 in its list shows a label like that"),
        (["abcd", "", "abcf"], 2, "line 3 of the manifest may be the very credential in use"),
        (["****", "abcd", "abcf"], 2, "line 2 of the manifest may be the very credential in use"),
        (["abcd", "abce", "****"], 0, "none of the 3 in its list shows a label like that"),
        (["", "abcd", "9f5e"], 0, ""),
    ],
    ids=["one", "several", "none", "nothing shown", "masked wholly", "masked, another's", "known"],
)
def test_an_application_key_is_known_by_its_end(serve, tmp_path, last4, code, words):
    one = Datadog("application_keys", APP, 0, "Application key not found")
    one.there = {
        uuid(n): APP.replace("ID", uuid(n)).replace("LAST", end) for n, end in enumerate(last4)
    }
    server, tool = serve("datadog", one, DD_API_KEY="a" * 32, DD_APP_KEY=APP_SECRET)
    rows = [uuid(0), uuid(1)]
    result = tool.run(manifest_of(tmp_path, "datadog", "app", rows), "--no-preflight")
    assert result.code == code and words in result.err, result.err
    assert len(server.sent("DELETE")) == (0 if code else 2)


# ---- OpenAI: openapi.yaml, the examples of admin_api_keys; a redacted value as one was seen

ADMIN = """{
      "object": "organization.admin_api_key",
      "id": "ID",
      "name": "Main Admin Key",
      "redacted_value": "REDACTED",
      "created_at": 1711471533,
      "expires_at": 1714063533,
      "last_used_at": 1711471534,
      "owner": {
        "type": "service_account",
        "object": "organization.service_account",
        "id": "sa_456",
        "name": "My Service Account",
        "created_at": 1711471533,
        "role": "member"
      }
    }"""
OWN = "sk-admin-" + "o4nzxxxxuyyyyLzzzzz" * 3 + "s1MA"


class OpenAI:
    def __init__(self, redacted):
        self.there = {f"key_{n}": text for n, text in enumerate(redacted)}

    def _item(self, found):
        return ADMIN.replace("ID", found).replace("REDACTED", self.there[found])

    def __call__(self, method, target, headers, body):
        at = urlsplit(target)
        found = at.path.removeprefix("/v1/organization/admin_api_keys").lstrip("/")
        if headers["Authorization"] != "Bearer " + OWN:
            return 401, JSON, '{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}'
        if not found:
            return self._list(parse_qs(at.query))
        if found not in self.there:
            return 404, JSON, '{"error":{"message":"No such key","type":"invalid_request_error","param":null,"code":null}}'
        if method == "GET":
            return 200, JSON, self._item(found)
        del self.there[found]
        return 200, JSON, '{\n  "id": "%s",\n  "object": "organization.admin_api_key.deleted",\n  "deleted": true\n}' % found

    def _list(self, query):
        ids, limit = list(self.there), min(int(query.get("limit", ["20"])[0]), 4)  # fewer than asked
        start = ids.index(query["after"][0]) + 1 if "after" in query else 0
        page = ids[start : start + limit]
        return 200, JSON, """{
  "object": "list",
  "data": [
    %s
  ],
  "first_id": "key_abc",
  "last_id": "key_xyz",
  "has_more": %s
}
""" % (", ".join(map(self._item, page)), json.dumps(start + limit < len(ids)))


def test_openai(serve, tmp_path):
    own = "sk-admin" + "*" * 121 + "s1MA"
    keys = ["sk-admin...def", "sk-admin" + "*" * 121 + "s1MB", own] + ["sk-admin...xyz"] * 8
    server, tool = serve("openai", OpenAI(keys), OPENAI_ADMIN_KEY=OWN)
    listing = tool.call("list", "openai", "--kind", "admin", "--base-url", tool.origins[0])
    rows = list(csv.DictReader(listing.out.splitlines()))
    assert {row["id"] for row in rows} == {f"key_{n}" for n in range(11)} - {"key_2"}, listing.err
    assert rows[0]["created"] == "2024-03-26T16:45:33.000Z" and rows[0]["owner"] == "My Service Account"
    ids = [f"key_{n}" for n in range(11)]
    refused = tool.run(manifest_of(tmp_path, "openai", "admin", ids))
    assert refused.code == 2 and "line 4" in refused.err and not server.sent("DELETE"), refused.err
    ids.remove("key_2")
    result = tool.run(
        manifest_of(tmp_path, "openai", "admin", ids), "--verify", "--verify-delay", "0"
    )
    assert result.code == 0, result.err
    assert tool.run_dir.totals["revoked"] == 10 and len(server.sent("DELETE")) == 10
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 10
    assert "OPENAI" not in result.out and OWN not in result.err


# ---- GitLab: doc/api/personal_access_tokens.md, lib/api/personal_access_tokens.rb

TOKEN = """{
    "id": ID,
    "name": "Test Token",
    "revoked": REVOKED,
    "created_at": "2020-07-23T14:31:47.729Z",
    "description": "Test Token description",
    "scopes": [
        "api"
    ],
    "user_id": 24,
    "last_used_at": "2021-10-06T17:58:37.550Z",
    "active": ACTIVE,
    "expires_at": null
}"""


class GitLab:
    """To one who is no administrator: what is revoked stays to be read, what is not theirs is 401."""

    def __init__(self, ids):
        self.alive = dict.fromkeys(map(str, ids), True)

    def _item(self, found):
        alive = self.alive[found]
        text = TOKEN.replace("ID", found).replace("REVOKED", json.dumps(not alive))
        return text.replace("ACTIVE", json.dumps(alive))

    def __call__(self, method, target, headers, body):
        at = urlsplit(target)
        found = at.path.removeprefix("/api/v4/personal_access_tokens").lstrip("/")
        if not found:
            page = int(parse_qs(at.query).get("page", ["1"])[0])
            mine = [self._item(one) for one, alive in self.alive.items() if alive]
            return 200, {**JSON, "Link": ""}, "[" + ",".join(mine[(page - 1) * 100 : page * 100]) + "]"
        found = "7" if found == "self" else found
        if method == "GET" and found in self.alive:
            return 200, JSON, self._item(found)
        if method == "GET":
            return 401, JSON, '{"message":"401 Unauthorized"}'
        if found not in self.alive:
            return 404, JSON, '{"message":"404 Not Found"}'
        self.alive[found] = False
        return 204, {}, ""


def test_gitlab(serve, tmp_path):
    one = GitLab(range(1, 131))
    server, tool = serve("gitlab", one, GITLAB_TOKEN="glpat-abcdefghij0123456789")
    listing = tool.call("list", "gitlab", "--base-url", tool.origins[0])
    assert listing.code == 0 and len(listing.out.splitlines()) == 130, listing.err
    own = tool.run(manifest_of(tmp_path, "gitlab", "key", [6, 7, 8]))
    assert own.code == 2 and not server.sent("DELETE"), own.err
    manifest = manifest_of(tmp_path, "gitlab", "key", [*range(10, 60), 9001])
    result = tool.run(manifest, "--verify", "--verify-delay", "0")
    assert result.code in (0, 1), result.err
    assert tool.run_dir.totals["revoked"] == 50 and tool.run_dir.totals["already_absent"] == 1
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 50
    assert sum(one.alive.values()) == 80
