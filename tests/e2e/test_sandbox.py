"""The sandbox by itself, driven with plain sockets: what it answers, what it keeps as the truth."""

import email.utils
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from paths import ROOT, SANDBOX

HASH = "ab" * 32
HASHES = [f"{n:064x}" for n in range(1, 400)]
UUID = "11111111-2222-4333-8444-555555555555"
PREFIX = "Se7ElySHLB"
SECRET = {
    "openrouter": "sk-or-v1-sandbox-demo-management-key",
    "requesty": "rqsty-sk-sandbox-demo",
    "baseten": "sbxdemo.sandbox-demo-secret",
}
AUTH = {name: "Bearer " + secret for name, secret in SECRET.items()}
AUTH["baseten"] = "Api-Key " + SECRET["baseten"]
OWN_UUID = "5e1f5e1f-0000-4000-8000-000000000001"

# kind: provider, path of its delete, an id
KINDS = {
    "key": ("openrouter", "/api/v1/keys/", HASH),
    "byok": ("openrouter", "/api/v1/byok/", UUID),
    "requesty": ("requesty", "/v1/manage/apikey/", UUID),
    "baseten": ("baseten", "/v1/api_keys/", PREFIX),
}
MANIFEST = (
    "provider,kind,id\n"
    f"openrouter,key,{HASH}\nopenrouter,byok,{UUID}\nrequesty,key,{UUID}\nbaseten,key,{PREFIX}\n"
)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Box:
    """A sandbox and one connection to it."""

    def __init__(self, *options, tls=None):
        self.process = subprocess.Popen([SANDBOX, *options], stdout=subprocess.PIPE)
        self.address = self.process.stdout.readline().decode().strip()
        scheme, _, self.port = self.address.replace("//", "").split(":")
        assert scheme == ("https" if tls else "http")
        self.port = int(self.port)
        self.tls = tls
        self.connection = self.connect()

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, method, path, provider=None, body=None, headers=(), on=None):
        headers = dict(headers)
        if provider:
            headers.setdefault("Authorization", AUTH[provider])
        connection = on or self.connection
        connection.request(method, path, body, headers)
        return Answer(connection.getresponse())

    def delete(self, kind, identifier=None, **more):
        provider, path, usual = KINDS[kind]
        return self.ask("DELETE", path + (identifier or usual), provider, **more)

    def try_delete(self, kind, identifier=None):
        """The answer, or the exception, on a connection of its own."""
        connection = self.connect()
        try:
            return self.delete(kind, identifier, on=connection)
        except (http.client.HTTPException, OSError) as error:
            return error
        finally:
            connection.close()

    def counts(self):
        return self.ask("GET", "/sandbox/counts", on=self.connect()).json

    def tally(self, provider="openrouter"):
        return self.counts()["providers"][provider]

    def truth(self, query=""):
        lines = self.ask("GET", "/sandbox/truth" + query, on=self.connect()).body.splitlines()
        return {(t["provider"], t["kind"], t["id"]): t for t in map(json.loads, lines)}

    def stop(self):
        self.process.terminate()
        assert self.process.wait(10) == 0
        self.process.stdout.close()


@pytest.fixture
def box():
    started = []

    def start(*options, **more):
        started.append(Box(*options, **more))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "four.csv"
    path.write_text(MANIFEST)
    return path


# ---------------------------------------------------------------- the documented answers

# kind, body of a success, body of a 404
FORMS = [
    ("key", {"deleted": True}, lambda e: e["error"]["code"] == 404 and e["error"]["message"]),
    ("byok", {"deleted": True}, lambda e: e["error"]["code"] == 404 and e["error"]["message"]),
    ("requesty", None, lambda e: e["error"]["origin"] == "router" and e["error"]["message"]),
    ("baseten", {"prefix": PREFIX}, lambda e: isinstance(e["error"], str)),
]


@pytest.mark.parametrize("kind,success,gone", FORMS, ids=[row[0] for row in FORMS])
def test_delete_then_again(box, manifest, kind, success, gone):
    one = box("--manifest", manifest)
    first, second = one.delete(kind), one.delete(kind)
    if success is None:
        assert first.status in (200, 204) and first.body == b""
    else:
        assert (first.status, first.json) == (200, success)
    assert second.status == 404 and gone(second.json)
    provider, _, identifier = KINDS[kind]
    known = one.truth()[provider, "byok" if kind == "byok" else "key", identifier]
    assert known["exists"] is False and known["deletions"] == 1
    numbers = [event.pop("request") for event in known["events"]]
    assert numbers == [1, 2]
    assert known["events"] == [
        {"effect": True, "status": first.status, "answer": "sent"},
        {"effect": False, "status": 404, "answer": "sent"},
    ]
    counts = one.counts()
    assert (counts["targets"], counts["exist"], counts["connections"]) == (4, 3, 1)
    tally = counts["providers"][provider]
    assert 0 <= tally["first_us"] == tally["last_effect_us"] < tally["last_us"]
    assert (tally["requests"], tally["actions"]) == (2, 2)
    assert (tally["effective"], tally["repeated"]) == (1, 1)
    assert tally["status"]["404"] == 1


def test_requesty_answers_both_ways(box):
    one = box("--any")
    ids = [f"{n:08x}-2222-4333-8444-555555555555" for n in range(40)]
    seen = {(a.status, a.body) for a in (one.delete("requesty", i) for i in ids)}
    assert seen == {(200, b""), (204, b"")}


# kind, Authorization, status
REFUSALS = [
    ("key", None, 401),
    ("key", "Bearer wrong", 401),
    ("key", SECRET["openrouter"], 401),
    ("requesty", None, 401),
    ("requesty", "Bearer wrong", 403),
    ("baseten", None, 401),
    ("baseten", "Bearer " + SECRET["baseten"], 401),
]


@pytest.mark.parametrize("kind,value,status", REFUSALS)
def test_wrong_credentials(box, manifest, kind, value, status):
    one = box("--manifest", manifest)
    provider, path, identifier = KINDS[kind]
    answer = one.ask("DELETE", path + identifier, headers={"Authorization": value} if value else {})
    assert answer.status == status and "error" in answer.json
    assert one.tally(provider)["unauthorised"] == 1
    assert one.counts()["exist"] == 4


