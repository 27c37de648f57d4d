"""Manifests from file to report: what is read, what is refused, and that nothing is sent then."""

import hashlib
import os
import subprocess
import time

import pytest
from targets import Target, mixed, targets
from tool import finish
from wire import DELETED

K1, K2 = "1" * 64, "2" * 64
U1 = "11111111-1111-4111-8111-111111111111"
SECRET = "sk-or-v1-" + "0123456789abcdef" * 4

# what the file holds, and what is said of it after FILE
BAD_CSV = [
    ("", ":1: "),
    ("hash\n", "holds no row"),
    ("\n", ":1: "),
    ("colour,note\nred,x\n", ":1: "),
    (f"hash,prefix\n{K1},abc\n", ":2: "),
    (f"hash,byok_id\n{K1},{U1}\n", ":2: "),
    ("hash,note\n,nothing\n", ":2: "),
    (f"hash,note\n{K1}\n", ":2: "),
    (f"hash\n{K1},more\n", ":2: "),
    (f'hash,note\n{K1},"open\n', ":2: "),
    (f"hash\n{K1}\x00\n", ":2: "),
    (b"hash,note\n" + K1.encode() + b",\xff\xfe\n", ":2: "),
    (f"hash\n{K1[:-1]}\n", ":2: not a key hash: 63 digits, 64 needed"),
    (f"hash\n{K1}1\n", ":2: "),
    (f"hash\n{'g' * 64}\n", ":2: "),
    (f"hash\n{K1}\n{SECRET}\n", ":3: "),
    ("prefix\nabcdWXYZ.0123456789abcdef\n", ":2: "),
    ("prefix\n.\n", ":2: "),
    ("prefix\n..\n", ":2: "),
    ("prefix\n%2e%2e\n", ":2: "),
    ("prefix\na/b\n", ":2: "),
    (f"prefix\n{'a' * 65}\n", ":2: "),
    ("api_key_id\nself\n", ":2: "),
    (f"provider,id\nnosuch,{K1}\n", ":2: "),
    (f"provider,kind,id\nopenrouter,team,{K1}\n", ":2: "),
    (f"id\n{K1}\n", ":2: "),
    (f"provider,hash\nbaseten,{K1}\n", ":2: "),
    (f'hash,note\n{K1},"two\nlines"\nbad,x\n', ":4: "),
]
BAD_JSONL = [
    ("", "holds no row"),
    ("\n\n", "holds no row"),
    ("[]\n", ":1: "),
    (f'{{"hash":"{K1}"\n', ":1: "),
    (f'{{"hash":"{K1}"}} x\n', ":1: "),
    (f'{{"hash":["{K1}"]}}\n', ":1: "),
    (f'{{"hash":{{"a":"{K1}"}}}}\n', ":1: "),
    (f'{{"hash":"{K1}","hash":"{K2}"}}\n', ":1: "),
    ('{"hash":12}\n', ":1: "),
    ('{"hash":null}\n', ":1: "),
    (f'{{"hash":"{K1}"}}\n\n{{"hash":"x"}}\n', ":3: "),
    (f'{{"hash":"{K1}","prefix":"abc"}}\n', ":1: "),
    (f'{{"hash":"{SECRET}"}}\n', ":1: "),
    (b'{"hash":"\xff"}\n', ":1: "),
]


@pytest.mark.parametrize("command", ["plan", "run"])
@pytest.mark.parametrize("ending, text, told", [("csv", *c) for c in BAD_CSV]
                         + [("jsonl", *c) for c in BAD_JSONL])
def test_bad_manifest_is_refused(command, ending, text, told, make_tool, make_wire):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(text, f"keys.{ending}")
    if command == "plan":
        result = tool.call("plan", manifest)
    else:
        result = tool.run(manifest)
    assert result.code == 65, result
    assert f"keys.{ending}" in result.err and told in result.err, result.err
    assert SECRET not in result.out + result.err
    assert "0123456789abcdef" not in result.out + result.err
    assert wire.connections == 0
    assert not tool.run_dir.path.exists()


def test_first_twenty_bad_rows_and_then_a_count(make_tool):
    tool = make_tool()
    result = tool.run(tool.manifest("hash\n" + "bad\n" * 50))
    assert result.code == 65
    assert sum("keys.csv:" in line for line in result.err.splitlines()) >= 20
    assert "keys.csv:21:" in result.err and "keys.csv:22:" not in result.err
    assert "30" in result.err


