"""How a run keeps to a provider's limits: holds and their one probe, hints, ceilings, providers that
are down or refuse, and what is shown of it. Holds of single requests stand in test_stops.py."""

import json
import re
import signal
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from audit import audit
from targets import targets
from tool import DONE, finish
from wire import DELETED, MANAGEMENT_KEY, Reply, error, reply, look

BASETEN_OK = reply(200, {"api_keys": []})
REQUESTY_OK = reply(200, {"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12})


def limited(**headers):
    return error(429, "slow down", **headers)


def raw_429(*lines):
    """A 429 with header lines as they are, a name more than once too."""
    answer = limited()
    head, body = answer.data.split(b"\r\n\r\n", 1)
    return answer._replace(data=b"\r\n".join([head, *lines]) + b"\r\n\r\n" + body)


def wait_until(what, limit=30):
    end = time.monotonic() + limit
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


# --- inside a hold


def test_one_probe_ends_a_hold(make_wire, make_tool):
    """Two holds in a row: between them one request, and after them one, until it is answered."""
    refusals = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if len(wire.deletions) <= 20:
            return DELETED
        if not refusals:
            refusals.append(request.at)
        if request.at < refusals[-1] + 1:  # those that were under way, too
            return limited(Retry_After="1")
        probes.append(request.at)
        if len(probes) == 1:
            refusals.append(request.at)
            return limited(Retry_After="1")
        return DELETED._replace(wait=0.5) if len(probes) == 2 else DELETED

    probes = []
    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(60)), "--concurrency", "8")
    assert result.code == 0, result.err
    first_end, second_end = (at + 1 for at in refusals)
    between = [r.at for r in wire.deletions if first_end <= r.at < second_end]
    assert len(between) == 1, "one probe, and nothing inside the hold that it met"
    assert probes[1] >= second_end
    assert probes[2] - probes[1] >= 0.45, "nothing beside the probe"


@pytest.mark.parametrize("status", [429, 503])
def test_a_preflight_keeps_to_a_hold(status, make_wire, make_tool):
    def answer(request):
        if request.method == "GET" and len(wire.requests) == 1:
            return error(status, "slow down", Retry_After="2")
        return look(request) if request.method == "GET" else DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(5))).code == 0
    first, second = wire.requests[:2]
    assert first.path == second.path == "/api/v1/key"
    assert second.at - first.at >= 2
    assert tool.run_dir.records("hold")


def test_a_retry_keeps_to_a_hold(make_wire, make_tool):
    """A target that failed with a 500 is due again inside the hold that another one met."""
    held = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if len(wire.deletions) == 1:
            return error(500, "broken")
        if not held:
            held.append(request.at)
            return limited(Retry_After="3")
        return DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(2)), "--concurrency", "1").code == 0
    assert [r.at for r in wire.deletions if 0 < r.at - held[0] < 3] == []
    assert tool.run_dir.report["requests"]["http_5xx"] == 1


# --- hints


def test_an_absurd_hold_is_clamped_told_once_and_honoured_by_a_resume(make_wire, make_tool):
    wire = make_wire([DELETED, limited(Retry_After="99999999999")])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(5))
    result = tool.run(manifest, "--deadline", "1s")
    assert result.code == 75
    assert result.err.count("clamped") == 1
    (hold,) = tool.run_dir.records("hold")
    length = instant(hold["until"]) - instant(hold["at"])
    assert timedelta(minutes=59) < length <= timedelta(hours=1, seconds=1)
    sent = len(wire.requests)
    again = tool.run(manifest, "--deadline", "1s")
    assert again.code == 75
    assert len(wire.requests) == sent, "neither preflight nor deletion inside the hold"
    assert tool.run_dir.totals == {"revoked": 1, "not_attempted": 4}


def dated(skew, seconds):
    now = datetime.now(timezone.utc) + timedelta(seconds=skew)
    return {"Date": format_datetime(now, usegmt=True),
            "Retry_After": format_datetime(now + timedelta(seconds=seconds), usegmt=True)}


