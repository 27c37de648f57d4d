"""`rescind match` on what each scanner writes, its members and columns named and laid out as that
tool's own source has them. Each test says which source."""

import csv
import hashlib
import io
import json
import random

import pytest

DICE = random.Random(11)
KEY, OTHER = (f"sk-or-v1-{DICE.getrandbits(256):064x}" for _ in range(2))
HASH, ANOTHER = (hashlib.sha256(key.encode()).hexdigest() for key in (KEY, OTHER))
COMMIT = "9a1f0d7a1a2b3c4d5e6f708192a3b4c5d6e7f801"
MAIL = "author@example.com"
RULE = "openrouter-api-key"


def columns(names, *rows, delimiter=","):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", delimiter=delimiter)
    writer.writerows([names.split(), *rows])
    return out.getvalue()


# trufflesecurity/trufflehog, pkg/output/json.go at 0a99a12 (v3): encoding/json, an object a line;
# what Data has is a message of proto/source_metadata.proto at 02e5a6b, empty members left out.
def trufflehog_3(source, data, key=KEY, verified=True):
    return json.dumps({
        "SourceMetadata": {"Data": {source: data}}, "SourceID": 1, "SourceType": 16, "SourceName": "trufflehog - git",
        "DetectorType": 905, "DetectorName": "CustomRegex", "DecoderName": "PLAIN", "Verified": verified,
        "Raw": key, "RawV2": "", "Redacted": "", "ExtraData": {"name": "openrouter"}, "StructuredData": None,
    }, separators=(",", ":")) + "\n"


GIT = {"commit": COMMIT, "file": "svc/.env", "email": f"A <{MAIL}>", "repository": "https://github.com/o/r.git",
       "timestamp": "2026-11-20 10:00:00 +0000", "line": 4}
TRUFFLEHOG = {
    "git": ("Git", GIT, f"svc/.env:4, commit {COMMIT}, openrouter, verified, https://github.com/o/r.git"),
    "github": ("Github", {"link": f"https://github.com/o/r/blob/{COMMIT}/svc/.env#L4", **GIT},
               f"svc/.env:4, commit {COMMIT}, openrouter, verified, https://github.com/o/r/blob/{COMMIT}/svc/.env#L4"),
    "filesystem": ("Filesystem", {"file": "/srv/.env", "line": 3}, "/srv/.env:3, openrouter, verified"),
    "gcs": ("GCS", {"bucket": "b", "filename": "a/.env", "link": "https://storage.example/b/a", "email": MAIL},
            "a/.env, openrouter, verified, https://storage.example/b/a"),
    "s3": ("S3", {"bucket": "b", "file": "a/.env", "link": "https://s3.example/b/a", "timestamp": "x"},
           "a/.env, openrouter, verified, https://s3.example/b/a"),
    "docker": ("Docker", {"file": "/app/.env", "image": "o/r", "layer": "sha256:1", "tag": "v1"},
               "/app/.env, openrouter, verified"),
    "slack": ("Slack", {"channel_id": "C1", "channel_name": "ops", "link": "https://o.slack.example/p1", "email": MAIL},
              "report:1, openrouter, verified, https://o.slack.example/p1"),
}


# gitleaks/gitleaks, report/finding.go and csv.go at 81fc668 and 3c7f3f0 (v8); json.go indents by a blank.
GITLEAKS_8 = ("RuleID Commit File SymlinkFile Secret Match StartLine EndLine StartColumn EndColumn Author Message Date "
              "Email Fingerprint Tags Link")
LINK = f"https://github.com/o/r/blob/{COMMIT}/svc/.env#L4"


def gitleaks_8(secret):
    return {
        "RuleID": RULE, "Description": "OpenRouter API key", "StartLine": 4, "EndLine": 4, "StartColumn": 20,
        "EndColumn": 92, "Match": f"OPENROUTER_API_KEY={secret}", "Secret": secret, "File": "svc/.env",
        "SymlinkFile": "", "Commit": COMMIT, "Link": LINK, "Entropy": 4.1, "Author": "A", "Email": MAIL,
        "Date": "2026-11-20T10:00:00Z", "Message": "wip", "Tags": [], "Fingerprint": f"{COMMIT}:svc/.env:{RULE}:4",
    }


# report/sarif.go at 22d78ab (v8): there the commit is among the fingerprints.
def sarif_8():
    region = {"startLine": 4, "startColumn": 20, "endLine": 4, "endColumn": 92, "snippet": {"text": KEY}}
    result = {
        "message": {"text": f"{RULE} has detected secret for file svc/.env at commit {COMMIT}."}, "ruleId": RULE,
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "svc/.env"}, "region": region}}],
        "partialFingerprints": {"commitSha": COMMIT, "email": MAIL, "author": "A", "date": "x", "commitMessage": "wip"},
        "properties": {"tags": []},
    }
    driver = {"name": "gitleaks", "semanticVersion": "v8.0.0", "informationUri": "https://github.com/gitleaks/gitleaks",
              "rules": [{"id": RULE, "shortDescription": {"text": "OpenRouter API key"}}]}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": [result]}]}


