"""The part of bench-rate that is far away: default options, servers 50 to 500 ms off.

Every answer of the sandbox is late by the round trip, 429s too; in one case a forwarder delays the
bytes instead, so that connections cost what they cost. Over HTTP/1.1, and over HTTP/2 with TLS from
an nginx in front. The best possible is what the limiter or the workers alone allow, or 512 in
flight, and one round trip.
"""

import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from faraway import Faraway  # noqa: E402
from limits import GRACE, Bucket  # noqa: E402
from nginx import Nginx  # noqa: E402
from paths import RESCIND  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from tool import CREDENTIALS  # noqa: E402

MOST_IN_FLIGHT = 512
BEARER = "Authorization: Bearer " + CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"]
PROXY = """
    location / { proxy_pass http://127.0.0.1:%d; proxy_http_version 1.1;
                 proxy_set_header Connection ""; access_log off; }
"""


class Workers(NamedTuple):
    number: int
    span: float
    burst = 0

    @property
    def rate(self):
        return self.number / self.span

    def cap(self, t):
        return t * self.rate

    @property
    def option(self):
        return f"{self.number}:{self.span * 1000:g}ms"

    def __str__(self):
        return f"{self.number} workers of {self.span * 1000:g} ms"


class Far(NamedTuple):
    limit: object  # None, Bucket, Workers
    hint: str
    trip: float
    count: int
    bar: float  # least eta of rescind
    tls: bool = False
    forwarded: bool = False
    quick: bool = False

    @property
    def name(self):
        limit = self.limit or "no limit"
        hint = {"none": "", "sec": ", Retry-After"}[self.hint]
        way = ", HTTP/2" if self.tls else ", forwarded" if self.forwarded else ""
        return f"{limit}{hint}, {self.trip * 1000:g} ms, {self.count}{way}"

    def best(self):
        """Seconds that nobody can beat."""
        trip = self.trip + (self.limit.span if isinstance(self.limit, Workers) else 0)
        alone = self.count * trip / MOST_IN_FLIGHT
        if self.limit:
            alone = max(alone, (self.count - self.limit.burst) / self.limit.rate)
        return alone + trip


def cases():
    quota, busy = Bucket(500, 50), Workers(16, 0.02)
    for tls in (False, True):
        for trip in (0.05, 0.2, 0.5):
            quick = trip == 0.2 and not tls
            yield Far(None, "none", trip, 20000 if trip < 0.1 else 10000, 0.6, tls, quick=quick)
            yield Far(quota, "none", trip, 5000, 0.76 if trip < 0.4 else 0.6, tls, quick=quick)
            yield Far(quota, "sec", trip, 5000, 0.70 if trip < 0.4 else 0.55, tls, quick=quick)
            yield Far(busy, "none", trip, 10000, 0.8 if trip < 0.4 else 0.7, tls, quick=quick)
    yield Far(None, "none", 0.2, 10000, 0.4, True, forwarded=True, quick=True)


class Server:
    def __init__(self, directory, case, manifest, certificate):
        self._stack = []
        options = ["--manifest", manifest, "--grace", f"{GRACE * 1000:g}ms"]
        if not case.forwarded:
            options += ["--delay", f"{case.trip * 1000:g}ms"]
        if isinstance(case.limit, Workers):
            options += ["--workers", f"openrouter={case.limit.option}"]
        elif case.limit:
            options += ["--limit", f"openrouter={case.limit.option}"]
            options += ["--hint", f"openrouter={case.hint}"]
        self._sandbox = Sandbox(directory / "sandbox", *options)
        self._stack.append(self._sandbox)
        port = self._sandbox.port
        if case.tls:
            nginx = Nginx(directory / "nginx", *certificate, PROXY % port)
            self._stack.append(nginx)
            port = nginx.tls
        if case.forwarded:
            faraway = Faraway(port, case.trip)
            self._stack.append(faraway)
            port = faraway.port
        self.base = f"http{'s' if case.tls else ''}://127.0.0.1:{port}/api/v1"

    def counts(self):
        return self._sandbox.counts()["providers"]["openrouter"]

    def stop(self):
        for one in reversed(self._stack):
            one.stop()


