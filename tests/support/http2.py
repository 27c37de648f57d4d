"""An HTTP/2 server by hand, for endings that no library gives. Reads just enough of HPACK (RFC 7541)
to know a request's method and path."""

import socket
import ssl
import struct
import threading
import time

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, PADDED, PRIORITY = 1, 4, 8, 32
STATUS = {200: b"\x88", 204: b"\x89", 404: b"\x8d", 500: b"\x8e"}  # of the static table

_HUFFMAN = {}  # (bits, code): character; the codes of what stands in our paths
for _bits, _first, _characters in (
    (5, 0x0, "012aceiost"),
    (6, 0x14, " %-./3456789=A_bdfghlmnpru"),
    (7, 0x5C, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
    (8, 0xF8, "&*,;XZ"),
):
    for _step, _character in enumerate(_characters):
        _HUFFMAN[_bits, _first + _step] = _character


def _decode(coded):
    text, bits, code = "", 0, 0
    for byte in coded:
        for shift in range(7, -1, -1):
            bits, code = bits + 1, code << 1 | byte >> shift & 1
            if (bits, code) in _HUFFMAN:
                text += _HUFFMAN[bits, code]
                bits = code = 0
    return text


class _Headers:
    """The header blocks of one connection."""

    STATIC = {2: (":method", "GET"), 3: (":method", "POST"), 4: (":path", "/")}

    def __init__(self):
        self.table = []

    def read(self, block):
        self.block, self.at, found = block, 0, {}
        while self.at < len(block):
            first = block[self.at]
            if first & 0x80:
                name, value = self._entry(self._number(7))
            elif first & 0xE0 == 0x20:
                self._number(5)  # a new size of the table
                continue
            else:
                keep = bool(first & 0x40)
                index = self._number(6 if keep else 4)
                name = self._entry(index)[0] if index else self._text()
                value = self._text()
                if keep:
                    self.table.insert(0, (name, value))
            found[name] = value
        return found

    def _entry(self, index):
        return self.table[index - 62] if index > 61 else self.STATIC.get(index, ("", ""))

    def _number(self, bits):
        most = (1 << bits) - 1
        value = self.block[self.at] & most
        self.at += 1
        shift = 0
        while value >= most or shift:
            byte = self.block[self.at]
            self.at += 1
            value += (byte & 127) << shift
            shift += 7
            if not byte & 128:
                break
        return value

    def _text(self):
        coded = self.block[self.at] & 0x80
        length = self._number(7)
        raw = self.block[self.at : self.at + length]
        self.at += length
        return _decode(raw) if coded else raw.decode("latin-1")


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def head(stream, status=200, flags=0):
    return frame(HEADERS, END_HEADERS | flags, stream, STATUS[status])


def whole(stream, status, body):
    return head(stream, status) + frame(DATA, END_STREAM, stream, body)


def fields(stream, status, flags=0, **more):
    """A head with other fields, `length` among them; without a status it is one of trailers."""
    block = b"\x08\x03%d" % status if status else b""
    for name, value in more.items():
        name = b"content-length" if name == "length" else name.encode()
        value = str(value).encode()
        block += bytes([0, len(name)]) + name + bytes([len(value)]) + value
    return frame(HEADERS, END_HEADERS | flags, stream, block)


def goodbye(last, code=0):
    return frame(GOAWAY, 0, 0, struct.pack(">II", last, code))


def reset(stream, code):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


class Http2:
    """`answer(method, path, stream)` gives frames for each request; a list of them is sent in
    parts, a tenth of a second apart; None, for all or a part, closes the connection. `seen` is
    [(time, method, path)]."""

    def __init__(self, answer, certificate):
        self._answer = answer
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*certificate)
        self._context.set_alpn_protocols(["h2"])
        self.seen = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def deletions(self):
        return [request for request in self.seen if request[1] == "DELETE"]

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with self._context.wrap_socket(connection, server_side=True) as tls:
                self._talk(tls, tls.makefile("rb"))
        except (OSError, EOFError):
            pass

    def _talk(self, tls, stream_in):
        def need(count):
            got = stream_in.read(count)
            if len(got) < count:
                raise EOFError
            return got

        headers = _Headers()
        need(24)
        tls.sendall(frame(SETTINGS, 0, 0))
        while True:
            start = need(9)
            kind, flags = start[3], start[4]
            stream = int.from_bytes(start[5:9], "big") & 0x7FFFFFFF
            payload = need(int.from_bytes(start[:3], "big"))
            if kind in (SETTINGS, PING) and not flags & 1:
                tls.sendall(frame(kind, 1, 0, payload if kind == PING else b""))
            if kind != HEADERS:
                continue
            front = bool(flags & PADDED) + 5 * bool(flags & PRIORITY)
            request = headers.read(payload[front:])
            method, path = request.get(":method", ""), request.get(":path", "")
            self.seen.append((time.monotonic(), method, path))
            parts = self._answer(method, path, stream)
            if parts is None:
                return
            for number, part in enumerate(parts if isinstance(parts, list) else [parts]):
                time.sleep(0.1 if number else 0)
                if part is None:
                    return
                tls.sendall(part)

    def stop(self):
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
