"""What an operator's shell sees: completion, and the man page as man reads it."""

import shutil
import subprocess

import pytest

from paths import RESCIND, ROOT

COMPLETE = """
source "$1"
compopt() { :; }
shift
COMP_WORDS=("$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_rescind
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(*words, cwd):
    script = ROOT / "src" / "cli" / "rescind.bash"
    done = subprocess.run(
        ["bash", "-uc", COMPLETE, "bash", script, RESCIND, *words],
        cwd=cwd, capture_output=True, text=True, check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    "words, want",
    [
        (["re"], ["report"]),
        (["run", "--ma"], ["--max=", "--max-age=", "--max-rate=", "--max-attempts="]),
        (["run", "--max", "="], []),
        (["run", "--max", ""], []),
        (["run", "--format", ""], ["csv", "json", "jsonl"]),
        (["run", "--format", "=", "j"], ["json", "jsonl"]),
        (["plan", "--action", "d"], ["delete", "disable"]),
        (["run", "--progress", "=", "a"], ["auto", "always"]),
        (["run", "--provider", "base"], ["baseten"]),
        (["run", "--base-url", "openr"], ["openrouter="]),
        (["run", "--job", "jo"], ["job.ini"]),
        (["run", "--run-dir", ""], ["some"]),
        (["--yes", "run", "ke"], ["keys.csv"]),
        (["report", ""], ["some"]),
        (["report", "--s"], ["--salvage"]),
        (["check", "--s"], []),
        (["providers", "reques"], ["requesty"]),
        (["list", "openr"], ["openrouter"]),
        (["list", "--up"], ["--updated-before="]),
        (["list", "--unused", ""], ["day", "week", "month"]),
        (["list", "openrouter", "--kind", "b"], ["byok"]),
        (["match", "ke"], ["keys.csv"]),
        (["match", "--ag"], ["--against="]),
        (["help", "p"], ["plan", "probe", "providers"]),
    ],
)
def test_completion(tmp_path, words, want):
    (tmp_path / "some").mkdir()
    for name in ("keys.csv", "job.ini"):
        (tmp_path / name).touch()
    assert sorted(complete(*words, cwd=tmp_path)) == sorted(want)


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
def test_manual_lints():
    done = subprocess.run(
        ["mandoc", "-Tlint", "-W", "style,stop", ROOT / "src" / "cli" / "rescind.1"],
        capture_output=True, text=True, check=False,
    )
    of_the_machine = ("mandoc.db", "referenced manual not found")  # what else is installed there
    found = [line for line in done.stdout.splitlines() if not any(w in line for w in of_the_machine)]
    assert found == [], done.stdout


@pytest.mark.skipif(not shutil.which("man"), reason="man is not installed")
def test_manual_formats():
    done = subprocess.run(
        ["man", "--warnings=all", "--local-file", ROOT / "src" / "cli" / "rescind.1"],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
        capture_output=True, text=True, check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "SYNOPSIS" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