def test_given_credential_replaces_the_demo_one(box, tmp_path):
    (tmp_path / "secret").write_text("sk-or-v1-mine\n")
    one = box("--any", "--credential", f"openrouter={tmp_path / 'secret'}")
    assert one.delete("key").status == 401
    mine = {"Authorization": "Bearer sk-or-v1-mine"}
    assert one.ask("DELETE", "/api/v1/keys/" + HASH, headers=mine).status == 200


def test_printed_credentials_are_accepted(box):
    lines = subprocess.check_output([SANDBOX, "--print-credentials"], text=True).splitlines()
    printed = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    assert printed["OPENROUTER_MANAGEMENT_KEY"] == f"'{SECRET['openrouter']}'"
    assert printed["REQUESTY_API_KEY"] == f"'{SECRET['requesty']}'"
    assert printed["BASETEN_API_KEY"] == f"'{SECRET['baseten']}'"


def test_preflight_reads(box, manifest):
    one = box("--manifest", manifest)
    assert one.ask("GET", "/api/v1/key", "openrouter").json["data"]["is_management_key"] is True
    own = one.ask("GET", "/v1/manage/apikey/self", "requesty").json
    assert own["id"] == OWN_UUID and own["permissions"]["manage"] == "write"
    keys = one.ask("GET", "/v1/api_keys", "baseten").json["keys"]
    assert [key["prefix"] for key in keys] == [PREFIX, "sbxdemo"]
    one.delete("baseten")
    keys = one.ask("GET", "/v1/api_keys", "baseten").json["keys"]
    assert [key["prefix"] for key in keys] == ["sbxdemo"]


def test_weak_credentials(box):
    one = box("--any", "--weak", "openrouter", "--weak", "requesty", "--weak", "baseten")
    assert one.ask("GET", "/api/v1/key", "openrouter").json["data"]["is_management_key"] is False
    own = one.ask("GET", "/v1/manage/apikey/self", "requesty").json
    assert own["permissions"]["manage"] != "write"
    assert one.ask("GET", "/v1/api_keys", "baseten").status == 403
    assert one.delete("key").status == 403


@pytest.mark.parametrize("status", [401, 403])
def test_refusal_in_the_middle(box, status):
    one = box("--any", "--refuse", f"openrouter={status}:after=3")
    assert [one.delete("key", h).status for h in HASHES[:5]] == [200] * 3 + [status] * 2
    assert one.delete("baseten").status == 200


# path, status, what is counted
ODD_PATHS = [
    ("/api/v1/keys/" + HASH.upper(), 404, "unlawful_ids"),
    ("/api/v1/keys/" + HASH[:-1], 404, "unlawful_ids"),
    ("/api/v1/keys/%2e%2e", 404, "unlawful_ids"),
    ("/api/v1/keys/" + HASHES[0], 404, "unheard_ids"),
]


@pytest.mark.parametrize("path,status,count", ODD_PATHS)
def test_odd_ids(box, manifest, path, status, count):
    one = box("--manifest", manifest)
    assert one.ask("DELETE", path, "openrouter").status == status
    assert one.tally()[count] == 1
    assert one.counts()["exist"] == 4


@pytest.mark.parametrize("path", ["/", "/api/v1/keys/", "/api/v1/keys", "/api/v1/keys/a%2Fb/c"])
def test_unknown_paths(box, path):
    one = box("--any")
    answer = one.ask("DELETE", path, "openrouter")
    assert answer.status == 404 and answer.headers["Content-Type"].startswith("text/html")
    assert one.counts()["unknown_paths"] == 1


@pytest.mark.parametrize("identifier", [OWN_UUID, "self"])
def test_deleting_its_own_credential_ends_it(box, identifier):
    one = box("--any")
    one.delete("requesty", identifier)
    assert one.delete("requesty").status == 403
    assert one.tally("requesty")["own_deletes"] == 1


def test_a_body_with_a_delete_is_no_matter(box):
    one = box("--any")
    answer = one.delete("byok", body="{}", headers={"Content-Type": "application/json"})
    assert answer.json == {"deleted": True}


# ---------------------------------------------------------------- limits and their hints


def limited(one, kind="key", count=50):
    """The first 429, and how many went through before."""
    for n in range(count):
        answer = one.delete(kind, HASHES[n] if kind == "key" else f"key{n}")
        if answer.status == 429:
            return answer, n
    pytest.fail("never limited")


def seconds(value):
    return int(value)


def test_openrouter_hints_by_itself(box):
    one = box("--any", "--limit", "openrouter=bucket:5/60s:burst=5")
    answer, before = limited(one)
    assert before == 5
    assert 10 <= seconds(answer.headers["Retry-After"]) <= 12
    reset = int(answer.headers["X-RateLimit-Reset"]) / 1000
    assert 10 < reset - time.time() <= 12.1
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    error = answer.json["error"]
    assert error["code"] == 429
    names = ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]
    assert error["metadata"]["headers"] == {name: answer.headers[name] for name in names}


def test_baseten_hints_in_the_body(box):
    answer, _ = limited(box("--any", "--limit", "baseten=window:3/30s"), "baseten")
    assert "Retry-After" not in answer.headers
    assert 28 <= answer.json["retry_after"] <= 30
    assert answer.json["error"] == "Rate limit exceeded. Please try again later."


# what --hint says, and a check of the answer
HINTS = [
    ("none", lambda a: "Retry-After" not in a.headers and "X-RateLimit-Reset" not in a.headers),
    ("sec", lambda a: 58 <= int(a.headers["Retry-After"]) <= 60),
    (
        "date",
        lambda a: 58
        <= email.utils.mktime_tz(email.utils.parsedate_tz(a.headers["Retry-After"])) - time.time()
        <= 61,
    ),
    ("ms", lambda a: 58 <= int(a.headers["X-RateLimit-Reset"]) / 1000 - time.time() <= 60.1),
    ("body", lambda a: 58 <= a.json["retry_after"] <= 60),
    ("ietf", lambda a: a.headers["RateLimit"].startswith('"default";r=0;t=')),
    ("raw:3600abc", lambda a: a.headers["Retry-After"] == "3600abc"),
    ("sec+body", lambda a: a.json["retry_after"] and a.headers["Retry-After"]),
]