# name, the 429, least and most seconds until the next request
HINTS = [
    ("a clock 9 hours behind", lambda: limited(**dated(-9 * 3600, 2)), 1.9, 5),
    ("a clock 9 hours ahead", lambda: limited(**dated(9 * 3600, 2)), 1.9, 5),
    ("the longest of several",
     lambda: raw_429(b"Retry-After: 1", b"Retry-After: 2", b"Retry-After: 1"), 2, 5),
    ("several, one of them nonsense", lambda: raw_429(b"Retry-After: soon", b"Retry-After: 2"), 2, 5),
    ("in OpenRouter's body, in ms",
     lambda: reply(429, {"error": {"code": 429, "message": "slow", "metadata": {"headers": {
         "X-RateLimit-Reset": str(int((time.time() + 2) * 1000))}}}}), 1.8, 5),
]  # fmt: skip


@pytest.mark.parametrize("limit, least, most", [h[1:] for h in HINTS], ids=[h[0] for h in HINTS])
def test_hint(limit, least, most, make_wire, make_tool):
    held = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if not held:
            held.append(request.at)
            return limit()
        return DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    # one at a time: on a busy machine the next could be under way before the answer is
    assert tool.run(tool.manifest(targets(5)), "--concurrency", "1").code == 0
    assert least <= wire.deletions[1].at - held[0] <= most


def baseten(request):
    return reply(200, {"prefix": request.path.rsplit("/", 1)[1]})


def baseten_origin(wire):
    return "baseten=" + wire.base.removesuffix("/api/v1")


def test_retry_after_in_basetens_body(make_wire, make_tool):
    held = []

    def answer(request):
        if request.method == "GET":
            return BASETEN_OK
        if not held:
            held.append(request.at)
            return reply(429, {"error": "rate limited", "retry_after": 2})
        return baseten(request)

    wire = make_wire(answer)
    tool = make_tool(baseten_origin(wire))
    assert tool.run(tool.manifest(targets(5, "baseten"))).code == 0
    assert 2 <= wire.deletions[1].at - held[0] <= 5


FIELDS = {
    "three fields": {"RateLimit_Limit": "10", "RateLimit_Remaining": "0", "RateLimit_Reset": "2"},
    "a dictionary": {"RateLimit": "limit=10, remaining=0, reset=2"},
    "items": {"RateLimit_Policy": '"p";q=10;w=2', "RateLimit": '"p";r=0;t=2'},
}


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_fields_of_a_success_slow_down(fields, make_wire, make_tool):
    """A quota that is used up: nothing is sent until its reset, though nothing was refused."""
    told = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if told:
            return DELETED
        told.append(time.monotonic())
        return reply(200, {"deleted": True}, **fields)

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(5)), "--concurrency", "1").code == 0
    assert 1.9 <= wire.deletions[1].at - told[0] <= 6


def test_fields_never_speed_up(make_wire, make_tool):
    """A quota of a million a second is no reason to send faster than a ceiling, or inside a hold."""
    plenty = {"RateLimit_Limit": "1000000", "RateLimit_Remaining": "1000000", "RateLimit_Reset": "1"}
    held = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if len(wire.deletions) == 20 and not held:
            held.append(request.at)
            return limited(Retry_After="2", **plenty)
        return reply(200, {"deleted": True}, **plenty)

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(targets(40)), "--max-rate", "20", "--concurrency", "1").code == 0
    before = [r.at for r in wire.deletions if r.at <= held[0]]
    assert (len(before) - 1) / (before[-1] - before[0]) <= 20 * 1.1
    assert [r.at for r in wire.deletions if 0 < r.at - held[0] < 2] == []


# --- ceilings


def rate_of(requests):
    return (len(requests) - 1) / (requests[-1].at - requests[0].at)


def test_the_documented_limit_is_the_default_ceiling(make_wire, make_tool):
    wire = make_wire(lambda request: BASETEN_OK if request.method == "GET" else baseten(request))
    tool = make_tool(baseten_origin(wire))
    assert tool.run(tool.manifest(targets(250, "baseten"))).code == 0
    assert rate_of(wire.deletions) <= 100 * 1.05


