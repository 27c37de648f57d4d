"""`rescind report`: everything again from journal and targets alone; shards as one; what is left."""

import json

from targets import mixed, targets

FORMS = ["report.json", "report.csv", "report.html", "remaining.csv"]
FAULTS = ["--absent", "10%", "--fault", "requesty=400:5%:tries=99", "--fault", "html404:2%"]


def forms(directory):
    return {name: (directory / name).read_bytes() for name in FORMS}


def faulty(make_sandbox, make_tool, rows):
    sandbox = make_sandbox(rows, *FAULTS)
    return sandbox, make_tool(*sandbox.origins, options=["--halt", "100%"])


def test_reports_are_made_again_byte_for_byte(make_sandbox, make_tool):
    rows = mixed(400)
    _, tool = faulty(make_sandbox, make_tool, rows)
    assert tool.run(tool.manifest(rows)).code == 1
    before = forms(tool.run_dir.path)
    for name in FORMS:
        (tool.run_dir.path / name).unlink()
    again = tool.call("report", tool.run_dir.path)
    assert again.code == 0, again.err
    assert forms(tool.run_dir.path) == before


def test_a_missing_shard_is_missed(make_sandbox, make_tool, tmp_path):
    rows = targets(30)
    tool = make_tool(*make_sandbox(rows).origins)
    manifest = tool.manifest(rows)
    shards = [tmp_path / f"shard{k}" for k in (0, 2)]
    for k, directory in zip((0, 2), shards):
        assert tool.run(manifest, "--shard", f"{k}/3", "--run-dir", directory).code == 0
    merged = tool.call("report", *shards, "--run-dir", tmp_path / "all")
    assert merged.code == 75 and "the shards 1/3 hold is not in this report" in merged.err, merged
    report = json.loads((tmp_path / "all" / "report.json").read_text())
    assert report["exit_code"] == 75 and "shards 1/3" in report["reason"]
    html = (tmp_path / "all" / "report.html").read_text()
    assert "<title>Incomplete: " in html and "a part of the manifest is not in this report" in html
    assert "went through to their end" not in html
    assert merged.out.startswith("INCOMPLETE: what the shards 1/3 hold is not in this report")
    assert tool.call("report", shards[0]).code == 0, "one alone is that shard's"
    twice = tool.call("report", shards[0], f"{shards[0]}/../shard0")
    assert twice.code == 64 and "are the same run directory" in twice.err


def test_no_report_is_named_that_could_not_be_written(make_sandbox, make_tool):
    rows = targets(3, seed=5)
    tool = make_tool(*make_sandbox(rows).origins)
    manifest = tool.manifest(rows)
    assert tool.run(manifest).code == 0
    page = tool.run_dir.path / "report.html"
    page.unlink()
    page.mkdir()
    result = tool.run(manifest)
    assert result.code == 73 and "  report  " not in result.out and "report.html\n" not in result.out
    told = result.err.splitlines()[-1]
    assert f"report is made again by: rescind report {tool.run_dir.path}" in told, result
    page.rmdir()
    assert tool.call("report", tool.run_dir.path).code == 0 and page.is_file()


def test_shards_merge_into_one_report(make_sandbox, make_tool, tmp_path):
    rows = mixed(300)
    sandbox, tool = faulty(make_sandbox, make_tool, rows)
    manifest = tool.manifest(rows)
    shards = [tmp_path / f"shard{k}" for k in range(3)]
    for k, directory in enumerate(shards):
        assert tool.run(manifest, "--shard", f"{k}/3", "--run-dir", directory).code in (0, 1)
    parts = [json.loads((d / "report.json").read_text()) for d in shards]
    merged = tool.call("report", *shards)
    assert merged.code == 0, merged.err
    report = json.loads((shards[0] / "report.json").read_text())
    assert report["manifest"]["targets"] == len(set(rows)) == 300
    assert report["manifest"]["rows"] == parts[0]["manifest"]["rows"] == 300
    for name, count in report["totals"].items():
        assert count == sum(part["totals"][name] for part in parts), name
    for name, count in report["requests"].items():
        assert count == sum(part["requests"][name] for part in parts), name
    assert report["failures_total"] == sum(part["failures_total"] for part in parts) > 0
    assert report["exit_code"] == 1
    assert [source["shard"] for source in report["sources"]] == ["0/3", "1/3", "2/3"]


def test_what_remains_is_a_manifest(make_sandbox, make_tool, tmp_path):
    rows = mixed(400)
    sandbox, tool = faulty(make_sandbox, make_tool, rows)
    assert tool.run(tool.manifest(rows)).code == 1
    left = tool.run_dir.remaining
    assert left
    sandbox.change("clear")
    rest = tmp_path / "rest"
    done = tool.run(tool.run_dir.path / "remaining.csv", "--run-dir", rest, "--expect", len(left))
    assert done.code == 0, done.err
    assert (rest / "remaining.csv").read_text() == "provider,kind,id,note\n"
    merged = tool.call("report", tool.run_dir.path, rest)
    assert merged.code == 0, merged.err
    report = tool.run_dir.report
    assert report["manifest"]["targets"] == 400
    assert report["failures_total"] == 0 and report["totals"]["not_attempted"] == 0
    assert tool.run_dir.remaining == set()


def test_a_failing_disk_leaves_the_old_reports(make_sandbox, make_tool):
    rows = mixed(40)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows)).code == 0
    page = tool.run_dir.path / "report.json"
    old = page.read_bytes()
    page.unlink()
    page.mkdir()
    (page / "in the way").touch()
    failed = tool.call("report", tool.run_dir.path)
    assert failed.code == 73 and "report.json" in failed.err
    assert not list(tool.run_dir.path.glob("*.tmp-*"))
    (page / "in the way").unlink()
    page.rmdir()
    assert tool.call("report", tool.run_dir.path).code == 0
    assert page.read_bytes() == old
