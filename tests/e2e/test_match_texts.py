"""`rescind match` on what people have: keys wherever they stand, and nothing that is none."""

import base64
import csv
import gzip
import hashlib
import io
import json
import os
import random
import tarfile
import urllib.parse
import zipfile
import zlib

import pytest

WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
DICE = random.Random(20261129)
OR, OTHER = (f"sk-or-v1-{DICE.getrandbits(256):064x}" for _ in range(2))
OLD = "".join(DICE.choices(WORD, k=8)) + "." + "".join(DICE.choices(WORD, k=32))
BT = "b10_" + "".join(DICE.choices(WORD, k=8)) + "." + "".join(DICE.choices(WORD, k=32))
RQ = "rqsty-sk-" + base64.b64encode(DICE.randbytes(80)).decode()
LL = "sk-" + base64.urlsafe_b64encode(DICE.randbytes(16)).decode().rstrip("=")


def b64(text):
    return base64.b64encode(text.encode()).decode()


def id_of(key):
    return hashlib.sha256(key.encode()).hexdigest() if key.startswith("sk-") else key.split(".")[0]


def match(tool, data, *options, name="leak"):
    (tool.directory / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    result = tool.call("match", name, *options)
    for key in (OR, OTHER, OLD, BT, RQ, LL):
        assert key[12:] not in result.out + result.err
    rows = list(csv.DictReader(io.StringIO(result.out, newline="")))
    return result, rows, {row.get("hash") or row.get("prefix") or row.get("id") for row in rows}


@pytest.fixture
def tool(make_tool):
    return make_tool()


def packed(key):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        entry = tarfile.TarInfo("a")
        entry.size = len(key)
        tar.addfile(entry, io.BytesIO(key.encode()))
    return out.getvalue()


WHOLE = {
    "har": json.dumps({"headers": [{"name": "Authorization", "value": f"Bearer {OR}"}]}),
    "env": f"export A='{OR}'\n",
    "yaml": f"  - K={OR}\n  b: \"{OTHER}\"\n",
    "several": f"{OR},{OTHER};x",
    "diff": f"@@ -1 +1 @@\n-{OR}\n+{OTHER}\n",
    "html": f'<td class="k">{OR}</td><input value=&quot;{OTHER}&quot;>',
    "url": f"https://u:{OR}@a/?to=https%3A%2F%2Fx%2F%3Fkey%3D{OTHER}%26z",
    "url_twice": f"?to=x%253Fkey%253D{OR}%2526z",
    "json_in_json": json.dumps({"log": json.dumps({"k": OR, "n": "\n" + OTHER})}),
    "json_escapes": '"' + "".join(f"\\u{ord(c):04X}" for c in OR) + '"',
    "percent": "k=" + OR.replace("-", "%2d") + "&" + "".join(f"%{ord(c):02X}" for c in OTHER),
    "colour": f"\x1b[1;32mK\x1b[0m=\x1b[01;31m\x1b[K{OR}\x1b[m\n",
    "coloured_beginning": f"k=\x1b[01;31m\x1b[K{OR[:9]}\x1b[m\x1b[K{OR[9:]} x\n",
    "coloured_middle": f"k={OR[:30]}\x1b[7m{OR[30:33]}\x1b[0m{OR[33:]}\n",
    "coloured_whole": f"k=\x1b[01;31m\x1b[K{OR}\x1b[m\x1b[Kfoo\n",
    "highlighted": f"<p><b>{OR[:9]}</b>{OR[9:]}</p>\n<mark>{OTHER}</mark>foo",
    "highlighted_middle": f"{OR[:20]}<em>{OR[20:25]}</em>{OR[25:]}\n",
    "highlighted_by_a_class": f'<td>K=<span class="x">{OR[:9]}</span>{OR[9:]}</td>\n',
    "colour_in_a_log": '{"log":"\\u001b[32mKEY\\u001b[0m=\\u001b[1;34m' + OR + '\\u001b[0m\\n"}\n',
    "colour_in_syslog": f"app: K=#033[01;31m{OR}#033[0m\n",
    "highlighted_open": f'a{" " * 9}{OR[:20]}<mark data-i="1">{OR[20:]}\n',
    "nginx": f'"GET /?k={OR} HTTP/1.1" "\\x22{OTHER}\\x22"',
    "utf8": f"ключ{OR}。",
    "sentence": f"The key is {OR}. Revoke ({OTHER})!",
    "nul": f"A=1\0KEY={OR}\0",
    "cr": f"a\rKEY={OR}\rb\r",
    "bom": "\ufeff" + OR,
    "utf16le": ("\ufeff" + f"a\r\n{OR}\r\n").encode("utf-16-le"),
    "utf16be": ("\ufeff" + OR).encode("utf-16-be"),
    "utf16_no_bom": f"KEY={OR}\r\n".encode("utf-16-le"),
    "program": b"MZ\x90\0" + bytes(99) + OR.encode("utf-16-le") + bytes(9) + b"\xff\x80" + OTHER.encode() + b"\0",
    "secret": f"kind: Secret\ndata:\n  A: {b64(OR)}\n  B: {b64(BT)}\n",
    "basic": f"Authorization: Basic {b64('u:' + OR)}\nAuthorization: Basic {b64(OTHER + ':')}",
    "env_in_base64": b64(f"A=1\nOPENROUTER_API_KEY={OR}\nB={BT}\n"),
    "base64url": base64.urlsafe_b64encode(f"??>{OR}".encode()),
    "gzip": gzip.compress(f"a {OR}\n".encode()) + gzip.compress(f"b {OTHER}\n".encode()),
    "tar": packed(OR),
    "git": zlib.compress(f"blob 80\0K={OR}".encode()),
    "long_line": "x" * 600000 + " " + OR + " " + "y" * 300000,
    "old_variable": f"export BASETEN_API_KEY='{OLD}'\n",
    "old_manifest": f"env:\n  - name: BASETEN_API_KEY\n    value: \"{OLD}\"\n",
    "litellm": f"LITELLM_KEY={LL}\n",
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_keys(tool, name):
    text = WHOLE[name]
    seen = {"old_variable": [OLD], "old_manifest": [OLD], "litellm": [LL]}.get(name)
    if not seen:
        plain = text if isinstance(text, str) else ""
        two = OTHER in plain or name in ("percent", "basic", "gzip", "program")
        seen = [OR] + [OTHER] * two + [BT] * (name in ("secret", "env_in_base64"))
    result, _, ids = match(tool, text)
    assert (result.code, ids) == (0, {id_of(key) for key in seen}), result


@pytest.mark.parametrize(
    "text, code, says",
    [
        (f"x{OR}", 1, "1 unclear text: a key of OpenRouter with other characters right beside it"),
        (f"{OR}0", 1, "1 unclear text"),
        (OR[:40] + "\n" + OR[40:], 1, "1 OpenRouter key that is wrapped or encoded"),
        (OR[:40] + "\\\n" + OR[40:], 1, "1 OpenRouter key that is wrapped"),
        (OR[:40] + "=\r\n" + OR[40:] + ".", 1, "1 OpenRouter key that is wrapped"),
        ("=\r\n".join((f"OPENROUTER_API_KEY=3D{OR[:5]}", OR[5:])) + " ok", 1, "1 OpenRouter key that is wrapped"),
        (f"K={OR[:1]}\n{OR[1:]}\n", 1, "1 OpenRouter key that is wrapped"),
        (f"K={BT[:3]}\\\n{BT[3:]}\n", 1, "1 Baseten key that is wrapped"),
        (base64.encodebytes(b"x" * 54 + OR.encode()).decode(), 1, "1 OpenRouter key that is wrapped or encoded"),
        (base64.encodebytes(b"x" * 50 + OR.encode()).decode().replace("\n", "\r\n"), 1, "1 OpenRouter key that is wrapped or encoded"),
        (b"K: " + base64.b64encode(gzip.compress(OR.encode(), mtime=0)), 65, "1 file that was not read: gzip in base64 (base64"),
        (b"K: " + base64.b64encode(base64.b64encode(gzip.compress(OR.encode(), mtime=0))), 65, "gzip in base64 twice"),
        ("> " + OR[:40] + "\n> " + OR[40:], 1, "1 OpenRouter key that is wrapped"),
        ("\n".join((OR[:30], OR[30:50], OR[50:])) + "\n", 1, "1 OpenRouter key that is wrapped"),
        ("=\r\n".join(OR[n : n + 19] for n in range(0, 73, 19)) + ".", 1, "1 OpenRouter key that is wrapped"),
        ("\n".join((OR[:30], OR[30:50], OR[51:])) + "\n", 65, "1 OpenRouter key that was cut"),
        (OR[:40] + "\n" + OR[41:], 65, "1 OpenRouter key that was cut: its rest is missing: leak:1"),
        (OR[:40] + "\n" + OR[40:] + "0", 65, "1 OpenRouter key that was cut"),
        ("sk-or-v1-" + "x" * 64, 65, "1 masked OpenRouter key"),
        (OR[:20] + "*" * 20, 65, "rescind list openrouter --label 'sk-or-v1-abc...xyz'"),
        (OR[:12] + "..." + OR[-3:], 65, "1 masked OpenRouter key"),
        (OR[:12] + "\u2026" + OR[-3:], 65, "1 masked OpenRouter key"),
        (RQ, 1, "1 Requesty key: its id cannot be told from it; rescind list requesty"),
        (json.dumps(RQ).replace("/", "\\/"), 1, "1 Requesty key"),
        (json.dumps(json.dumps(RQ).replace("/", "\\/")), 1, "1 Requesty key: its id cannot"),
        (urllib.parse.quote(urllib.parse.quote(RQ, safe=""), safe=""), 1, "1 Requesty key: its id cannot"),
        (urllib.parse.quote(RQ, safe=""), 1, "1 Requesty key"),
        (OLD, 1, "1 unclear text, which may be a key of Baseten or of another vendor; --provider baseten"),
        (f"ULTRAVOX_KEY={OLD}\nBASETEN=1\n", 1, "1 unclear text"),
        ("sk-proj-" + OR[9:] * 2, 1, "1 OpenAI key"),
        ("sk-ant-api03-" + "b" * 93 + "AA", 1, "1 Anthropic key"),
        ("glpat-" + "a" * 20, 1, "1 GitLab key"),
        ("DD_API_KEY=" + OR[9:41], 1, "1 Datadog key"),
        ("CLOUDFLARE_API_TOKEN=" + "aB3_" * 10, 1, "1 Cloudflare key"),
        ("hvs." + "Pv1d" * 6, 1, "1 HashiCorp Vault key"),
        ("AKIAABCDEFGHIJKLMNOP", 65, "1 key of another vendor (AWS access key): revoke it there"),
        ("8f676226e236a23e238e3b1c77fc4c01.dFOcVwWBhqG5KSFd", 65, "(Z.ai)"),
        ("patEg42ipqnX1fkkj." + OR[9:], 65, "(Airtable)"),
        (OR.upper(), 1, "1 OpenRouter key that is wrapped or encoded (in lines, in upper case"),
        ("SK-OR-V1-YOUR-KEY", 65, ""),
        (b64(b64(OR)), 1, "1 OpenRouter key that is wrapped or encoded (in lines, in upper case, in hex, twice?)"),
        (OR[:9] + "\\\n" + OR[9:], 1, "1 OpenRouter key that is wrapped"),
        (OR[:13] + "\n" + OR[13:], 1, "1 OpenRouter key that is wrapped"),
        (OR[:9] + OR[9:].upper(), 1, "1 OpenRouter key that is wrapped or encoded (in lines, in upper case"),
        ("powershell -enc " + base64.b64encode(f"$k='{OR}'".encode("utf-16-le")).decode(), 1, "that is wrapped or encoded"),
        (OR.encode().hex(), 1, "that is wrapped or encoded (in lines, in upper case, in hex, twice?)"),
        (b64(f"a line of text, {OR}")[:60] + "\n" + b64(f"a line of text, {OR}")[60:], 1, "is wrapped or encoded"),
    ],
)
def test_what_is_passed_over_is_told(tool, text, code, says):
    result, rows, _ = match(tool, text)
    assert (result.code, rows) == (code, []) and says in result.err, result
    result, rows, ids = match(tool, f"{OTHER}\n{text}\n")  # beside a key that is taken
    assert (result.code, ids) == (code % 65, {id_of(OTHER)}) and says.replace("leak:1", "leak:2") in result.err
    assert match(tool, f"{OTHER}\n{text}\n", "--partial")[0].code == 0


def test_packed_in_what_is_packed(tool):
    """A tar of rotated logs: what is not looked into is told, wherever in it that stands."""
    inner, out = gzip.compress(f"{OR}\n".encode()), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in (("a", b"x\n" * 300000), ("b.gz", inner), ("c", OTHER.encode() + b"\n"), ("d.gz", inner)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    for text in (out.getvalue(), gzip.compress(out.getvalue())):
        result, _, ids = match(tool, text)
        assert ids == {id_of(OTHER)} and "2 files that were not read: packed, in a tar archive" in result.err, result
    result, _, _ = match(tool, gzip.compress(inner))
    assert result.code == 65 and "1 file that was not read: packed twice" in result.err


def test_packed_otherwise(tool):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", OR)
    result, _, _ = match(tool, out.getvalue())
    assert result.code == 65 and "1 file that was not read: a zip archive, or an Office file (unzip -p FILE |" in result.err
    for magic, kind in ((b"\x1f\x9d\x90", "compress (gzip -dc"), (b"\x04\x22\x4d\x18", "lz4 (lz4 -dc"), (b"BZh", "bzip2 (bzip2 -dc")):
        result, _, _ = match(tool, magic + bytes(99))
        assert result.code == 65 and f"1 file that was not read: {kind} FILE | rescind match -): leak:1" in result.err
    for text in (gzip.compress(OR.encode())[:-9], gzip.compress(OR.encode() * 9)[:40]):
        result, _, _ = match(tool, text)
        assert result.code == 66 and ("cut: " in result.err or "damaged" in result.err), result


def test_a_packed_file_that_breaks_off(tool):
    """The keys before that are real ones: they are written, and 66 stops a script all the same."""
    dice = random.Random(3)
    noise = "".join(f"{dice.getrandbits(90)}\n" for _ in range(9000))
    packed = gzip.compress(f"{OR}\n{noise}".encode())
    damaged = bytearray(packed)
    damaged[60000] ^= 255
    for broken, says in ((packed[:60000], "cut: the end"), (bytes(damaged), "damaged: ")):
        for options in ((), ("--partial",)):
            result, _, ids = match(tool, broken, *options)
            assert (result.code, ids) == (66, {id_of(OR)}), result
            assert f"leak: {says}" in result.err and "(to line " in result.err


def test_what_stands_behind_a_gzip_file(tool):
    """Padding is nothing; what is no gzip file is told, and the good one is read."""
    good = gzip.compress(f"{OR}\n".encode())
    result, _, ids = match(tool, good + bytes(600))
    assert (result.code, ids) == (0, {id_of(OR)}) and "not read" not in result.err, result
    for behind in (b"garbage", bytes(9) + b"x", b"x" * 100000):
        result, _, ids = match(tool, good + behind)
        assert (result.code, ids) == (0, {id_of(OR)}), result
        assert "1 file that was not read: what stands behind the end of a packed one" in result.err


def test_provider(tool):
    result, _, ids = match(tool, f"{OLD}\n{OR}\n", "--provider", "baseten")
    assert (result.code, ids) == (0, {OLD[:8]})
    assert "1 key of another provider (OpenRouter) left out: leak:2" in result.err
    long = "sk-" + "Ab3" * 11
    result, _, ids = match(tool, f"{long}\n{LL}\n", "--provider", "litellm")
    assert (result.code, ids) == (0, {id_of(long), id_of(LL)})


def test_against_a_list(tool):
    """Old keys that are in it, and what it shows of secrets: exactly one fit, or none."""
    label = f"{OR[:12]}...{OR[-3:]}"
    (tool.directory / "all.csv").write_text(
        f"hash,name,label\n{id_of(OR)},a,{label}\n{id_of(OTHER)},b,{OTHER[:12]}...{OTHER[-3:]}\n"
    )
    result, rows, ids = match(tool, f"{label}\n{OTHER[:15]}****{OTHER[-3:]}\n", "--against", "all.csv")
    assert (result.code, ids) == (0, {id_of(OR), id_of(OTHER)}), result
    assert rows[0]["note"] == "leak:1"
    result, rows, _ = match(tool, "sk-or-v1-***\nsk-or-v1-fff...fff\n", "--against", "all.csv")
    assert (result.code, rows) == (65, []) and "all.csv has none that alone fits" in result.err

    twins = f"hash,name,label\n{id_of(OR)},a,{label}\n{id_of(OTHER)},b,{label}\n"
    (tool.directory / "twins.csv").write_text(twins)
    assert match(tool, label, "--against", "twins.csv")[1] == []

    (tool.directory / "bt.csv").write_text(f"prefix,name\n{OLD[:8]},a\n")
    result, _, ids = match(tool, f"{OLD}\n{BT}\n", "--against", "bt.csv")
    assert (result.code, ids) == (0, {OLD[:8]}) and "1 Baseten key that is not in the list (bt.csv)" in result.err


def test_against_what_openai_and_datadog_show(tool):
    """Keys that do not tell their ids, by the masked forms of the list; its scopes and accounts come along."""
    openai = "sk-proj-" + OR[9:] * 2
    datadog = OTHER[9:41]
    (tool.directory / "openai.csv").write_text(
        "provider,kind,id,project,name,label\n"
        f"openai,key,key_1,proj_a,x,{openai[:12]}***{openai[-4:]}\nopenai,key,key_2,proj_a,y,sk-proj-zz***abcd\n"
    )
    (tool.directory / "dd.csv").write_text(
        f"provider,kind,id,name,label\ndatadog,key,11111111-2222-3333-4444-555555555555,x,{datadog[-4:]}\n"
    )
    result, rows, _ = match(tool, openai, "--against", "openai.csv")
    want = {"provider": "openai", "kind": "key", "id": "key_1", "project": "proj_a", "note": "leak:1"}
    assert (result.code, rows) == (0, [want]), result
    (tool.directory / "found.csv").write_text(result.out)
    assert "1 target" in tool.call("plan", "found.csv").out
    result, rows, ids = match(tool, f"DD_API_KEY={datadog}\n", "--against", "dd.csv")
    assert (result.code, ids) == (0, {"11111111-2222-3333-4444-555555555555"}), result
    assert match(tool, f"DD_API_KEY={OR[9:41]}\n", "--against", "dd.csv")[0].code == 1

    (tool.directory / "two.csv").write_text(f"hash,account,label\n{id_of(OR)},team-a,x\n{id_of(OTHER)},,x\n")
    result, rows, _ = match(tool, f"{OR}\n{OTHER}\n", "--against", "two.csv")
    assert [(row["hash"], row["account"]) for row in rows] == [(id_of(OR), "team-a"), (id_of(OTHER), "")], result


def test_files_and_directories(tool):
    below = tool.directory / "d" / "e"
    below.mkdir(parents=True)
    (below / "b.log").write_text(f"x\n{OR}\n")
    (tool.directory / "d" / "a.env").write_text(f"K={OTHER}\nL={OR}\n")
    (below / "loop").symlink_to(tool.directory / "d")
    result = tool.call("match", "d", "-", stdin=f"{BT}\n".encode())
    assert result.code == 0, result
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert [(row["hash"] or row["prefix"], row["note"]) for row in rows] == [
        (id_of(OTHER), "d/a.env:1"),
        (id_of(OR), "d/a.env:2 and 1 more place"),
        (id_of(BT), "standard input:1"),
    ]
    assert "3 files: 3 keys (found 1 more time) written" in result.err and "not read" not in result.err
    elsewhere = tool.directory / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "c").write_text(f"{OLD}\n")
    (below / "out").symlink_to(elsewhere)
    (below / "nowhere").symlink_to("nothing")
    (tool.directory / "d" / "c.env").symlink_to(elsewhere / "c")
    os.mkfifo(below / "pipe")
    result = tool.call("match", "d")
    assert result.code == 0 and "1 file that was not read: a pipe: d/e/pipe:1" in result.err, result
    assert "2 files that were not read: a symbolic link to elsewhere: d/c.env:1, d/e/out:1" in result.err
    again = tool.call("match", "d", "--output", "d/out.csv")
    assert again.code == 0 and tool.call("match", "d", "--output", "d/out.csv").code == 0
    refused = tool.call("match", "d", "--output", "d/a.env")
    assert refused.code == 64 and "is a file with raw keys" in refused.err
    assert OR in (tool.directory / "d" / "a.env").read_text()


def test_a_name_that_is_a_key(tool):
    (tool.directory / OR).write_text(OTHER)
    result = tool.call("match", ".")
    assert result.code == 0 and OR[9:] not in result.out + result.err
    assert "whose name is not shown:1" in result.out