@pytest.mark.parametrize("hint,holds", HINTS, ids=[row[0] for row in HINTS])
def test_hints(box, hint, holds):
    one = box("--any", "--limit", "window:2/60s", "--hint", "openrouter=" + hint)
    answer, before = limited(one)
    assert before == 2 and holds(answer)


def test_the_ietf_fields_tell_the_room(box):
    one = box("--any", "--limit", "window:2/60s", "--hint", "ietf")
    told = [one.delete("key", h).headers["RateLimit"] for h in HASHES[:3]]
    assert [field.split(";")[1] for field in told] == ["r=1", "r=0", "r=0"]


def test_holds_are_counted(box):
    one = box("--any", "--limit", "window:2/60s", "--hint", "sec", "--grace", "0")
    limited(one)
    assert (one.tally()["holds"], one.tally()["in_hold"]) == (1, 0)
    assert [one.delete("key", h).status for h in HASHES[10:13]] == [429] * 3
    tally = one.tally()
    assert (tally["holds"], tally["in_hold"], tally["in_hold_grace"]) == (1, 3, 0)
    assert one.delete("requesty").status in (200, 204)


def test_grace_forgives_what_was_on_its_way(box):
    one = box("--any", "--limit", "window:2/60s", "--hint", "sec", "--grace", "30s")
    limited(one)
    assert one.delete("key").status == 429
    assert (one.tally()["in_hold"], one.tally()["in_hold_grace"]) == (0, 1)


def test_no_hint_no_hold(box):
    one = box("--any", "--limit", "window:2/60s", "--hint", "none", "--grace", "0")
    limited(one)
    assert one.delete("key").status == 429
    assert (one.tally()["holds"], one.tally()["in_hold"]) == (0, 0)


# ---------------------------------------------------------------- faults

# fault, what the client sees (status or exception), the truth: exists after, effect, answer
FAULTS = [
    ("500:1", 500, True, "sent"),
    ("503:100%:retry-after=7", 503, True, "sent"),
    ("500:1:effect=yes", 500, False, "sent"),
    ("408:1", 408, True, "sent"),
    ("drop-before:1", http.client.RemoteDisconnected, True, "dropped"),
    ("drop-after:1", http.client.RemoteDisconnected, False, "dropped"),
    ("reset-before:1", ConnectionResetError, True, "reset"),
    ("reset-after:1", ConnectionResetError, False, "reset"),
    ("cut:1", http.client.IncompleteRead, False, "cut"),
    ("html404:1", 404, True, "sent"),
    ("redirect:1", 307, True, "sent"),
    ("deleted-false:1", 200, True, "sent"),
    ("other-id:1", 200, True, "sent"),
    ("empty:1", 200, False, "sent"),
    ("html:1", 200, True, "sent"),
    ("listed:1", 200, True, "sent"),
    ("stall:1:for=50ms", 200, False, "sent"),
]


@pytest.mark.parametrize("fault,seen,exists,told", FAULTS, ids=[row[0] for row in FAULTS])
def test_fault(box, manifest, fault, seen, exists, told):
    one = box("--manifest", manifest, "--fault", "openrouter=" + fault)
    answer = one.try_delete("key")
    if isinstance(seen, int):
        assert answer.status == seen
    else:
        assert type(answer) is seen
    known = one.truth("?touched")["openrouter", "key", HASH]
    assert known["exists"] is exists
    assert [(e["effect"], e["answer"]) for e in known["events"]] == [(not exists, told)]
    assert one.tally()["faults"] == 1
    assert one.try_delete("baseten").status == 200


# kind, fault, body
BODIES = [
    ("key", "deleted-false", {"deleted": False}),
    ("baseten", "other-id", {"prefix": "0" + PREFIX[1:]}),
    ("key", "other-id", {"deleted": True, "hash": "0" + HASH[1:]}),
    ("key", "listed", {"deleted": True}),
]


@pytest.mark.parametrize("kind,fault,body", BODIES)
def test_bodies_that_confirm_nothing(box, manifest, kind, fault, body):
    one = box("--manifest", manifest, "--fault", fault + ":1")
    assert one.delete(kind).json == body


def test_an_error_in_a_200(box, manifest):
    one = box("--manifest", manifest, "--fault", "deleted-false:1")
    answer = one.delete("requesty")
    assert answer.status == 200 and answer.json["error"]["message"]


def test_pages_of_gateways(box, manifest):
    one = box("--manifest", manifest, "--fault", "html404:1:times=1", "--fault", "html:1:times=1")
    for status in (404, 200):
        answer = one.delete("key")
        assert answer.status == status and b"<html>" in answer.body


def test_a_retry_after_of_a_503_is_a_hold(box, manifest):
    fault = "503:1:times=1:retry-after=60"
    one = box("--manifest", manifest, "--grace", "0", "--fault", fault)
    assert one.delete("key").headers["Retry-After"] == "60"
    one.delete("key")
    assert one.tally()["in_hold"] == 1


def test_a_followed_redirect_is_counted(box, manifest):
    one = box("--manifest", manifest, "--fault", "redirect:1")
    location = one.delete("key").headers["Location"]
    assert location.startswith(one.address)
    assert one.counts()["redirects_followed"] == 0
    one.ask("DELETE", location.removeprefix(one.address), "openrouter")
    assert one.counts()["redirects_followed"] == 1


def test_a_stray_answer_follows(box, manifest):
    one = box("--manifest", manifest, "--fault", "stray:1")
    request = (
        f"DELETE /api/v1/keys/{HASH} HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {AUTH['openrouter']}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", one.port), timeout=10) as plain:
        plain.sendall(request.encode())
        seen = b""
        while seen.count(b'{"deleted":true}') < 2:
            seen += plain.recv(4096)
    assert seen.count(b"HTTP/1.1 200 OK\r\n") == 2


