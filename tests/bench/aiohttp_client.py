#!/usr/bin/python3
"""The usual Python way: one DELETE per id with aiohttp, IN_FLIGHT tasks over one session.

    aiohttp_client.py URL_PREFIX IDS IN_FLIGHT
"""

import asyncio
import sys

import aiohttp


async def worker(session, prefix, ids, done):
    for line in ids:
        async with session.delete(prefix + line.strip()) as answer:
            await answer.read()
            done[0] += answer.status == 200


async def main(prefix, path, in_flight):
    done = [0]
    headers = {"Authorization": "Bearer sk-or-v1-bench", "Accept": "application/json"}
    connector = aiohttp.TCPConnector(limit=in_flight)
    with open(path, encoding="ascii") as ids:
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
            await asyncio.gather(*(worker(session, prefix, ids, done) for _ in range(in_flight)))
    print(done[0])


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
