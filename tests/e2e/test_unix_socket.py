"""A provider that listens on a socket which is a file: an agent, a daemon of this machine."""

import socket
import threading

import pytest
from targets import targets

OPENROUTER = "/api/v1"


class Forwarder:
    """Passes each connection to a socket in a directory on to a port of loopback."""

    def __init__(self, path, port):
        self.port = port
        self.connections = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(5)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.port))
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass(one, other):
        while data := one.recv(65536):
            other.sendall(data)
        try:
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.fixture
def place(make_sandbox, make_tool, running, tmp_path):
    rows = targets(60)
    box = make_sandbox(rows)
    path = tmp_path / "agent.sock"
    forwarder = running(Forwarder(path, box.port))
    tool = make_tool(f"openrouter=unix:{path}:{OPENROUTER}")
    return box, tool, tool.manifest(rows), forwarder


def test_a_run_and_its_look(place):
    box, tool, manifest, forwarder = place
    result = tool.run(manifest, "--verify", "--verify-delay", "0")
    assert result.code == 0, result.err
    assert tool.run_dir.totals["revoked"] == 60 and not result.err
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 60
    assert forwarder.connections >= 120  # one for each request


def test_another_socket_is_another_place(place, tmp_path):
    _, tool, manifest, _ = place
    assert tool.run(manifest, "--max", "100").code == 0
    for other in (f"unix:{tmp_path}/other.sock:{OPENROUTER}", f"unix:{tmp_path}/agent.sock:/api/v2"):
        tool.origins = [f"openrouter={other}"]
        result = tool.run(manifest)
        assert result.code == 2 and " at unix:" in result.err, result.err


def test_nobody_listens(place, tmp_path):
    _, tool, manifest, _ = place
    tool.origins = [f"openrouter=unix:{tmp_path}/nobody.sock:{OPENROUTER}"]
    result = tool.run(manifest, "--deadline", "1s")
    assert result.code == 75 and "no connection to its socket: No such file" in result.err, result.err
