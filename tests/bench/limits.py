"""The rate limiters that bench-rate measures against: what each can give, and how it is set up.

A limit knows `cap(t)`, the most requests that anybody could get admitted in t seconds. The best
possible makespan for N targets is the time at which cap reaches N, plus half a round trip; or what
32 in flight can do, where that is slower.
"""

import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from nginx import Nginx  # noqa: E402
from sandbox import Sandbox  # noqa: E402

DELAY = 0.03  # of the server, before every answer
IN_FLIGHT = 32
SECONDS = 25  # the best possible client is busy that long
GRACE = 0.02  # a hold counts as known that long after its 429 was sent


class Bucket(NamedTuple):
    rate: float
    burst: float

    def cap(self, t):
        return self.burst + t * self.rate

    def size(self):
        return int(self.cap(SECONDS))

    @property
    def option(self):
        return f"bucket:{self.rate:g}/s:burst={self.burst:g}"

    def __str__(self):
        return f"bucket {self.rate:g}/s burst {self.burst:g}"


class Window(NamedTuple):
    quota: int
    width: float
    phase: float = 0.3

    def cap(self, t):
        return self.quota * (int(t / self.width + self.phase) + 1)

    def size(self):
        return self.cap(SECONDS - self.width)

    @property
    def option(self):
        return f"window:{self.quota}/{self.width:g}s:phase={self.phase:g}"

    def __str__(self):
        return f"window {self.quota} per {self.width:g} s"


class Box(NamedTuple):
    quota: int
    width: float
    out: float

    def cap(self, t):
        return self.quota / self.width * t + self.quota

    def size(self):
        return int(self.cap(SECONDS))

    @property
    def option(self):
        return f"box:{self.quota}/{self.width:g}s:out={self.out:g}s"

    def __str__(self):
        return f"box {self.quota} per {self.width:g} s, out {self.out:g} s"


class LimitReq(Bucket):
    """nginx's limit_req, which holds `burst - 1` beyond the first."""

    def __str__(self):
        return f"nginx limit_req {self.rate:g}/s burst {self.burst - 1:g}"


def best(limit, count):
    """Seconds that nobody can beat for so many targets."""
    low, high = 0.0, 1e6
    for _ in range(60):
        middle = (low + high) / 2
        if limit.cap(middle) >= count:
            high = middle
        else:
            low = middle
    return max(high + DELAY / 2, count * DELAY / IN_FLIGHT)


class Counts(NamedTuple):
    done: int
    refused: int  # 429s
    in_hold: int  # requests that arrived inside a hold that the client knew of
    first: float  # seconds: when the first request of all came, any clock
    last: float  # and the last that had an effect


class SandboxServer:
    """The sandbox with a limit, every answer DELAY late, 429s too."""

    def __init__(self, directory, limit, hint, manifest):
        options = ["--manifest", manifest, "--limit", f"openrouter={limit.option}"]
        options += ["--hint", f"openrouter={hint}", "--delay", f"{DELAY * 1000:g}ms"]
        self._sandbox = Sandbox(directory, *options, "--grace", f"{GRACE * 1000:g}ms")
        self.base = self._sandbox.address + "/api/v1"

    def counts(self):
        seen = self._sandbox.counts()["providers"]["openrouter"]
        times = seen["first_us"] / 1e6, seen["last_effect_us"] / 1e6
        return Counts(seen["effective"], seen["limited"], seen["in_hold"], *times)

    def stop(self):
        self._sandbox.stop()


NGINX_HTTP = """
    limit_req_zone $server_addr zone=keys:1m rate={rate:g}r/s;
    log_format rate '$msec $request_time $status $sent_http_retry_after';
    upstream sandbox {{ server 127.0.0.1:{port}; keepalive 64; }}
"""
NGINX_SERVER = """
    location = /api/v1/key {{ proxy_pass http://sandbox; {proxy} }}
    location /api/v1/keys/ {{
        limit_req zone=keys burst={burst:g} nodelay;
        limit_req_status 429;
        error_page 429 @limited;
        access_log {log} rate;
        proxy_pass http://sandbox; {proxy}
    }}
    location @limited {{
        {header}
        access_log {log} rate;
        return 429 '{{"error":{{"code":429,"message":"Rate limit exceeded"}}}}';
    }}
"""


class NginxServer:
    """nginx's limiter, in front of a sandbox that has none and answers DELAY late. What came in is
    read from nginx's own log: it has the time at the end of each request, and how long it took."""

    def __init__(self, directory, limit, hint, manifest, certificate, key):
        self._sandbox = Sandbox(
            directory / "sandbox", "--manifest", manifest, "--delay", f"{DELAY * 1000:g}ms"
        )
        self._log = directory / "access.log"
        fill = {
            "rate": limit.rate,
            "burst": limit.burst - 1,
            "port": self._sandbox.port,
            "log": self._log,
            "header": "add_header Retry-After 1 always;" if hint == "sec" else "",
            "proxy": 'proxy_http_version 1.1; proxy_set_header Connection "";',
        }
        self._nginx = Nginx(
            directory / "nginx",
            certificate,
            key,
            NGINX_SERVER.format(**fill),
            http=NGINX_HTTP.format(**fill),
        )
        self.base = f"http://127.0.0.1:{self._nginx.plain}/api/v1"

    def counts(self):
        lines = [line.split() for line in self._log.read_text().splitlines()]
        ends = [(float(end), float(took), status, told) for end, took, status, told in lines]
        holds = [(end + GRACE, end + float(told)) for end, _, _, told in ends if told != "-"]
        in_hold, until, next_hold = 0, [], 0
        # The log's milliseconds are cut off, so a request at the very end of a hold may seem inside.
        for begin in sorted(end - took for end, took, _, _ in ends):
            while next_hold < len(holds) and holds[next_hold][0] <= begin:
                until.append(holds[next_hold][1])
                next_hold += 1
            in_hold += bool(until) and begin < max(until[-64:]) - 0.002
        done = [end for end, _, status, _ in ends if status == "200"]
        refused = sum(status == "429" for _, _, status, _ in ends)
        first = min((end - took for end, took, _, _ in ends), default=0.0)
        return Counts(len(done), refused, in_hold, first, max(done, default=0.0))

    def stop(self):
        self._nginx.stop()
        self._sandbox.stop()


def serve(directory, limit, hint, manifest, certificate):
    if isinstance(limit, LimitReq):
        return NginxServer(directory, limit, hint, manifest, *certificate)
    return SandboxServer(directory, limit, hint, manifest)

