"""rescind-providers(5) has every key of a definition, and its example can be read."""

import re
import subprocess

from paths import ROOT

SOURCE = (ROOT / "src/provider/definition_keys.c").read_text()
PAGE = ROOT / "src/cli/rescind-providers.5"
KEYS = re.findall(r'^    \{"([a-z.]+)", take', SOURCE, re.M)


def test_every_key_stands_in_it():
    assert len(KEYS) > 60
    text = PAGE.read_text()
    missing = [key for key in KEYS if key not in text and f".{key.rsplit('.', 1)[-1]} " not in text]
    assert not missing


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
