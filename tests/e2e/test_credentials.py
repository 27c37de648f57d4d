"""Where credentials come from, and that they go nowhere but into a request header."""

import base64

import pytest
from targets import mixed, targets
from tool import CREDENTIALS, all_bytes, command_line, finish
from wire import DELETED, error, reply

NAME = "OPENROUTER_MANAGEMENT_KEY"
SECRET = CREDENTIALS[NAME]


def by_environment(tool):
    tool.env[NAME] = SECRET


def by_file(tool):
    (tool.directory / "secret").write_text(SECRET + "\n")
    tool.env[NAME + "_FILE"] = tool.directory / "secret"


def by_file_without_newline(tool):
    (tool.directory / "secret").write_text(SECRET)
    tool.env[NAME + "_FILE"] = tool.directory / "secret"


def by_credentials_directory(tool):
    (tool.directory / "creds").mkdir()
    (tool.directory / "creds" / NAME).write_text(SECRET + "\n")
    tool.env["CREDENTIALS_DIRECTORY"] = tool.directory / "creds"


@pytest.mark.parametrize(
    "give", [by_environment, by_file, by_file_without_newline, by_credentials_directory]
)
def test_ways_to_give_a_credential(give, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    del tool.env[NAME]
    give(tool)
    result = tool.run(tool.manifest(targets(1)))
    assert result.code == 0, result.err
    assert {request.headers["authorization"] for request in wire.requests} == {f"Bearer {SECRET}"}


@pytest.mark.parametrize("text", ["", "\n", "two\nlines\n", "with\rreturn"])
def test_what_is_no_credential(text, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    del tool.env[NAME]
    (tool.directory / "secret").write_bytes(text.encode())
    tool.env[NAME + "_FILE"] = tool.directory / "secret"
    assert tool.run(tool.manifest(targets(1))).code == 77
    assert wire.connections == 0


def test_a_file_that_is_not_there(make_tool, make_wire):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    del tool.env[NAME]
    tool.env[NAME + "_FILE"] = tool.directory / "nowhere"
    assert tool.run(tool.manifest(targets(1))).code == 77
    assert wire.connections == 0


def test_only_needed_credentials_are_asked_for(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox("--any").origins)
    del tool.env["REQUESTY_API_KEY"], tool.env["BASETEN_API_KEY"]
    assert tool.run(tool.manifest(targets(3))).code == 0


def secrets_in(data):
    """Which credentials, or a telling part of one, stand in these bytes."""
    parts = {secret for secret in CREDENTIALS.values()}
    parts |= {CREDENTIALS["BASETEN_API_KEY"].split(".")[1], SECRET.removeprefix("sk-or-v1-")}
    return [part for part in parts if part.encode() in data]


def test_no_byte_of_a_credential_anywhere(make_sandbox, make_tool):
    """Through faults, holds, halts and a resume, with all that can be told being told."""
    rows = mixed(400)
    faults = ["--fault", "500:5%", "--fault", "drop:3%", "--fault", "html404:2%"]
    sandbox = make_sandbox(rows, *faults, "--limit", "bucket:300/s:burst=5")
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    metrics = tool.directory / "metrics.prom"
    process = tool.start(manifest, "--progress", "json", "--metrics-file", metrics)
    shown = command_line(process)
    result = finish(process)
    assert result.code in (0, 1, 75), result.err
    sandbox.change("clear", "refuse 401")
    refused = tool.run(manifest, "--progress", "always")
    told = b"".join(text.encode() for text in (*result[1:], *refused[1:]))
    assert secrets_in(told + shown) == []
    assert b"run" in shown
    files = dict(all_bytes(tool.directory))
    assert {path.name for path in files} >= {"journal.jsonl", "report.json", "report.html"}
    for path, data in files.items():
        assert secrets_in(data) == [], path


def test_an_echo_of_the_credential_is_not_kept(make_wire, make_tool):
    """A server that quotes the header in its error text."""
    wire = make_wire([error(400, f"bad header: Bearer {SECRET} is odd")])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(2)))
    assert result.code == 1
    assert secrets_in((result.out + result.err).encode()) == []
    for path, data in all_bytes(tool.directory):
        assert secrets_in(data) == [], path


def test_no_keys_of_tls_sessions(make_wire, make_tool, authority):
    """With them, and a recording of the wire, anybody has the credential."""
    wire = make_wire([DELETED], tls=authority.issue("keylog"))
    tool = make_tool(
        f"openrouter=https://127.0.0.1:{wire.port}", options=("--ca-file", authority.pem)
    )
    keys = tool.directory / "keys.log"
    tool.env["SSLKEYLOGFILE"] = keys
    assert tool.run(tool.manifest(targets(2))).code == 0
    assert len(wire.deletions) == 2
    assert not keys.exists()


PROXY_PASSWORD = "S3cretPw"


@pytest.mark.parametrize("proxy", [
    "http://alice:{}@127.0.0.1:99999",
    "http://alice:{}@127.0.0.1:",
    "htpp://alice:{}@127.0.0.1:1",
    "http://alice:{}@127.0.0.1 :1",
    "http://alice:{}@127.0.0.1:1",
    "alice:{}@127.0.0.1:1",
])
def test_a_proxys_password_is_never_said(proxy, make_tool):
    """libcurl quotes the whole of a proxy that it cannot read."""
    tool = make_tool("openrouter=https://192.0.2.1/api/v1")
    tool.env["HTTPS_PROXY"] = proxy.format(PROXY_PASSWORD)
    options = ("--no-preflight", "--max-attempts", "1", "--timeout", "2", "--connect-timeout", "1")
    result = tool.run(tool.manifest(targets(1)), *options)
    assert result.code not in (0, None)
    texts = [result.out, result.err]
    texts += [path.read_text() for path in tool.run_dir.path.iterdir()]
    assert not [text for text in texts if PROXY_PASSWORD in text]


