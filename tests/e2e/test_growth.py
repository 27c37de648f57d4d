"""In flight follows from distance and rate: connections are opened as growth asks, and a peer that
wants no more of them ends it."""

import socket
import struct
import threading

from targets import targets
from wire import DELETED, Wire

FAR = DELETED._replace(wait=0.15)


class Crowded(Wire):
    """Resets connections beyond the first `most` that are open at once."""

    def __init__(self, most):
        self._gate = threading.Lock()
        self._most, self._live = most, 0
        self.turned_away = 0
        super().__init__(lambda _: FAR)

    def _serve(self, connection, number):
        with self._gate:
            welcome = self._live < self._most
            self._live += welcome
            self.turned_away += not welcome
        if not welcome:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            return
        try:
            super()._serve(connection, number)
        finally:
            with self._gate:
                self._live -= 1


def test_a_far_server_gets_more_in_flight(make_wire, make_tool):
    """150 ms away, 32 in flight would be 213 a second."""
    wire = make_wire(lambda _: FAR)
    tool = make_tool(wire.origin)
    rows = targets(6000)
    result = tool.run(tool.manifest(rows), "--no-preflight")
    assert result.code == 0, result
    times = sorted(request.at for request in wire.deletions)
    best = max(
        sum(1 for at in times if begin <= at < begin + 1.0) for begin in times[:: len(times) // 50]
    )
    assert best > 300, "more than 32 in flight can do"
    assert wire.connections <= 512


def test_refused_connections_end_the_growth(running, make_tool):
    wire = running(Crowded(20))
    tool = make_tool(wire.origin)
    rows = targets(3000)
    result = tool.run(tool.manifest(rows), "--no-preflight", "--halt", "100%")
    assert result.code == 0, result
    assert tool.run_dir.totals["revoked"] == len(rows)
    # each doubling waits for those before it to be let in, and each refusal ends it
    assert wire.turned_away < len(rows) / 20