def test_keys_and_byok_share_one_pacer(make_wire, make_tool):
    """One ceiling for both kinds, and what one of them is told to wait, both wait."""
    rows = [row for pair in zip(targets(30), targets(30, kind="byok")) for row in pair]
    held = []

    def answer(request):
        if request.method == "GET":
            return MANAGEMENT_KEY
        if len(wire.deletions) >= 30 and "/keys/" in request.path and not held:
            held.append(request.at)
            return limited(Retry_After="2")
        return DELETED

    wire = make_wire(answer)
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest(rows), "--max-rate", "30").code == 0
    before = [r for r in wire.deletions if r.at <= held[0]]
    assert rate_of(before) <= 30 * 1.1
    inside = [r for r in wire.deletions if 0.3 < r.at - held[0] < 2]
    assert inside == []
    assert {r.path.split("/")[3] for r in wire.deletions} == {"keys", "byok"}


def of_ones_own(name):
    """A provider whose credential comes from a variable of its own."""
    return f"""
[provider {name} key]
column = {name}_id
base = https://{name}.test/v2
credential = {name.upper()}_TOKEN
header = Authorization: Bearer {{secret}}
id.name = key id
id.class = word
id.length = 4-20
delete = DELETE /{name}/{{id}}
delete.confirm = /deleted is true
delete.absent = gone
gone.status = 404
gone.form = /error is string
stop.status = 401 403
"""


def test_one_secret_under_two_names_is_one_credential(make_wire, make_tool):
    """One ceiling for both providers, and a hold that one of them met, also after a kill."""
    held = []

    def answer(request):
        if len(wire.requests) == 30:
            held.append(request.at)
            return limited(Retry_After="3")
        return DELETED

    wire = make_wire(answer)
    tool = make_tool()
    url = f"http://127.0.0.1:{wire.port}"
    job = tool.directory / "job.ini"
    urls = "".join(f"base-url = {name}={url}\n" for name in ("acme", "ecma"))
    job.write_text("[run]\n" + urls + of_ones_own("acme") + of_ones_own("ecma"))
    tool.env |= {"ACME_TOKEN": "the very same", "ECMA_TOKEN": "the very same"}
    rows = [f"{name},key-{n}" for n in range(30) for name in ("acme", "ecma")]
    manifest = tool.manifest("provider,id\n" + "\n".join(rows) + "\n")
    options = ("--job", job, "--max-rate", "20", "--concurrency", "1")
    process = tool.start(manifest, *options)
    wait_until(lambda: held)
    assert rate_of(wire.requests) <= 20 * 1.1
    time.sleep(0.5)
    process.kill()
    finish(process)
    assert len(wire.requests) == 30, "both hold"
    assert {request.path.split("/")[1] for request in wire.requests} == {"acme", "ecma"}
    assert tool.run(manifest, *options).code == 0
    assert wire.requests[30].at - held[0] >= 2.9


@pytest.mark.parametrize("deadline, told", [("5s", "cannot be met"), ("5m", "can be met")])
def test_plan_tells_the_time(deadline, told, make_tool):
    tool = make_tool()
    manifest = tool.manifest(targets(1000, "baseten"))
    result = tool.call("plan", manifest, "--deadline", deadline)
    assert result.code == 0, result.err
    assert "at most 100 a second: at least 10.0s" in result.out
    assert told in result.out


def test_plan_tells_no_time_where_no_ceiling_is_known(make_tool):
    tool = make_tool()
    result = tool.call("plan", tool.manifest(targets(10)))
    assert "\nat least     unknown: no ceiling is known\n" in result.out, result


def test_plan_estimates_with_an_assumed_round_trip(make_tool):
    tool = make_tool()
    result = tool.call("plan", tool.manifest(targets(2000)), "--deadline", "1s")
    assert "with a round trip of 100 ms (assumed)" in result.out, result
    assert "deadline     1.0s: can hardly be met" in result.out


