"""kill -9, again and again, with the sandbox keeping the truth.

RESCIND_KILLS says how many (40); `make crash` has many more. What a kill is aimed at comes from the
seed alone; when it lands between two system calls is the machine's affair, as it would be."""

import os
import random
import signal
import subprocess

import pytest

from audit import audit
from crashed import Watch
from inject import build
from targets import mixed
from tool import finish

SERIES = 10  # kills of one run
KILLS = int(os.environ.get("RESCIND_KILLS", "40"))

FAULTS = [
    *("--delay", "3ms", "--fault", "500:4%:effect=either", "--fault", "drop:4%"),
    *("--fault", "reset-after:2%", "--fault", "cut:2%", "--fault", "503:1%:retry-after=1:times=1"),
]

# CALL:N:WHAT with N up to this; by what a run does most, and what it does once.
POINTS = {"send": 60, "write": 9, "fdatasync": 9, "pwrite": 1, "fsync": 4, "rename": 1, "open": 6}


@pytest.fixture(scope="session")
def injector(tmp_path_factory):
    return build(tmp_path_factory.mktemp("inject"))


def aim(dice):
    """A named point, or None for a moment."""
    if dice.random() < 0.4:
        return None
    call = dice.choice(list(POINTS))
    how = ["kill", "kill-after"] + ["torn"] * (call in ("write", "pwrite", "send"))
    return f"{call}:{dice.randint(1, POINTS[call])}:{dice.choice(how)}"


def killed(tool, manifest, injector, dice):
    """Runs until the kill: at the point, or at the moment where that never comes. False where the
    run was at its end before."""
    point = aim(dice)
    if point:
        injector.arm(tool, point)
    process = tool.start(manifest)
    try:
        process.wait(dice.uniform(0.25, 0.5) if point else dice.uniform(0.005, 0.35))
    except subprocess.TimeoutExpired:
        process.kill()
    injector.disarm(tool)
    code = finish(process).code
    assert code in (0, -signal.SIGKILL), f"{point}: {code}"
    return code != 0


def killed_until_done(make_sandbox, make_tool, injector, dice, most):
    """One manifest, killed up to `most` times and then let run to its end. Returns how often it was."""
    seed = dice.randrange(1000)
    rows = mixed(400, seed=seed)
    sandbox = make_sandbox(rows, "--absent", "5%", "--seed", str(seed), *FAULTS)
    tool = make_tool(*sandbox.origins, options=("--max-attempts", "12", "--halt", "100%"))
    manifest = tool.manifest(rows)
    watch = Watch(tool, sandbox)
    kills = 0
    while kills < most and killed(tool, manifest, injector, dice):
        kills += 1
        watch.look()
    result = tool.run(manifest)
    assert result.code == 0, result.err
    remains = watch.look()
    assert remains.sha256 == tool.run_dir.report["journal_sha256"]
    assert set(remains.done) == set(rows)
    audit(tool.run_dir, sandbox.truth(), rows, crashed=True)
    sandbox.stop()
    return kills


@pytest.mark.parametrize("seed", range(max(1, KILLS // SERIES)))
def test_killed_again_and_again(make_sandbox, make_tool, injector, seed):
    """A run may come to its end before it was killed often enough; then there is another."""
    dice = random.Random(f"crash {seed}")
    left = SERIES
    for _ in range(SERIES):
        left -= killed_until_done(make_sandbox, make_tool, injector, dice, left)
        if left == 0:
            return
    pytest.fail(f"{left} kills are left after {SERIES} runs")
