"""scripts/check-map itself: a map with one fault each must be refused for it."""

import subprocess

import pytest
from paths import ROOT

CHECK = ROOT / "scripts" / "check-map"
GOOD = "# The map\n| `base/` | errors (`base/a.c`, `base/*.h`) |\n`cli/` may stand anywhere, x.c/y in text\n"
FAULTS = [
    (GOOD + "`base/gone.c`\n", "src/README.md:4: there is no base/gone.c"),
    (GOOD.replace("| `base/` |", "| base |"), "the room base/ is not in the table"),
    (GOOD + "\n" * 160, "163 lines: 160 at most"),
]


def check(tmp_path, text):
    for name in "base/a.c", "base/a.h":
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "cli").mkdir()
    (tmp_path / "src" / "README.md").write_text(text)
    return subprocess.run([CHECK, tmp_path], capture_output=True, text=True, check=False)


def test_a_true_map_passes(tmp_path):
    done = check(tmp_path, GOOD)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text, said", FAULTS, ids=[said for _, said in FAULTS])
def test_a_fault_is_told(tmp_path, text, said):
    done = check(tmp_path, text)
    assert done.returncode == 1
    assert said in done.stderr


def test_the_project_has_a_true_one():
    assert subprocess.run([CHECK], check=False).returncode == 0
