import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

from certificates import Authority  # noqa: E402
from nginx import Nginx  # noqa: E402
from proxy import Proxy  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from tool import Tool  # noqa: E402
from wire import Wire  # noqa: E402


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def running():
    """Takes things that have a stop(); stops them at the end, the last one first."""
    started = []

    def start(thing):
        started.append(thing)
        return thing

    yield start
    for thing in reversed(started):
        thing.stop()


@pytest.fixture
def make_sandbox(tmp_path, running):
    """sandbox(*options), or sandbox(targets, *options) to hold these targets."""
    made = []

    def make(*options):
        directory = tmp_path / f"sandbox{len(made)}"
        directory.mkdir()
        made.append(directory)
        if options and isinstance(options[0], list):
            manifest = Tool(directory).manifest(options[0])
            options = ("--manifest", manifest, *options[1:])
        return running(Sandbox(directory, *options))

    return make


@pytest.fixture
def make_wire(running):
    """wire(answer, tls=None, port=0): see wire.Wire."""
    return lambda answer, tls=None, port=0: running(Wire(answer, tls, port))


@pytest.fixture
def make_proxy(running):
    return lambda port: running(Proxy(port))


@pytest.fixture
def make_nginx(tmp_path, authority, running):
    """nginx(server, ...): see nginx.Nginx; the certificate is for loopback."""

    def make(server, certificate=None, **more):
        certificate = certificate or authority.issue("loopback")
        return running(Nginx(tmp_path / "nginx", *certificate, server, **more))

    return make


@pytest.fixture
def make_tool(tmp_path, running):
    """tool(origins...): rescind with a directory of its own."""
    made = []

    def make(*origins, options=()):
        directory = tmp_path / f"tool{len(made)}"
        directory.mkdir()
        made.append(directory)
        return running(Tool(directory, origins, options))

    return make
