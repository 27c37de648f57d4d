"""RESCIND_TRACE: what happened on the wire, for whoever looks for the reason of something."""

import os
import re
import stat

import pytest
from targets import targets
from tool import CREDENTIALS
from wire import DELETED, MANAGEMENT_KEY, error, reply

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z openrouter [<>] (GET|DELETE) /\S+"
    r"( \d{1,3} (end|retry|hold|stop))? pace \d+\.\d( wait \S+)?"
)


def test_a_line_for_each_step(make_wire, make_tool):
    rows = targets(3)
    wire = make_wire([error(429, **{"Retry-After": "1"}), error(500), DELETED])
    tool = make_tool(wire.origin)
    trace = tool.directory / "trace"
    tool.env["RESCIND_TRACE"] = str(trace)
    assert tool.run(tool.manifest(rows)).code == 0
    lines = trace.read_text().splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    went = [line.split()[3:5] for line in lines if line.split()[2] == ">"]
    assert went == [[request.method, request.path.split("?")[0]] for request in wire.requests]
    came = [line for line in lines if line.split()[2] == "<"]
    assert len(came) == len(wire.requests)
    assert sum(" 429 hold " in line for line in came) == 1
    assert any(" 429 hold " in line and " wait " in line for line in came)
    assert sum(" 500 retry " in line for line in came) == 1
    looks = 2  # whose keys these are, and whether one of them is there
    assert sum(" 200 end " in line for line in came) == len(rows) + 1 + looks
    text = trace.read_text()
    assert not any(secret in text for secret in CREDENTIALS.values())
    assert "Bearer" not in text and "deleted" not in text


def test_a_list_is_traced_without_its_query(make_wire, make_tool):
    wire = make_wire(lambda r: reply(200, {"data": []}) if "keys" in r.path else MANAGEMENT_KEY)
    tool = make_tool()
    trace = tool.directory / "trace"
    tool.env["RESCIND_TRACE"] = str(trace)
    result = tool.call("list", "--base-url", wire.origin, "openrouter")
    assert any("?" in request.path for request in wire.requests), result.err
    text = trace.read_text()
    assert " > GET /api/v1/workspaces pace " in text and "?" not in text


def test_it_goes_on_with_its_own_file(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    trace = tool.directory / "trace"
    tool.env["RESCIND_TRACE"] = str(trace)
    tool.run(tool.manifest(targets(1)))
    before = trace.read_text()
    tool.run(tool.manifest(targets(2)), "--yes")
    assert trace.read_text().startswith(before)


def readable(path):
    path.write_text("somebody's\n")
    path.chmod(0o644)


def link(path):
    path.symlink_to(path.parent / "elsewhere")


def pipe(path):
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize(
    "make, says", [(readable, "others may read"), (link, "is a link"), (pipe, "no regular file")]
)
def test_a_file_that_is_not_ours_alone(make, says, make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    trace = tool.directory / "trace"
    make(trace)
    tool.env["RESCIND_TRACE"] = str(trace)
    result = tool.run(tool.manifest(targets(1)))
    assert result.code == 2
    assert says in result.err
    assert not wire.requests
    if make is readable:
        assert trace.read_text() == "somebody's\n"
