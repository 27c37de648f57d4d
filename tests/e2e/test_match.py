"""`rescind match`: from raw keys to a manifest, and no raw key anywhere else."""

import array
import csv
import fcntl
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import stat
import subprocess
import termios
import time
from pathlib import Path

import pytest

from inventory import Key, write
from paths import RESCIND
from tool import all_bytes, finish

WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def test_the_raw_keys_are_not_overwritten(make_tool):
    tool = make_tool()
    path, link = tool.directory / "leaked.txt", tool.directory / "link"
    path.write_text(openrouter(1) + "\n")
    link.symlink_to(path)
    for output in (path, link):
        result = tool.call("match", path, "--output", output)
        assert result.code == 64 and "is the file with the raw keys" in result.err
        assert path.read_text() == openrouter(1) + "\n"


def test_a_key_in_a_files_name_is_not_shown(tool):
    for name in (openrouter(1), f"below/{openrouter(1)}"):
        path = tool.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(openrouter(2) + "\n")
        result = tool.call("match", path.parent if "/" in name else f"./{name}")
        assert result.code == 0 and rows(result.out)[0]["hash"] == hash_of(openrouter(2)), result
        path.write_bytes(gzip.compress(b"x" * 99)[:-9])
        lost = tool.call("match", f"./{name}")
        assert lost.code == 66 and "file 1, whose name is not shown: cut: " in lost.err
        assert openrouter(1) not in result.out + result.err + lost.out + lost.err
        path.unlink()


def openrouter(seed):
    return f"sk-or-v1-{random.Random(f'or {seed}').getrandbits(256):064x}"


def baseten(seed):
    dice = random.Random(f"bt {seed}")
    return "b10_" + "".join(dice.choices(WORD, k=8)) + "." + "".join(dice.choices(WORD, k=32))


def hash_of(key):
    return hashlib.sha256(key.encode()).hexdigest()


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def tool(make_tool):
    return make_tool()


def leaked(tool, text, name="leaked.txt"):
    path = tool.directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def test_both_providers(tool):
    mine = [openrouter(1), baseten(1), openrouter(2)]
    result = tool.call("match", leaked(tool, "\n".join(mine) + "\n"))
    assert result.code == 0, result
    assert rows(result.out) == [
        {"prefix": "", "hash": hash_of(mine[0]), "note": "leaked.txt:1"},
        {"prefix": mine[1][:12], "hash": "", "note": "leaked.txt:2"},
        {"prefix": "", "hash": hash_of(mine[2]), "note": "leaked.txt:3"},
    ]
    assert result.err == "rescind: leaked.txt: 3 keys written\n"
    (tool.directory / "found.csv").write_text(result.out)
    planned = tool.call("plan", "found.csv")
    assert planned.code == 0 and "3 targets in 3 rows" in planned.out
    assert planned.err == ""


@pytest.mark.parametrize(
    "before, after",
    [("", ""), ("", "\r"), ("  ", "\t "), ('"', '"'), ("'", "'"), ('  "', '",'), ("`", "`;"), ("\t", "\r")],
)
def test_what_stands_around_a_key(tool, before, after):
    key, other = openrouter(3), baseten(3)
    result = tool.call("match", leaked(tool, f"{before}{key}{after}\n\n{before}{other}{after}"))
    assert result.code == 0, result
    assert [(row["hash"], row["prefix"]) for row in rows(result.out)] == [
        (hash_of(key), ""), ("", other[:12])
    ]


def test_byte_order_mark_and_blank_lines(tool):
    key = openrouter(4)
    text = b"\xef\xbb\xbf" + f"{key}\r\n\r\n   \r\n\n{baseten(4)}\r\n".encode()
    result = tool.call("match", leaked(tool, text))
    assert [row["note"] for row in rows(result.out)] == ["leaked.txt:1", "leaked.txt:5"]
    assert "2 keys written" in result.err


NO_KEYS = [
    "hello", "hello.world", baseten(5)[:12], "sk-or-v1-", "sk-or-v1-your-key-here",
    "eyJhbGciOi." + "a" * 30 + "." + "b" * 30, "https://example.com/a-very-long-path-of-words", "a" * 100000,
    "größe", "." + "a" * 40, "-", "\x7f", "kafka-01.production-us-east-1", "settings.OPENROUTER_API_KEY",
]


def test_texts_without_keys(tool):
    """Nothing is said of what does not look like a key."""
    text = "\n".join([openrouter(7), *NO_KEYS, baseten(7)])
    result = tool.call("match", leaked(tool, text))
    assert result.code == 0, result
    assert [row["note"] for row in rows(result.out)] == ["leaked.txt:1", f"leaked.txt:{len(NO_KEYS) + 2}"]
    assert result.err == "rescind: leaked.txt: 2 keys written\n"


@pytest.mark.parametrize("text", ["", "\n\n", "hello\n", "\xff\xfe", "\n".join(NO_KEYS)])
def test_no_key_at_all(tool, text):
    result = tool.call("match", leaked(tool, text), "--output", "out.csv")
    assert (result.code, result.out) == (65, "")
    assert "no whole key of a known provider" in result.err
    assert not (tool.directory / "out.csv").exists()


