"""What a deletion leaves undone is told before it, and after."""

from targets import targets

UPSTREAM = "the upstream vendor's key behind it lives on"


def test_a_byok_credential(make_sandbox, make_tool):
    rows = targets(3, "openrouter", "byok")
    tool = make_tool(*make_sandbox(rows).origins)
    manifest = tool.manifest(rows)
    assert UPSTREAM in tool.call("plan", manifest).out
    result = tool.run(manifest)
    assert result.code == 0 and UPSTREAM in result.out
    assert UPSTREAM not in tool.call("plan", "--action", "disable", manifest).out
