"""What a deletion leaves undone is told before it, and after."""

import html

from targets import targets

UPSTREAM = "the upstream vendor's key behind it lives on"


def test_a_byok_credential(make_sandbox, make_tool):
    rows = targets(3, "openrouter", "byok")
    tool = make_tool(*make_sandbox(rows).origins)
    manifest = tool.manifest(rows)
    assert UPSTREAM in tool.call("plan", manifest).out
    result = tool.run(manifest)
    assert result.code == 0 and UPSTREAM in result.out
    assert [(n["provider"], n["kind"]) for n in tool.run_dir.report["notes"]] == [("openrouter", "byok")]
    page = (tool.run_dir.path / "report.html").read_text()
    for shown in (tool.run_dir.report["notes"][0]["note"], html.unescape(page)):
        assert UPSTREAM in shown
    assert UPSTREAM not in tool.call("plan", "--action", "disable", manifest).out


def test_of_many_accounts_it_is_told_once(make_sandbox, make_tool, tmp_path):
    """And of what has none, or of another action, nothing is."""
    rows = targets(2, "openrouter", "byok")
    box = make_sandbox(rows)
    tool = make_tool(*box.origins)
    for account in "AB":
        tool.env[f"OPENROUTER_MANAGEMENT_KEY__{account}"] = tool.env["OPENROUTER_MANAGEMENT_KEY"]
    manifest = tmp_path / "accounts.csv"
    lines = [f"{account},openrouter,byok,{row.id}" for account, row in zip("ab", rows)]
    manifest.write_text("\n".join(["account,provider,kind,id", *lines]) + "\n")
    result = tool.run(manifest)
    assert result.code == 0, result.err
    assert result.out.count(UPSTREAM) == 1 and len(tool.run_dir.report["notes"]) == 1
    plain = tool.manifest(targets(2, "openrouter", "key"), "plain.csv")
    assert tool.run(plain, "--run-dir", tmp_path / "plain").out.count(UPSTREAM) == 0
