"""What was called gone, or is about to be, and lives: a later look takes it back."""

import threading

import pytest
from test_evidence import Strict, Tokens, lax, manifest_of, names, verify
from wire import reply


def test_the_right_account_finds_what_another_one_called_absent(make_wire, make_tool):
    mine, theirs = names(10, "mine"), names(15, "theirs")
    server = Strict({"mine": ("me", mine), "theirs": ("them", theirs)})
    wire, tool = lax(make_wire, make_tool, server, absent="gone")
    manifest = manifest_of(tool, mine + theirs)
    assert tool.run(manifest).code == 0
    assert tool.run_dir.totals == {"revoked": 10, "already_absent": 15}
    tool.env["LAX_TOKEN"] = "theirs"
    result = tool.run(manifest)
    assert result.code == 1 and "15 that another account found absent are there" in result.err
    assert len(wire.deletions) == 25, "what the question did not count is not deleted"
    assert tool.run_dir.totals == {"revoked": 10, "unproven_absent": 15}
    assert len(tool.run_dir.remaining) == 15
    assert tool.run(manifest, "--max", "14").code == 2
    assert tool.run(manifest, "--max", "15").code == 0
    assert tool.run_dir.totals == {"revoked": 25}
    assert not server.accounts["theirs"][1]


@pytest.mark.parametrize("who", ["mine", "renewed", "strangers"])
def test_what_was_absent_and_is_stays_done(who, make_wire, make_tool):
    """The same account, by whatever secret, and one that sees nothing of it either."""
    mine, dead = names(10, "mine"), names(5, "dead")
    server = Strict({"mine": ("me", mine), "renewed": ("me", []), "strangers": ("them", ["x"])})
    wire, tool = lax(make_wire, make_tool, server, absent="gone")
    manifest = manifest_of(tool, mine + dead)
    assert tool.run(manifest).code == 0
    asked, tool.env["LAX_TOKEN"] = len(wire.requests), who
    result = tool.run(manifest)
    assert result.code == 0, result.err
    assert tool.run_dir.totals == {"revoked": 10, "already_absent": 5}
    assert len(wire.deletions) == 15
    asked = [request.path for request in wire.requests[asked:]]
    assert asked == {"mine": [], "renewed": ["/whoami"]}.get(who, ["/whoami", "/tokens"])


class Fails(Strict):
    """After three deletions it knows none of its keys any more, or somebody else deletes them all;
    the answers come together."""

    def __init__(self, *args, lives):
        super().__init__(*args)
        self.lives, self.together, self.done = lives, threading.Barrier(5), 0

    def __call__(self, request):
        if request.method != "DELETE":
            return super().__call__(request)
        own = self.accounts["mine"][1]
        self.done += 1
        if self.done <= 3:
            return super().__call__(request)
        if not self.lives:
            own.clear()
        try:
            self.together.wait(1)
        except threading.BrokenBarrierError:
            pass
        return reply(404, {"error": "not found"})


@pytest.mark.parametrize("lives", [True, False])
def test_absences_in_flight_beside_one_that_is_looked_at_again(lives, make_wire, make_tool):
    keys = names(20)
    wire, tool = lax(make_wire, make_tool, Fails({"mine": ("me", keys)}, lives=lives), "unknown")
    result = tool.run(manifest_of(tool, keys), "--concurrency", "5", "--verify-patience", "0s")
    totals = tool.run_dir.totals
    if lives:
        assert result.code == 75 and totals["revoked"] == 3, result.err
        assert set(totals) <= {"revoked", "unproven_absent", "not_attempted"}
    else:
        assert result.code == 0 and totals == {"revoked": 3, "already_absent": 17}, result.err


def test_what_was_still_there_is_told_again(make_wire, make_tool):
    keys = names(5)
    server = Strict({"mine": ("me", keys)})
    wire, tool = lax(make_wire, make_tool, server, absent="gone")
    manifest = manifest_of(tool, keys)
    assert tool.run(manifest).code == 0
    server.accounts["mine"][1].add(keys[0])
    assert verify(tool, "--verify-patience", "0s").code == 1
    result = tool.run(manifest)
    assert result.code == 1 and "1 of the targets was still there" in result.err
    server.accounts["mine"][1].clear()
    assert verify(tool).code == 0
    assert tool.run(manifest).code == 0


@pytest.mark.parametrize("absent, done", [("gone", 1), ("success", 1)])
def test_a_success_for_one_that_the_look_did_not_find(absent, done, make_wire, make_tool):
    """The definition may say that only what exists is deleted; the server does not."""
    keys = names(6)
    wire, tool = lax(make_wire, make_tool, Tokens({"mine": ("me", keys[:1])}), absent)
    result = tool.run(manifest_of(tool, keys), "--halt", "100%")
    assert result.code == 1, result.err
    assert tool.run_dir.totals == {"revoked": done, "unconfirmed": 6 - done}
