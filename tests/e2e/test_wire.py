"""Exact exchanges: each file in wire/ is a case, with the server's replies, the command, the bytes
that must go over the wire, and what comes of it. To add a case, add a file. Its parts:

    A sentence that says what is shown.
    == manifest      the manifest; <csv> by default, `== manifest jsonl` for the other
    == options       further options of `run`, one or more a line (default: one request in flight,
                     no preflight)
    == reply         the answer to the next request; several make a script, the last one repeats.
                     Lines end with CRLF up to the first empty one (all of them in a chunked
                     answer); a Content-Length is added where
                     none is given and a body may follow. `== reply close`, `== reply reset` and
                     `== reply wait=0.3` say what happens after, or before, these bytes.
    == request       what must arrive, byte for byte, as many as there are
    == requests      their first lines alone, where the rest does not matter
    == exit          the exit code (default 0)
    == report        rows of report.csv: id outcome status attempts
    == stderr, == stdout     texts that must stand there, a line each

{K1}..{K9} stand for key hashes, {U1}..{U9} for UUIDs, {P1}..{P9} for prefixes, {port},
{openrouter}, {requesty}, {baseten} (credentials) and {version} for what they are.
"""

import re
from pathlib import Path

import pytest
from paths import ROOT
from tool import CREDENTIALS
from wire import Reply, reply

CASES = sorted((Path(__file__).parent / "wire").glob("*.case"))
NAMES = (
    {f"K{n}": str(n) * 64 for n in range(1, 10)}
    | {f"U{n}": f"{n * 11111111}-{n * 1111}-4{n * 111}-8{n * 111}-{str(n) * 12}" for n in range(1, 10)}
    | {f"P{n}": f"Pre_fix{n}" for n in range(1, 10)}
    | {
        "openrouter": CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"],
        "requesty": CREDENTIALS["REQUESTY_API_KEY"],
        "baseten": CREDENTIALS["BASETEN_API_KEY"],
        "version": re.search(r"^VERSION\s*=\s*(\S+)", (ROOT / "Makefile").read_text(), re.M).group(1),
    }
)
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PARTS = "manifest options reply request requests exit report stderr stdout".split()


def fill(text, **more):
    for name, value in (NAMES | more).items():
        text = text.replace("{" + name + "}", str(value))
    return text


def read_case(path):
    """[(part, its word, text)]"""
    parts, _, rest = path.read_text(encoding="utf-8").partition("\n== ")
    assert parts.strip(), f"{path.name}: says nothing of what it shows"
    found = []
    for chunk in ("\n" + rest).split("\n== "):
        head, _, text = chunk.lstrip("\n").partition("\n")
        part, _, word = head.partition(" ")
        assert part in PARTS, f"{path.name}: no such part: {head}"
        found.append((part, word, text))
    return found


