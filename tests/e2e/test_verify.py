"""Proof that what was deleted is gone: verify, and run --verify."""

import csv
import json
import shlex
import signal
import time
from collections import Counter
from datetime import datetime

import pytest
from targets import Target, mixed, targets
from tool import RunDir, finish
from wire import DELETED, GONE, MANAGEMENT_KEY, error, reply

NOW = ("--verify-delay", "0s", "--verify-patience", "0s")
NOTHING_ELSE = {"confirmed_absent": 0, "still_present": 0, "unproven": 0}


def urls(tool):
    return [part for origin in tool.origins for part in ("--base-url", origin)]


def verify(tool, *args, operand=None, **more):
    return tool.call("verify", *urls(tool), *NOW, *args, operand or tool.run_dir.path, **more)


def findings(run_dir):
    """verified.csv: {Target: row}."""
    with open(run_dir.path / "verified.csv", newline="", encoding="utf-8") as file:
        return {Target(r["provider"], r["kind"], r["id"]): r for r in csv.DictReader(file)}


def found(run_dir):
    return Counter(row["verified"] for row in findings(run_dir).values())


def reads(sandbox):
    """Requests of each provider that were no deletions."""
    counts = sandbox.counts()["providers"]
    return {name: c["requests"] - c["actions"] for name, c in counts.items() if c["requests"]}


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_all_confirmed_by_one_read_a_key_or_one_list(make_sandbox, make_tool):
    rows = mixed(200)
    sandbox = make_sandbox(rows, "--absent", "10%")
    tool = make_tool(*sandbox.origins)
    result = tool.run(tool.manifest(rows), "--verify", *NOW, "--expect-absent")
    assert result.code == 0, result
    report = tool.run_dir.report
    absent = tool.run_dir.totals["already_absent"]
    assert 10 <= absent <= 30
    # nobody saw what was absent from the start: expected or not, that is no proof
    proved = {"confirmed_absent": 200 - absent, "unproven": absent}
    assert report["verified"] == {**NOTHING_ELSE, **proved}
    assert report["exit_code"] == 0
    assert set(findings(tool.run_dir)) == set(rows)
    for target, row in findings(tool.run_dir).items():
        gone = tool.run_dir.outcomes[target] == "revoked"
        assert row["verified"] == ("confirmed_absent" if gone else "unproven")
        assert row["status"] == ("404" if target.provider == "openrouter" else "200")
        assert instant(row["at"])
    assert not (tool.run_dir.path / "still_present.csv").read_text().splitlines()[1:]
    assert "STILL" not in result.out and f"confirmed_absent            {200 - absent}" in result.out
    assert tool.call("check", tool.run_dir.path).code == 0


KINDS = [("openrouter", "key"), ("openrouter", "byok"), ("requesty", "key"), ("baseten", "key")]


@pytest.mark.parametrize("provider, kind", KINDS)
def test_a_provider_that_answers_200_and_still_has_the_key(provider, kind, make_sandbox, make_tool):
    rows = targets(40, provider, kind)
    sandbox = make_sandbox(rows, "--fault", "listed:20%")
    tool = make_tool(*sandbox.origins)
    result = tool.run(tool.manifest(rows), "--verify", *NOW)
    left = {target for target, truth in sandbox.truth().items() if truth["exists"]}
    assert 2 <= len(left) <= 20
    assert result.code == 1, result
    assert tool.run_dir.totals == {"revoked": 40}
    report = tool.run_dir.report
    assert report["verified"] == {
        "confirmed_absent": 40 - len(left),
        "still_present": len(left),
        "unproven": 0,
    }
    assert {(f["provider"], f["kind"], f["id"]) for f in report["unconfirmed"]} == left
    assert report["exit_code"] == 1
    assert {t for t, row in findings(tool.run_dir).items() if row["verified"] == "still_present"} == left
    # the headline
    assert result.out.splitlines()[0].startswith(f"{len(left)} targets are STILL PRESENT")
    html = (tool.run_dir.path / "report.html").read_text()
    assert html.index('id="still-present"') < html.index('id="verdict"')
    # what is there is a manifest for another run, and that ends it
    sandbox.change("clear")
    again = RunDir(tool.directory / "again")
    second = tool.run(
        tool.run_dir.path / "still_present.csv", "--run-dir", again.path, "--verify", *NOW
    )
    assert second.code == 0, second
    assert again.report["verified"] == {**NOTHING_ELSE, "confirmed_absent": len(left)}
    assert verify(tool).code == 0
    assert tool.run_dir.report["verified"] == {**NOTHING_ELSE, "confirmed_absent": 40}
    assert "STILL" not in (tool.run_dir.path / "report.html").read_text()


