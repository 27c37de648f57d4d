"""What keeps a run waiting, for how long, and whom: all that comes before the first delete has one
bounded patience, a provider that is given up on or halted stops alone, and a hold is of one origin
and one account."""

import time

import pytest
from certificates import Authority
from former import to_released
from targets import targets
from wire import DELETED, MANAGEMENT_KEY, Reply, error, reply

REQUESTY_OK = reply(200, {"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12})


def two_providers(make_wire, make_tool, read):
    """OpenRouter answers all, Requesty's reads are answered by `read`."""
    well = make_wire(lambda request: MANAGEMENT_KEY if request.method == "GET" else DELETED)
    other = make_wire(lambda request: read if request.method == "GET" else reply(200, {}))
    tool = make_tool(well.origin, "requesty=" + other.base.removesuffix("/api/v1"))
    return well, other, tool, tool.manifest(targets(3) + targets(2, "requesty"))


@pytest.mark.parametrize(
    "read",
    [
        error(429, "slow", Retry_After="125"),
        error(503, "maintenance", Retry_After="3600"),
        error(403, "slow", Retry_After="3600"),
        reply(403, b"<html>blocked</html>", kind="text/html"),
        reply(302, b"", Location="/elsewhere"),
    ],
    ids=["429", "503", "403-held", "403-page", "302"],
)
def test_a_credential_that_cannot_be_read_is_given_up_on_alone(read, make_wire, make_tool):
    """At once, in the next run too: what a hold of the first one left is no proof of it."""
    well, other, tool, manifest = two_providers(make_wire, make_tool, read)
    began = time.monotonic()
    for _ in range(2):
        result = tool.run(manifest, "--progress", "never")
        assert result.code == 75, result.err
        assert "nothing was deleted there" in result.err
        assert (len(well.deletions), len(other.deletions)) == (3, 0)
    assert time.monotonic() - began < 20
    assert tool.run_dir.totals == {"revoked": 3, "not_attempted": 2}


def test_a_refused_credential_stops_all(make_wire, make_tool):
    """Though the other one was read long before."""
    refusal = error(401, "no")._replace(wait=1)
    well, other, tool, manifest = two_providers(make_wire, make_tool, refusal)
    result = tool.run(manifest)
    assert result.code == 77, result.err
    assert "nothing was deleted\n" in result.err
    assert well.deletions == other.deletions == []


def test_short_holds_are_waited_out_and_all_together_end(make_wire, make_tool):
    """12 s and again 12 s pass; the third would end beyond the 30 s."""
    hold = error(429, "slow", Retry_After="12")
    well, other, tool, manifest = two_providers(make_wire, make_tool, hold)
    began = time.monotonic()
    result = tool.run(manifest, "--progress", "never")
    assert result.code == 75, result.err
    assert 23 < time.monotonic() - began < 34
    assert len(other.requests) == 3
    assert "requesty: 429, asked to wait 12.0s" in result.err
    assert len(well.deletions) == 3


def test_a_hold_beyond_the_deadline_ends_the_run_at_once(make_wire, make_tool):
    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        return error(429, "slow", Retry_After="60")

    tool = make_tool(make_wire(answer).origin)
    began = time.monotonic()
    result = tool.run(tool.manifest(targets(3)), "--deadline", "20s", "--progress", "never")
    assert result.code == 75
    assert time.monotonic() - began < 8
    assert "asked to wait" in result.err
    assert "beyond the deadline" in result.err


def test_a_halt_stops_its_own_provider(make_wire, make_tool):
    well = make_wire(
        lambda request: MANAGEMENT_KEY if request.method == "GET" else DELETED._replace(wait=0.02)
    )
    ill = make_wire(
        lambda request: REQUESTY_OK if request.method == "GET" else error(400, "bad")
    )
    tool = make_tool(well.origin, "requesty=" + ill.base.removesuffix("/api/v1"))
    result = tool.run(tool.manifest(targets(300) + targets(60, "requesty")))
    assert result.code == 75, result.err
    totals = tool.run_dir.totals
    assert totals["revoked"] == 300
    assert 20 <= totals["failed"] < 60


def test_a_hold_is_of_an_account(make_wire, make_tool):
    """Another credential is not held by it, whatever the variable is called."""

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if b"another" in request.raw:
            return DELETED
        return error(429, "slow", Retry_After="3600")

    tool = make_tool(make_wire(answer).origin)
    manifest = tool.manifest(targets(3))
    assert tool.run(manifest, "--deadline", "5s").code == 75
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = "another-account"
    began = time.monotonic()
    result = tool.run(manifest)
    assert result.code == 0, result.err
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_hold_in_a_journal_of_the_released_format_is_kept(host, make_wire, make_tool):
    """There a pair is an origin as it was written and a variable, and whose account that was nobody
    knows: the hold is of whoever the variable has now."""

    def answer(request):
        return MANAGEMENT_KEY if request.method == "GET" else error(429, "slow", Retry_After="3600")

    wire = make_wire(answer)
    tool = make_tool(f"openrouter=http://{host}:{wire.port}/api/v1")
    manifest = tool.manifest(targets(3))
    assert tool.run(manifest, "--deadline", "5s").code == 75
    sent = len(wire.requests)
    to_released(tool.run_dir, f"http://{host}:{wire.port} OPENROUTER_MANAGEMENT_KEY")
    assert all(":" in hold["pair"] for hold in tool.run_dir.records("hold"))
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = "sk-or-v1-" + "a" * 64
    where = ("--run-dir", tool.run_dir.path, "--base-url", tool.origins[0])
    assert "as an earlier run was told" in tool.call("plan", manifest, *where).out
    result = tool.run(manifest, "--deadline", "10s")
    assert result.code == 75, result.err
    assert "asked an earlier run to wait, and " in result.err
    assert len(wire.requests) == sent


def test_localhost_is_one_origin_with_its_address(make_wire, make_tool):
    """Two definitions at one place, with one secret: the hold of one is the other's."""
    holding = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY if request.path.endswith("/key") else reply(200, {"ok": True})
        if not holding:
            holding.append(request.at)
            return error(429, "slow", Retry_After="2")
        return DELETED if "/api/v1/" in request.path else reply(200, {})

    wire = make_wire(answer)
    secret = "sk-or-v1-" + "5" * 64
    port = wire.port
    tool = make_tool(f"openrouter=http://127.0.0.1:{port}/api/v1", f"mine=http://localhost:{port}")
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = tool.env["MINE"] = secret
    job = tool.manifest(
        "[run]\nyes = yes\n[provider mine]\ncredential = MINE\nheader = Authorization: Bearer {secret}\n"
        "id.name = id\nid.class = digits\nid.length = 1-9\ndelete = DELETE /mine/{id}\n"
        "delete.absent = gone\n",
        "job.ini",
    )
    rows = "".join(f"openrouter,{row.id}\n" for row in targets(3)) + "mine,1\nmine,2\n"
    manifest = tool.manifest("provider,id\n" + rows, "both.csv")
    result = tool.run(manifest, "--job", job, "--concurrency", "1", "--no-preflight", "--expect-absent")
    assert result.code == 0, result.err
    assert [r.path for r in wire.requests if holding[0] < r.at < holding[0] + 2] == []


# --- a quota that a success tells of


def used_up(remaining, seconds):
    reset = int((time.time() + seconds) * 1000)
    return DELETED._replace(
        data=DELETED.data.replace(
            b"\r\n\r\n",
            f"\r\nX-RateLimit-Remaining: {remaining}\r\nX-RateLimit-Reset: {reset}\r\n\r\n".encode(),
            1,
        )
    )


def test_a_quota_that_is_used_up_is_waited_for_and_told(make_wire, make_tool):
    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        return used_up(0, 3) if len(wire.deletions) == 1 else DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(5)), "--concurrency", "1", "--progress", "never")
    assert result.code == 0, result.err
    first, second = (r.at for r in wire.deletions[:2])
    assert second - first > 2
    assert "openrouter: nothing is left of its quota, asked to wait: for" in result.err


