#!/usr/bin/python3
"""The usual Python way: one DELETE per id with aiohttp, IN_FLIGHT tasks over one session.

    aiohttp_client.py URL_PREFIX IDS IN_FLIGHT [--backoff]

With --backoff a 429 is tried again until it is none, after Retry-After where it is given, else
after U(0, min(20 s, 2^attempt)): exponential backoff with full jitter, as client libraries do it.
"""

import asyncio
import os
import random
import sys

import aiohttp

BACKOFF_MOST = 20.0


def wait_of(answer, attempt):
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return random.uniform(0, min(BACKOFF_MOST, 2.0 ** min(attempt, 10)))


async def delete(session, url, backoff):
    attempt = 0
    while True:
        async with session.delete(url) as answer:
            await answer.read()
            if answer.status != 429 or not backoff:
                return answer.status == 200
        await asyncio.sleep(wait_of(answer, attempt))
        attempt += 1


async def worker(session, prefix, ids, done, backoff):
    for line in ids:
        good = await delete(session, prefix + line.strip(), backoff)
        done[0] += good  # read after the await, or other workers' counts are lost


async def main(prefix, path, in_flight, backoff):
    done = [0]
    credential = os.environ["OPENROUTER_MANAGEMENT_KEY"]
    headers = {"Authorization": f"Bearer {credential}", "Accept": "application/json"}
    connector = aiohttp.TCPConnector(limit=in_flight)
    with open(path, encoding="ascii") as ids:
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
            tasks = (worker(session, prefix, ids, done, backoff) for _ in range(in_flight))
            await asyncio.gather(*tasks)
    print(done[0])


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), "--backoff" in sys.argv[4:]))
