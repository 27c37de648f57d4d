"""inject.c around the real binary: the N-th call of a kind fails, falls short, or is the last."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from paths import RESCIND

SOURCE = Path(__file__).with_name("inject.c")


def preload(directory, source):
    """(what LD_PRELOAD is to be, whether the build is a sanitized one): then the sanitizer's
    runtime has to come first, and allocations are its own."""
    library = directory / f"{source.stem}.so"
    linked = subprocess.run(["ldd", RESCIND], capture_output=True, text=True, check=True).stdout
    runtime = re.findall(r"=> (\S*libasan\S*)", linked)
    subprocess.run(
        [
            *"gcc -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -shared -fPIC".split(),
            *["-DWITHOUT_ALLOC"] * bool(runtime),
            *("-o", library, source, "-ldl"),
        ],
        check=True,
    )
    return ":".join([*runtime, str(library)]), bool(runtime)


def build(directory):
    libraries, sanitized = preload(directory, SOURCE)
    return Injector(libraries, not sanitized)


class Call(NamedTuple):
    kind: str
    name: str  # of the file, below the run directory; of what is sent, its first word
    hit: bool
    more: str = ""  # the path of what is sent, the size of what is synced


class Injector:
    def __init__(self, preload, allocs):
        self._preload = preload
        self.allocs = allocs  # whether allocations can be made to fail

    def arm(self, tool, what=""):
        """`what` (CALL:N:WHAT) happens to the next runs of this tool, in its run directory."""
        trace = tool.directory / "trace"
        trace.unlink(missing_ok=True)
        tool.env |= {
            "LD_PRELOAD": self._preload,
            "INJECT": what,
            "INJECT_UNDER": tool.run_dir.path,
            "INJECT_TRACE": trace,
        }

    def disarm(self, tool):
        for name in ("LD_PRELOAD", "INJECT", "INJECT_UNDER", "INJECT_TRACE"):
            tool.env.pop(name, None)

    @staticmethod
    def calls(tool):
        """What the last run called, in order."""
        found = []
        for line in (tool.directory / "trace").read_text().splitlines():
            words = line.removeprefix("! ").split(" ")
            if words[0] != "allocs":
                found.append(Call(*words[:2], line.startswith("! "), "".join(words[2:3])))
        return found

    @staticmethod
    def allocations(tool):
        return int(re.search(r"^allocs (\d+)$", (tool.directory / "trace").read_text(), re.M)[1])
