"""`rescind match` on scanners' reports, in the forms that their own documentation has."""

import csv
import hashlib
import io
import json
import random

import pytest

DICE = random.Random(7)
KEYS = [f"sk-or-v1-{DICE.getrandbits(256):064x}" for _ in range(3)]
HASHES = [hashlib.sha256(key.encode()).hexdigest() for key in KEYS]
OLD = "PE0SPgjt.Hfb1F6w70WAKadYEjW1W5bSapfQ7Dh3y"
COMMIT = "fbc14303ffbf8fb1c2c1914e8dda7d0121633aca"
MAIL = "author@example.com"


@pytest.fixture
def tool(make_tool):
    return make_tool()


def match(tool, text, *options, name="report"):
    (tool.directory / name).write_text(text if isinstance(text, str) else json.dumps(text))
    result = tool.call("match", name, *options)
    for key in (*KEYS, OLD):
        assert key[12:] not in result.out + result.err
    assert MAIL not in result.out + result.err
    return result, list(csv.DictReader(io.StringIO(result.out, newline="")))


def trufflehog(key, **more):
    git = {"commit": COMMIT, "file": "keys", "email": f"A <{MAIL}>", "line": 4,
           "repository": "https://bot:hunter2@github.com/o/r.git", "timestamp": "2022-06-16 10:17:40"}
    return {
        "SourceMetadata": {"Data": {"Git": git}}, "SourceID": 1, "SourceType": 16,
        "SourceName": "trufflehog - git", "DetectorType": 1019, "DetectorName": "CustomRegex",
        "DecoderName": "PLAIN", "Verified": True, "Raw": key, "RawV2": "",
        "Redacted": key[:12] + "***", "ExtraData": {"name": "openrouter"}, "StructuredData": None, **more,
    }


def gitleaks(key, line, **more):
    return {
        "Description": "OpenRouter", "StartLine": line, "EndLine": line, "StartColumn": 20, "EndColumn": 93,
        "Match": f"OPENROUTER_API_KEY={key}", "Secret": key, "File": "svc/.env", "SymlinkFile": "",
        "Commit": COMMIT, "Entropy": 4.1, "Author": "A B", "Email": MAIL, "Date": "2026-11-20T10:00:00Z",
        "Message": "wip", "Tags": [], "RuleID": "openrouter-api-key", "Fingerprint": f"{COMMIT}:svc/.env:x:{line}",
        **more,
    }


def test_trufflehog(tool):
    lines = [trufflehog(KEYS[0]), trufflehog(KEYS[1], Verified=False), trufflehog(KEYS[0])]
    want = f"keys:4, commit {COMMIT}, openrouter, verified, https://github.com/o/r.git"
    for text in ("\n".join(map(json.dumps, lines)) + "\n", json.dumps(lines), json.dumps(lines, indent=1)):
        result, rows = match(tool, text)
        assert result.code == 0 and result.err == "rescind: report: 2 keys (found 1 more time) written\n"
        assert [(row["hash"], row["note"]) for row in rows] == [
            (HASHES[0], want + " and 1 more place"),
            (HASHES[1], want.replace("verified", "not verified")),
        ]


def test_trufflehog_through_powershell_and_of_files(tool):
    record = trufflehog(KEYS[0])
    record["SourceMetadata"] = {"Data": {"Filesystem": {"file": "C:\\dev\\.env", "line": 3}}}
    (tool.directory / "report").write_bytes(("\ufeff" + json.dumps(record) + "\r\n").encode("utf-16-le"))
    result = tool.call("match", "report")
    rows = list(csv.DictReader(io.StringIO(result.out, newline="")))
    assert [row["note"] for row in rows] == ["C:\\dev\\.env:3, openrouter, verified"], result


def test_gitleaks(tool):
    records = [gitleaks(key, n) for n, key in enumerate(KEYS, 3)]
    want = [(h, f"svc/.env:{n}, commit {COMMIT}, openrouter-api-key") for n, h in enumerate(HASHES, 3)]
    out = io.StringIO()
    columns = ["RuleID", "Commit", "File", "SymlinkFile", "Secret", "Match", "StartLine", "EndLine", "StartColumn",
               "EndColumn", "Author", "Message", "Date", "Email", "Fingerprint", "Tags"]
    table = csv.DictWriter(out, columns, extrasaction="ignore")
    table.writeheader()
    table.writerows([{**r, "Message": 'two\nlines, "quoted"'} for r in records])
    lines = "\n".join(map(json.dumps, records))
    for text in (json.dumps(records), json.dumps(records, indent=1), lines, out.getvalue()):
        result, rows = match(tool, text)
        assert (result.code, [(row["hash"], row["note"]) for row in rows]) == (0, want), result