def test_verify_takes_a_run_directory_or_its_manifest(make_sandbox, make_tool):
    rows = mixed(20)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    tool.run_dir = RunDir(f"{manifest}.run")
    assert tool.run(manifest).code == 0
    assert tool.run_dir.report["verified"] == NOTHING_ELSE
    assert not (tool.run_dir.path / "verified.csv").exists()
    assert verify(tool, operand=manifest).code == 0
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 20
    # again: nothing is left to ask, so nothing is asked and no run is begun
    before, runs = sandbox.counts()["requests"], len(tool.run_dir.records("open"))
    assert verify(tool).code == 0
    assert verify(tool, "--run-dir", tool.run_dir.path, operand="elsewhere.csv").code == 0
    assert sandbox.counts()["requests"] <= before + 2  # those of this test
    assert len(tool.run_dir.records("open")) == runs
    assert verify(tool, "--again").code == 0
    assert reads(sandbox)["openrouter"] >= 20
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 20


def test_a_report_made_again_and_merged_has_it_all(make_sandbox, make_tool):
    rows = mixed(60)
    tool = make_tool(*make_sandbox(rows, "--fault", "listed:20%").origins)
    manifest = tool.manifest(rows)
    shards = [RunDir(tool.directory / f"shard{k}") for k in range(2)]
    for k, shard in enumerate(shards):
        args = ("--shard", f"{k}/2", "--run-dir", shard.path, "--verify", *NOW)
        assert tool.run(manifest, *args).code == 1
    one = shards[0].report
    (shards[0].path / "report.json").unlink()
    assert tool.call("report", shards[0].path).code == 0
    assert shards[0].report["verified"] == one["verified"]
    assert shards[0].report["unconfirmed"] == one["unconfirmed"]
    merged = RunDir(tool.directory / "merged")
    merged.path.mkdir()
    assert tool.call("report", *(s.path for s in shards), "--run-dir", merged.path).code == 0
    sums = {name: one["verified"][name] + shards[1].report["verified"][name] for name in one["verified"]}
    assert merged.report["verified"] == sums and sums["still_present"] > 0
    assert found(merged) == {name: count for name, count in sums.items() if count}


# what the reads meet, what is told of it, of how many of 12 targets: the last one spoils only what
# would be a success, and so the lists
SPOILT = [("html404", "404", 12), ("500", "500", 12), ("html", "200", 6)]


@pytest.mark.parametrize("fault, told, count", SPOILT)
def test_what_proves_nothing_is_unproven(fault, told, count, make_sandbox, make_tool):
    rows = mixed(12)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows)).code == 0
    sandbox.change(f"fault {fault}:100%:on=read")
    result = verify(tool, "--no-preflight", "--max-attempts", "2")
    assert result.code == 1, result
    assert tool.run_dir.report["verified"] == {
        "confirmed_absent": 12 - count,
        "still_present": 0,
        "unproven": count,
    }
    assert tool.run_dir.totals == {"revoked": 12}
    unproven = [r for r in findings(tool.run_dir).values() if r["verified"] == "unproven"]
    assert len(unproven) == count and all(told in row["error"] for row in unproven)
    sandbox.change("clear")
    assert verify(tool).code == 0
    assert tool.run_dir.report["verified"] == {**NOTHING_ELSE, "confirmed_absent": 12}


def shown(target):
    return reply(200, {"data": {"hash": target.id, "name": "x"}})


def script(deletions, reads):
    """Answers each target's deletions and reads from {Target: [replies]}, the last one for ever."""
    left = {("DELETE", t.id): list(r) for t, r in deletions.items()}
    left |= {("GET", t.id): list(r) for t, r in reads.items()}

    def answer(request):
        name = request.path.rsplit("/", 1)[1]
        if name == "key":
            return MANAGEMENT_KEY
        replies = left[request.method, name]
        return replies.pop(0) if len(replies) > 1 else replies[0]

    return answer


