"""The demos, as `make` runs them but small: what they end with, and that they fail when they should."""

import csv
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from paths import RESCIND, ROOT, SANDBOX

SIZE = {
    "demo": {"DEMO_TARGETS": "300"},
    "demo-purge": {"DEMO_KEYS": "60"},
    "demo-incident": {"DEMO_KEYS": "150"},
}
RAW = re.compile(r"sk-or-v1-[0-9a-f]{16}")
SAID = re.compile(
    r"rescind: (\w+\.csv: warning: unknown columns ignored: "
    r"|openrouter key: .* (listed|selected, written to .*)$"
    r"|openrouter key: the filter selects every key there is \(60\); nothing was written"
    r"|leaked\.txt: |canary of 1 succeeded"
    r"|\d+ (masked )?OpenRouter keys?(, and| that (is|are) not in the list))"
)


def alive(pid):
    """A zombie is not: who is its parent now may be slow to look after it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Demo:
    """A demo with a build directory of its own, in which `instead` stands before rescind: the body
    of a shell script in which $real is the tool."""

    def __init__(self, directory, name, instead=""):
        self.build = directory / "build"
        self.name = name
        self.dir = self.build / name
        self.build.mkdir()
        self._script("rescind", f'real={RESCIND}\n{instead}\nexec "$real" "$@"\n')
        self.sandbox(f'echo $$ >"{self._pid}"')
        self.process = None

    def sandbox(self, first):
        """What comes before it serves; it also generates, and tells credentials."""
        serves = f'case " $* " in *" --manifest "*) {first} ;; esac\n'
        self._script("rescind-sandbox", f'{serves}exec {SANDBOX} "$@"\n')

    @property
    def _pid(self):
        return self.build / "sandbox.pid"

    def _script(self, name, text):
        path = self.build / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def start(self):
        env = {"PATH": "/usr/bin:/bin", "BUILD": str(self.build), **SIZE[self.name]}
        self.process = subprocess.Popen(
            [ROOT / "scripts" / self.name], cwd="/", env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )
        return self

    def end(self, timeout=60):
        out, err = self.process.communicate(timeout=timeout)
        self.sandbox_is_gone()
        return self.process.returncode, out, err

    def sandbox_pid(self):
        return int(self._pid.read_text()) if self._pid.exists() and self._pid.read_text() else 0

    def sandbox_is_gone(self):
        pid, until = self.sandbox_pid(), time.monotonic() + 10
        while pid and alive(pid):
            assert time.monotonic() < until, "the sandbox outlives the demo"
            time.sleep(0.02)

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.communicate()

    def rows(self, name):
        with open(self.dir / name, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def report(self, run_dir):
        return json.loads((self.dir / run_dir / "report.json").read_text())


@pytest.fixture
def demo(tmp_path, running):
    return lambda name, instead="": running(Demo(tmp_path, name, instead).start())


def is_well(result, demo):
    code, out, err = result
    assert code == 0, result
    assert demo.sandbox_pid()
    assert "\x1b" not in out + err and not RAW.search(out + err)
    assert out.splitlines()[-1].startswith("The report: /")
    assert os.path.isfile(out.splitlines()[-1].removeprefix("The report: "))
    return out, err


def lines_are_known(err):
    assert [line for line in err.splitlines() if not SAID.match(line)] == []


def test_demo(demo):
    one = demo("demo")
    out, err = is_well(one.end(), one)
    assert "\ntargets:300\nexist:0\nchecked: none is left\n" in out
    assert out.count("300 of 300 targets done") == 2
    assert all(line.endswith("will be tried again") or "tried again (" in line or "asked to wait" in line
               for line in err.splitlines()), err


def test_purge(demo):
    one = demo("demo-purge")
    out, err = is_well(one.end(), one)
    lines_are_known(err)
    stale, purged = one.rows("stale.csv"), one.rows("purge.csv")
    agents = [row for row in stale if row["name"].startswith("agent-")]
    assert agents and len(purged) == len(stale) - len(agents) > 10
    assert len(one.rows("all.csv")) == 60
    assert f"\ntargets:60\nexist:{60 - len(purged)}\n" in out
    assert f"checked: the {len(purged)} purged keys are gone, and no other\n" in out
    report = one.report("purge.csv.run")
    assert report["totals"]["revoked"] == len(purged)
    assert report["verified"] == {"confirmed_absent": len(purged), "still_present": 0, "unproven": 0}


def test_incident(demo):
    one = demo("demo-incident")
    out, err = is_well(one.end(), one)
    lines_are_known("\n".join(line for line in err.splitlines() if "unproven: " not in line))
    leaked, rotated, new = (one.rows(name) for name in ("leaked.csv", "rotate.csv", "new.csv"))
    assert len(leaked) == 30 and 0 < len(rotated) == len(new) < 30
    assert f"\ntargets:{150 + len(new)}\nexist:{120 + len(new)}\n" in out
    assert one.report("leaked.csv.disable.run")["totals"]["disabled"] == 30
    assert one.report("rotate.csv.rotate.run")["totals"]["rotated"] == len(new)
    report = one.report("leaked.csv.run")
    assert report["totals"]["revoked"] == 30 - len(new)
    assert report["totals"]["already_absent"] == len(new)
    assert report["verified"]["confirmed_absent"] == 30 - len(new)
    assert report["verified"]["unproven"] == len(new)
    assert out.count("\nchecked: ") == 5
    assert not (one.dir / "new.txt").exists()


FAILS = {
    "demo": ["plan", "run"],
    "demo-purge": ["list", "plan", "run", "verify"],
    "demo-incident": ["list", "match", "run", "rotate", "verify"],
}


@pytest.mark.parametrize("name, command", [(n, c) for n, all_of in FAILS.items() for c in all_of])
def test_a_step_that_fails_ends_it(demo, name, command):
    one = demo(name, f'[ "$1" != {command} ] || exit 3')
    code, out, err = one.end()
    assert code == 3 and "The report" not in out, (out, err)


MORE = """
if [ "$1" = verify ]; then
    "$real" "$@"
    for url; do :; done
    %s >more.csv
    exec "$real" run more.csv --action %s --yes --base-url "$url"
