"""Manifests through the built binary: what `rescind plan` says of them, and how it ends."""

import resource
import subprocess

import pytest
from definitions import built_in
from paths import RESCIND, ROOT

SAMPLES = ROOT / "samples"
GOOD = "openrouter-keys.csv openrouter-byok.jsonl requesty-keys.csv baseten-keys.csv mixed.csv mixed.jsonl"
BAD = "bad.csv bad.jsonl bad-secrets.csv bad-bytes.csv bad-header.csv bad-quote.csv"
HASH = b"0" * 60 + b"%04x"
DATA, NO_INPUT = 65, 66


def plan(*arguments, stdin=b"", limit=None, cwd=ROOT):
    def limits():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    done = subprocess.run(
        [RESCIND, "plan", *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        timeout=60,
        check=False,
        preexec_fn=limits if limit else None,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def told(err):
    """What follows the program's name, a line each."""
    return [line.removeprefix("rescind: ") for line in err.splitlines()]


def beside(name):
    """What the sample's .out says, a line each."""
    path = SAMPLES / f"{name}.out"
    names = sorted({definition.provider for definition in built_in()})
    text = path.read_text() if path.exists() else ""
    return text.replace("{providers}", f"{', '.join(names[:-1])} or {names[-1]}").splitlines()


@pytest.mark.parametrize("name", GOOD.split())
def test_a_good_sample_is_planned(name):
    code, out, err = plan(f"samples/{name}")
    assert code == 0, err
    assert "targets" in out
    assert [line for line in told(err) if name in line] == beside(name)


@pytest.mark.parametrize("name", BAD.split())
def test_a_bad_sample_is_refused_with_the_lines_beside_it(name):
    code, out, err = plan(f"samples/{name}")
    expected = beside(name)
    assert (code, out) == (DATA, "")
    assert told(err)[: len(expected)] == expected
    assert told(err)[len(expected)].startswith(f"samples/{name}: refused")
    assert "0000000000000000000000000000000000000000" not in err
    assert "0123456789abcdefghij" not in err


@pytest.mark.parametrize(
    "text, count",
    [
        (b"hash\n" + HASH % 1 + b"\n", 1),
        (b'\xef\xbb\xbf \n{"hash":"' + HASH % 1 + b'"}\n{"hash":"' + HASH % 2 + b'"}', 2),
    ],
)
def test_standard_input_tells_its_format_by_its_first_byte(tmp_path, text, count):
    code, out, err = plan("-", "--run-dir", tmp_path / "run", stdin=text)
    assert code == 0, err
    many = "s" * (count > 1)
    assert f"{count} target{many} in {count} row{many}" in out


def test_a_bad_row_of_standard_input_is_told_as_a_line_of_it(tmp_path):
    code, _, err = plan("-", "--run-dir", tmp_path / "run", stdin=b"hash\nabc\n")
    assert code == DATA
    assert told(err)[0] == "-:2: not a key hash: 3 digits, 64 needed"


@pytest.mark.skipif("asan" in str(RESCIND), reason="needs the address space that is limited here")
@pytest.mark.parametrize(
    "name, head, reason",
    [
        ("long.csv", b"hash,note\n", "2: a row of more than 1 MiB"),
        ("quote.csv", b'hash,note\n"', "2: a row of more than 1 MiB"),
        ("long.jsonl", b'{"id":"', "1: a line of more than 1 MiB"),
    ],
)
def test_a_line_of_100_mb_is_refused_without_being_stored(tmp_path, name, head, reason):
    with open(tmp_path / name, "wb") as file:
        file.write(head)
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    code, _, err = plan(name, limit=96 << 20, cwd=tmp_path)
    assert code == DATA, err
    assert told(err)[0] == f"{name}:{reason}"


def test_a_directory_is_told_as_bad_data(tmp_path):
    (tmp_path / "keys.csv").mkdir()
    code, _, err = plan("keys.csv", cwd=tmp_path)
    assert code == DATA
    assert told(err)[0] == "keys.csv:1: a directory, not a manifest"


def test_a_file_that_cannot_be_opened_is_no_input(tmp_path):
    code, _, err = plan("keys.csv", cwd=tmp_path)
    assert code == NO_INPUT
    assert "keys.csv" in err


def test_a_closed_standard_input_is_no_input(tmp_path):
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" plan - --run-dir run <&-', RESCIND],
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert done.returncode == NO_INPUT, done.stderr


def test_one_is_no_many():
    row = b"a" * 64 + b"\n"
    for rows, says in ((1, "1 target in 1 row, 0 duplicates"), (2, "1 target in 2 rows, 1 duplicate,")):
        code, out, _ = plan("-", "--run-dir", "none", stdin=b"hash\n" + row * rows)
        assert code == 0 and says in out and "1 target, 1 left" in out