def test_only_a_body_that_names_the_key_shows_it(make_wire, make_tool):
    one, other, seen = targets(3)
    told = {one: [shown(other), shown(one)], other: [reply(200, {"data": {}}), GONE]}
    told[seen] = [shown(seen), GONE]
    wire = make_wire(script(dict.fromkeys(told, [DELETED]), told))
    tool = make_tool(wire.origin)
    assert tool.run(tool.manifest([seen, one, other]), "--verify", *NOW).code == 1
    assert found(tool.run_dir) == {"unproven": 2, "confirmed_absent": 1}
    assert verify(tool).code == 1
    assert {t: row["verified"] for t, row in findings(tool.run_dir).items()} == {
        seen: "confirmed_absent",
        one: "still_present",
        other: "confirmed_absent",
    }


def test_rate_limits_and_lost_answers_change_nothing(make_sandbox, make_tool):
    rows = targets(150)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows)).code == 0
    sandbox.change(
        "limit bucket:100/s:burst=5",
        "hint sec",
        "fault 503:20%:on=read:times=8",
        "fault drop:20%:on=read:times=8",
    )
    result = verify(tool)
    assert result.code == 0, result
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 150
    assert sandbox.counts()["providers"]["openrouter"]["in_hold"] == 0
    assert tool.run_dir.report["requests"]["http_5xx"] > 0


def test_many_at_a_time(make_sandbox, make_tool):
    rows = targets(320)
    sandbox = make_sandbox(rows, "--delay", "100ms")
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows), "--verify", *NOW).code == 0
    lines = tool.run_dir.records("verify")
    took = instant(lines[-1]["at"]) - instant(lines[0]["at"])
    assert took.total_seconds() < 320 * 0.1 / 4  # one after the other takes 32 s


def test_the_delay_counts_from_the_last_deletion(make_sandbox, make_tool):
    rows = mixed(8)
    tool = make_tool(*make_sandbox(rows).origins)
    assert tool.run(tool.manifest(rows), "--verify", "--verify-delay", "2s").code == 0
    last = max(instant(r["at"]) for r in tool.run_dir.records("end"))
    first = min(instant(r["at"]) for r in tool.run_dir.records("verify"))
    assert 1.9 <= (first - last).total_seconds() < 4
    # long after it nothing is waited for
    time.sleep(1)
    begun = time.monotonic()
    assert tool.call("verify", *urls(tool), "--again", "--verify-delay", "2s", tool.run_dir.path).code == 0
    assert time.monotonic() - begun < 2


def test_a_proof_at_another_place_says_what_it_lacks(make_sandbox, make_tool):
    rows = targets(2, seed=77)
    tool = make_tool(*make_sandbox(rows).origins)
    assert tool.run(tool.manifest(rows)).code == 0
    result = tool.call("verify", tool.run_dir.path)
    assert result.code == 2 and "Give --base-url as it was given to the run" in result.err, result


def test_a_signal_while_it_waits_and_then_carried_on(make_sandbox, make_tool):
    rows = mixed(20)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    process = tool.start(tool.manifest(rows), "--verify", "--verify-delay", "1h")
    end = time.monotonic() + 30
    while sandbox.counts()["exist"] and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    result = finish(process)
    assert result.code == 75, result
    assert tool.run_dir.totals == {"revoked": 20}
    assert tool.run_dir.report["verified"] == NOTHING_ELSE
    assert verify(tool).code == 0
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 20


def test_killed_in_the_middle_and_carried_on(make_sandbox, make_tool):
    rows = targets(400)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest).code == 0
    base = sandbox.counts()["providers"]["openrouter"]["requests"]
    for _ in range(4):
        process = tool._process(
            ["verify", *urls(tool), *NOW, "--max-rate", "100", "--no-preflight", tool.run_dir.path]
        )
        before = sandbox.counts()["providers"]["openrouter"]["requests"]
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if sandbox.counts()["providers"]["openrouter"]["requests"] >= before + 40:
                break
            time.sleep(0.01)
        process.kill()
        finish(process)
    assert verify(tool).code == 0
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 400
    asked = sandbox.counts()["providers"]["openrouter"]["requests"] - base
    assert 400 <= asked < 400 + 4 * 100  # what was found before a kill is not asked again
    assert sandbox.counts()["exist"] == 0


