"""An nginx of our own: one worker, a directory of its own, ports that the kernel picked."""

import os
import socket
import subprocess
import time
from pathlib import Path

TEMPLATE = """\
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    http2_max_concurrent_streams {streams};
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    {http}
    server {{
        listen 127.0.0.1:{plain};
        listen 127.0.0.1:{tls} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        {server}
    }}
}}
"""


def _listener():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    listener.set_inheritable(True)
    return listener


class Nginx:
    """`server` is what goes into the server block, `http` what goes before it. The listening
    sockets are handed over (nginx takes descriptors from $NGINX, as in its own upgrades), so that
    no other process can take a port in between."""

    def __init__(self, directory, certificate, key, server, http="", streams=128):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        listeners = _listener(), _listener()
        self.plain, self.tls = (listener.getsockname()[1] for listener in listeners)
        config = self.directory / "nginx.conf"
        config.write_text(
            TEMPLATE.format(
                directory=self.directory,
                plain=self.plain,
                tls=self.tls,
                certificate=certificate,
                key=key,
                server=server,
                http=http,
                streams=streams,
            )
        )
        descriptors = [listener.fileno() for listener in listeners]
        with open(self.directory / "stderr", "wb") as stderr:
            self._process = subprocess.Popen(
                ["nginx", "-e", "stderr", "-p", self.directory, "-c", config],
                env=os.environ
                | {
                    "NGINX": "".join(f"{fd};" for fd in descriptors),
                    "PATH": os.environ.get("PATH", "") + ":/usr/sbin",
                },
                pass_fds=descriptors,
                stderr=stderr,
                stdout=stderr,
            )
        for listener in listeners:
            listener.close()
        self._wait()

    def _wait(self):
        """Until it answers: connections queue on the sockets from the start, a request does not."""
        limit = time.monotonic() + 10
        while time.monotonic() < limit and self._process.poll() is None:
            with socket.create_connection(("127.0.0.1", self.plain), timeout=10) as probe:
                probe.sendall(b"GET /nginx-is-up HTTP/1.0\r\n\r\n")
                if probe.recv(16).startswith(b"HTTP/1."):
                    return
        self.stop()
        raise RuntimeError("nginx did not start: " + self.errors())

    def errors(self):
        return "".join(
            (self.directory / name).read_text(errors="replace")
            for name in ("stderr", "error.log")
            if (self.directory / name).exists()
        )

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