def test_what_older_versions_wrote(tool):
    leak = {"line": f"K={KEYS[0]}", "lineNumber": 3, "offender": KEYS[0], "offenderEntropy": -1, "commit": COMMIT,
            "repo": "r", "repoURL": "", "leakURL": "https://x.example/r", "rule": "openrouter", "commitMessage": "m",
            "author": "A", "email": MAIL, "file": "svc/.env", "date": "2021-01-01T00:00:00Z", "tags": "key"}
    found = {"branch": "origin/main", "commit": "m", "commitHash": COMMIT, "date": "2021-01-01 00:00:00",
             "diff": f"+K={KEYS[0]}\n", "path": "svc/.env", "printDiff": f"+K={KEYS[0]}", "reason": "High Entropy",
             "stringsFound": [KEYS[0]]}
    for record, note in ((leak, f"svc/.env:3, commit {COMMIT}, openrouter, https://x.example/r"),
                         (found, f"svc/.env, commit {COMMIT}, High Entropy")):
        for text in (json.dumps(record) + "\r\n", "\ufeff" + json.dumps([record], indent=1)):
            result, rows = match(tool, text)
            assert (result.code, [(row["hash"], row["note"]) for row in rows]) == (0, [(HASHES[0], note)]), result


def test_sarif(tool):
    def found(key, line):
        region = {"startLine": line, "startColumn": 20, "endLine": line, "snippet": {"text": key}}
        place = {"artifactLocation": {"uri": "svc/.env"}, "region": region}
        return {"message": {"text": "openrouter has detected secret"}, "ruleId": "openrouter",
                "locations": [{"physicalLocation": place}],
                "partialFingerprints": {"commitSha": COMMIT, "email": MAIL, "author": "A"}}

    report = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "gitleaks", "rules": [{"id": "x"}]}},
                  "results": [found(key, n) for n, key in enumerate(KEYS, 1)]}],
    }
    result, rows = match(tool, report)
    assert (result.code, [(row["hash"], row["note"]) for row in rows]) == (
        0, [(h, f"svc/.env:{n}, commit {COMMIT}, openrouter") for n, h in enumerate(HASHES, 1)]
    )


def test_github(tool):
    def alert(n, key, **more):
        return {"number": n, "url": f"https://api.github.com/repos/o/r/secret-scanning/alerts/{n}",
                "html_url": f"https://github.com/o/r/security/secret-scanning/{n}", "state": "open",
                "secret_type": "openrouter_api_key", "secret_type_display_name": "OpenRouter API Key",
                "secret": key, "validity": "active", "repository": {"full_name": "o/r", "owner": {"login": "o"}}, **more}

    place = {"path": "a/b.py", "start_line": 7, "commit_sha": COMMIT}
    alerts = [alert(1, KEYS[0]), alert(2, KEYS[1], first_location_detected=place)]
    tail = "OpenRouter API Key, active, https://github.com/o/r/security/secret-scanning/"
    for text in (json.dumps(alerts), json.dumps(alerts[:1]) + json.dumps(alerts[1:]), json.dumps([alerts])):
        result, rows = match(tool, text)
        assert (result.code, [row["hash"] for row in rows]) == (0, HASHES[:2])
        assert [row["note"] for row in rows] == [f"report:1, {tail}1", f"a/b.py:7, commit {COMMIT}, {tail}2"]
    assert match(tool, alerts[0])[1][0]["note"] == f"report:1, {tail}1"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_gitguardian(tool, delimiter):
    out = io.StringIO()
    table = csv.writer(out, delimiter=delimiter)
    table.writerow(["incident_id", "detector", "status", "severity", "validity", "secret", "date", "url"])
    for n, key in enumerate(KEYS):
        table.writerow([n, "OpenRouter API Key", "TRIGGERED", "high", "valid", key, "x", f"https://d.example/{n}"])
    result, rows = match(tool, out.getvalue())
    assert (result.code, [(row["hash"], row["note"]) for row in rows]) == (
        0, [(h, f"report:{n + 2}, OpenRouter API Key, valid, https://d.example/{n}") for n, h in enumerate(HASHES)]
    )


def ggshield(*keys):
    def incident(key):
        place = {"match": key, "type": "apikey", "line_start": 5, "line_end": 5, "index_start": 1, "index_end": 74}
        return {"policy": "Secrets detection", "occurrences": [place, {**place, "line_start": 9}],
                "type": "OpenRouter Key", "validity": "valid", "incident_url": "https://d.example/1"}

    return {"id": "x", "type": "path_scan", "total_incidents": 1, "total_occurrences": 2, "entities_with_incidents": [
        {"mode": "FILE", "incidents": [incident(key) for key in keys], "filename": "svc/.env", "total_incidents": 1}]}


