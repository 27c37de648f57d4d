"""What a status means is the same for whatever asks: a run, its preflight, a list, a verification and
a rotation. (What a deletion makes of each line of the table stands in wire/*.case.)"""

import time

import pytest
from openrouter import OpenRouter
from targets import targets
from wire import error, reply

SHORT = {"Retry_After": "1"}
# status, headers, whether it asks to wait
PASSING = [
    (429, SHORT, True),
    (425, SHORT, True),
    (403, SHORT, True),
    (400, SHORT, True),
    (503, SHORT, True),
    (529, SHORT, True),
    (500, SHORT, True),
    (429, {"Retry_After": "1s"}, True),
    (409, {}, False),
    (423, {}, False),
    (408, {}, False),
    (500, {}, False),
]
NAMES = [f"{status}{'-held' if held else ''}-{i}" for i, (status, _, held) in enumerate(PASSING)]
HALTING = [
    (error(401, "no"), 77, "401, the credential is refused: no"),
    (error(403, "no"), 77, "403, the credential is refused: no"),
    (reply(403, b"<html>no</html>", kind="text/html"), 75, "a page came (HTML)"),
    (error(429, "slow", Retry_After="3600"), 75, "asked to wait 1h 00m"),
    (error(503, "slow", Retry_After="3600"), 75, "asked to wait 1h 00m"),
    (error(403, "slow", Retry_After="3600"), 75, "asked to wait 1h 00m"),
]
HALTS = ["401", "403", "403-page", "429-long", "503-long", "403-long"]
FIRSTS = {
    "preflight": ("GET", "/key"),
    "list": ("GET", "/keys?"),
    "verify": ("GET", "/keys/"),
    "rotate": ("GET", "/keys/"),
}


class Once:
    """The right answers, but the first to such a request is another one."""

    def __init__(self, command, answer, always=False):
        self.method, self.path = FIRSTS[command]
        self.answer, self.always = answer, always
        self.armed = True
        self.seen = []

    def __call__(self, keys, method, path, fields):
        if method != self.method or not path.startswith(self.path) or not self.armed:
            return None
        if self.path == "/key" and path != "/key":
            return None
        self.seen.append(time.monotonic())
        return self.answer if self.always or len(self.seen) == 1 else None


def start(command, hook, make_wire, make_tool):
    """The command's result; what comes before it is answered as it should be."""
    rows = targets(1)
    hook.armed = command != "verify"
    provider = OpenRouter(rows, hook)
    tool = make_tool(make_wire(provider).origin)
    manifest = tool.manifest(rows)
    where = ("--base-url", tool.origins[0])
    if command == "preflight":
        return tool.run(manifest)
    if command == "list":
        return tool.call("list", "openrouter", *where, "--output", tool.directory / "inventory.csv")
    if command == "rotate":
        out = tool.directory / "secrets.csv"
        return tool.call(
            "rotate", "--yes", *where, "--run-dir", tool.run_dir.path, "--secrets-file", out, manifest
        )
    assert tool.run(manifest).code == 0
    hook.armed = True
    return tool.call("verify", "--verify-patience", "0s", *where, tool.run_dir.path)


@pytest.mark.parametrize("command", FIRSTS)
@pytest.mark.parametrize(("status", "headers", "held"), PASSING, ids=NAMES)
def test_what_passes(command, status, headers, held, make_wire, make_tool):
    hook = Once(command, error(status, "not now", **headers))
    result = start(command, hook, make_wire, make_tool)
    assert result.code == 0, result.err
    assert len(hook.seen) >= 2
    if held:
        assert hook.seen[1] - hook.seen[0] >= 1
        assert "asked to wait 1.0s" in result.err


@pytest.mark.parametrize("command", FIRSTS)
@pytest.mark.parametrize(("answer", "code", "said"), HALTING, ids=HALTS)
def test_what_stops(command, answer, code, said, make_wire, make_tool):
    if command == "rotate" and b"Retry-After" in answer.data:
        pytest.skip("it is at work, and waits for a hold as long as that takes")
    hook = Once(command, answer, always=True)
    began = time.monotonic()
    result = start(command, hook, make_wire, make_tool)
    assert result.code == code, result.err
    assert said in result.err
    assert time.monotonic() - began < 20
    assert len(hook.seen) <= 2
