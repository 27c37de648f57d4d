"""Connections: certificates, proxies, HTTP/2, loopback, and what is not followed."""

import socket
import threading
import time
from pathlib import Path

import pytest
from audit import audit
from certificates import Authority
from inject import preload
from targets import mixed, targets
from wire import DELETED, MANAGEMENT_KEY, Reply, look, reply

ROWS = targets(40)


def https(wire_or_port):
    port = getattr(wire_or_port, "port", wire_or_port)
    return f"openrouter=https://127.0.0.1:{port}/api/v1"


def test_certificate_that_verifies(make_wire, make_tool, authority):
    wire = make_wire([DELETED], tls=authority.issue("good"))
    tool = make_tool(https(wire), options=("--ca-file", authority.pem))
    result = tool.run(tool.manifest(ROWS))
    assert result.code == 0, result.err


def stranger(authority, directory):
    return Authority(directory / "stranger", "another CA").issue("stranger")


def other_name(authority, directory):
    return authority.issue("other", alternatives="DNS:keys.example.test")


def run_out(authority, directory):
    return authority.issue("old", days=-1)


@pytest.mark.parametrize("certificate", [stranger, other_name, run_out])
def test_certificate_that_does_not_verify(certificate, make_wire, make_tool, authority, tmp_path):
    """Ends at once: no retries, nothing sent."""
    wire = make_wire([DELETED], tls=certificate(authority, tmp_path))
    tool = make_tool(https(wire), options=("--ca-file", authority.pem))
    result = tool.run(tool.manifest(ROWS), timeout=20)
    assert result.code == 75, result
    assert "certificate" in result.err.lower()
    assert wire.requests == []
    assert wire.connections == 1


def test_system_authorities_do_not_trust_ours(make_wire, make_tool, authority):
    wire = make_wire([DELETED], tls=authority.issue("good2"))
    tool = make_tool(https(wire))
    assert tool.run(tool.manifest(ROWS), timeout=20).code == 75
    assert wire.requests == []


def test_there_is_no_way_to_turn_verification_off(make_tool):
    tool = make_tool()
    for option in ("-k", "--insecure", "--no-verify"):
        assert tool.run(tool.manifest(ROWS), option).code == 64
    assert "insecure" not in tool.call("run", "--help").out


@pytest.mark.parametrize("url", [
    "http://keys.example.test/api/v1",
    "http://10.0.0.1/api/v1",
    "http://127.0.0.1.example.test/api/v1",
    "http://[2001:db8::1]/api/v1",
    "ftp://127.0.0.1/api/v1",
    "http://user:pw@127.0.0.1/api/v1",
    "https://keys.example.test/api/v1?x=1",
])
def test_origins_that_are_refused(url, make_tool):
    tool = make_tool(f"openrouter={url}")
    assert tool.run(tool.manifest(ROWS)).code == 64


def test_plain_http_to_loopback_by_name(make_sandbox, make_tool):
    tool = make_tool(f"openrouter=http://localhost:{make_sandbox('--any').port}/api/v1")
    result = tool.run(tool.manifest(targets(3)))
    assert result.code == 0, result.err


@pytest.mark.parametrize("host", ["keys.example.test", "127.example.test", "localhost.example.test"])
def test_https_goes_through_the_proxy(host, make_wire, make_tool, make_proxy, authority):
    """By name, in a tunnel, without the credential in what the proxy sees."""
    wire = make_wire([DELETED], tls=authority.issue("named", f"DNS:{host}"))
    proxy = make_proxy(wire.port)
    tool = make_tool(f"openrouter=https://{host}/api/v1",
                     options=("--ca-file", authority.pem))
    tool.env["HTTPS_PROXY"] = proxy.url
    result = tool.run(tool.manifest(ROWS))
    assert result.code == 0, result.err
    assert len(wire.deletions) == len(ROWS)
    assert proxy.asked
    for head in proxy.asked:
        assert head.startswith(f"CONNECT {host}:443 HTTP/1.1\r\n")
        assert "uthorization" not in head and "5ec7e7" not in head


