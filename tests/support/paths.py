"""Where things are. RESCIND and RESCIND_SANDBOX name other binaries (a sanitized build, say)."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RESCIND = Path(os.environ.get("RESCIND", ROOT / "build" / "rescind"))
SANDBOX = Path(os.environ.get("RESCIND_SANDBOX", ROOT / "build" / "rescind-sandbox"))
