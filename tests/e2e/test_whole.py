"""An answer confirms when its end was certain, and nothing else does; what a peer sends is bounded."""

import gzip
import json
import resource
import threading
import time
import zlib

import pytest
from http2 import END_STREAM, DATA, Http2, fields, frame, goodbye, head, reset, whole
from targets import targets
from tool import finish
from wire import DELETED, GONE, MANAGEMENT_KEY, Reply, Wire, reply

BODY = b'{"deleted":true}'
ONE = targets(1)


def openrouter(path, rows=ONE):
    """The answer to a read where these keys are there."""
    last = path.split("?")[0].rsplit("/", 1)[1]
    items = [{"hash": row.id, "name": "k", "disabled": False} for row in rows]
    if last == "key":
        return MANAGEMENT_KEY
    if last == "keys":
        return reply(200, {"data": items if "offset=0" in path or "offset" not in path else []})
    if last == "workspaces":
        one = {"id": "11111111-1111-4111-8111-111111111111", "name": "Default", "is_default": True}
        return reply(200, {"data": [one], "total_count": 1})
    found = [item for item in items if item["hash"] == last]
    return reply(200, {"data": found[0]}) if found else GONE


def raw(head_lines, body=b"", **more):
    return Reply(b"\r\n".join([b"HTTP/1.1 " + head_lines[0], *head_lines[1:], b"", b""]) + body, **more)


@pytest.fixture
def served(make_wire, make_tool):
    """(answer to the deletion) -> (tool, wire): one target, tried once."""

    def serve(answer):
        wire = make_wire(lambda r: answer if r.method == "DELETE" else openrouter(r.path))
        return make_tool(wire.origin, options=("--max-attempts", "1", "--timeout", "2")), wire

    return serve


CHUNKED = b"Transfer-Encoding: chunked"
LENGTH = b"Content-Length: 16"
CHUNK = b"10\r\n" + BODY + b"\r\n0\r\n\r\n"