def test_a_hold_counts_from_the_head_of_its_answer(make_wire, make_tool):
    """Its body comes two seconds later; nothing is sent meanwhile, and the wait is over by then."""
    head = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n"
    told = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if len(wire.deletions) == 4:
            told.append(request.at)
            return Reply(head, later=b"{}", pause=2)
        return DELETED._replace(wait=0.1)

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(12)), "--max-rate", "5")
    assert result.code == 0, result.err
    later = [r.at - told[0] for r in wire.deletions if r.at > told[0]]
    assert later[0] >= 2.9, "nothing goes once the head was there"
    assert later[0] < 4, "and the wait is counted from it"


def test_a_certificate_that_does_not_verify_is_given_up_on_at_once(
    authority, make_wire, make_tool, tmp_path
):
    """One look, no second one; the others go on."""
    certificate = Authority(tmp_path / "stranger", "another CA").issue("stranger")
    well = make_wire(lambda request: MANAGEMENT_KEY if request.method == "GET" else DELETED)
    stranger = make_wire(lambda request: REQUESTY_OK, tls=certificate)
    tool = make_tool(well.origin, f"requesty=https://127.0.0.1:{stranger.port}")
    began = time.monotonic()
    result = tool.run(
        tool.manifest(targets(3) + targets(2, "requesty")), "--ca-file", authority.pem
    )
    assert result.code == 75, result.err
    assert time.monotonic() - began < 10
    assert "the certificate does not verify" in result.err
    assert "trying again" not in result.err
    assert (stranger.connections, len(well.deletions)) == (1, 3)
    assert tool.run_dir.totals == {"revoked": 3, "not_attempted": 2}