def rescind(work, base, authority):
    command = [RESCIND, "run", "--yes", "--progress", "never", "--base-url", f"openrouter={base}"]
    return command + ["--ca-file", authority, "--run-dir", work / "run", work / "keys.csv"]


def curl(most):
    def command(work, base, authority):
        config = work / "curl.config"
        ids = (work / "ids").read_text().split()
        config.write_text("".join(f'url = "{base}/keys/{id}"\n' for id in ids))
        line = ["curl", "-s", "-Z", "--parallel-max", most, "--retry", 100000, "-X", "DELETE"]
        return line + ["--cacert", authority, "-H", BEARER, "-K", config]

    return command


def aiohttp(work, base, authority):
    client = ROOT / "tests" / "bench" / "aiohttp_client.py"
    return ["/usr/bin/python3", client, f"{base}/keys/", work / "ids", 100, "--backoff"]


def parallel(work, base, authority):
    command = ["parallel", "--will-cite", "-j", 32, "--retries", 1000, "curl", "-s", "-f"]
    command += ["-o", "/dev/null", "-X", "DELETE", "-H", f"'{BEARER}'", f"{base}/keys/{{}}"]
    return command + ["::::", work / "ids"]


CONTENDERS = {
    "rescind": rescind,
    "curl -Z 50": curl(50),
    "curl -Z 300": curl(300),
    "aiohttp 100": aiohttp,
    "parallel 32": parallel,
}
PLAIN_ONLY = {"aiohttp 100", "parallel 32"}  # no HTTP/2


class Figure(NamedTuple):
    seconds: float
    eta: float
    w: float
    v: int
    queue: float  # how many waited for a worker, in the mean
    overloaded: int
    rate: float
    done: int


def play(bench, case, contender, run, patience):
    """`run(command, work, most_s)` gives seconds; `bench` has directories and a certificate."""
    work = bench.new_directory()
    bench.write_targets(work, case.count)
    server = Server(work, case, work / "keys.csv", bench.certificate)
    try:
        command = CONTENDERS[contender](work, server.base, bench.authority)
        least = case.best()
        seconds = run(command, work, patience * least)
        seen = server.counts()
    finally:
        server.stop()
    done = seen["effective"]
    if contender == "rescind" and seconds < patience * least and done != case.count:
        raise SystemExit(f"bench-rate: {case.name}:\n" + (work / "out").read_text()[-2000:])
    return Figure(
        seconds,
        least / seconds * done / case.count,
        seen["limited"] / max(1, done),
        seen["in_hold"],
        seen["queued_us"] / 1e6 / seconds,
        seen["overloaded"],
        done / seconds,
        done,
    )


def print_table(results):
    width = max(len(case.name) for case, _ in results)
    print(f"\n  {'far away':{width}}               eta       w      v   queue   503     rate  done")
    for case in dict.fromkeys(case for case, _ in results):
        for contender in CONTENDERS:
            f = results.get((case, contender))
            if f:
                name = case.name if contender == "rescind" else ""
                print(
                    f"  {name:{width}}  {contender:11}  {f.eta:6.3f}  {f.w:6.3f}  {f.v:5d}"
                    f"  {f.queue:6.1f}  {f.overloaded:4d}  {f.rate:5.0f}/s  {f.done}"
                )


def judge(results):
    """Prints what is missed; how many."""
    missed = []
    for (case, contender), f in results.items():
        if contender != "rescind":
            continue
        if f.eta < case.bar:
            missed.append(f"{case.name}: eta {f.eta:.3f}, at least {case.bar:.2f}")
        if f.w > 0.10 or f.v:
            missed.append(f"{case.name}: w {f.w:.3f}, v {f.v}")
        if isinstance(case.limit, Workers) and f.queue > max(12, 2 * case.limit.number):
            missed.append(f"{case.name}: a queue of {f.queue:.1f}")
        rival = results.get((case, "curl -Z 300"))
        if rival and not case.limit and f.rate < 0.8 * rival.rate:
            missed.append(f"{case.name}: {f.rate:.0f}/s beside curl's {rival.rate:.0f}/s")
    for line in missed:
        print(f"  MISSED {line}")
    if not missed:
        print("  all bars far away: met")
    return len(missed)