def test_a_deadline_that_cannot_be_met_is_told_before_anything_is_sent(make_wire, make_tool):
    wire = make_wire([DELETED])
    tool = make_tool(wire.origin)
    manifest = tool.manifest(targets(300))
    result = tool.run(manifest, "--max-rate", "20", "--deadline", "2s")
    assert result.code == 75
    told = "the deadline of 2.0s cannot be met: 300 targets need at least 15.0s"
    assert told in result.err, result
    known = "the deadline can hardly be met: 300 targets need about"
    assert known in result.err, result
    assert result.err.index(told) < result.err.index(known)
    wire = make_wire([DELETED])
    result = make_tool(wire.origin).run(manifest, "--max-rate", "100", "--deadline", "1m")
    assert result.code == 0
    assert "deadline" not in result.err


def test_plan_knows_of_a_hold(make_wire, make_tool):
    """4 targets at 100 a second, but not before the hour of an earlier run's hold is over."""
    wire = make_wire([DELETED, limited(Retry_After="3600")])
    tool = make_tool(wire.origin, options=("--max-rate", "100"))
    manifest = tool.manifest(targets(5))
    assert tool.run(manifest, "--deadline", "1s").code == 75
    where = ("--run-dir", tool.run_dir.path, "--base-url", wire.origin)
    result = tool.call("plan", *where, "--max-rate", "100", "--deadline", "50m", manifest)
    assert result.code == 0, result.err
    assert re.search(r"held        for (59m|1h 00m)", result.out)
    assert "deadline     50m 00s: cannot be met" in result.out


def test_plan_adds_up_what_shares_a_pacer(make_tool):
    """100 keys and 100 BYOK credentials at 10 a second take 20 s, not 10."""
    tool = make_tool()
    manifest = tool.manifest(targets(100) + targets(100, kind="byok"))
    result = tool.call("plan", manifest, "--max-rate", "10", "--deadline", "15s")
    assert "at least     20.0s" in result.out
    assert "cannot be met" in result.out


# --- providers that are down, refuse or hold, beside others that are well


def test_one_that_holds_and_one_that_finishes(make_sandbox, make_tool):
    """The other provider's targets are all done long before the hold of 20 s ends."""
    held, others = targets(200), targets(2000, "requesty")
    fault = ["--fault", "openrouter=429:100%:from=3:to=3:retry-after=20"]
    sandbox = make_sandbox(held + others, *fault)
    tool = make_tool(*sandbox.origins)
    process = tool.start(tool.manifest(held + others))

    def others_are_gone():
        return sandbox.counts()["providers"]["requesty"]["effective"] == len(others)

    wait_until(others_are_gone)
    process.send_signal(signal.SIGTERM)
    assert finish(process).code == 75
    (hold,) = tool.run_dir.records("hold")
    close = tool.run_dir.records("close")[-1]
    assert instant(close["at"]) < instant(hold["until"])
    seen = sandbox.counts()["providers"]["openrouter"]
    assert (seen["holds"], seen["in_hold"]) == (1, 0)
    audit(tool.run_dir, sandbox.truth(), held + others)


def test_one_that_is_down_is_probed_and_left_resumable(make_sandbox, make_tool):
    down, well = targets(300, "requesty"), targets(200)
    sandbox = make_sandbox(down + well, "--fault", "requesty=503:100%:effect=no:from=31")
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(down + well)
    # at 50 a second the others go on long after it is down
    ceiling = ["--max-rate", "50", "--max-attempts", "3"]
    result = tool.run(manifest, "--deadline", "8s", *ceiling)
    assert "deadline" in result.out + result.err, "nothing else stopped it"
    assert result.code == 75, result.err
    seen = sandbox.counts()["providers"]["requesty"]
    assert 50 <= seen["actions"] <= 250, "probed, not hammered"
    some = seen["effective"]
    assert 0 < some < 31, "it went down midway"
    assert tool.run_dir.totals == {"revoked": 200 + some, "not_attempted": 300 - some}
    sandbox.change("clear")
    assert tool.run(manifest).code == 0
    audit(tool.run_dir, sandbox.truth(), down + well)


