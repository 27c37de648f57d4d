"""What a run leaves for people and machines, and how it is made again and merged."""

import csv
import io
import json
import time

import pytest
from targets import Target, mixed, targets
from tool import OUTCOMES, RunDir, finish
from wire import DELETED, GONE, error, reply

REPORTS = ["report.json", "report.csv", "report.html", "remaining.csv"]


def test_all_there_and_made_again_from_the_run_directory_alone(make_sandbox, make_tool):
    rows = mixed(100)
    tool = make_tool(*make_sandbox(rows, "--absent", "10%").origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest).code == 0
    first = {name: (tool.run_dir.path / name).read_bytes() for name in REPORTS}
    for name in REPORTS:
        (tool.run_dir.path / name).unlink()
    manifest.unlink()
    tool.env = {"PATH": "/usr/bin"}
    result = tool.call("report", tool.run_dir.path)
    assert result.code == 0, result.err
    again = {name: (tool.run_dir.path / name).read_bytes() for name in REPORTS}
    for name in ("report.csv", "remaining.csv"):
        assert again[name] == first[name]
    one, other = (json.loads(text["report.json"]) for text in (first, again))
    for member in ("manifest", "totals", "requests", "providers", "failures", "exit_code"):
        assert one[member] == other[member]


def test_members_of_report_json(make_wire, make_tool):
    wire = make_wire([DELETED, error(400, "no such thing"), GONE])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(3)), "--concurrency", "1")
    assert result.code == 1
    report = tool.run_dir.report
    assert set(report["totals"]) >= OUTCOMES
    assert sum(report["totals"].values()) == report["manifest"]["targets"] == 3
    assert tool.run_dir.totals == {"revoked": 1, "failed": 1, "already_absent": 1}
    assert set(report["manifest"]) >= {"path", "sha256", "rows", "duplicates", "rejected", "targets"}
    assert set(report["requests"]) >= {"sent", "http_429", "http_5xx", "network_errors"}
    assert report["started"] <= report["finished"]
    assert report["elapsed_s"] >= 0
    assert report["exit_code"] == 1
    assert "no such thing" in json.dumps(report["failures"])
    header = (tool.run_dir.path / "report.csv").read_text().splitlines()[0]
    assert header == "provider,kind,id,outcome,status,attempts,finished,error,note"


def test_summary_says_what_to_do_next(make_wire, make_tool):
    wire = make_wire([DELETED] * 3 + [error(400, "no")])
    tool = make_tool(wire.origin)
    result = tool.run(tool.manifest(targets(6)), "--halt", "2", "--concurrency", "1")
    assert result.code == 75
    assert "rescind run" in result.out
    assert str(tool.run_dir.path) in result.out


def test_remaining_is_a_manifest_that_run_takes(make_wire, make_tool, make_sandbox):
    tool = make_tool(make_wire([DELETED] * 18 + [error(400, "no")]).origin)
    rows = targets(30)
    assert tool.run(tool.manifest(rows), "--concurrency", "1").code == 75
    left = tool.run_dir.remaining
    other = make_tool(*make_sandbox(rows).origins)
    assert other.run(tool.run_dir.path / "remaining.csv").code == 0
    assert set(other.run_dir.outcomes) == left
    assert other.run_dir.remaining == set()


def test_shards_cover_the_manifest_and_merge(make_sandbox, make_tool):
    rows = mixed(300)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    manifest = tool.manifest(rows)
    shards = [tool.directory / f"shard{k}" for k in range(3)]
    seen = []
    for k, shard in enumerate(shards):
        assert tool.run(manifest, "--shard", f"{k}/3", "--run-dir", shard).code == 0
        seen.append({t for t, outcome in RunDir(shard).outcomes.items() if outcome == "revoked"})
    assert all(50 < len(share) < 150 for share in seen)
    assert sum(map(len, seen)) == len(set.union(*seen)) == len(rows)
    # the same target falls to the same shard, whatever the order of the manifest
    again = make_tool(*make_sandbox(rows).origins)
    backwards = again.manifest(rows[::-1])
    assert again.run(backwards, "--shard", "1/3").code == 0
    done = {t for t, outcome in again.run_dir.outcomes.items() if outcome == "revoked"}
    assert done == seen[1]
    merged = tool.call("report", *shards)
    assert merged.code == 0, merged.err
    apart = RunDir(tool.directory / "of" / "all")
    merged = tool.call("report", *shards, "--run-dir", apart.path)
    assert merged.code == 0, merged.err
    assert apart.totals == {"revoked": len(rows)}


def test_a_report_of_nothing(make_tool):
    tool = make_tool()
    (tool.directory / "empty").mkdir()
    assert tool.call("report", tool.directory / "empty").code in (65, 66)
    assert tool.call("report", tool.directory / "nowhere").code in (65, 66)
    assert tool.call("report").code == 64