def test_a_huge_line_is_refused_by_a_limit(make_tool):
    tool = make_tool()
    path = tool.directory / "keys.csv"
    with open(path, "wb") as out:
        out.write(b"hash\n")
        for _ in range(100):
            out.write(b"a" * 1_000_000)
        out.write(b"\n")
    result = tool.call("plan", path)
    assert result.code == 65
    assert "keys.csv:2: " in result.err
    assert len(result.err) < 2000


def test_a_manifest_that_is_a_directory_or_not_there(make_tool):
    tool = make_tool()
    (tool.directory / "keys.csv").mkdir()
    assert tool.call("plan", tool.directory / "keys.csv").code == 65
    assert tool.call("plan", tool.directory / "nowhere.csv").code == 66


GOOD = [
    ("bom and crlf", "keys.csv", f"\ufeffhash,note\r\n{K1},hello\r\n", [Target("openrouter", "key", K1)]),
    ("quotes", "keys.csv", f'note,hash\n"a, ""b""\nc",{K1}\n', [Target("openrouter", "key", K1)]),
    ("folded", "keys.csv", f"hash\n{'AB' * 32}\n", [Target("openrouter", "key", "ab" * 32)]),
    ("no last newline", "keys.csv", f"hash\n{K1}", [Target("openrouter", "key", K1)]),
    ("jsonl", "keys.jsonl", f'\n{{"hash":"{K1}"}}\n\n{{"prefix":"Ab_-9"}}',
     [Target("openrouter", "key", K1), Target("baseten", "key", "Ab_-9")]),
    ("words", "keys.csv", f"byok_id,api_key_id\n{U1},\n,{U1.upper()}\n",
     [Target("openrouter", "byok", U1), Target("requesty", "key", U1)]),
    ("named", "keys.csv", f"provider,kind,id\nopenrouter,,{K1}\nopenrouter,byok,{U1}\nbaseten,key,x\n",
     [Target("openrouter", "key", K1), Target("openrouter", "byok", U1), Target("baseten", "key", "x")]),
]


@pytest.mark.parametrize("name, text, expected", [g[1:] for g in GOOD], ids=[g[0] for g in GOOD])
def test_good_manifest(name, text, expected, make_sandbox, make_tool):
    tool = make_tool(*make_sandbox(expected).origins)
    result = tool.run(tool.manifest(text, name))
    assert result.code == 0, result.err
    assert tool.run_dir.outcomes == {target: "revoked" for target in expected}


def test_notes_are_carried_into_the_report(make_sandbox, make_tool):
    tool = make_tool(*make_sandbox("--any").origins)
    note = 'a "quoted", two-line\nnote with ünïcode'
    quoted = note.replace('"', '""')
    result = tool.run(tool.manifest(f'hash,note\n{K1},"{quoted}"\n'))
    assert result.code == 0, result.err
    assert tool.run_dir.rows[Target("openrouter", "key", K1)]["note"] == note


def test_a_secret_in_a_note_is_refused(make_tool):
    tool = make_tool()
    result = tool.run(tool.manifest(f"hash,note\n{K1},was {SECRET}\n"))
    assert result.code == 65
    assert SECRET not in result.err


def test_duplicates_count_once(make_sandbox, make_tool):
    sandbox = make_sandbox("--any")
    tool = make_tool(*sandbox.origins)
    text = f"hash\n{'ab' * 32}\n{K1}\n{'AB' * 32}\n{K1}\n{K1}\n"
    result = tool.run(tool.manifest(text), "--expect", "2")
    assert result.code == 0, result.err
    manifest = tool.run_dir.report["manifest"]
    assert (manifest["rows"], manifest["targets"], manifest["duplicates"]) == (5, 2, 3)
    assert sandbox.counts()["providers"]["openrouter"]["actions"] == 2


def test_unknown_columns_are_named_once(make_tool, make_sandbox):
    tool = make_tool(*make_sandbox("--any").origins)
    result = tool.run(tool.manifest(f"hash,owner,team\n{K1},me,x\n{K2},you,y\n"))
    assert result.code == 0
    assert result.err.count("owner") == 1 and result.err.count("team") == 1