def test_the_same_command_carries_a_run_with_verify_on(make_sandbox, make_tool):
    rows = targets(60)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    stopped = tool.run(manifest, "--verify", *NOW, "--max-rate", "20", "--deadline", "1s")
    assert stopped.code == 75
    assert tool.run_dir.records("verify") == []  # not before all has gone through
    assert tool.run(manifest, "--verify", *NOW).code == 0
    assert tool.run_dir.report["verified"]["confirmed_absent"] == 60
    assert sandbox.counts()["providers"]["openrouter"]["repeated"] == 0
    # of a finished run only the proof is left to do, and no question is asked for it
    other = RunDir(tool.directory / "other")
    assert tool.run(manifest, "--run-dir", other.path, "--expect-absent").code == 0
    args = [*urls(tool), "--run-dir", other.path, "--verify", *NOW, "--expect-absent"]
    assert tool.call("run", *args, manifest).code == 0
    # of what was absent from the start there is no proof, and none was expected
    assert other.report["verified"] == {**NOTHING_ELSE, "unproven": 60}


def test_targets_that_are_not_done_are_not_proved(make_wire, make_tool):
    rows = targets(3)
    deletions = dict.fromkeys(rows, [DELETED]) | {rows[1]: [error(400, "no such thing")]}
    looks = dict.fromkeys(rows, [GONE]) | {rows[0]: [shown(rows[0]), GONE]}
    tool = make_tool(make_wire(script(deletions, looks)).origin)
    result = tool.run(tool.manifest(rows), "--verify", *NOW)
    assert result.code == 1
    assert tool.run_dir.totals == {"revoked": 2, "failed": 1}
    assert tool.run_dir.report["verified"] == {**NOTHING_ELSE, "confirmed_absent": 2}
    # all that is done is confirmed, and still not all are gone
    assert verify(tool).code == 1
    assert "not done" in verify(tool).err


def test_a_refused_credential_stops_it(make_sandbox, make_tool):
    rows = targets(20)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows)).code == 0
    tool.env["OPENROUTER_MANAGEMENT_KEY"] = "sk-or-v1-" + "ab" * 32
    assert verify(tool, "--no-preflight").code == 77
    assert verify(tool).code == 77
    del tool.env["OPENROUTER_MANAGEMENT_KEY"]
    before = sandbox.counts()["providers"]["openrouter"]["requests"]
    assert verify(tool).code == 77
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == before


def test_what_it_refuses(make_sandbox, make_tool):
    rows = targets(4)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest).code == 0
    sent = sandbox.counts()["providers"]["openrouter"]["requests"]
    result = tool.call("verify", tool.run_dir.path)
    assert result.code == 2 and "nothing was sent" in result.err  # it belongs to the rehearsal
    assert tool.call("verify", tool.directory / "nowhere").code == 66
    assert tool.call("verify").code == 64
    assert tool.call("verify", "a", "b").code == 64
    assert tool.call("verify", "--yes", tool.run_dir.path).code == 64
    assert tool.run(manifest, "--verify", "--action", "disable").code == 64
    off = RunDir(tool.directory / "off")
    assert tool.run(manifest, "--action", "disable", "--run-dir", off.path, "--expect-absent").code == 0
    mine = sandbox.counts()["providers"]["openrouter"]["requests"]
    result = verify(tool, operand=off.path)
    assert result.code == 2 and "disable" in result.err
    assert sandbox.counts()["providers"]["openrouter"]["requests"] == mine > sent


BLIND = """
[provider blind]
credential = BLIND_KEY
header = Authorization: Bearer {secret}
id.name = id
id.class = digits
id.length = 1-9
delete = DELETE /keys/{id}
delete.absent = gone
gone.status = 404
gone.form = /error exists
"""


def test_a_provider_that_cannot_be_asked(make_wire, make_tool):
    wire = make_wire([DELETED] * 2)
    tool = make_tool("blind=" + wire.base)
    tool.env["BLIND_KEY"] = "some-secret-of-it"
    job = tool.manifest(BLIND, "blind.ini")
    manifest = tool.manifest("provider,id\nblind,1\nblind,2\n")
    result = tool.run(manifest, "--job", job, "--verify")
    assert result.code == 2 and "nothing was sent" in result.err
    assert wire.connections == 0 and not tool.run_dir.path.exists()
    assert tool.run(manifest, "--job", job).code == 0
    assert verify(tool, "--job", job).code == 1
    assert tool.run_dir.report["verified"] == {**NOTHING_ELSE, "unproven": 2}