def test_ggshield(tool):
    for report in (ggshield(*KEYS), {"id": "x", "type": "commit_range", "total_incidents": 3, "scans": [ggshield(*KEYS)]}):
        result, rows = match(tool, report)
        note = "svc/.env:5, OpenRouter Key, valid, https://d.example/1 and 1 more place"
        assert (result.code, [(row["hash"], row["note"]) for row in rows]) == (0, [(h, note) for h in HASHES])
    hidden, rows = match(tool, ggshield(KEYS[0][:12] + "*" * 58 + KEYS[0][-3:]))
    assert (hidden.code, rows) == (65, []) and "1 masked OpenRouter key" in hidden.err


def test_detect_secrets(tool):
    place = {"type": "Secret Keyword", "filename": "a.py", "hashed_secret": "a" * 40, "is_verified": False, "line_number": 3}
    report = {"version": "1.4.0", "plugins_used": [{"name": "KeywordDetector"}], "filters_used": [],
              "results": {"a.py": [place, place], "b.py": [place]}, "generated_at": "2026-11-20T10:00:00Z"}
    result, rows = match(tool, report)
    assert (result.code, rows) == (65, [])
    assert "3 findings with hashes only (detect-secrets): no keys can be told from them" in result.err


def test_what_a_record_is_beyond_its_keys(tool):
    """A masked form is known by its key; a finding without a key is counted by its rule."""
    records = [trufflehog(KEYS[0], Redacted=KEYS[0][:11] + "..." + KEYS[0][-4:]),
               trufflehog(KEYS[1], Redacted=KEYS[2][:14] + "..." + KEYS[2][-4:]),
               trufflehog("hunter2", DetectorName="Postgres", ExtraData=None, Redacted="")]
    records[0] |= {"RawV2": KEYS[0] + "42https://x.example", "ExtraData": {"hint": KEYS[0][:30]}}
    result, rows = match(tool, "\n".join(map(json.dumps, records)))
    assert [row["hash"] for row in rows] == HASHES[:2] and result.code == 0
    assert "unclear" not in result.err and "cut" not in result.err
    assert "1 masked OpenRouter key" in result.err and "report:2" in result.err
    assert "1 finding without a key of a known provider (Postgres): report:3" in result.err


def test_a_rule_names_the_provider(tool):
    for rule, code in (("baseten-api-key", 0), ("generic-api-key", 1)):
        result, rows = match(tool, [gitleaks(OLD, 3, RuleID=rule, Match=OLD, Description="")])
        assert (result.code, [row["prefix"] for row in rows]) == (code, [OLD[:8]] if code == 0 else []), result


def test_between_and_beside_records(tool):
    """What is no record is text like any other; a record that is cut, too."""
    text = f"log line {KEYS[0]}\n" + json.dumps(trufflehog(KEYS[1])) + f"\n{KEYS[2]}\n" + json.dumps(trufflehog(KEYS[0]))[:-3]
    _, rows = match(tool, '{"level":"info"}\n' + text)
    assert sorted(row["hash"] for row in rows) == sorted(HASHES)
    assert {row["hash"]: row["note"] for row in rows}[HASHES[2]] == "report:4"


def test_formats_that_are_asked_for(tool):
    report = json.dumps([gitleaks(KEYS[0], 3)])
    assert match(tool, report, "--format", "gitleaks")[1][0]["note"].startswith("svc/.env:3")
    assert match(tool, report, "--format", "text")[1][0]["note"] == "report:1"
    result, _ = match(tool, report, "--format", "github")
    assert result.code == 65 and "report: no github report, by its beginning" in result.err


def test_no_secret_of_a_report_in_a_note(tool):
    """A file's name, a rule, a link may hold a key as well."""
    record = gitleaks(KEYS[0], 3, File=f"dump/{KEYS[1]}.txt", RuleID=KEYS[2])
    _, rows = match(tool, [record])
    assert sorted(row["hash"] for row in rows) == sorted(HASHES)
    assert {row["note"] for row in rows} == {"report:1"}


def test_a_rule_is_cut_to_no_secret(tool):
    """Whole it is none, but what would be shown of it looks like one."""
    rule = "re9a9a80fdeglpat-f5bn750923ceb3." + "3" * 46 + "sk-o698b529b0923ce4a9b7b735mM-mit"
    result, _ = match(tool, [gitleaks("none", 3, RuleID=rule)])
    assert "1 finding without a key of a known provider (gitleaks): report:1" in result.err, result
