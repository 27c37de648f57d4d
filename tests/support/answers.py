"""A server that answers as a provider's own documents, or recordings of it, have it: a handler gets
(method, target, headers, body) and returns (status, headers, text)."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers:
    def __init__(self, answer):
        self.asked = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                outer.asked.append((self.command, self.path))
                status, headers, text = answer(self.command, self.path, self.headers, body)
                sent = text.encode()
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = handle_any

        outer = self
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def sent(self, method):
        """The targets of requests with this method."""
        return [target for asked, target in self.asked if asked == method]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
