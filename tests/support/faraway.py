#!/usr/bin/python3
"""A forwarder that makes a server far away: bytes take half a round trip each way, in order, and a
connection's first bytes one round trip more, as its set-up would (the kernel's own handshake cannot
be delayed from here). TLS set-up, keep-alive and closes then cost what they cost at that distance.

    faraway.py MILLISECONDS PORT     prints the port that leads to 127.0.0.1:PORT, and serves
"""

import asyncio
import subprocess
import sys
from pathlib import Path


async def carry(reader, writer, half, first):
    """What was read at t is written at t + half; the first of it `first` later."""
    loop, due, waiting = asyncio.get_running_loop(), first, asyncio.Queue()

    async def read():
        nonlocal due
        while True:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            due = max(due, loop.time() + half)
            waiting.put_nowait((due, data))
            if not data:
                return

    async def write():
        while True:
            at, data = await waiting.get()
            await asyncio.sleep(max(0, at - loop.time()))
            if not data:
                return
            writer.write(data)

    reading = asyncio.create_task(read())
    try:
        await write()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        pass
    reading.cancel()


async def main(trip, port):
    async def serve(reader, writer):
        first = asyncio.get_running_loop().time() + trip * 1.5
        try:
            near, far = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            carry(reader, far, trip / 2, first), carry(near, writer, trip / 2, 0)
        )
        writer.close()
        far.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Faraway:
    """The forwarder as a process of its own; `port` leads to the server's."""

    def __init__(self, port, trip):
        command = [sys.executable, Path(__file__), str(trip * 1000), str(port)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.port = int(self._process.stdout.readline())

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000, int(sys.argv[2])))