def reply_of(word, text):
    """The bytes of an answer, and what happens around them."""
    head, empty, body = text.partition("\n\n")
    body = body.rstrip("\n").encode()
    data = b""
    if head.strip():
        lines = head.strip("\n").split("\n")
        names = [line.split(":")[0].lower() for line in lines[1:]]
        if "transfer-encoding" in names:
            body = body.replace(b"\n", b"\r\n") + b"\r\n\r\n"
        bodyless = re.search(r" (204|304)( |$)", lines[0])
        if not bodyless and not {"content-length", "transfer-encoding"} & set(names):
            lines.append(f"Content-Length: {len(body)}")
        data = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    wait = re.search(r"wait=([\d.]+)", word)
    return Reply(
        data, close="close" in word, reset="reset" in word, wait=float(wait.group(1)) if wait else 0
    )


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_exchange(path, make_wire, make_tool):
    parts = read_case(path)
    replies = [reply_of(word, fill(text)) for part, word, text in parts if part == "reply"]
    script = iter(replies)
    last = [None]

    held = set(UUIDS.findall(" ".join(fill(text) for part, _, text in parts if part == "manifest")))

    def answer(request):
        # a success of Requesty's says nothing, so its list is looked at before and after
        if request.line.startswith("GET /v1/manage/apikey ") or "/manage/org" in request.line:
            return reply(200, {"keys": [{"id": name} for name in sorted(held)]})
        if request.method == "DELETE":
            held.discard(request.path.rsplit("/", 1)[-1])
        last[0] = next(script, last[0])
        return last[0]

    wire = make_wire(answer)
    origin = f"http://127.0.0.1:{wire.port}"
    tool = make_tool(f"openrouter={origin}/api/v1", f"requesty={origin}", f"baseten={origin}")
    options = ["--concurrency", "1", "--no-preflight"]
    manifest, code = None, 0
    for part, word, text in parts:
        if part == "manifest":
            manifest = tool.manifest(fill(text), f"keys.{word or 'csv'}")
        elif part == "options":
            options += fill(text, port=wire.port).split()
        elif part == "exit":
            code = int(text)

    result = tool.run(manifest, *options)

    assert result.code == code, result.err
    wanted = [
        fill(text, port=wire.port).strip("\n").replace("\n", "\r\n") + "\r\n\r\n"
        for part, _, text in parts
        if part == "request"
    ]
    looks = ("GET /v1/manage/apikey ", "GET /v1/manage/org ")
    asked = [request for request in wire.requests if not request.line.startswith(looks)]
    if wanted:
        assert [request.raw.decode() for request in asked] == wanted
    for part, _, text in parts:
        lines = fill(text, port=wire.port).split("\n")
        lines = [line for line in lines if line.strip()]
        if part == "requests":
            assert [request.line for request in asked] == lines
        elif part == "report":
            rows = tool.run_dir.rows.values()
            shown = [f"{r['id']} {r['outcome']} {r['status']} {r['attempts']}" for r in rows]
            assert shown == lines
        elif part in ("stderr", "stdout"):
            told = result.err if part == "stderr" else result.out
            assert [line for line in lines if line not in told] == [], told


def test_there_are_cases():
    assert len(CASES) > 20


OURS = [f"User-Agent: rescind/{NAMES['version']}", "Accept: application/json", "Accept-Encoding: identity"]


@pytest.mark.parametrize("own,left", [
    (["User-Agent: acme-tool/2"], OURS[1:]),
    (["Accept: application/vnd.acme+json"], [OURS[0], OURS[2]]),
    (["accept: */*", "USER-AGENT: other"], OURS[2:]),
    (["X-Accept: 1", "User-Agent-Kind: 2"], OURS),
], ids=["agent", "accept", "both, in another case", "names that only begin so"])
def test_a_definitions_own_header_replaces_ours(own, left, make_wire, make_tool):
    """Exactly one of it is sent, the definition's."""
    wire = make_wire(lambda r: reply(200, {"id": "me"} if r.path == "/me" else {"gone": "a"}))
    tool = make_tool(f"acme=http://127.0.0.1:{wire.port}")
    job = tool.manifest(
        "[provider acme]\ncredential = ACME_TOKEN\nheader = Authorization: {secret}\n"
        + "".join(f"header = {line}\n" for line in own)
        + "id.name = token\nid.class = word\nid.length = 1-9\npreflight = GET /me\n"
        "delete = DELETE /tokens/{id}\ndelete.status = 200\ndelete.absent = gone\n"
        "gone.status = 404\ngone.form = /error exists\n",
        "acme.ini",
    )
    tool.env["ACME_TOKEN"] = "secret-of-acme"
    result = tool.run(tool.manifest("provider,id\nacme,a\n"), "--job", job)
    assert result.code == 0, result.err
    assert [request.line for request in wire.requests] == ["GET /me HTTP/1.1", "DELETE /tokens/a HTTP/1.1"]
    for request in wire.requests:
        assert request.raw.decode().split("\r\n")[1:] == [
            f"Host: 127.0.0.1:{wire.port}", "Authorization: secret-of-acme", *own, *left, "", ""
        ]
