"""What may be called gone: servers that lie in each way, and beside each one that does not."""

import hashlib
import re
import subprocess

import pytest
from paths import RESCIND
from targets import Target, targets
from tool import CREDENTIALS
from wire import DELETED

OWN_HASH = hashlib.sha256(CREDENTIALS["OPENROUTER_MANAGEMENT_KEY"].encode()).hexdigest()
OTHER_KEY = "sk-or-v1-" + "77" * 32


def second_name(tool, *, drop=()):
    """A job file with a second definition of OpenRouter's keys, for another account's variable."""
    text = subprocess.run(
        [RESCIND, "providers", "openrouter"], capture_output=True, text=True, check=True
    ).stdout
    section = next(s for s in re.split(r"(?m)^(?=\[)", text) if s.startswith("[provider openrouter key]"))
    section = section.replace("[provider openrouter key]", "[provider or2 key]")
    section = section.replace("OPENROUTER_MANAGEMENT_KEY", "OR2_KEY").replace("column = hash\n", "")
    for line in drop:
        assert line in section
        section = section.replace(line, "")
    tool.env["OR2_KEY"] = OTHER_KEY
    return tool.manifest(section, "second.ini")


def rows_of(first, second):
    return f"provider,kind,id\nopenrouter,key,{first}\nor2,key,{second}\n"


@pytest.mark.parametrize("drop", [(), ("id.fold = lower\n",), ("self = sha256\n",)])
def test_own_credential_under_another_name(drop, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin, f"or2={wire.base}")
    job = second_name(tool, drop=drop)
    own = OWN_HASH.upper() if "id.fold = lower\n" in drop else OWN_HASH
    rows = rows_of(targets(1)[0].id, own)
    result = tool.run(tool.manifest(rows), "--job", job, "--no-preflight")
    assert (result.code, wire.deletions) == (2, []), result.err
    assert "very credential in use" in result.err


def test_own_credential_of_the_other_definition(make_wire, make_tool):
    """The second definition's secret, named through the first."""
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin, f"or2={wire.base}")
    job = second_name(tool)
    own = hashlib.sha256(OTHER_KEY.encode()).hexdigest()
    result = tool.run(tool.manifest(rows_of(own, targets(1)[0].id)), "--job", job, "--no-preflight")
    assert (result.code, wire.deletions) == (2, []), result.err


@pytest.mark.parametrize("other_origin", [False, True])
def test_protected_under_another_name(other_origin, make_wire, make_tool):
    wire, elsewhere = make_wire([DELETED]), make_wire([DELETED])
    second = elsewhere if other_origin else wire
    tool = make_tool(wire.origin, f"or2={second.base}")
    job = second_name(tool)
    one, protected = targets(2)
    kept = tool.manifest(f"hash\n{protected.id}\n", "kept.csv")
    result = tool.run(
        tool.manifest(rows_of(one.id, protected.id)),
        *("--job", job, "--protect", kept, "--no-preflight"),
    )
    assert result.code == (0 if other_origin else 2), result.err
    assert len(wire.deletions + elsewhere.deletions) == (2 if other_origin else 0)


def test_a_token_that_is_its_own_id(make_wire, make_tool):
    """Unleash, InfluxDB: the id is the secret itself, or its user."""
    wire = make_wire([DELETED])
    tool = make_tool(f"acme=http://127.0.0.1:{wire.port}")
    job = tool.manifest(
        "[provider acme]\ncredential = ACME_TOKEN\nheader = Authorization: {secret}\n"
        "id.name = token\nid.class = printable\nid.length = 1-80\n"
        "delete = DELETE /tokens/{id}\ndelete.status = 200\n"
        "gone.status = 404\ngone.form = /error exists\n",
        "acme.ini",
    )
    tool.env["ACME_TOKEN"] = "dev:all.4f2a9c"
    for own, code in (("dev:all.4f2a9c", 2), ("dev:all.000000", 0)):
        result = tool.run(
            tool.manifest(f"provider,id\nacme,{own}\n", f"{code}.csv"),
            *("--job", job, "--run-dir", tool.directory / f"{code}.run", "--expect-absent"),
        )
        assert result.code == code if code else result.code != 2, result.err
    assert [request.path for request in wire.deletions] == ["/tokens/dev%3Aall.000000"]


def test_another_path_is_another_place(make_wire, make_tool):
    """A rehearsal on the same host must not pass for the deletion."""
    wire = make_wire([DELETED])
    tool = make_tool()
    manifest = tool.manifest(targets(3))
    rehearsal, real = (f"openrouter=http://127.0.0.1:{wire.port}{path}" for path in ("/rehearsal", "/api/v1"))
    assert tool.run(manifest, "--base-url", rehearsal).code == 0
    for again in (["--base-url", real], ["--base-url", f"{rehearsal}/more"]):
        result = tool.run(manifest, *again)
        assert result.code == 2, result.err
        assert "/rehearsal" in result.err
    assert tool.run(manifest, "--base-url", f"{rehearsal}/").code == 0
    assert len(wire.deletions) == 3
    other = tool.directory / "other"
    assert tool.run(manifest, "--run-dir", other, "--base-url", real).code == 0
    merged = tool.call("report", tool.run_dir.path, other, "--run-dir", tool.directory / "merged")
    assert merged.code == 2
    assert "one report cannot tell both" in merged.err


def test_a_manifest_that_was_cut_down_hides_no_rehearsal(make_wire, make_tool):
    """The last open names fewer providers than the ones before."""
    wire, stand_in = make_wire([DELETED]), make_wire([DELETED])
    tool = make_tool()
    keys, byok = targets(2), targets(1, "openrouter", "byok")
    extra = Target("or2", "key", "00" * 32)
    job = second_name(tool)
    both = ["--job", job, "--base-url", f"or2={wire.base}"]
    there = [*both, "--base-url", f"openrouter={stand_in.base}"]
    rehearsed, real = tool.directory / "rehearsed", tool.directory / "real"
    assert tool.run(tool.manifest([*keys, extra]), "--run-dir", rehearsed, *there).code == 0
    assert tool.run(tool.manifest([extra]), "--run-dir", rehearsed, *there).code == 0
    here = [*both, "--base-url", wire.origin]
    assert tool.run(tool.manifest([*keys, *byok]), "--run-dir", real, *here, "--max", "9").code == 0
    merged = tool.call(
        "report", real, rehearsed, "--job", job, "--run-dir", tool.directory / "merged"
    )
    assert merged.code == 2, merged.err