KNOWN = "Q7wkZpLm.xYbRtHgVnKdFsJqWcM3zPaLeUoTiGhBvX"


@pytest.mark.parametrize("form", [
    lambda s: " " * (4096 - 23) + s,
    lambda s: "x " * 70 + s,
    lambda s: s[::-1],
    lambda s: s.swapcase(),
    lambda s: s.replace(".", "%2E"),
    lambda s: "".join(f"%{ord(c):02X}" for c in s),
    lambda s: "\u200b".join(s),
    lambda s: "-".join(s[i : i + 4] for i in range(0, len(s), 4)),
    lambda s: f"one half {s[:21]} other half {s[21:]}",
    lambda s: base64.b64encode(f"u:{s}".encode()).decode(),
])
def test_a_credential_that_comes_back_in_an_error_is_never_said(form, make_wire, make_tool):
    said = form(KNOWN)

    def answer(request):
        if request.method == "DELETE":
            return reply(400, {"error": said})
        keys = [{"prefix": p, "type": "PERSONAL", "name": "k", "model_ids": []} for p in ("Q7wkZpLm", "pfx1")]
        return reply(200, {"keys": keys})

    wire = make_wire(answer)
    tool = make_tool(f"baseten=http://127.0.0.1:{wire.port}")
    tool.env["BASETEN_API_KEY"] = KNOWN
    result = tool.run(tool.manifest("prefix\npfx1\n"), "--no-preflight")
    assert tool.run_dir.totals == {"failed": 1}, result
    texts = [result.out, result.err]
    texts += [path.read_text() for path in tool.run_dir.path.iterdir() if path.name != "targets.csv"]
    for text in texts:
        bare = "".join(c for c in text if c.isalnum()).lower()
        for whole in (KNOWN, said[-len(KNOWN) :], KNOWN[::-1]):
            whole = "".join(c for c in whole if c.isalnum()).lower()
            pieces = {whole[i : i + 12] for i in range(len(whole) - 12)}
            assert not [piece for piece in pieces if piece in bare]


RAW = "sk-or-v1-" + "0123456789abcdef" * 4


@pytest.mark.parametrize("secret", [RAW, CREDENTIALS["REQUESTY_API_KEY"]])
@pytest.mark.parametrize("place", ["run-dir", "metrics-file", "manifest", "job", "scope", "header", "protect"])
def test_a_secret_is_refused_wherever_an_operator_can_put_text(place, secret, make_wire, make_tool):
    """Nothing keeps it: neither what is told nor a name in the run directory."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(1), f"{secret}.csv" if place == "manifest" else "keys.csv")
    options = ()
    if place in ("run-dir", "metrics-file", "protect"):
        options = (f"--{place}", tool.directory / secret)
    elif place in ("job", "scope", "header"):
        job = tool.directory / "job.ini"
        job.write_text({
            "job": f"[run]\nmetrics-file = {secret}\n",
            "scope": f"[scope]\nproject = {secret}\n",
            "header": f"[provider p]\nheader = Authorization: Bearer {secret}\n",
        }[place])
        options = ("--job", job)
    result = tool.run(manifest, *options)
    assert result.code == (78 if place in ("job", "scope", "header") else 64), result
    assert secret not in result.out + result.err
    assert not tool.run_dir.path.exists()
    assert wire.requests == []


JOB = """[run]
base-url = acme={origin}

[provider acme key]
title = Acme
credential = ACME
header = Authorization: Bearer {{secret}}
id.name = id
id.class = word
id.length = 1-40
delete = DELETE /k/{{id}}
delete.status = 204
delete.absent = gone
gone.form = /error exists
read = GET /k/{{id}}
read.confirm = /id is {{id}}
account = read GET /me /id
list = GET /k
list.items =
list.id = /id
list.field = name /name
list.field = owner /owner
"""
OPAQUE = "hunter2-opaque-Zeta91"


def test_a_server_that_says_the_credential_back(make_wire, make_tool):
    """As an account's id, and among what its list says of keys."""
    keys = [{"id": f"id{i}", "name": f"made by {OPAQUE}", "owner": OPAQUE.upper()} for i in range(3)]
    asked = {"/me": {"id": f"org-{OPAQUE}"}, "/k": keys, **{f"/k/{k['id']}": k for k in keys}}
    gone = reply(404, {"error": "no such key"})

    def answer(request):
        body = asked.get(request.path)
        if request.method == "DELETE":
            return reply(204)
        return gone if body is None else reply(200, body)

    wire = make_wire(answer)
    tool = make_tool()
    tool.env["ACME"] = OPAQUE
    job = tool.directory / "acme.ini"
    job.write_text(JOB.format(origin=f"http://127.0.0.1:{wire.port}"))
    out = tool.directory / "keys.csv"
    listed = tool.call("list", "acme", "--job", job, "--output", out)
    assert listed.code == 0 and "made by [masked]" in out.read_text(), listed
    result = tool.run(out, "--job", job)
    probed = tool.call("probe", "acme", "--job", job)
    told = b"".join(bytes for _, bytes in all_bytes(tool.directory))
    told += (result.out + result.err + probed.out + probed.err).encode()
    assert OPAQUE.encode() not in told and OPAQUE.upper().encode() not in told
    assert "account    " in probed.out and "tells no account" in probed.out, probed
