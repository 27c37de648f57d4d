import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

from servers import SERVERS  # noqa: E402


@pytest.fixture(scope="session", params=SERVERS, ids=lambda server: server.name)
def server(request, tmp_path_factory):
    """One of them, running. REAL names those that must be there; the others may be missing."""
    missing = request.param.missing()
    wanted = os.environ.get("REAL", "").split()
    if wanted and request.param.name not in wanted:
        pytest.skip("not among those of REAL")
    if missing and request.param.name not in wanted:
        pytest.skip(f"without {', '.join(missing)}")
    one = request.param(tmp_path_factory.mktemp(request.param.name))
    yield one
    one.stop()