def test_one_that_is_down_and_asks_to_wait(make_wire, make_tool):
    """Nothing but 503 with a Retry-After uses no targets up and halts nobody else."""
    overloaded = error(503, "overloaded", Retry_After="0.2")
    rows = targets(400, "requesty")
    listed = reply(200, {"keys": [{"id": row.id} for row in rows]})

    def answer(request):
        if request.method == "GET":
            return listed if request.path.endswith("/apikey") else REQUESTY_OK
        return overloaded

    down = make_wire(answer)
    well = make_wire([DELETED])
    tool = make_tool(well.origin, "requesty=" + down.base.removesuffix("/api/v1"))
    manifest = tool.manifest(rows + targets(500))
    options = ("--max-attempts", "3", "--max-rate", "40", "--deadline", "15s")
    result = tool.run(manifest, *options)
    assert result.code == 75, result.err
    assert "--halt" not in result.err
    assert tool.run_dir.totals["revoked"] == 500
    assert tool.run_dir.totals.get("failed", 0) <= 20 // 3, "those of the 20 answers that told it"
    assert len(down.deletions) < 15 / 0.2


def test_one_that_is_gone_after_its_preflight(make_sandbox, make_wire, make_tool):
    down, well = targets(300, "requesty"), targets(500)
    sandbox = make_sandbox(well)

    def answer(_):
        gone.refuse()
        return REQUESTY_OK._replace(close=True)

    gone = make_wire(answer)
    base = gone.base.removesuffix("/api/v1")
    tool = make_tool(sandbox.origins[0], f"requesty={base}")
    manifest = tool.manifest(down + well)
    result = tool.run(manifest, "--deadline", "8s", "--max-attempts", "100")
    assert result.code == 75, result.err
    # the look before the first deletion is what is tried again, and backs off as one read does
    assert 3 <= tool.run_dir.report["requests"]["network_errors"] <= 200
    assert tool.run_dir.totals == {"revoked": 500, "not_attempted": 300}


def test_a_credential_refused_midway_stops_its_pair_alone(make_sandbox, make_tool):
    """Keys and BYOK credentials stop together; those in flight are accounted for."""
    stopped = targets(200) + targets(200, kind="byok")
    others = targets(300, "requesty")
    refuse = ["--refuse", "openrouter=401:after=100", "--delay", "20ms"]
    sandbox = make_sandbox(stopped + others, *refuse)
    tool = make_tool(*sandbox.origins)
    result = tool.run(tool.manifest(stopped + others))
    assert result.code == 77
    seen = sandbox.counts()["providers"]["openrouter"]
    assert seen["unauthorised"] <= 32, "no more than were in flight"
    truth, outcomes = sandbox.truth(), tool.run_dir.outcomes
    for target in stopped:
        assert outcomes[target] == ("not_attempted" if truth[target]["exists"] else "revoked")
    assert {outcomes[target] for target in others} <= DONE
    audit(tool.run_dir, truth, stopped + others)


def test_a_credential_refused_after_a_hold_ends_the_run(make_wire, make_tool):
    """All wait for each preflight: a hold of an earlier run is no proof of the credential."""

    def answer(request):
        if credential_is_good:
            return limited(Retry_After="3") if request.method == "DELETE" else MANAGEMENT_KEY
        return error(401, "revoked meanwhile")

    credential_is_good = [True]
    held, well = make_wire(answer), make_wire(
        lambda request: REQUESTY_OK if request.method == "GET" else reply(200, {})
    )
    tool = make_tool(held.origin, "requesty=" + well.base.removesuffix("/api/v1"))
    manifest = tool.manifest(targets(5) + targets(150, "requesty"))
    process = tool.start(manifest, "--max-rate", "20")
    wait_until(lambda: held.deletions)
    time.sleep(0.3)
    process.kill()
    finish(process)
    credential_is_good.clear()
    before = len(well.deletions)
    result = tool.run(manifest, "--max-rate", "20")
    assert result.code == 77
    assert "nothing was deleted\n" in result.err
    assert len(well.deletions) == before