def test_the_same_seed_the_same_faults_in_any_order(box):
    faults = ["--seed", "9", "--fault", "500:30%", "--fault", "drop-after:20%"]

    def play(one, order):
        return {h: getattr(one.try_delete("key", h), "status", 0) for h in order}

    first = play(box("--any", *faults), HASHES)
    second = play(box("--any", *faults), HASHES[::-1])
    other = play(box("--any", *faults[2:], "--seed", "10"), HASHES)
    assert first == second != other
    told = list(first.values())
    assert 0.22 < told.count(500) / len(told) < 0.38
    assert 0.08 < told.count(0) / len(told) < 0.21


def test_tries_limit_a_fault_to_the_first_of_each_target(box):
    one = box("--any", "--fault", "500:1:tries=2")
    for h in HASHES[:3]:
        assert [one.delete("key", h).status for _ in range(3)] == [500, 500, 200]


def test_a_fault_of_one_id_and_of_a_stretch(box):
    one = box("--any", "--fault", f"400:1:id={HASHES[1]}", "--fault", "409:1:from=2:to=3")
    assert [one.delete("key", h).status for h in HASHES[:5]] == [200, 400, 409, 409, 200]


def test_faults_of_reads(box):
    one = box("--any", "--fault", "502:1:on=read:times=1")
    assert one.ask("GET", "/api/v1/key", "openrouter").status == 502
    assert one.ask("GET", "/api/v1/key", "openrouter").status == 200
    assert one.delete("key").status == 200


def test_stalls_hold_nobody_else_up(box):
    one = box("--any", "--fault", f"stall:1:for=1500ms:id={HASHES[0]}")
    start = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(lambda: (one.try_delete("key", HASHES[0]), time.monotonic() - start))
        while one.tally()["faults"] == 0:
            pass
        assert [one.delete("key", h).status for h in HASHES[1:100]] == [200] * 99
        quick = time.monotonic() - start
        answer, took = slow.result()
    assert answer.status == 200 and took >= 1.5 > quick


def test_it_stops_at_once_whoever_waits(box):
    one = box("--any", "--fault", "stall:1:for=60s")
    connections = [one.connect() for _ in range(3)]
    for n, connection in enumerate(connections):
        path = "/api/v1/keys/" + HASHES[n]
        connection.request("DELETE", path, headers={"Authorization": AUTH["openrouter"]})
    while one.tally()["faults"] < 3:
        pass
    start = time.monotonic()
    one.process.terminate()
    assert one.process.wait(10) == 0 and time.monotonic() - start < 5


def test_workers_that_are_busy(box):
    one = box("--any", "--workers", "openrouter=2:400ms:queue=1")

    def ask(hash_):
        return one.ask("DELETE", "/api/v1/keys/" + hash_, "openrouter", on=one.connect()).status

    with ThreadPoolExecutor(5) as pool:
        statuses = sorted(pool.map(ask, HASHES[:5]))
    assert statuses == [200, 200, 200, 503, 503]
    assert one.counts()["providers"]["openrouter"]["overloaded"] == 2


def test_delay_of_one_provider(box):
    one = box("--any", "--delay", "openrouter=200ms")
    start = time.monotonic()
    one.delete("baseten")
    quick = time.monotonic() - start
    one.delete("key")
    assert time.monotonic() - start - quick >= 0.2 > quick


def test_a_client_that_goes_away_is_told_of(box):
    one = box("--any", "--fault", "stall:1:for=300ms")
    connection = one.connect()
    connection.request("DELETE", "/api/v1/keys/" + HASH, headers={"Authorization": AUTH["openrouter"]})
    while one.tally()["faults"] == 0:
        pass
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.sock.close()
    deadline = time.monotonic() + 10
    while one.tally()["aborted"] == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    known = one.truth()["openrouter", "key", HASH]
    assert known["events"] == [{"request": 1, "effect": True, "status": 200, "answer": "aborted"}]


# ---------------------------------------------------------------- what exists


def test_absent_share(box, tmp_path):
    text = subprocess.check_output([SANDBOX, "--generate", "2000", "--seed", "5"], text=True)
    (tmp_path / "m.csv").write_text(text)
    one = box("--manifest", tmp_path / "m.csv", "--absent", "10%", "--seed", "3")
    truth = one.truth()
    absent = {key for key, known in truth.items() if known["absent_from_start"]}
    assert len(truth) == 2000 and 150 < len(absent) < 250
    assert one.counts()["exist"] == 2000 - len(absent)
    again = box("--manifest", tmp_path / "m.csv", "--absent", "10%", "--seed", "3").truth()
    assert {key for key, known in again.items() if not known["exists"]} == absent


def test_generated_manifests(tmp_path):
    def generate(*more):
        return subprocess.check_output([SANDBOX, "--generate", "3000", *more], text=True)

    rows = [line.split(",") for line in generate().splitlines()]
    assert rows[0] == ["provider", "kind", "id", "note"]
    kinds = [(row[0], row[1]) for row in rows[1:]]
    assert len({tuple(row[:3]) for row in rows[1:]}) == 3000
    for kind, share in [
        (("openrouter", "key"), 0.6),
        (("openrouter", "byok"), 0.1),
        (("requesty", "key"), 0.2),
        (("baseten", "key"), 0.1),
    ]:
        assert abs(kinds.count(kind) / 3000 - share) < 0.04
    assert generate() == generate() != generate("--seed", "2")
    assert {line.split(",")[0] for line in generate("--mix", "baseten=1").splitlines()[1:]} == {
        "baseten"
    }


def test_generated_raw_keys(tmp_path):
    raw = tmp_path / "raw.txt"
    text = subprocess.check_output(
        [SANDBOX, "--generate", "300", "--mix", "openrouter=2,requesty=1", "--raw", raw], text=True
    )
    hashes = [row.split(",")[2] for row in text.splitlines() if row.startswith("openrouter")]
    lines = raw.read_text().splitlines()
    keys = [key for key in lines if key.startswith("sk-or-v1-")]
    assert len(lines) == 300
    assert [hashlib.sha256(key.encode()).hexdigest() for key in keys] == hashes
    assert 100 < len(keys) < 300
    assert raw.stat().st_mode & 0o777 == 0o600


def test_any_remembers(box):
    one = box("--any")
    assert [one.delete("key", HASHES[0]).status for _ in range(2)] == [200, 404]