def test_no_proxy_is_honoured(make_tool, make_proxy, make_wire):
    proxy = make_proxy(make_wire([DELETED]).port)
    tool = make_tool("openrouter=https://keys.example.test/api/v1")
    tool.env |= {"HTTPS_PROXY": proxy.url, "NO_PROXY": "example.test"}
    result = tool.run(tool.manifest(ROWS), "--deadline", "2s", timeout=30)
    assert result.code == 75  # the name leads nowhere
    assert proxy.asked == []


@pytest.mark.parametrize("tls", [False, True])
def test_loopback_never_goes_through_a_proxy(tls, make_wire, make_tool, make_proxy, authority):
    wire = make_wire([DELETED], tls=authority.issue("near") if tls else None)
    proxy = make_proxy(wire.port)
    tool = make_tool(https(wire) if tls else wire.origin, options=("--ca-file", authority.pem))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        tool.env[name] = proxy.url
    assert tool.run(tool.manifest(ROWS)).code == 0
    assert proxy.asked == []


def in_front_of(sandbox):
    return f"""
        location / {{
            proxy_pass http://127.0.0.1:{sandbox.port};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
        location = /nginx-is-up {{ return 204; }}
    """


def test_http2_over_tls(make_sandbox, make_nginx, make_tool, authority):
    """A real server in front of the sandbox; faults behind it become its 502s."""
    rows = mixed(2000)
    sandbox = make_sandbox(rows, "--absent", "5%", "--fault", "500:3%", "--fault", "drop:2%")
    nginx = make_nginx("access_log access.log seen;" + in_front_of(sandbox),
                       http='log_format seen "$server_protocol $status";', streams=10)
    base = f"https://127.0.0.1:{nginx.tls}"
    tool = make_tool(f"openrouter={base}/api/v1", f"requesty={base}", f"baseten={base}",
                     options=("--ca-file", authority.pem, "--max-rate", "0"))
    result = tool.run(tool.manifest(rows))
    assert result.code == 0, result.err
    audit(tool.run_dir, sandbox.truth(), rows)
    seen = (nginx.directory / "access.log").read_text().splitlines()
    seen = [line for line in seen if line != "HTTP/1.0 204"]
    assert len(seen) >= len(rows)
    assert {line.split(" ")[0] for line in seen} == {"HTTP/2.0"}


def test_http2_connections_that_are_told_to_go_away(make_sandbox, make_nginx, make_tool, authority):
    """nginx ends a connection by GOAWAY after so many requests, with others in flight."""
    rows = targets(600)
    sandbox = make_sandbox(rows)
    server = "keepalive_requests 25;" + in_front_of(sandbox)
    nginx = make_nginx(server, streams=10)
    tool = make_tool(https(nginx.tls), options=("--ca-file", authority.pem, "--max-rate", "0"))
    result = tool.run(tool.manifest(rows))
    assert result.code == 0, result.err
    audit(tool.run_dir, sandbox.truth(), rows)


def test_a_limiter_that_we_did_not_write(make_nginx, make_tool, authority):
    """nginx's limit_req: a bare 429 with an HTML page and no hint."""
    server = """
        location = /api/v1/key { return 200 '{"data":{"is_management_key":true}}'; }
        location /api/v1/keys/ {
            limit_req zone=keys burst=5 nodelay;
            limit_req_status 429;
            try_files /nowhere @deleted;
        }
        location @deleted { return 200 '{"deleted":true}'; }
    """
    nginx = make_nginx(server, http="limit_req_zone $server_addr zone=keys:1m rate=100r/s;")
    tool = make_tool(f"openrouter=http://127.0.0.1:{nginx.plain}/api/v1")
    result = tool.run(tool.manifest(targets(300)))
    assert result.code == 0, result.err
    assert tool.run_dir.totals == {"revoked": 300}
    assert 0 < tool.run_dir.report["requests"]["http_429"] < 60