# --- what is shown of it


def lanes(err):
    """Every provider's object of every line of --progress json."""
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    return [lane for line in lines if line["type"] == "progress" for lane in line["providers"]]


def test_progress_tells_rate_limit_hold_and_eta(make_sandbox, make_tool):
    rows = targets(300)
    sandbox = make_sandbox(rows, "--limit", "window:100/2s", "--hint", "sec")
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    seen = lanes(tool.run(manifest, "--progress", "json").err)
    holding = [lane for lane in seen if lane["state"] == "holding"]
    assert holding, [lane["state"] for lane in seen]
    assert all(0 <= lane["hold_left_s"] <= 2.3 for lane in holding)
    assert any(lane["hold_left_s"] > 0.5 for lane in holding)
    running = [lane for lane in seen if lane["state"] == "running" and lane["limit"]]
    assert running
    assert all(20 <= lane["limit"] <= 200 for lane in running)
    for lane in running:
        left = (lane["targets"] - lane["finished"]) / lane["limit"]
        assert lane["eta_s"] == pytest.approx(left + (lane["hold_left_s"] or 0), rel=0.05, abs=0.2)
    assert any(lane["rate"] > 0 and lane["http_429"] > 0 for lane in running)


def test_progress_line_counts_a_hold_down(make_sandbox, make_tool):
    rows = targets(200)
    sandbox = make_sandbox(rows, "--limit", "window:100/3s", "--hint", "sec")
    tool = make_tool(*sandbox.origins)
    drawn = tool.run(tool.manifest(rows), "--progress", "always").err
    assert "hold " in drawn
    assert "limit " in drawn
    assert "ETA" in drawn or "eta" in drawn or "left" in drawn


def test_report_has_the_history(make_sandbox, make_tool):
    rows = targets(400)
    sandbox = make_sandbox(rows, "--limit", "window:100/2s", "--hint", "sec", "--delay", "40ms")
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows)).code == 0
    report = tool.run_dir.report
    history = report["history"]
    column = {name: at for at, name in enumerate(history["columns"])}
    total = {name: sum(s[at] for s in history["slices"]) for name, at in column.items()}
    assert total["finished"] == 400
    refused = sandbox.counts()["providers"]["openrouter"]["limited"]
    assert total["http_429"] == report["requests"]["http_429"] == refused
    assert any(s[column["rate"]] > 0 for s in history["slices"])
    assert any(s[column["in_flight"]] > 0 and s[column["rtt_ms"]] > 0 for s in history["slices"])
    assert len(history["bounds"]) == len(history["slices"])
    assert set(history["bounds"]) >= {"quota", "hold"}
    page = (tool.run_dir.path / "report.html").read_text()
    assert "requests in flight" in page and "round trip, ms" in page
    assert "what bounded the rate" in page and "quota" in page
    assert history["holds"]
    for hold in history["holds"]:
        assert instant(hold["at"]) < instant(hold["until"])
        assert "429" in hold["reason"]


@pytest.mark.parametrize("status", [429, 425, 503])
@pytest.mark.parametrize("how", ["closed", "chunked", "nothing more"])
def test_a_refusal_that_is_cut_off_holds_as_well(status, how, make_wire, make_tool):
    """Its head says all that there is to know."""
    length = "Transfer-Encoding: chunked" if how == "chunked" else "Content-Length: 60"
    head = f"HTTP/1.1 {status} No\r\nRetry-After: 3\r\n{length}\r\n\r\n"
    body = "9\r\n{\"error\":" if how == "chunked" else "{\"error\":"
    cut = Reply((head + body).encode(), close=how != "nothing more")
    wire = make_wire([DELETED, cut, DELETED])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(6)), "--concurrency", "1", "--timeout", "1")
    assert result.code == 0, result
    refused, after = (request.at for request in wire.deletions[1:3])
    assert after - refused >= 2.9
    assert len(tool.run_dir.records("hold")) == 1