def test_from_standard_input(make_tool, make_sandbox):
    tool = make_tool(*make_sandbox("--any").origins)
    for text, more in [(f"hash\n{K1}\n", []), (f'{{"hash":"{K2}"}}\n', []),
                       (f"hash\n{'3' * 64}\n", ["--format", "csv"])]:
        where = tool.directory / f"run-{len(text)}-{len(more)}"
        result = tool.run("-", "--run-dir", where, *more, stdin=text.encode())
        assert result.code == 0, result.err


def test_standard_input_needs_a_run_dir(make_tool):
    tool = make_tool()
    assert tool.call("run", "--yes", "-", stdin=f"hash\n{K1}\n".encode()).code == 64


def test_provider_option_names_the_rest(make_tool, make_sandbox):
    tool = make_tool(*make_sandbox([Target("baseten", "key", "abc")]).origins)
    result = tool.run(tool.manifest("id\nabc\n"), "--provider", "baseten")
    assert result.code == 0, result.err
    assert set(tool.run_dir.outcomes) == {Target("baseten", "key", "abc")}


def test_format_overrides_the_ending(make_tool):
    tool = make_tool()
    path = tool.manifest(f'{{"hash":"{K1}"}}\n', "keys.txt")
    assert tool.call("plan", "--format", "jsonl", path).code == 0


def test_skip_bad_rows(make_tool, make_sandbox):
    tool = make_tool(*make_sandbox("--any").origins)
    result = tool.run(tool.manifest(f"hash\n{K1}\nbad\n{K2}\n"), "--skip-bad-rows")
    assert result.code == 0, result.err
    assert "keys.csv:3: " in result.err
    assert tool.run_dir.report["manifest"]["rejected"] == 1
    assert tool.run_dir.totals == {"revoked": 2}


def test_allow_empty(make_tool):
    tool = make_tool()
    for name, text in [("a.csv", "hash\n"), ("b.jsonl", ""), ("c.csv", "")]:
        result = tool.run(tool.manifest(text, name), "--allow-empty")
        assert result.code == 0, (name, result)


def test_plan_opens_no_socket_and_writes_nothing(make_tool, make_wire):
    wire = make_wire([DELETED])
    tool = make_tool()
    rows = mixed(40)
    urls = [part for origin in (wire.origin,) for part in ("--base-url", origin)]
    for name in list(tool.env):
        if name.endswith("_KEY"):
            del tool.env[name]
    manifest = tool.manifest(rows)
    before = sorted(tool.directory.rglob("*"))
    result = tool.call("plan", *urls, manifest)
    assert result.code == 0, result.err
    assert wire.connections == 0
    assert sorted(tool.directory.rglob("*")) == before
    assert "40" in result.out


def test_report_knows_the_manifest(make_tool, make_sandbox):
    import hashlib

    tool = make_tool(*make_sandbox("--any").origins)
    manifest = tool.manifest(targets(3))
    assert tool.run(manifest).code == 0
    told = tool.run_dir.report["manifest"]
    assert told["sha256"] == hashlib.sha256(manifest.read_bytes()).hexdigest()
    assert told["path"] == str(manifest)


def test_a_fifo_is_waited_for_and_says_so(make_wire, make_tool):
    """Nobody has opened it for writing yet: that is not its end."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    fifo = tool.directory / "list"
    os.mkfifo(fifo)
    process = tool.start(fifo, "--format", "csv")
    time.sleep(1.5)
    with open(fifo, "w", encoding="utf-8") as writer:
        writer.write("hash\n" + targets(1)[0].id + "\n")
        writer.flush()
        time.sleep(1.3)  # a slow one is told once
    result = finish(process, 20)
    assert result.code == 0, result
    assert result.err.count("waiting for") == 1 and str(fifo) in result.err
    assert tool.run_dir.totals == {"revoked": 1}


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
@pytest.mark.parametrize("device", ["/dev/zero", "a line"])
def test_a_line_without_an_end_ends(format_, device, make_tool):
    tool = make_tool()
    if device == "a line":
        source = subprocess.Popen(["sh", "-c", "yes | tr -d '\\n'"], stdout=subprocess.PIPE)
        words = ("plan", "--format", format_, "--run-dir", "r", "-")
        result = finish(tool.start_as_is(*words, stdin=source.stdout), 60)
        source.kill()
        source.wait()
    else:
        result = tool.call("plan", "--format", format_, "--run-dir", "r", device)
    assert result.code in (65, 66), result