fi
"""
WRONG = [
    # nothing is done, and all is said to be well
    ("demo", '[ "$1" != run ] || exit 0', "none is left"),
    ("demo-purge", 'case $1 in run | verify) exit 0 ;; esac', "purged keys are gone, and no other"),
    ("demo-incident", '[ "$1" != run ] || exit 0', "what leaked is disabled, and no other"),
    # more is done than was asked
    (
        "demo-purge",
        MORE % ("{ head -n 1 stale.csv; grep -m 1 ,agent- stale.csv; }", "delete"),
        "purged keys are gone, and no other",
    ),
    (
        "demo-incident",
        MORE % ("head -n 2 new.csv | cut -d, -f2 | sed s/new_//", "delete"),
        "what leaked is gone, and no other",
    ),
    (
        "demo-incident",
        MORE % ("head -n 2 new.csv | cut -d, -f2 | sed s/new_//", "disable"),
        "each successor is there and enabled",
    ),
    # a filter that selects every key is let through
    ("demo-purge", 'case "$*" in *--name*) exit 0 ;; esac', "exit 0, where a refusal was due"),
    # a raw key in the run directory
    (
        "demo-incident",
        'if [ "$1" = verify ]; then sed -n 2p leaked.txt >leaked.csv.run/stray; fi',
        "raw keys of raw.txt are in more than leaked.txt",
    ),
    (
        "demo-incident",
        'if [ "$1" = verify ]; then tail -n 1 new.csv >leaked.csv.run/stray; fi',
        "raw keys of new.txt are in more than new.csv",
    ),
]


@pytest.mark.parametrize("name, instead, told", WRONG, ids=[told.split(",")[0] for *_, told in WRONG])
def test_a_wrong_end_is_noticed(demo, name, instead, told):
    one = demo(name, instead)
    code, out, err = one.end()
    assert code == 1, (out, err)
    assert told in err.splitlines()[-1] and err.splitlines()[-1].startswith(f"{name}: ")
    assert "The report" not in out


@pytest.mark.parametrize("name", SIZE)
def test_a_sandbox_that_does_not_start(tmp_path, running, name):
    one = Demo(tmp_path, name)
    one.sandbox("exit 1")
    running(one.start())
    code, out, err = one.end()
    assert (code, "the sandbox did not start" in err) == (1, True), err


@pytest.mark.parametrize(
    "send, sent",
    [(os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM), (os.kill, signal.SIGHUP), (os.kill, signal.SIGKILL)],
)
def test_stopped_in_the_middle(demo, send, sent):
    one = demo("demo-purge", '[ "$1" != plan ] || exec sleep 60')
    until = time.monotonic() + 30
    while not (one.dir / "purge.csv").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    assert alive(one.sandbox_pid())
    send(one.process.pid, sent)
    assert one.process.wait(20) == -sent
    one.sandbox_is_gone()