def test_options_while_it_runs(box):
    one = box("--any", "--fault", "500:1", "--limit", "baseten=window:1/60s")
    assert one.delete("key").status == 500
    assert one.ask("POST", "/sandbox/options", body="clear\nfault baseten=502:1").status == 204
    assert one.delete("key").status == 200
    assert [one.delete("baseten").status for _ in range(2)] == [502, 502]
    bad = one.ask("POST", "/sandbox/options", body="fault nonsense:1")
    assert bad.status == 400 and b"nonsense" in bad.body


# ---------------------------------------------------------------- lists, reads, changes, creations

WORKSPACE = "0a0b0c0d-0000-4000-8000-{:012d}".format


def pages(one, path, query, size, field):
    """Every page's ids, until one is not full."""
    found = []
    while True:
        data = one.ask("GET", f"{path}?offset={len(found)}{query}", "openrouter").json["data"]
        found += [item[field] for item in data]
        if len(data) < size:
            return found


@pytest.fixture
def many(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("hash\n" + "".join(f"{n:064x}\n" for n in range(1, 1051)))
    return path


def test_keys_by_pages_and_workspaces(box, many):
    one = box("--manifest", many, "--workspaces", "3")
    spaces = one.ask("GET", "/api/v1/workspaces", "openrouter").json
    assert [s["id"] for s in spaces["data"]] == [WORKSPACE(i) for i in range(3)]
    by_space = [
        pages(one, "/api/v1/keys", f"&workspace_id={WORKSPACE(i)}", 100, "hash") for i in range(3)
    ]
    assert all(300 < len(keys) < 400 for keys in by_space)
    assert pages(one, "/api/v1/keys", "", 100, "hash") == by_space[0]
    found = [key for keys in by_space for key in keys]
    assert sorted(found) == [f"{n:064x}" for n in range(1, 1051)]
    asked = one.ask("GET", f"/api/v1/keys?workspace_id={UUID}", "openrouter")
    assert asked.status == 400 and asked.json["error"]["code"] == 400


def test_deleting_while_paging_shifts_the_offsets(box, many):
    one = box("--manifest", many)
    first = one.ask("GET", "/api/v1/keys", "openrouter").json["data"]
    one.delete("key", first[0]["hash"])
    second = one.ask("GET", "/api/v1/keys?offset=100", "openrouter").json["data"]
    assert len(pages(one, "/api/v1/keys", "", 100, "hash")) == 1049
    missed = {f"{n:064x}" for n in range(1, 1051)} - {k["hash"] for k in first + second}
    assert f"{1050 - 100:064x}" in missed


def test_a_key_that_appears_and_one_that_vanishes(box, many):
    appear = box("--manifest", many, "--appear", "2")
    found = pages(appear, "/api/v1/keys", "", 100, "hash")
    assert len(found) == 1051 and len(set(found)) == 1050
    assert len(set(pages(appear, "/api/v1/keys", "", 100, "hash"))) == 1051
    vanish = box("--manifest", many, "--vanish", "2")
    assert len(set(pages(vanish, "/api/v1/keys", "", 100, "hash"))) == 1049


def test_a_list_that_ignores_its_offset(box, many):
    one = box("--manifest", many, "--fault", "stuck:1:on=read")
    answers = [one.ask("GET", f"/api/v1/keys?offset={n}", "openrouter").body for n in (0, 100)]
    assert answers[0] == answers[1]


KEY_FIELDS = """hash name label disabled limit limit_remaining limit_reset include_byok_in_limit
usage usage_daily usage_weekly usage_monthly byok_usage byok_usage_daily byok_usage_weekly
byok_usage_monthly created_at updated_at expires_at creator_user_id workspace_id""".split()


def test_fields_of_keys(box, many):
    one = box("--manifest", many)
    keys = one.ask("GET", "/api/v1/keys", "openrouter").json["data"]
    for key in keys:
        assert set(KEY_FIELDS) < set(key)
        assert one.ask("GET", "/api/v1/keys/" + key["hash"], "openrouter").json["data"] == key
    assert {key["created_at"][-6:] == "+00:00" for key in keys} == {True, False}
    dormant = [key for key in keys if key["usage_monthly"] == 0]
    assert 20 < len(dormant) < 80
    assert any(key["byok_usage_monthly"] for key in dormant)
    again = box("--manifest", many).ask("GET", "/api/v1/keys", "openrouter").json["data"]
    assert [k["name"] for k in again] == [k["name"] for k in keys]


def test_byok_list_and_read(box, tmp_path):
    ids = [f"{n:08x}-2222-4333-8444-555555555555" for n in range(130)]
    (tmp_path / "byok.csv").write_text("byok_id\n" + "\n".join(ids) + "\n")
    one = box("--manifest", tmp_path / "byok.csv")
    assert sorted(pages(one, "/api/v1/byok", "", 50, "id")) == ids
    assert sorted(pages(one, "/api/v1/byok", "&limit=100", 100, "id")) == ids
    answer = one.ask("GET", "/api/v1/byok?limit=1&provider=mistral", "openrouter").json
    assert 10 < answer["total_count"] < 130 and answer["data"][0]["provider"] == "mistral"
    assert one.ask("GET", "/api/v1/byok?limit=101", "openrouter").status == 400
    one.delete("byok", ids[0])
    assert one.ask("GET", "/api/v1/byok/" + ids[0], "openrouter").status == 404
    assert one.ask("GET", "/api/v1/byok/" + ids[1], "openrouter").json["data"]["id"] == ids[1]


def test_lists_of_the_others(box, manifest):
    one = box("--manifest", manifest)
    keys = one.ask("GET", "/v1/manage/apikey", "requesty").json["keys"]
    assert [key["id"] for key in keys] == [UUID, OWN_UUID]
    assert {"name", "monthly_limit", "monthly_spend", "permissions", "labels"} < set(keys[0])
    keys = one.ask("GET", "/v1/api_keys", "baseten").json["keys"]
    assert [set(key) for key in keys] == [{"prefix", "type", "name", "model_ids", "team_name"}] * 2


def test_inventory_files(box, tmp_path):
    lines = [
        {"provider": "openrouter", "id": HASH, "fields": {"name": "x", "disabled": True}},
        {
            "provider": "openrouter",
            "kind": "byok",
            "id": UUID,
            "fields": {"provider": "groq", "workspace_id": WORKSPACE(1)},
        },
        {"provider": "baseten", "id": PREFIX, "fields": {"type": "PERSONAL"}},
    ]
    path = tmp_path / "stock.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    one = box("--inventory", path, "--workspaces", "2")
    assert one.ask("GET", "/api/v1/keys", "openrouter").json["data"] == []
    found = []
    for i in range(2):
        query = f"?include_disabled=true&workspace_id={WORKSPACE(i)}"
        found += one.ask("GET", "/api/v1/keys" + query, "openrouter").json["data"]
    assert [(key["name"], key["disabled"]) for key in found] == [("x", True)]
    query = f"?workspace_id={WORKSPACE(1)}"
    byok = one.ask("GET", "/api/v1/byok" + query, "openrouter").json["data"]
    assert [(key["id"], key["provider"]) for key in byok] == [(UUID, "groq")]
    keys = one.ask("GET", "/v1/api_keys", "baseten").json["keys"]
    assert keys[0]["type"] == "PERSONAL"
    path.write_text('{"provider":"openrouter","id":"xyz"}\n')
    bad = subprocess.run([SANDBOX, "--inventory", path], capture_output=True, text=True)
    assert bad.returncode == 65 and f"{path}:1: not a key hash" in bad.stderr


def patch(one, body, identifier=HASH):
    return one.ask("PATCH", "/api/v1/keys/" + identifier, "openrouter", body=json.dumps(body))


def test_disable_enable_and_rename(box, manifest):
    one = box("--manifest", manifest)
    answer = patch(one, {"disabled": True})
    assert answer.status == 200 and answer.json["data"]["disabled"] is True
    assert patch(one, {"disabled": True}).json["data"]["disabled"] is True
    assert one.truth()["openrouter", "key", HASH]["enabled"] is False
    assert one.ask("GET", "/api/v1/keys", "openrouter").json["data"] == []
    assert patch(one, {"disabled": False, "name": "new"}).json["data"]["name"] == "new"
    read = one.ask("GET", "/api/v1/keys/" + HASH, "openrouter").json["data"]
    assert (read["name"], read["disabled"]) == ("new", False)
    events = one.truth()["openrouter", "key", HASH]["events"]
    assert [event["effect"] for event in events] == [True, False, True]
    one.delete("key")
    assert patch(one, {"disabled": True}).status == 404


BAD_CHANGES = [{"disabled": 1}, {"name": ""}, {"limit": "5"}, {"limit_reset": "hourly"}, {"x": 1}, []]


@pytest.mark.parametrize("body", BAD_CHANGES, ids=json.dumps)
def test_bad_changes(box, manifest, body):
    one = box("--manifest", manifest)
    answer = patch(one, body)
    assert answer.status == 400 and answer.json["error"]["code"] == 400
    assert one.truth()["openrouter", "key", HASH]["events"][0]["effect"] is False


def test_a_change_whose_answer_is_lost(box, manifest):
    one = box("--manifest", manifest, "--fault", "drop-after:1")
    with pytest.raises(http.client.RemoteDisconnected):
        patch(one, {"disabled": True})
    assert one.truth()["openrouter", "key", HASH]["enabled"] is False


def create(one, body):
    return one.ask("POST", "/api/v1/keys", "openrouter", body=json.dumps(body))


def test_create(box, manifest):
    one = box("--manifest", manifest, "--workspaces", "2")
    settings = {
        "name": "successor",
        "limit": 25,
        "limit_reset": "monthly",
        "include_byok_in_limit": True,
        "expires_at": "2031-01-01T00:00:00Z",
        "workspace_id": WORKSPACE(1),
    }
    answer = create(one, settings)
    assert answer.status == 201
    secret, data = answer.json["key"], answer.json["data"]
    assert secret.startswith("sk-or-v1-")
    assert data["hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert settings.items() <= data.items() and data["usage"] == 0 and data["limit_remaining"] == 25
    query = f"?workspace_id={WORKSPACE(1)}"
    listed = one.ask("GET", "/api/v1/keys" + query, "openrouter").json["data"]
    assert listed[0] == data and secret not in json.dumps(listed)
    known = one.truth()["openrouter", "key", data["hash"]]
    assert known["created"] and known["exists"] and known["events"][0]["effect"] is True
    assert create(one, settings).json["key"] != secret
    assert one.delete("key", data["hash"]).status == 200
    assert create(one, {"limit": 5}).status == 400


LOST_CREATIONS = [("drop-after", 1), ("drop-before", 0), ("500", 0), ("cut", 1), ("reset-after", 1)]


@pytest.mark.parametrize("fault,made", LOST_CREATIONS)
def test_a_creation_whose_answer_is_lost(box, fault, made):
    one = box("--fault", fault + ":1:times=1")
    try:
        answer = create(one, {"name": "lost"})
        assert answer.status == 500 and b"sk-or" not in answer.body
    except (http.client.HTTPException, ConnectionResetError):
        one.connection.close()
    keys = one.ask("GET", "/api/v1/keys", "openrouter").json["data"]
    assert [key["name"] for key in keys] == ["lost"] * made


# ---------------------------------------------------------------- whose keys, and what lists hide


def keys_of(one, secret=None):
    headers = {"Authorization": "Bearer " + (secret or SECRET["openrouter"])}
    spaces = one.ask("GET", "/api/v1/workspaces", headers=headers).json["data"]
    listed = one.ask("GET", "/api/v1/keys", headers=headers).json["data"]
    read = one.ask("GET", "/api/v1/keys/" + HASH, headers=headers).status
    return spaces[0]["id"], {key["hash"] for key in listed}, read


def test_accounts(box, tmp_path):
    for name in ("renewed", "theirs"):
        (tmp_path / name).write_text("sk-or-v1-" + name)
    lines = [{"id": HASH}, {"id": HASHES[1], "account": "other"}]
    stock = tmp_path / "stock.jsonl"
    stock.write_text("\n".join(json.dumps({"provider": "openrouter", **line}) for line in lines))
    accounts = [f"openrouter=main:{tmp_path / 'renewed'}", f"openrouter=other:{tmp_path / 'theirs'}"]
    one = box("--account", accounts[0], "--account", accounts[1], "--inventory", stock)
    ours = keys_of(one)
    assert ours == (WORKSPACE(0), {HASH}, 200) == keys_of(one, "sk-or-v1-renewed")
    whose, listed, read = keys_of(one, "sk-or-v1-theirs")
    assert whose != WORKSPACE(0) and (listed, read) == ({HASHES[1]}, 404)
    theirs = {"Authorization": "Bearer sk-or-v1-theirs"}
    assert one.ask("DELETE", "/api/v1/keys/" + HASH, headers=theirs).status == 404
    assert one.counts()["exist"] == 2 and one.tally()["foreign"] == 2
    assert one.truth()["openrouter", "key", HASHES[1]]["account"] == 1


def test_account_reads(box):
    one = box()
    assert one.ask("GET", "/v1/manage/org", "requesty").json == {"id": WORKSPACE(0)}


def test_a_list_that_leaves_keys_out(box, many):
    one = box("--manifest", many, "--hide", "openrouter=20%")
    listed = set(pages(one, "/api/v1/keys", "", 100, "hash"))
    assert 700 < len(listed) < 950
    hidden = next(h for h in (f"{n:064x}" for n in range(1, 1051)) if h not in listed)
    assert one.ask("GET", "/api/v1/keys/" + hidden, "openrouter").status == 200


def test_deletions_that_are_seen_late(box, manifest):
    one = box("--manifest", manifest, "--linger", "openrouter=600ms")

    def seen():
        listed = one.ask("GET", "/api/v1/keys", "openrouter").json["data"]
        return len(listed), one.ask("GET", "/api/v1/keys/" + HASH, "openrouter").status

    start = time.monotonic()
    assert one.delete("key").status == 200 and one.truth()["openrouter", "key", HASH]["exists"] is False
    first = seen()
    assert first == (1, 200) or time.monotonic() - start > 0.6
    assert one.delete("key").status == 404
    time.sleep(max(0.0, start + 0.7 - time.monotonic()))
    assert seen() == (0, 404)


def test_a_list_that_says_that_there_is_more(box, manifest):
    one = box("--manifest", manifest, "--fault", "requesty=more:1:on=read:times=1")
    answers = [one.ask("GET", "/v1/manage/apikey", "requesty").json for _ in range(2)]
    assert [answer.get("has_more") for answer in answers] == [True, None]
    assert answers[0]["keys"] == answers[1]["keys"]


def test_a_key_of_no_workspace_is_listed_for_each(box, tmp_path):
    line = {"provider": "openrouter", "kind": "byok", "id": UUID, "fields": {"workspace_id": None}}
    (tmp_path / "stock.jsonl").write_text(json.dumps(line))
    one = box("--inventory", tmp_path / "stock.jsonl", "--workspaces", "2")
    for i in range(2):
        found = one.ask("GET", f"/api/v1/byok?workspace_id={WORKSPACE(i)}", "openrouter").json["data"]
        assert [key["id"] for key in found] == [UUID]


# ---------------------------------------------------------------- providers of a job file

JOB = """\
[job]
colour = red
[provider acme]
base = https://api.acme.example/v7
credential = ACME_TOKEN
header = X-Acme: {secret}
header = X-Second: {env:ACME_SECOND}
header = acme-version: 2024-01-01
scope = team
id.name = key id
id.class = digits
id.length = 1-12
id.reserved = self
delete = POST /{team}/keys/revoke
delete.body = {"ids":["{id}"],"hard":true}
delete.confirm = /revoked/0 is {id}
gone.form = /problem/kind is "missing"
error.text = /problem/text
preflight = GET /me
preflight.check = /admin is true
self = read GET /me /key
[provider soft]
base = https://soft.example
credential = SOFT_TOKEN
header = Authorization: Bearer {secret}
id.name = key id
id.class = word
id.length = 1-12
delete = POST /soft/{id}
delete.body = {"on":false}
delete.confirm = /on is false
disable = POST /soft/{id}
disable.body = {"on":false}
disable.confirm = /on is false
enable = POST /soft/{id}
enable.body = {"on":true}
enable.confirm = /on is true
[provider relic]
base = https://relic.example
credential = RELIC_TOKEN
header = Authorization: Bearer {secret}
id.name = key id
id.class = word
id.length = 1-12
delete = DELETE /keys/{id}
delete.confirm = /ok is true
delete.absent = success
read = GET /keys/{id}
read.confirm = /key/id is {id}
read.gone = /key/revoked is true
gone.status = 404
gone.form = /error is "none"
list = GET /keys
list.items = /keys
list.id = /id
list.gone = /revoked is true
"""
ACME = {
    "X-Acme": "sandbox-demo-acme",
    "X-Second": "sandbox-demo-ACME_SECOND",
    "acme-version": "2024-01-01",
}


@pytest.fixture
def job(tmp_path):
    path = tmp_path / "job.ini"
    path.write_text(JOB)
    return path


def revoke(one, identifier, headers, team="blue%2Fgreen"):
    body = json.dumps({"ids": [identifier], "hard": True})
    return one.ask("POST", f"/v7/{team}/keys/revoke", body=body, headers=headers)


def test_a_provider_of_a_job_file(box, job):
    one = box("--any", "--job", job)
    assert [revoke(one, "77", ACME).json, revoke(one, "77", ACME).status] == [{"revoked": ["77"]}, 404]
    assert revoke(one, "77", ACME).json["problem"]["kind"] == "missing"
    assert revoke(one, "77", ACME, team="red").status == 200
    assert [key["scope"] for key in one.truth().values()] == ["red"]  # the last of the same id
    own = one.ask("GET", "/v7/me", headers=ACME).json
    assert own["admin"] is True and own["key"].isdigit()
    revoke(one, own["key"], ACME)
    assert revoke(one, "78", ACME).status == 401
    assert one.tally("acme")["own_deletes"] == 1


@pytest.mark.parametrize("name,status", [("X-Acme", 401), ("X-Second", 401), ("acme-version", 400)])
def test_every_header_counts(box, job, name, status):
    one = box("--any", "--job", job)
    assert revoke(one, "77", {**ACME, name: "other"}).status == status
    assert revoke(one, "77", {k: v for k, v in ACME.items() if k != name}).status == status
    assert revoke(one, "77", ACME).status == 200


def test_a_deletion_that_only_disables_can_be_repeated(box, job):
    one = box("--any", "--job", job)
    headers = {"Authorization": "Bearer sandbox-demo-soft"}

    def switch(on):
        answer = one.ask("POST", "/soft/abc", body=json.dumps({"on": on}), headers=headers)
        return answer.status, answer.json["on"], one.truth()["soft", "key", "abc"]["exists"]

    assert [switch(False), switch(False), switch(True), switch(False)] == [
        (200, False, False),
        (200, False, False),
        (200, True, True),
        (200, False, False),
    ]
    known = one.truth()["soft", "key", "abc"]
    assert [event["effect"] for event in known["events"]] == [True, False, True, True]


def test_what_is_dead_and_still_seen(box, job, tmp_path):
    (tmp_path / "m.csv").write_text("provider,kind,id\nrelic,key,abc\nrelic,key,def\n")
    one = box("--job", job, "--manifest", tmp_path / "m.csv")
    headers = {"Authorization": "Bearer sandbox-demo-relic"}

    def state():
        listed = one.ask("GET", "/keys", headers=headers).json["keys"]
        read = one.ask("GET", "/keys/abc", headers=headers).json["key"]
        return {key["id"]: key["revoked"] for key in listed}, read["revoked"]

    assert state() == ({"abc": False, "def": False}, False)
    for identifier in ("abc", "never"):  # the same answer for what never was
        answer = one.ask("DELETE", "/keys/" + identifier, headers=headers)
        assert (answer.status, answer.json) == (200, {"ok": True})
    assert state() == ({"abc": True, "def": False}, True)
    assert one.ask("GET", "/keys/never", headers=headers).status == 404


# ---------------------------------------------------------------- the program


def test_own_questions_are_no_connections(box):
    one = box("--any")
    one.counts()
    one.truth()
    assert one.counts()["connections"] == 0
    with socket.create_connection(("127.0.0.1", one.port)):
        deadline = time.monotonic() + 10
        while one.counts()["connections"] == 0 and time.monotonic() < deadline:
            pass
        assert one.counts()["connections"] == 1


def test_requests_per_connection(box):
    one = box("--any", "--requests-per-connection", "3")
    closes = [one.delete("key", h).headers["Connection"] for h in HASHES[:6]]
    assert closes == [None, None, "close"] * 2
    assert one.counts()["connections"] == 2


def test_tls(box, tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        f" -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {cert}".split(),
        check=True,
        capture_output=True,
    )
    trust = ssl.create_default_context(cafile=cert)
    one = box("--any", "--tls-cert", cert, "--tls-key", key, tls=trust)
    assert [one.delete("key", h).status for h in HASHES[:20]] == [200] * 20
    assert one.counts()["connections"] == 1


def test_it_listens_on_loopback_only(box):
    one = box("--any")
    with open("/proc/net/tcp", encoding="ascii") as table:
        local = [line.split()[1] for line in table if f":{one.port:04X} 00000000:0000" in line]
    assert local == [f"0100007F:{one.port:04X}"]


def test_it_ends_with_its_parent(tmp_path):
    """A parent that is killed has no time to stop anybody."""
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.argv[1], '--any'], stdout=subprocess.PIPE)\n"
        "print(p.stdout.readline().decode().strip(), p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, SANDBOX], stdout=subprocess.PIPE)
    address, pid = parent.stdout.readline().split()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", int(address.rsplit(b":")[-1]))).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    os.kill(int(pid), signal.SIGKILL)
    pytest.fail("it outlived its parent")