@pytest.mark.parametrize("fault", [
    "stray:25%", "cut:25%", "cut:25%:effect=no", "drop-before:25%", "drop-after:25%",
    "reset-before:25%", "reset-after:25%", "deleted-false:25%:effect=no", "empty:25%:effect=no",
    "html:25%:effect=no", "html404:25%:effect=no", "redirect:25%", "stall:5%:for=2s",
])
def test_odd_answers_are_never_taken_for_another_target(fault, make_sandbox, make_tool):
    """A quarter of the answers is odd; no target is called revoked that still exists."""
    rows = targets(400)
    sandbox = make_sandbox(rows, "--fault", fault)
    tool = make_tool(*sandbox.origins, options=("--max-rate", "0", "--halt", "100%"))
    result = tool.run(tool.manifest(rows), "--max-attempts", "3", "--timeout", "1")
    assert result.code in (0, 1), result.err
    audit(tool.run_dir, sandbox.truth(), rows)


def test_http2_uses_few_connections(make_sandbox, make_nginx, make_tool, authority):
    sandbox = make_sandbox("--any")
    nginx = make_nginx("access_log access.log seen;" + in_front_of(sandbox),
                       http='log_format seen "$connection";')
    tool = make_tool(https(nginx.tls), options=("--ca-file", authority.pem))
    assert tool.run(tool.manifest(targets(500))).code == 0
    connections = set((nginx.directory / "access.log").read_text().split())
    assert len(connections) <= 6


def test_http1_connections_are_kept(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(300)), "--concurrency", "8").code == 0
    assert wire.connections <= 8


def test_a_redirect_is_not_followed(make_wire, make_tool):
    trap = make_wire([DELETED])
    wire = make_wire([reply(307, "", Location=f"{trap.base}/keys/x")])
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(2))).code == 1
    assert trap.connections == 0
    assert tool.run_dir.totals == {"failed": 2}


def test_a_redirected_preflight_is_not_followed(make_wire, make_tool):
    trap = make_wire(lambda _: MANAGEMENT_KEY)
    wire = make_wire(lambda _: reply(302, "", Location=f"{trap.base}/key"))
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(2)), "--deadline", "5s")
    assert result.code in (75, 77), result
    assert trap.connections == 0
    assert wire.deletions == []


def test_nobody_listens(make_tool, make_wire):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    wire.stop()
    result = tool.run(tool.manifest(targets(2)), "--deadline", "2s")
    assert result.code == 75
    assert tool.run_dir.totals == {"not_attempted": 2}


def test_a_name_that_does_not_resolve(make_tool):
    tool = make_tool("openrouter=https://keys.example.invalid/api/v1")
    result = tool.run(tool.manifest(targets(2)), "--deadline", "2s", timeout=30)
    assert result.code == 75


HEAD_CUT = {
    "in a header": b"HTTP/1.1 200 OK\r\nCache-Con",
    "after a header": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
    "after the status": b"HTTP/1.1 204 No Content\r\n",
    "of the last answer": b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nServer: x\r\n",
    "of a 404": b"HTTP/1.1 404 Not Found\r\nServer: x\r\n",
}