# report/leak.go and sarif.go at 0804e6d (v7): the names of that time, and a commit among the properties.
def gitleaks_7():
    return {
        "line": f"OPENROUTER_API_KEY={KEY}", "lineNumber": 4, "offender": KEY, "commit": COMMIT, "repo": "r",
        "rule": RULE, "commitMessage": "wip", "author": "A", "email": MAIL, "file": "svc/.env",
        "date": "2026-11-20T10:00:00Z", "tags": "key",
    }


def sarif_7():
    result = {
        "message": {"text": f"{RULE} secret detected"},
        "properties": {"commit": COMMIT, "offender": KEY, "date": "x", "author": "A", "email": MAIL,
                       "commitMessage": "wip", "gitOperation": "addition", "repo": "r"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "svc/.env"},
                                            "region": {"startLine": 4, "snippet": {"text": f"K={KEY}"}}}}],
    }
    return {"$schema": "x", "version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Gitleaks"}}, "results": [result]}]}


# trufflesecurity/trufflehog, pkg/output/legacy_json.go at 063ddee: "the old JSON format" of version 2.
def trufflehog_2():
    diff = f"@@ -0,0 +1,2 @@\n+OPENROUTER_API_KEY={KEY}\n"
    return json.dumps({
        "branch": "main", "commit": "wip", "commitHash": COMMIT, "date": "2026-11-20 10:00:00", "diff": diff,
        "path": "svc/.env", "printDiff": diff.replace(KEY, f"\x1b[93m{KEY}\x1b[0m"), "reason": "CustomRegex",
        "stringsFound": [KEY],
    }) + "\n"


# GitHub's REST API description, 2022-11-28, secret-scanning-alert, as in its own example; a simple user shortened.
def github():
    where = {"path": "svc/.env", "start_line": 4, "end_line": 4, "start_column": 1, "end_column": 64,
             "blob_sha": COMMIT, "blob_url": "https://api.github.com/x", "commit_sha": COMMIT,
             "commit_url": "https://api.github.com/y"}
    alert = {
        "number": 42, "created_at": "2020-11-06T18:18:30Z",
        "url": "https://api.github.com/repos/o/r/secret-scanning/alerts/42",
        "html_url": "https://github.com/o/r/security/secret-scanning/42",
        "locations_url": "https://api.github.com/repos/o/r/secret-scanning/alerts/42/locations", "state": "open",
        "resolution": None, "resolved_at": None, "resolved_by": None, "secret_type": "openrouter_api_key",
        "secret_type_display_name": "OpenRouter API Key", "secret": KEY, "push_protection_bypassed": False,
        "push_protection_bypassed_by": {"login": "octocat", "id": 1, "email": MAIL, "site_admin": True},
        "validity": "active", "publicly_leaked": False, "multi_repo": False, "is_base64_encoded": False,
        "first_location_detected": where, "has_more_locations": True,
    }
    return [alert]


# GitGuardian/ggshield, ggshield/verticals/secret/output/schemas.py and secret_json_output_handler.py at 1242510.
def ggshield_entity():
    occurrence = {"match": KEY, "match_type": "apikey", "line_start": 4, "line_end": 4, "index_start": 20,
                  "index_end": 92, "pre_line_start": 4, "pre_line_end": 4}
    incident = {"policy": "Secrets detection", "occurrences": [occurrence], "type": "OpenRouter API Key",
                "detector_documentation": "https://docs.gitguardian.com/x", "validity": "valid", "ignore_sha": "0" * 64,
                "total_occurrences": 1, "incident_url": "https://dashboard.gitguardian.com/workspace/1/incidents/2",
                "known_secret": True, "ignore_reason": None, "secret_vaulted": False}
    return {"mode": "FILE", "filename": "svc/.env", "incidents": [incident], "total_incidents": 1, "total_occurrences": 1}


def ggshield_path():
    return {"id": "scan", "type": "path_scan", "entities_with_incidents": [ggshield_entity()], "total_incidents": 1,
            "total_occurrences": 1, "secrets_engine_version": "2.140.0"}


def ggshield_commits():
    def scan(commit, *entities):
        return {"id": commit, "type": "commit", "entities_with_incidents": [*entities],
                "extra_info": {"author": "A", "email": MAIL, "date": "x"}, "total_incidents": 1, "total_occurrences": 1}
    scans = [scan("0" * 40), scan(COMMIT, ggshield_entity())]
    return {"id": "HEAD~2..", "type": "commit-range", "scans": scans, "total_incidents": 1, "total_occurrences": 1}


# docs.gitguardian.com/internal-monitoring/export-data: commas or tabs, secrets shown or hidden, the common key is
# incident_id. What the other columns are called it does not say; the API's names stand here.
GITGUARDIAN = "incident_id detector validity secret url filepath sha"