def test_each_command_tells_the_next(make_sandbox, make_tool):
    """From the plan to the proof by the lines that are printed, as they are."""
    rows = mixed(20)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows, "the keys.csv").name

    def told(result, label):
        (line,) = [row for row in result.out.splitlines() if row.startswith(label)]
        assert result.out.endswith(f"\n\n{line}\n")
        return shlex.split(line.removeprefix(label))[1:]

    planned = tool.call("plan", *urls(tool), "--yes", "--max", "20", manifest)
    ran = tool.call(*told(planned, "To do it: "))
    assert ran.code == 0 and sandbox.counts()["exist"] == 0, ran
    proved = tool.call(*told(ran, "To prove it: "), *NOW)
    assert proved.code == 0 and "confirmed_absent             20" in proved.out, proved
    for result in (proved, tool.call("run", *urls(tool), manifest), tool.call("plan", *urls(tool), manifest)):
        assert result.code == 0 and "To " not in result.out, result


def test_the_next_command_is_not_told_where_it_would_be_refused(make_sandbox, make_tool):
    rows = targets(4, "requesty")
    tool = make_tool(*make_sandbox(rows).origins)
    manifest = tool.manifest(rows)
    assert "To do it" in tool.call("plan", manifest).out
    assert "To do it" not in tool.call("plan", "--max", "3", manifest).out
    assert "To do it" not in tool.call("plan", "--action", "disable", manifest).out
    tool.env["REQUESTY_API_KEY"] = None
    assert "To do it" not in tool.call("plan", manifest).out


def test_nothing_to_prove_with_where_it_cannot_be_asked(make_wire, make_tool):
    tool = make_tool("blind=" + make_wire([DELETED]).base)
    tool.env["BLIND_KEY"] = "some-secret-of-it"
    job = tool.manifest(BLIND, "blind.ini")
    result = tool.run(tool.manifest("provider,id\nblind,1\n"), "--job", job)
    assert result.code == 0 and "To prove it" not in result.out, result


def test_plan_says_how_it_would_be_proved(make_tool):
    tool = make_tool()
    result = tool.call("plan", "--verify", tool.manifest(mixed(8)))
    assert "GET /keys/{id}" in result.out and "GET /v1/api_keys" in result.out
    assert "--verify" not in tool.call("plan", tool.manifest(mixed(8))).out


def test_absence_proves_nothing_where_nothing_was_ever_there(make_sandbox, make_tool):
    """The run looked and saw nothing, so nothing was deleted, and nothing can be proved."""
    rows = targets(10)
    tool = make_tool(*make_sandbox(targets(3, seed=500)).origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest).code == 75
    assert tool.run_dir.totals == {"not_attempted": 10}
    assert verify(tool).code == 1
    assert tool.run(manifest, "--expect-absent").code == 0
    result = verify(tool)
    assert result.code == 0 and "a look that has never shown any" in result.err
    assert found(tool.run_dir) == {"unproven": 10}


def test_a_manifest_that_is_not_what_was_run(make_sandbox, make_tool):
    """`verify keys.csv` proves nothing of keys that came into the file since."""
    rows = targets(12)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows[:10])
    run_dir = ("--run-dir", tool.run_dir.path, "--base-url", tool.origins[0])
    assert tool.run(manifest).code == 0
    assert tool.call("verify", manifest, *run_dir, *NOW).code == 0
    tool.manifest(rows)
    result = tool.call("verify", manifest, *run_dir, *NOW)
    assert result.code == 2 and "is not what was run in" in result.err, result
    still = tool.call("verify", tool.run_dir.path, *run_dir[2:], *NOW)
    assert still.code == 0, "what was run is still proven"
    manifest.unlink()
    assert tool.call("verify", manifest, *run_dir, *NOW).code == 0, "nothing speaks against it"


@pytest.mark.parametrize("name", ["none.run", "none.run/", "none.csv"])
def test_a_run_directory_that_is_not_there_is_named_as_it_was_given(name, make_tool):
    tool = make_tool()
    result = tool.call("verify", f"{tool.directory}/{name}")
    assert result.code == 66 and ".run.run" not in result.err and "none" in result.err, result