WHOLE = {
    "length": raw([b"200 OK", LENGTH], BODY),
    "chunked": raw([b"200 OK", CHUNKED], CHUNK),
    "chunked with a trailer": raw([b"200 OK", CHUNKED], CHUNK[:-2] + b"X: y\r\n\r\n"),
    "length, then the connection's end": raw([b"200 OK", LENGTH], BODY, close=True),
    "an interim answer first": Reply(b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + DELETED.data),
}
LOST = {
    "until the connection's end": raw([b"200 OK"], BODY, close=True),
    "two lengths": raw([b"200 OK", LENGTH, b"Content-Length: 17"], BODY, close=True),
    "one length twice": raw([b"200 OK", LENGTH, LENGTH], BODY),
    "a list of lengths": raw([b"200 OK", b"Content-Length: 16, 16"], BODY, close=True),
    "a signed length": raw([b"200 OK", b"Content-Length: +16"], BODY, close=True),
    "length and chunks": raw([b"200 OK", LENGTH, CHUNKED], CHUNK),
    "another coding of the transfer": raw([b"200 OK", b"Transfer-Encoding: gzip, chunked"], CHUNK, close=True),
    "no last chunk": raw([b"200 OK", CHUNKED], CHUNK[:-5], close=True),
    "a chunk's size that is none": raw([b"200 OK", CHUNKED], b"xyz\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a shorter body": raw([b"200 OK", b"Content-Length: 17"], BODY, close=True),
    "reset within its body": raw([b"200 OK", b"Content-Length: 17"], BODY, reset=True),
    "more than its length": raw([b"200 OK", LENGTH], BODY + b"HTTP/1.1 404 Not Found\r\n\r\n"),
    "more behind its last chunk": raw([b"200 OK", CHUNKED], CHUNK + DELETED.data),
}


@pytest.mark.parametrize("how", WHOLE)
def test_a_whole_answer_confirms(how, served):
    tool, wire = served(WHOLE[how])
    result = tool.run(tool.manifest(ONE))
    assert tool.run_dir.totals == {"revoked": 1}, result.err
    assert len(wire.deletions) == 1


@pytest.mark.parametrize("how", LOST)
def test_an_answer_whose_end_is_not_certain_is_lost(how, served):
    tool, wire = served(LOST[how])
    result = tool.run(tool.manifest(ONE))
    assert result.code == 1, result
    assert tool.run_dir.totals == {"failed": 1}, result.err
    assert len(wire.deletions) == 1


def test_the_connection_of_a_lost_answer_is_not_used_again(make_wire, make_tool):
    """Nor does anybody take what came behind one answer for another."""
    rows = targets(6)
    twice = Reply(DELETED.data + DELETED.data)
    wire = make_wire(lambda r: twice if r.method == "DELETE" else openrouter(r.path, rows))
    tool = make_tool(wire.origin, options=("--max-attempts", "1", "--halt", "100%", "--concurrency", "1"))
    result = tool.run(tool.manifest(rows))
    assert tool.run_dir.totals == {"failed": 6}, result.err
    used = [request.connection for request in wire.deletions]
    assert len(set(used)) == len(used) == 6


HTTP2 = {
    "head ends the stream": (lambda s: head(s, flags=END_STREAM), "revoked"),
    "empty data ends it": (lambda s: head(s) + frame(DATA, END_STREAM, s), "revoked"),
    "204 ends it": (lambda s: head(s, 204, END_STREAM), "revoked"),
    "data, then an empty end": (lambda s: [head(s) + frame(DATA, 0, s, b"{}"), frame(DATA, END_STREAM, s)], "revoked"),
    "reset 0": (lambda s: [head(s), reset(s, 0)], "failed"),
    "reset 0 at once": (lambda s: head(s) + reset(s, 0), "failed"),
    "204 reset 0": (lambda s: head(s, 204) + reset(s, 0), "failed"),
    "reset 2": (lambda s: [head(s), reset(s, 2)], "failed"),
    "reset 5": (lambda s: [head(s), reset(s, 5)], "failed"),
    "reset 8 behind a body": (lambda s: [head(s) + frame(DATA, 0, s, b"{}"), reset(s, 8)], "failed"),
    "reset 0 behind a body": (lambda s: [head(s) + frame(DATA, 0, s, b"{}"), reset(s, 0)], "failed"),
    "reset 0 behind the end": (lambda s: head(s) + frame(DATA, END_STREAM, s, b"{}") + reset(s, 0), "revoked"),
    "its length": (lambda s: fields(s, 200, length=2) + frame(DATA, END_STREAM, s, b"{}"), "revoked"),
    "a longer length": (lambda s: fields(s, 200, length=9) + frame(DATA, END_STREAM, s, b"{}"), "failed"),
    "a length and no body": (lambda s: fields(s, 200, END_STREAM, length=9), "failed"),
    "a shorter length": (lambda s: fields(s, 200, length=1) + frame(DATA, END_STREAM, s, b"{}"), "failed"),
    "length 0 and a body": (lambda s: fields(s, 200, length=0) + frame(DATA, END_STREAM, s, b"{}"), "failed"),
    "hints before": (lambda s: fields(s, 103) + head(s, flags=END_STREAM), "revoked"),
    "hints that end it": (lambda s: fields(s, 103, END_STREAM), "failed"),
    "hints alone": (lambda s: [fields(s, 103), reset(s, 0)], "failed"),
    "trailers": (lambda s: head(s) + fields(s, None, END_STREAM, checked="yes"), "revoked"),
    "trailers with a status": (lambda s: head(s) + fields(s, 500, END_STREAM), "failed"),
    "a second head": (lambda s: head(s) + head(s, 404) + frame(DATA, END_STREAM, s, b"{}"), "failed"),
    "a second head that ends it": (lambda s: head(s, 500) + head(s, flags=END_STREAM), "failed"),
    "no status": (lambda s: fields(s, None, END_STREAM, checked="yes"), "failed"),
    "data before the head": (lambda s: frame(DATA, 0, s, b"{}") + head(s, flags=END_STREAM), "failed"),
    "goodbye in the middle": (lambda s: [head(s), goodbye(s), None], "failed"),
    "goodbye before the end": (lambda s: [head(s), goodbye(s), frame(DATA, END_STREAM, s)], "revoked"),
    "goodbye to it": (lambda s: [head(s), goodbye(0), None], "failed"),
    "goodbye with an error": (lambda s: [head(s) + frame(DATA, 0, s, b"{}"), goodbye(s, 2), None], "failed"),
    "closed in the middle": (lambda s: [head(s) + frame(DATA, 0, s, b"{}"), None], "failed"),
    "half a frame": (lambda s: [head(s) + frame(DATA, END_STREAM, s, b"{}  ")[:-2], None], "failed"),
}


def requesty(path, rows, own="99999999-9999-4999-8999-999999999999"):
    def one(id_):
        manage = "write" if id_ == own else "none"
        return {"id": id_, "name": "k", "permissions": {"manage": manage, "completions": "none"}, "labels": {}}

    last = path.split("?")[0].rsplit("/", 1)[1]
    if last == "org":
        return {"id": "org-1"}
    if last == "self":
        return one(own)
    if last == "apikey":
        return {"keys": [one(own), *(one(row.id) for row in rows)]}
    return one(last) if last in {row.id for row in rows} else None


@pytest.mark.parametrize("how", HTTP2)
def test_a_stream_confirms_by_its_end(how, running, make_tool, authority):
    """Requesty's deletion has no body: nothing but the end of the stream says that it is whole."""
    rows = targets(1, "requesty")
    there = list(rows)
    ending, outcome = HTTP2[how]

    def answer(method, path, stream):
        if method == "DELETE":
            if outcome == "revoked":
                there.clear()
            return ending(stream)
        body = requesty(path, there)
        missing = {"error": {"origin": "router", "message": "API key not found"}}
        return whole(stream, 200 if body else 404, json.dumps(body or missing).encode())

    server = running(Http2(answer, authority.issue("h2")))
    tool = make_tool(
        f"requesty=https://127.0.0.1:{server.port}",
        options=("--ca-file", authority.pem, "--max-attempts", "1", "--timeout", "2"),
    )
    result = tool.run(tool.manifest(rows))
    assert len(server.deletions()) == 1
    assert tool.run_dir.totals == {outcome: 1}, result.err


@pytest.mark.parametrize("apart", [False, True], ids=["in one record", "in records of its frames"])
@pytest.mark.parametrize("length", [4090, 5000, 16300, 60000])
def test_a_long_answer_that_comes_at_once_is_read_to_its_end(length, apart, running, make_tool, authority):
    """Nothing comes behind it that would wake whoever left a part of it in the TLS layer."""
    rows = targets(2, "requesty")
    there = list(rows)

    def answer(method, path, stream):
        if method == "DELETE":
            there[:] = [row for row in there if row.id != path.rsplit("/", 1)[1]]
            return whole(stream, 200, b"{}")
        body = json.dumps(requesty(path, there) or {}).encode()
        if not path.endswith("/apikey"):
            return whole(stream, 200, body)
        body += b" " * (length - len(body))
        pieces = [body[at : at + 16000] for at in range(0, len(body), 16000)]
        frames = [head(stream)] + [frame(DATA, 0, stream, piece) for piece in pieces]
        frames.append(frame(DATA, END_STREAM, stream))
        return frames if apart else b"".join(frames)

    server = running(Http2(answer, authority.issue("h2")))
    tool = make_tool(
        f"requesty=https://127.0.0.1:{server.port}",
        options=("--ca-file", authority.pem, "--timeout", "3"),
    )
    result = tool.run(tool.manifest(rows))
    assert result.code == 0, result
    assert tool.run_dir.totals == {"revoked": 2}


def test_what_a_server_refuses_is_sent_again_no_faster_than_allowed(running, make_tool, authority):
    """libcurl would send a refused stream again at once, five times."""
    rows = targets(20)

    def answer(method, path, stream):
        if method == "DELETE":
            return reset(stream, 7)
        return whole(stream, 200, openrouter(path, rows).data.split(b"\r\n\r\n", 1)[1])

    server = running(Http2(answer, authority.issue("h2")))
    tool = make_tool(
        f"openrouter=https://127.0.0.1:{server.port}/api/v1",
        options=("--ca-file", authority.pem, "--max-rate", "5", "--deadline", "5s", "--halt", "100%"),
    )
    result = tool.run(tool.manifest(rows))
    assert result.code in (1, 75), result
    at = [request[0] for request in server.deletions()]
    assert len(at) >= 8
    assert max(sum(t <= other < t + 1 for other in at) for t in at) <= 6
    assert "revoked" not in tool.run_dir.totals


class Endless(Wire):
    """Sends `piece` for ever behind what it is told to answer to a deletion."""

    piece = b"X: y\r\n" * 10000

    def _give(self, connection, answer):
        good = super()._give(connection, answer)
        while answer.wait < 0:
            connection.sendall(self.piece)
        return good


ENDLESS = {
    "trailers": (raw([b"200 OK", CHUNKED], CHUNK[:-2], wait=-1), b"X: y\r\n" * 10000),
    "a head": (raw([b"200 OK"], wait=-1)._replace(data=b"HTTP/1.1 200 OK\r\n", wait=-1), b"X: y\r\n" * 10000),
    "one line": (Reply(b"HTTP/1.1 200 OK\r\nX: ", wait=-1), b"y" * 60000),
    "interim heads": (Reply(b"", wait=-1), b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000),
    "chunks": (raw([b"200 OK", CHUNKED], wait=-1), b"1\r\nx\r\n" * 10000),
    "a body": (raw([b"200 OK", b"Content-Length: 99999999999"], wait=-1), b" " * 60000),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_an_answer_without_an_end(what, running, make_tool):
    answer, piece = ENDLESS[what]
    server = Endless(lambda r: answer if r.method == "DELETE" else openrouter(r.path))
    server.piece = piece
    running(server)
    tool = make_tool(server.origin, options=("--max-attempts", "1", "--timeout", "20"))
    began = time.monotonic()
    result = tool.run(tool.manifest(ONE))
    assert time.monotonic() - began < 15, "only the timeout ended it"
    assert tool.run_dir.totals == {"failed": 1}, result
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 400 << 10


@pytest.mark.parametrize("count, line", ids=["own", "equal"], argvalues=[(3000, b"X-%d: " + b"v" * 60), (15000, b"Retry-After: 1")])
def test_many_headers_cost_linear_time(count, line, served):
    lines = [line % i if b"%d" in line else line for i in range(count)]
    tool, _ = served(raw([b"200 OK", LENGTH, *lines], BODY))
    began = time.monotonic()
    result = tool.run(tool.manifest(ONE))
    assert time.monotonic() - began < 10
    assert tool.run_dir.totals == {"revoked": 1}, result.err


def test_answers_are_asked_for_without_coding_and_decoded_all_the_same(make_wire, make_tool):
    packed = gzip.compress(BODY)
    answer = raw([b"200 OK", b"Content-Encoding: gzip", b"Content-Length: %d" % len(packed)], packed)
    wire = make_wire(lambda r: answer if r.method == "DELETE" else openrouter(r.path))
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(ONE)).code == 0
    assert {request.headers["accept-encoding"] for request in wire.requests} == {"identity"}


def deflated(text, bits):
    c = zlib.compressobj(wbits=bits)
    return c.compress(text) + c.flush()


GZIP = gzip.compress(BODY)
CODED = {
    "gzip": ("gzip", GZIP, "revoked"),
    "gzip in two members": ("x-gzip", gzip.compress(BODY[:5]) + gzip.compress(BODY[5:]), "revoked"),
    "deflate": ("deflate", deflated(BODY, 15), "revoked"),
    "deflate, bare": ("Deflate", deflated(BODY, -15), "revoked"),
    "none": ("identity", BODY, "revoked"),
    "gzip without its end": ("gzip", GZIP[:-12], "failed"),
    "gzip without its checksum": ("gzip", GZIP[:-8], "failed"),
    "gzip with half of it": ("gzip", GZIP[:-3], "failed"),
    "gzip with a wrong one": ("gzip", GZIP[:-8] + b"\0" * 8, "failed"),
    "gzip and more": ("gzip", GZIP + BODY, "failed"),
    "gzip, and a second one cut": ("gzip", GZIP + gzip.compress(b" ")[:-8], "failed"),
    "deflate without its checksum": ("deflate", deflated(BODY, 15)[:-4], "failed"),
    "bare deflate without its end": ("deflate", deflated(BODY, -15)[:-2], "failed"),
    "no gzip": ("gzip", BODY, "failed"),
    "nothing": ("gzip", b"", "failed"),
    "a byte": ("deflate", b"x", "failed"),
    "twice": ("gzip, gzip", gzip.compress(GZIP), "failed"),
    "another": ("br", BODY, "failed"),
}


@pytest.mark.parametrize("how", CODED)
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_what_comes_coded_is_whole_to_the_end_of_its_coding(how, chunked, served):
    """To the library a stream that breaks off before its checksum is as good as a whole one."""
    coding, packed, outcome = CODED[how]
    framing = CHUNKED if chunked else b"Content-Length: %d" % len(packed)
    body = b"".join(b"1\r\n%c\r\n" % byte for byte in packed) + b"0\r\n\r\n" if chunked else packed
    tool, wire = served(raw([b"200 OK", b"Content-Encoding: " + coding.encode(), framing], body))
    result = tool.run(tool.manifest(ONE))
    assert tool.run_dir.totals == {outcome: 1}, result
    assert len(wire.deletions) == 1


def test_a_bomb_is_a_failed_answer(served):
    packed = gzip.compress(b" " * (1 << 30))
    lines = [b"200 OK", b"Content-Encoding: gzip", b"Content-Length: %d" % len(packed)]
    tool, wire = served(raw(lines, packed))
    began = time.monotonic()
    result = tool.run(tool.manifest(ONE))
    assert time.monotonic() - began < 10
    assert tool.run_dir.totals == {"failed": 1}, result
    assert len(wire.deletions) == 1


def test_a_flood_on_every_connection_disables_neither_timeouts_nor_signals(running, make_tool):
    """Once 80 deletions are under way, each connection dribbles one-byte chunks as fast as it can."""
    rows = targets(4000)
    enough, flooded = threading.Event(), []

    class Flood(Wire):
        under = 0

        def _give(self, connection, answer):
            if answer is not DELETED:
                return super()._give(connection, answer)
            with self._lock:
                self.under += 1
                if self.under >= 80:
                    enough.set()
            enough.wait(0.1)
            with self._lock:
                self.under -= 1
            if not enough.is_set():
                return super()._give(connection, answer)
            flooded.append(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(b"1\r\nx\r\n" * 20000)

    server = running(Flood(lambda r: DELETED if r.method == "DELETE" else openrouter(r.path, rows)))
    options = ("--concurrency", "150", "--timeout", "3", "--max-attempts", "1", "--halt", "100%")
    tool = make_tool(server.origin, options=("--progress", "never", *options))
    process = tool.start(tool.manifest(rows), "--max-rate", "0")
    assert enough.wait(40)
    end = time.monotonic() + 10
    while len(flooded) < 64 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(flooded) >= 64
    process.terminate()
    began = time.monotonic()
    result = finish(process, 20)
    assert result.code == 75, result
    assert time.monotonic() - began < 12