def test_it_ends_with_standard_input():
    process = subprocess.Popen(
        [SANDBOX, "--any", "--until-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline().startswith(b"http://127.0.0.1:")
    process.communicate(timeout=10)
    assert process.returncode == 0


BAD_USAGE = [
    (["--fault", "nonsense:5%"], "nonsense:5%: not a fault"),
    (["--fault", "500"], "500: no rate"),
    (["--fault", "500:101%"], "no rate"),
    (["--fault", "stall:5%"], "needs its for="),
    (["--fault", "500:5%:colour=red"], 'cannot read "colour'),
    (["--fault", "nobody=500:5%"], "nobody: no such provider"),
    (["--limit", "bucket:0/s"], "no quota"),
    (["--limit", "box:5/s"], "needs its out="),
    (["--limit", "sieve:5/s"], "not a limit"),
    (["--limit", "bucket:5/s", "--limit", "bucket:9/s"], "rising from="),
    (["--hint", "smoke"], "not a hint"),
    (["--refuse", "200"], "not a refusal"),
    (["--absent", "2"], "not a share"),
    (["--tls-cert", "/dev/null"], "cannot be read, or is empty"),
    (["--generate", "5", "--mix", "nobody=1"], "not a share"),
    (["--workers", "0:1s"], "no workers"),
    (["--account", "openrouter=other"], "not NAME:FILE"),
    (["--hide", "2"], "not a share"),
    (["--linger", "soon"], "not a span"),
    (["--raw", "/nonexistent.txt"], "/nonexistent.txt"),
    (["stray"], "no such argument"),
    (["--manifest", "/nonexistent.csv"], "/nonexistent.csv"),
]


@pytest.mark.parametrize("options,words", BAD_USAGE)
def test_bad_usage(options, words):
    done = subprocess.run([SANDBOX, *options], capture_output=True, text=True, timeout=10)
    assert done.returncode in (64, 66) and done.stdout == ""
    assert done.stderr.startswith("rescind-sandbox: ") and words in done.stderr


def test_help_names_every_option():
    text = subprocess.check_output([SANDBOX, "--help"], text=True)
    assert all(len(line) <= 100 for line in text.splitlines())
    source = (ROOT / "src" / "sandbox" / "arguments.c").read_text()
    names = set(re.findall(r'\{"([a-z-]+)", (?:no|required)_argument', source))
    assert len(names) > 20 and {"fault", "manifest"} < names
    assert names - {"help", "version"} <= set(re.findall(r"--([a-z-]+)", text))


def test_an_unknown_option_is_wrong_usage():
    done = subprocess.run([SANDBOX, "--no-such"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 64 and "--help" in done.stderr
