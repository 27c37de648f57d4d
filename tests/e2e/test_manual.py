"""rescind-providers(5) has every key of a definition, and its example can be read."""

import re
import subprocess

import wire
from paths import ROOT

SOURCE = (ROOT / "src/provider/definition_keys.c").read_text()
PAGE = ROOT / "src/cli/rescind-providers.5"
KEYS = re.findall(r'^    \{"([a-z.]+)", take', SOURCE, re.M)


def test_every_key_stands_in_it():
    assert len(KEYS) > 60
    text = PAGE.read_text()
    missing = [key for key in KEYS if key not in text and f".{key.rsplit('.', 1)[-1]} " not in text]
    assert not missing


def test_every_key_that_stands_in_it_is_one():
    """And the other way round; a name that begins with a dot stands for its endings."""
    told = re.findall(r"^\.It Sy (.+?) No = ", PAGE.read_text(), re.M)
    names = [name for line in told for name in line.split(" , ")]
    assert len(names) > 40
    for name in names:
        ends = [key for key in KEYS if key == name or (name[0] == "." and key.endswith(name))]
        assert ends, name


def test_the_headers_that_go_unasked_stand_in_it(make_wire, make_tool):
    """Every one of a request that has a body, whichever its definition names."""
    heads = []

    def answer(request):
        heads.append(request.headers)
        return wire.reply(403, "no")

    server, tool = make_wire(answer), make_tool()
    (tool.directory / "x.ini").write_text(
        "[provider x]\ncredential = X\nheader = X-Key: {secret}\nid.name = id\nid.class = word\n"
        "id.length = 1-9\ndelete = POST /gone\ndelete.body = {\"id\":\"{id}\"}\n"
    )
    (tool.directory / "m.csv").write_text("provider,id\nx,a\n")
    tool.env["X"] = "some-secret"
    url = ("--base-url", f"x=http://127.0.0.1:{server.port}")
    tool.call("run", "m.csv", "--job", "x.ini", "--yes", *url, "--max-attempts", "1")
    framing = {"host", "content-length", "x-key"}
    assert heads
    for name in {name.lower() for head in heads for name in dict(head)} - framing:
        assert f"{name}:" in PAGE.read_text().lower(), name


def test_its_example_is_a_definition(make_tool):
    example = PAGE.read_text().split(".Bd -literal -offset indent\n")[1].split(".Ed")[0]
    tool = make_tool()
    (tool.directory / "rabbit.ini").write_text(example)
    result = tool.call("providers", "--job", "rabbit.ini", "rabbitmq")
    assert result.code == 0 and "self = user" in result.out, result
    assert f"```ini\n{example}```" in (ROOT / "README.md").read_text()


def test_mandoc_finds_nothing_wrong():
    said = subprocess.run(["mandoc", "-Tlint", "-W", "warning", PAGE], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
