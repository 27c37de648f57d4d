"""The oracle: what a run says it did, against what the sandbox knows was done."""

from collections import Counter

from tool import DONE, OUTCOMES


def audit(run_dir, truth, manifest, crashed=False):
    """Every target once, the totals their sum, and no claim that did not happen. After a crash a
    target may be called absent after a retry for a request that was announced and never left."""
    report, rows = run_dir.report, run_dir.rows
    assert set(rows) == set(manifest), "report.csv has not exactly the manifest's targets"
    counted = Counter(row["outcome"] for row in rows.values())
    assert {name: counted[name] for name in OUTCOMES} == {
        name: report["totals"][name] for name in OUTCOMES
    }
    assert sum(report["totals"].values()) == len(rows) == report["manifest"]["targets"]
    left = {target for target, row in rows.items() if row["outcome"] not in DONE}
    assert run_dir.remaining == left
    for target, row in rows.items():
        _check(target, row["outcome"], truth[target], crashed)


def _check(target, outcome, known, crashed):
    told = f"{target} is {outcome}, and the truth is {known}"
    took_effect = [event for event in known["events"] if event["effect"]]
    assert known["deletions"] == len(took_effect) <= 1, told
    if outcome in DONE:
        assert not known["exists"], told
    if outcome == "revoked":
        # a 2xx that came whole, after the key was gone by our own doing
        assert any(e["status"] in (200, 204) and e["answer"] == "sent" for e in took_effect), told
    if outcome == "already_absent":
        assert known["absent_from_start"] and not took_effect, told
    if outcome == "absent_after_retry":
        assert known["events"][-1]["status"] == 404, told
        earlier = known["events"][:-1]
        assert crashed or any(e["status"] not in (425, 429) for e in earlier), told