def test_many_leftovers_are_named_briefly(tool):
    lines = [openrouter(n) if n % 2 else openrouter(n)[:40] for n in range(400)]
    result = tool.call("match", leaked(tool, "\n".join(lines)))
    assert len(rows(result.out)) == 200
    assert "200 OpenRouter keys that were cut" in result.err and "and 180 more" in result.err
    assert len(result.err) < 400


def test_repeated_keys_count_once(tool):
    result = tool.call("match", leaked(tool, "\n".join([openrouter(8), baseten(8)] * 3)))
    assert [row["note"] for row in rows(result.out)] == [
        "leaked.txt:1 and 2 more places", "leaked.txt:2 and 2 more places"
    ]
    assert "2 keys (found 4 more times) written" in result.err


@pytest.mark.parametrize("chunk", [1, 7, 8191, 65536, 262143, 262144, 262145])
def test_the_edges_of_reads(tool, chunk):
    """Whatever pieces the bytes come in, and wherever a block of them ends."""
    keys = [openrouter(n) for n in range(40)]
    far = "".join("x" * (8191 + 31 * n) + " " + key + (" " if n % 3 else "\n") for n, key in enumerate(keys))
    text = far if chunk > 7 else "\n".join([keys[0], "x" * 50, *keys[1:4]])
    want = keys if chunk > 7 else keys[:4]
    process = tool._process(["match", "-"], stdin=subprocess.PIPE)
    for at in range(0, len(text), chunk):
        process.stdin.write(text[at : at + chunk].encode())
        process.stdin.flush()
    result = finish(process)
    assert result.code == 0, result
    assert [row["hash"] for row in rows(result.out)] == [hash_of(key) for key in want]
    lines = [text[: text.index(key)].count("\n") + 1 for key in want]
    assert [row["note"] for row in rows(result.out)] == [f"standard input:{n}" for n in lines]


def test_against_what_really_exists(make_sandbox, tool, tmp_path):
    """From the list to the deletion, by nothing but raw keys."""
    mine = [openrouter(f"mine {n}") for n in range(12)]
    others = [openrouter(f"other {n}") for n in range(5)]
    found = [Key("openrouter", "key", hash_of(key), {}) for key in mine]
    sandbox = make_sandbox("--inventory", write(tmp_path / "inventory.jsonl", found))
    urls = ["--base-url", sandbox.origins[0]]
    assert tool.call("list", "openrouter", *urls, "--output", "all.csv").code == 0
    leaked(tool, "\n".join(mine[:4] + others))
    result = tool.call("match", "leaked.txt", "--against", "all.csv", "--output", "found.csv")
    assert (result.code, result.out) == (0, ""), result
    assert "5 OpenRouter keys that are not in the list (all.csv): leaked.txt:5-9" in result.err
    assert "leaked.txt: 4 keys written to found.csv; " in result.err
    assert result.err.endswith("review it, then: rescind plan found.csv\n")
    assert stat.S_IMODE((tool.directory / "found.csv").stat().st_mode) == 0o600

    done = tool.call("run", "--yes", *urls, "found.csv")
    assert done.code == 0, done
    gone = {t.id for t, known in sandbox.truth().items() if not known["exists"]}
    assert gone == {hash_of(key) for key in mine[:4]}

    none = tool.call("match", leaked(tool, others[0]), "--against", "all.csv")
    assert (none.code, rows(none.out)) == (0, []), none


def test_formats(tool):
    name = leaked(tool, f"{openrouter(9)}\n{baseten(9)}")
    want = [{"hash": hash_of(openrouter(9)), "note": "leaked.txt:1"}, {"prefix": baseten(9)[:12], "note": "leaked.txt:2"}]
    for options in (["--format", "jsonl"], ["--output", "o.jsonl"]):
        result = tool.call("match", name, *options)
        out = result.out or (tool.directory / "o.jsonl").read_text()
        assert [json.loads(line) for line in out.splitlines()] == want
    assert tool.call("plan", "o.jsonl").code == 0
    assert tool.call("match", name, "--output", "o.jsonl", "--format", "csv").code == 0
    assert (tool.directory / "o.jsonl").read_text().startswith("prefix,hash,note\n")