@pytest.mark.parametrize("head", HEAD_CUT.values(), ids=HEAD_CUT)
def test_answer_cut_within_its_head(head, make_wire, make_tool):
    """No answer, whatever its status: least of all where an empty body confirms."""
    target = targets(1, "requesty")
    own = reply(200, {"id": targets(1, "requesty", seed=2)[0].id})
    gone = reply(404, {"error": {"origin": "router", "message": "no such key"}})
    script = [Reply(head, close=True), gone]
    wire = make_wire(lambda r: own if r.method == "GET" else script.pop(0))
    tool = make_tool(f"requesty=http://127.0.0.1:{wire.port}")
    result = tool.run(tool.manifest(target), "--expect-absent")
    assert result.code == 0, result.err
    assert tool.run_dir.outcomes == {target[0]: "absent_after_retry"}
    assert tool.run_dir.report["requests"]["network_errors"] == 1


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_many_at_once_where_each_connection_is_closed(tls, make_wire, make_tool, authority):
    """No transfer waits for another one's answer, whether or not connections are kept."""
    lock, now = threading.Lock(), [0, 0]

    def answer(request):
        if request.method == "GET":
            return look(request)._replace(close=True)
        with lock:
            now[0] += 1
            now[1] = max(now)
        time.sleep(0.5)
        with lock:
            now[0] -= 1
        return reply(200, {"deleted": True}, close=True, connection="close")

    wire = make_wire(answer, tls=authority.issue("closing") if tls else None)
    origin = https(wire) if tls else wire.origin
    tool = make_tool(origin, options=("--ca-file", authority.pem, "--max-rate", "0"))
    result = tool.run(tool.manifest(ROWS))
    assert result.code == 0, result.err
    assert result.err == ""
    assert now[1] >= 8


class Stuttering:
    """Says every answer twice, 5 ms apart, and does nothing for whoever comes on that connection
    afterwards."""

    def __init__(self):
        self.deleted = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"openrouter=http://127.0.0.1:{self._listener.getsockname()[1]}/api/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            method, path, _ = connection.recv(65536).decode().split(" ", 2)
            if method == "DELETE":
                self.deleted.add(path.rsplit("/", 1)[1])
            answer = MANAGEMENT_KEY if method == "GET" else DELETED
            connection.sendall(answer.data)
            time.sleep(0.005)
            try:
                connection.sendall(answer.data)
                while connection.recv(65536):
                    pass
            except OSError:
                pass

    def stop(self):
        self._listener.close()


def test_an_answer_that_nobody_asked_for(running, make_tool):
    """It is not the answer to the next request on its connection."""
    server = running(Stuttering())
    tool = make_tool(server.origin)
    rows = targets(20)
    result = tool.run(tool.manifest(rows), "--max-rate", "20", "--concurrency", "1")
    assert result.code == 0, result
    assert server.deleted == {row.id for row in rows}
    assert tool.run_dir.totals == {"revoked": 20}


@pytest.fixture
def black_hole():
    """make(family, address, port): there no connection is ever accepted."""
    held = []

    def make(family, address, port):
        listener = socket.socket(family)
        held.append(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except OSError as why:
            pytest.skip(f"{address}: {why}")
        listener.listen(0)
        for _ in range(3):  # its backlog is full then
            client = socket.socket(family)
            held.append(client)
            client.setblocking(False)
            client.connect_ex((address, port))

    yield make
    for each in held:
        each.close()


@pytest.mark.parametrize("family, address", [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")])
def test_a_host_whose_first_address_is_dead(
    family, address, make_wire, make_tool, authority, black_hole, tmp_path
):
    """The next one is tried; the socket of the attempt that lost, whose number comes again, is
    forgotten."""
    rows = targets(8)
    wire = make_wire(
        [reply(200, {"deleted": True}, close=True)], tls=authority.issue("two", "DNS:two.test")
    )
    black_hole(family, address, wire.port)
    tool = make_tool(
        f"openrouter=https://two.test:{wire.port}/api/v1", options=("--ca-file", authority.pem)
    )
    source = Path(__file__).parent.parent / "support" / "addresses.c"
    tool.env |= {"LD_PRELOAD": preload(tmp_path, source)[0], "ADDRESSES": f"{address} 127.0.0.1"}
    result = tool.run(tool.manifest(rows), "--connect-timeout", "2", "--max-rate", "0", timeout=60)
    assert result.code == 0, result
    assert tool.run_dir.totals == {"revoked": 8}
    assert len(wire.deletions) == 8
    assert not tool.run_dir.report["requests"]["network_errors"], result.err
