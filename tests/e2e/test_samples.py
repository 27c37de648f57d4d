"""What samples/README.md promises of each sample, held to by the sample and by what `rescind plan`
says of it. (What is told of the bad ones stands beside them: test_manifest.py.)"""

import re
import subprocess

import pytest
from paths import RESCIND, ROOT

SAMPLES = ROOT / "samples"
KINDS = {"openrouter key", "openrouter byok", "requesty key", "baseten key"}


def bytes_of(name):
    return (SAMPLES / name).read_bytes()


def plan(name):
    done = subprocess.run(
        [RESCIND, "plan", SAMPLES / name], capture_output=True, text=True, timeout=60, check=False
    )
    kinds = dict(re.findall(r"^([a-z]+ [a-z]+): (\d+) targets?,", done.stdout, re.M))
    return done, {kind: int(count) for kind, count in kinds.items()}


def promises():
    """{sample: what its row of the table says}"""
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", (SAMPLES / "README.md").read_text(), re.M)
    return {name: text for names, text in rows for name in re.findall(r"`(.*?)`", names)}


def test_each_sample_has_its_row():
    there = {path.name for path in SAMPLES.iterdir()} - {"README.md"}
    assert set(promises()) == {name for name in there if not name.endswith(".out")}


def test_openrouter_keys():
    text = bytes_of("openrouter-keys.csv")
    assert b'"left the company, 2026' in text
    assert b'""first line""' in text and b"\nsecond line\"" in text
    done, kinds = plan("openrouter-keys.csv")
    assert kinds == {"openrouter key": 4} and "1 duplicate" in done.stdout + done.stderr


def test_openrouter_byok():
    lines = bytes_of("openrouter-byok.jsonl").splitlines()
    assert any(b'"kind":"byok","id"' in line for line in lines)
    assert any(line.startswith(b'{"byok_id"') for line in lines)
    assert plan("openrouter-byok.jsonl")[1] == {"openrouter byok": 3}


def test_requesty_keys():
    text = bytes_of("requesty-keys.csv")
    assert text.startswith(b"\xef\xbb\xbf") and text.count(b"\r\n") == text.count(b"\n")
    assert plan("requesty-keys.csv")[1] == {"requesty key": 3}


def test_baseten_keys():
    done, kinds = plan("baseten-keys.csv")
    assert kinds == {"baseten key": 4} and "unknown column ignored: created_at" in done.stderr


@pytest.mark.parametrize("name", ["mixed.csv", "mixed.jsonl"])
def test_mixed(name):
    done, kinds = plan(name)
    assert done.returncode == 0 and set(kinds) == KINDS


@pytest.mark.parametrize("name", ["bad.csv", "bad.jsonl"])
def test_twenty_ways_between_two_good_rows(name):
    done, _ = plan(name)
    assert "refused: 20 of 22 rows are bad" in done.stderr
    lines = [int(line) for line in re.findall(rf"{name}:(\d+): ", done.stderr)]
    first = 2 if name.endswith(".csv") else 1
    assert first not in lines and min(lines) == first + 1


def test_bad_bytes_header_and_quote():
    assert b"\0" in bytes_of("bad-bytes.csv")
    for name, said in (
        ("bad-bytes.csv", ["a NUL byte", "not UTF-8"]),
        ("bad-header.csv", ["no header with a column for identifiers"]),
        ("bad-quote.csv", ["never closed"]),
        ("bad-secrets.csv", ["looks like a raw secret", "the note holds", "the provider holds"]),
    ):
        done, _ = plan(name)
        assert done.returncode == 65 and all(words in done.stderr for words in said), done.stderr
        assert "sk-or-v1-0" not in done.stderr and "0123456789abcdefghij" not in done.stderr