@pytest.mark.parametrize(
    "words, code, says",
    [
        (["nothing.txt"], 66, "nothing.txt: No such file"),
        (["keys.txt", "--against", "nothing.csv"], 66, "nothing.csv"),
        (["keys.txt", "--against", "keys.txt"], 65, "keys.txt:1:"),
        (["keys.txt", "--against", "/dev/null"], 65, "/dev/null:1: names nothing"),
        (["keys.txt", "--against", "header.csv"], 65, "header.csv:1: names nothing"),
        (["-", "--against", "-"], 64, "both FILE and --against are standard input"),
        (["keys.txt", "-", "-"], 64, "standard input is named twice"),
        (["keys.txt", "nothing.txt"], 66, "nothing.txt: No such file"),
        (["keys.txt", "--format", "trufflehog"], 65, "keys.txt: no trufflehog report"),
        (["keys.txt", "--format", "nonsense"], 64, "--format"),
        (["keys.txt", "--provider", "nobody"], 64, "no such provider"),
        (["keys.txt", "--output", "no/such/dir.csv"], 73, "no/such"),
        ([], 64, "no FILE given"),
        ([openrouter(1)], 64, "operand 1 looks like a raw secret"),
    ],
)
def test_refusals(tool, words, code, says):
    (tool.directory / "header.csv").write_text("hash\n")
    leaked(tool, openrouter(10), "keys.txt")
    result = tool.call("match", *words)
    assert (result.code, result.out) == (code, ""), result
    assert says in result.err
    for key in (openrouter(10), openrouter(1)):
        assert key[9:] not in result.err


def test_full_disk(tool):
    """Standard output that takes nothing is an error, not silence."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    leaked(tool, openrouter(11))
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            [RESCIND, "match", tool.directory / "leaked.txt"], stdout=full,
            stderr=subprocess.PIPE, check=False,
        )
    assert done.returncode == 74


def waits_for_input(process):
    """Once it sleeps in read(2) on standard input."""
    for _ in range(1000):
        try:
            words = Path(f"/proc/{process.pid}/syscall").read_text(encoding="ascii").split()
        except PermissionError:
            pytest.skip("the process cannot be looked into")
        if words[:2] == ["0", "0x0"]:
            return
        time.sleep(0.01)
    raise AssertionError("it never waited for its input")


def give(process, text):
    """Returns when the pipe is empty again."""
    process.stdin.write(text.encode())
    process.stdin.flush()
    left = array.array("i", [1])
    for _ in range(1000):
        fcntl.ioctl(process.stdin, termios.FIONREAD, left)
        if left[0] == 0:
            return
        time.sleep(0.01)
    raise AssertionError("it never read its input")


def memory(process):
    """What the process has written, but for a sanitizer's shadow of all memory."""
    with open(f"/proc/{process.pid}/mem", "rb") as mem:
        for line in Path(f"/proc/{process.pid}/maps").read_text(encoding="ascii").splitlines():
            span, modes = line.split()[:2]
            if not modes.startswith("rw"):
                continue
            first, last = (int(at, 16) for at in span.split("-"))
            if last - first > 1 << 28:
                continue
            mem.seek(first)
            try:
                yield mem.read(last - first)
            except OSError:
                pass


def test_no_raw_key_anywhere(tool):
    """Not in the output, a file, the command line, the environment, or, once it is dealt with, in
    memory."""
    keys = [openrouter(n) for n in range(20)] + [baseten(n) for n in range(20)]
    process = tool._process(["match", "-", "--output", "out.csv"], stdin=subprocess.PIPE)
    waits_for_input(process)
    give(process, "\n".join(keys) + "\n")
    give(process, "\n")  # read only after all that came before was dealt with
    waits_for_input(process)
    parts = [key[9:].encode() for key in keys]
    seen = [part for block in memory(process) for part in parts if part in block]
    for name in ("cmdline", "environ"):
        shown = Path(f"/proc/{process.pid}/{name}").read_bytes()
        assert not any(part in shown for part in parts)
    result = finish(process)
    assert result.code == 0, result
    assert seen == [], "raw keys were left in memory"
    assert len(rows((tool.directory / "out.csv").read_text())) == 40
    for data in (result.out.encode(), result.err.encode(), *(d for _, d in all_bytes(tool.directory))):
        assert not any(part in data for part in parts)


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_it_opens_no_socket(tool):
    name = leaked(tool, openrouter(12))
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=network", "-o", "calls", RESCIND, "match", name],
        cwd=tool.directory, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
        capture_output=True, check=False,
    )
    assert done.returncode == 0, done
    calls = (tool.directory / "calls").read_text().splitlines()
    assert [line for line in calls if "exited" not in line and "SIG" not in line] == []


def test_a_definition_of_ones_own(tool):
    (tool.directory / "job.ini").write_text(
        "[provider x]\ncredential = X\nheader = X: {secret}\nid.name = key id\nid.class = word\n"
        "id.length = 4\ndelete = DELETE /k/{id}\nself = between-dots\nraw = xk.{4}.{8}\n"
    )
    name = leaked(tool, f"xk.abcd.01234567\nxk.abcd.0123456\n{openrouter(13)}\n")
    result = tool.call("match", name, "--job", "job.ini")
    assert result.code == 0, result
    assert "1 x key that was cut" not in result.err
    assert rows(result.out) == [
        {"provider": "x", "kind": "key", "id": "abcd", "hash": "", "note": "leaked.txt:1"},
        {"provider": "", "kind": "", "id": "", "hash": hash_of(openrouter(13)), "note": "leaked.txt:3"},
    ]
    (tool.directory / "found.csv").write_text(result.out)
    planned = tool.call("plan", "found.csv", "--job", "job.ini", "--base-url", "x=http://127.0.0.1:1")
    assert planned.code == 0, planned