def gitguardian(delimiter, secret=KEY):
    url = "https://dashboard.gitguardian.com/workspace/1/incidents/2"
    return columns(GITGUARDIAN, [2, "OpenRouter API Key", "valid", secret, url, "svc/.env", COMMIT], delimiter=delimiter)


OF_COMMIT = f"svc/.env:4, commit {COMMIT}, "
OF_INCIDENT = "OpenRouter API Key, valid, https://dashboard.gitguardian.com/workspace/1/incidents/2"
RECORD = gitleaks_8(KEY)
REPORTS = {
    **{f"trufflehog_3_{name}": (trufflehog_3(source, data), note) for name, (source, data, note) in TRUFFLEHOG.items()},
    "trufflehog_2": (trufflehog_2(), f"svc/.env, commit {COMMIT}, CustomRegex"),
    "gitleaks_8_json": (json.dumps([RECORD], indent=1) + "\n", OF_COMMIT + f"{RULE}, {LINK}"),
    "gitleaks_8_csv": (columns(GITLEAKS_8, [RECORD[name] for name in GITLEAKS_8.split()]), OF_COMMIT + f"{RULE}, {LINK}"),
    "gitleaks_8_sarif": (json.dumps(sarif_8(), indent=1) + "\n", OF_COMMIT + RULE),
    "gitleaks_7_json": (json.dumps([gitleaks_7()], indent=1) + "\n", OF_COMMIT + RULE),
    # scan/report.go of v7: "line" is the text of it
    "gitleaks_7_csv": (columns("repo line commit offender leakURL rule tags commitMsg author email file date",
                               ["r", f"K={KEY}", COMMIT, KEY, LINK, RULE, "key", "wip", "A", MAIL, "svc/.env", "x"]),
                       f"svc/.env, commit {COMMIT}, {RULE}, {LINK}"),
    "gitleaks_7_sarif": (json.dumps(sarif_7()), OF_COMMIT.rstrip(", ")),
    "github": (json.dumps(github(), indent=2), OF_COMMIT + "OpenRouter API Key, active, https://github.com/o/r/security/"
               "secret-scanning/42"),
    "ggshield_path": (json.dumps(ggshield_path()), "svc/.env:4, " + OF_INCIDENT),
    "ggshield_commits": (json.dumps(ggshield_commits()), OF_COMMIT + OF_INCIDENT),
    "gitguardian_commas": (gitguardian(","), f"svc/.env, commit {COMMIT}, " + OF_INCIDENT),
    "gitguardian_tabs": (gitguardian("\t"), f"svc/.env, commit {COMMIT}, " + OF_INCIDENT),
}


def match(tool, text, *options):
    (tool.directory / "report").write_text(text)
    result = tool.call("match", "report", *options)
    for secret in (KEY[12:], OTHER[12:], MAIL):
        assert secret not in result.out + result.err
    return result, list(csv.DictReader(io.StringIO(result.out, newline="")))


@pytest.mark.parametrize("name", REPORTS)
def test_as_its_source_has_it(make_tool, name):
    text, note = REPORTS[name]
    form = "sarif" if "sarif" in name else name.split("_")[0]
    for options in ((), ("--format", form)):
        result, rows = match(make_tool(), text, *options)
        assert (result.code, result.err) == (0, "rescind: report: 1 key written\n"), result
        assert [(row["hash"], row["note"]) for row in rows] == [(HASH, note)]


# Finding.Redact and maskSecret at 81fc668: --redact writes REDACTED, --redact=75 a beginning and an ellipsis.
def test_gitleaks_redacted(make_tool):
    result, rows = match(make_tool(), json.dumps([gitleaks_8("REDACTED"), gitleaks_8(KEY[:18] + "...")], indent=1))
    assert (result.code, rows) == (65, [])
    assert f"1 finding without a key of a known provider ({RULE}): report:2" in result.err
    assert "1 masked OpenRouter key" in result.err


def test_gitguardian_hidden(make_tool):
    result, rows = match(make_tool(), gitguardian(",", ""))
    assert (result.code, rows) == (65, [])
    assert "1 finding without a key of a known provider (OpenRouter API Key): report:2" in result.err


# Yelp/detect-secrets, detect_secrets/core/potential_secret.py at 06db4b0, and is_verified of later ones.
def test_detect_secrets(make_tool):
    secret = {"type": "Secret Keyword", "filename": "svc/.env", "hashed_secret": "0" * 40, "is_verified": False,
              "line_number": 4}
    baseline = {"version": "1.5.0", "plugins_used": [{"name": "KeywordDetector", "keyword_exclude": ""}],
                "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}],
                "results": {"svc/.env": [secret]}, "generated_at": "2026-11-20T10:00:00Z"}
    for options in ((), ("--format", "detect-secrets")):
        result, rows = match(make_tool(), json.dumps(baseline, indent=2) + "\n", *options)
        assert (result.code, rows) == (65, [])
        assert "1 finding with a hash only (detect-secrets): no key can be told from it" in result.err
