import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

from servers import SERVERS  # noqa: E402


WANTED = os.environ.get("REAL", "").split()
CHOSEN = [server for server in SERVERS if not WANTED or server.name in WANTED]


@pytest.fixture(scope="session", params=CHOSEN, ids=lambda server: server.name)
def server(request, tmp_path_factory):
    """One of them, running. REAL names those that must be there; without it some may be missing."""
    missing = request.param.missing()
    if missing and not WANTED:
        pytest.skip(f"without {', '.join(missing)}")
    one = request.param(tmp_path_factory.mktemp(request.param.name))
    yield one
    one.stop()