def test_reports_appear_whole_or_not_at_all(make_sandbox, make_tool):
    """Whoever looks while a run goes on and ends sees the old report or the new one."""
    rows = targets(3000)
    tool = make_tool(*make_sandbox(rows).origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest, "--deadline", "1s", "--max-rate", "50").code == 75
    process = tool.start(manifest, "--max-rate", "0")
    looks, end = 0, time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        totals = tool.run_dir.report["totals"]
        assert sum(totals.values()) == len(rows)
        rows_seen = (tool.run_dir.path / "report.csv").read_text().count("\n")
        assert rows_seen == len(rows) + 1
        looks += 1
    assert finish(process).code == 0
    assert looks > 3
    assert [path.name for path in tool.run_dir.path.iterdir() if ".tmp" in path.name] == []


@pytest.mark.parametrize("mode", ["json", "always", "never", "auto"])
def test_progress(mode, make_sandbox, make_tool):
    rows = targets(50)
    tool = make_tool(*make_sandbox(rows).origins)
    result = tool.run(tool.manifest(rows), "--progress", mode, "--max-rate", "40")
    assert result.code == 0, result.err
    if mode == "json":
        lines = [json.loads(line) for line in result.err.splitlines() if line.startswith("{")]
        assert lines
    if mode == "never":
        assert result.err == ""


def test_metrics(make_sandbox, make_tool):
    rows = targets(5)
    tool = make_tool(*make_sandbox(rows).origins)
    metrics = tool.directory / "rescind.prom"
    assert tool.run(tool.manifest(rows), "--metrics-file", metrics).code == 0
    text = metrics.read_text()
    assert 'outcome="revoked"' in text and 'provider="openrouter"' in text


def test_job_file(make_sandbox, make_tool):
    rows = targets(5)
    tool = make_tool()
    (origin, *_) = make_sandbox(rows).origins
    manifest = tool.manifest(rows)
    job = tool.directory / "job.ini"
    job.write_text(f"[run]\nmanifest = {manifest}\nrun-dir = {tool.run_dir.path}\n"
                   f"base-url = {origin}\nyes = yes\nexpect = 4\n")
    assert tool.call("run", "--job", job).code == 2
    result = tool.call("run", "--job", job, "--expect", "5")
    assert result.code == 0, result.err


ACME = """
[provider acme key]
title = Acme tokens
column = acme_id
base = https://api.acme.test/v2
credential = ACME_TOKEN
header = X-Acme-Token: {secret}
header = X-Acme-Version: 3
id.name = token id
id.class = word
id.length = 4-20
delete = POST /tokens/{id}/revoke
delete.body = {"token":"{id}","reason":"bulk"}
delete.confirm = /state is "revoked"
delete.absent = gone
gone.status = 404
gone.form = /fault/code is string
stop.status = 401 403
error.text = /fault/text
"""


def test_a_provider_of_ones_own(make_wire, make_tool):
    """From a job file, without a compiler: another method, a body, other headers."""

    def answer(request):
        gone = reply(404, {"fault": {"code": "E44", "text": "never heard of it"}})
        return gone if "gone" in request.path else reply(200, {"state": "revoked"})

    wire = make_wire(answer)
    tool = make_tool()
    job = tool.directory / "job.ini"
    job.write_text(f"[run]\nbase-url = acme=http://127.0.0.1:{wire.port}/v2\n" + ACME)
    tool.env["ACME_TOKEN"] = "acme-secret"
    result = tool.run(tool.manifest("acme_id\ntok-1\ngone-2\n"), "--job", job)
    assert result.code == 0, result.err
    assert tool.run_dir.outcomes == {
        Target("acme", "key", "tok-1"): "revoked",
        Target("acme", "key", "gone-2"): "already_absent",
    }
    first = wire.requests[0]
    assert first.line == "POST /v2/tokens/tok-1/revoke HTTP/1.1"
    assert first.headers["x-acme-token"] == "acme-secret"
    assert first.headers["x-acme-version"] == "3"
    assert first.raw.endswith(b'{"token":"tok-1","reason":"bulk"}')


ODD = {
    "formula": "=cmd|'/c calc'!A1",
    "hidden formula": "\u200b \u00a0=1+1",
    "turned": "\u202ecod.exe\u2066x\u200f",
    "terminal": "\u009b31mred\u0085",
}


def test_texts_that_act_are_harmless(make_wire, make_tool):
    """In a spreadsheet, on a terminal and in a page."""
    wire = make_wire([reply(400, {"error": {"code": 400, "message": "\u200b=1+1 \u009b31m \u202ex"}})])
    tool = make_tool(wire.origin, options=("--no-preflight", "--halt", "100%"))
    rows = [(row.id, note) for row, note in zip(targets(len(ODD)), ODD.values())]
    text = io.StringIO()
    csv.writer(text).writerows([("hash", "note"), *rows])
    assert tool.run(tool.manifest(text.getvalue())).code == 1
    for name in ("report.csv", "report.html"):
        shown = (tool.run_dir.path / name).read_text(encoding="utf-8")
        assert not set(shown) & set("\u009b\u0085\u202e\u2066\u200f\x1b")
    for row in tool.run_dir.rows.values():
        for column in ("error", "note"):
            seen = row[column].lstrip(" \u200b\u00a0\ufeff")
            assert seen[:1] not in ("=", "+", "-", "@")
