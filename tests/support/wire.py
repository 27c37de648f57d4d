"""A server that answers what a test tells it to, byte for byte, and keeps what it was sent."""

import json
import socket
import ssl
import struct
import threading
import time
from typing import NamedTuple


class Reply(NamedTuple):
    """`data` is sent as it is. Then the connection is closed, or reset, where that is asked for."""

    data: bytes
    close: bool = False
    reset: bool = False
    wait: float = 0.0
    later: bytes = b""  # sent `pause` seconds behind `data`
    pause: float = 0.0


class Request(NamedTuple):
    raw: bytes
    connection: int
    at: float  # time.monotonic()

    @property
    def line(self):
        return self.raw.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def method(self):
        return self.line.split(" ")[0]

    @property
    def path(self):
        return self.line.split(" ")[1]

    @property
    def headers(self):
        head = self.raw.split(b"\r\n\r\n", 1)[0].decode("latin-1")
        pairs = (line.split(": ", 1) for line in head.split("\r\n")[1:])
        return {name.lower(): value for name, value in pairs}


REASONS = {200: "OK", 204: "No Content", 404: "Not Found", 429: "Too Many Requests"}
DROP = Reply(b"", close=True)
RESET = Reply(b"", reset=True)


def reply(status=200, body=b"", kind="application/json", wait=0.0, close=False, **headers):
    """A well-formed answer; header names are given with _ for -."""
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    elif isinstance(body, str):
        body = body.encode()
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
    if status != 204:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines) + "\r\n\r\n"
    return Reply(head.encode() + body, close=close, wait=wait)


def error(status, message="no", **headers):
    """An answer in OpenRouter's error form."""
    return reply(status, {"error": {"code": status, "message": message}}, **headers)


DELETED = reply(200, {"deleted": True})
GONE = error(404, "API key not found")
MANAGEMENT_KEY = reply(200, {"data": {"label": "sk-or-v1-...", "is_management_key": True}})


def look(request):
    """OpenRouter's answer to a read, where whatever is asked for is there."""
    name = request.path.split("?")[0].rsplit("/", 1)[1]
    if name == "workspaces":
        return reply(200, {"data": [{"id": "ws-1", "slug": "default"}], "total_count": 1})
    if name in ("key", "keys", "byok"):
        return MANAGEMENT_KEY
    return reply(200, {"data": {"hash": name, "id": name}})


class Wire:
    """`answer(request)` gives a Reply for each request, in any thread. A list is a script: one
    reply per deletion in order, the last one for all that follow; the preflight's read is answered
    as a good one, and a look before finds what it looks for."""

    def __init__(self, answer, tls=None, port=0):
        self._answer = self._script(list(answer)) if isinstance(answer, list) else answer
        self._lock = threading.Lock()
        self.requests = []
        self.connections = 0
        self._open = set()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)
        threading.Thread(target=self._accept, daemon=True).start()

    def answer_with(self, script):
        """Another script from now on."""
        self._answer = self._script(list(script))

    @property
    def base(self):
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/api/v1"

    @property
    def origin(self):
        return f"openrouter={self.base}"

    @property
    def deletions(self):
        return [request for request in self.requests if request.method == "DELETE"]

    def _script(self, replies):
        def answer(request):
            if request.method == "GET":
                return look(request)
            with self._lock:
                return replies.pop(0) if len(replies) > 1 else replies[0]

        return answer

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, number):
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            buffered = b""
            while True:
                while b"\r\n\r\n" not in buffered:
                    more = connection.recv(65536)
                    if not more:
                        return
                    buffered += more
                head, buffered = buffered.split(b"\r\n\r\n", 1)
                length = Request(head + b"\r\n\r\n", 0, 0).headers.get("content-length", "0")
                while len(buffered) < int(length):
                    buffered += connection.recv(65536)
                body, buffered = buffered[: int(length)], buffered[int(length) :]
                request = Request(head + b"\r\n\r\n" + body, number, time.monotonic())
                with self._lock:
                    self.requests.append(request)
                if not self._give(connection, self._answer(request)):
                    return
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    @staticmethod
    def _give(connection, answer):
        """False: the connection is at its end."""
        if answer.wait > 0:
            time.sleep(answer.wait)
        if answer.data:
            connection.sendall(answer.data)
        if answer.later:
            time.sleep(answer.pause)
            connection.sendall(answer.later)
        if answer.reset:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        return not (answer.close or answer.reset)

    def refuse(self):
        """No new connection from now on; those that are open go on."""
        # accept() in another thread only wakes up by a shutdown
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()

    def stop(self):
        self.refuse()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
