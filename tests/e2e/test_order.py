"""In which order targets are sent: the canary, then by priority, then as they stand; and retries do
not keep others waiting for ever."""

from targets import targets
from wire import DELETED, error

ROWS = targets(12)


def write(tool, priorities):
    path = tool.directory / "keys.csv"
    lines = [f"{row.id},{p}" for row, p in zip(ROWS, priorities, strict=True)]
    path.write_text("hash,priority\n" + "\n".join(lines) + "\n")
    return path


def deleted(wire):
    return [r.path.rsplit("/", 1)[1] for r in wire.requests if r.method == "DELETE"]


def test_higher_priority_first(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    priorities = [0, 5, "", -3, 7, 5, 0, -3, 7, 1, 0, 5]
    result = tool.run(write(tool, priorities), "--concurrency", "1", "--no-preflight")
    assert result.code == 0, result
    number = [int(p or 0) for p in priorities]
    order = sorted(range(len(ROWS)), key=lambda i: (-number[i], i))
    assert deleted(wire) == [ROWS[i].id for i in order]


def test_the_canary_comes_before(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    priorities = [0, 0, 9, 0, 3, 9, 0, 0, 0, 0, 0, 9]
    result = tool.run(
        write(tool, priorities), "--concurrency", "1", "--no-preflight", "--canary", "2"
    )
    assert result.code == 0, result
    order = [0, 1, 2, 5, 11, 4, 3, 6, 7, 8, 9, 10]
    assert deleted(wire) == [ROWS[i].id for i in order]


def test_retries_and_fresh_ones_take_turns(make_wire, make_tool):
    """The first six answer 503 for ever: the others are done all the same, long before the end."""
    sick = {row.id for row in ROWS[:6]}

    def answer(request):
        return error(503) if request.path.rsplit("/", 1)[1] in sick else DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    priorities = [9] * 6 + [0] * 6
    result = tool.run(
        write(tool, priorities), "--concurrency", "1", "--no-preflight", "--max-attempts", "4",
        "--halt", "100%",
    )
    assert result.code == 1, result
    seen = deleted(wire)
    last = max(seen.index(row.id) for row in ROWS[6:])
    assert len(seen) == 6 * 4 + 6
    assert last < len(seen) - 4
