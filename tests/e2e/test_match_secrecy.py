"""The secret of no input of the other tests is in anything that `rescind match` writes or says: not as it
is, nor percent-encoded, in base64, in hex or reversed; nor a part of it."""

import base64
import json
import urllib.parse
from pathlib import Path

import pytest

import test_match_reports as reports
import test_match_sources as sources
import test_match_texts as texts

SEEDS = Path(__file__).resolve().parent.parent / "fuzz" / "seeds"
SEEDED = "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"  # in most of the seeds
KEYS = [texts.OR, texts.OTHER, texts.BT, texts.OLD, texts.LL, *reports.KEYS, reports.OLD, sources.KEY, sources.OTHER,
        SEEDED]
PIECE = 16


def private(key):
    """What of a key is no id: behind its dot, or its fixed beginning."""
    return key.partition(".")[2] if "." in key else key.removeprefix("sk-or-v1-").removeprefix("sk-")


def traces(key):
    """All by which a key could be told, in pieces: a part of it is as bad."""
    body = private(key)
    forms = [body, body[::-1], body.upper(), body.encode().hex()]
    forms += ["".join(f"%{byte:02{case}}" for byte in body.encode()) for case in "xX"]
    forms += [urllib.parse.quote(key, safe="")]
    for shift in range(3):
        forms.append(base64.b64encode(bytes(shift) + key.encode()).decode()[4:-4])
        forms.append(base64.b64encode(bytes(shift) + body.encode()).decode()[4:-4])
    return [form[at : at + PIECE] for form in forms for at in range(0, len(form) - PIECE + 1, 5)]


PIECES = [piece for key in KEYS for piece in traces(key)]


def write_inputs(directory):
    inputs = {f"text_{name}": text for name, text in texts.WHOLE.items()}
    inputs |= {f"report_{name}": text for name, (text, _) in sources.REPORTS.items()}
    inputs["trufflehog"] = json.dumps(reports.trufflehog(reports.KEYS[0], Redacted=reports.KEYS[1][:40]))
    inputs["gitleaks"] = json.dumps([reports.gitleaks(reports.KEYS[1], 3, File=f"{reports.KEYS[2]}.txt", RuleID=texts.OR)])
    inputs["cut"] = "\n".join(key[:n] for key in KEYS for n in range(12, len(key)))
    inputs["stuck"] = "\n".join(f"x{key}0 {key}.. {key[:20]}***{key[-8:]}" for key in KEYS)
    for seed in sorted(SEEDS.glob("match_*/*")) + sorted(SEEDS.glob("finder/*")):
        inputs[f"seed_{seed.parent.name}_{seed.name}"] = seed.read_bytes()
    directory.mkdir()
    for name, text in inputs.items():
        (directory / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return inputs


def check(result, *files):
    said = result.out + result.err + "".join(path.read_text() for path in files if path.exists())
    found = [piece for piece in PIECES if piece in said]
    assert not found, (found[0], result.err[:2000])


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_in_all_at_once(make_tool, form):
    tool = make_tool()
    write_inputs(tool.directory / "in")
    out = tool.directory / f"out.{form}"
    result = tool.call("match", "in", "--output", out.name)
    assert result.code == 1 and out.exists(), result
    check(result, out)
    again = tool.call("match", "in", "--against", out.name, "--format", form)
    check(again)
    check(tool.call("match", "in", "--provider", "baseten"))
    check(tool.call("plan", out.name))


def test_in_each_alone(make_tool):
    tool = make_tool()
    for name in write_inputs(tool.directory / "in"):
        check(tool.call("match", f"in/{name}"))
        if name.startswith(("report_", "seed_match_report")):
            check(tool.call("plan", f"in/{name}", "--format", "json"))
            check(tool.call("plan", f"in/{name}", "--format", "csv"))
