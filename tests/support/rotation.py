"""rescind rotate as the tests call it, and what must be true of keys and secrets at its end."""

import csv
import hashlib
import json
import re
import urllib.request

from tool import CREDENTIALS, all_bytes

RAW = re.compile(rb"sk-or-v1-[0-9a-f]{64}")


def rotate_args(tool, manifest, *args):
    urls = [part for origin in tool.origins for part in ("--base-url", origin)]
    return ["rotate", "--yes", "--run-dir", tool.run_dir.path, *urls, *args, manifest]


def rotate(tool, manifest, *args):
    if "--deliver" not in args:
        args = ("--secrets-file", tool.directory / "secrets.csv", *args)
    return tool.call(*rotate_args(tool, manifest, *args))


def secrets(tool, name="secrets.csv"):
    path = tool.directory / name
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def listed(sandbox):
    """{hash: key} of what the provider lists, in every workspace, page by page."""
    found = {}

    def get(path):
        request = urllib.request.Request(
            sandbox.address + "/api/v1" + path,
            headers={"Authorization": f"Bearer {CREDENTIALS['OPENROUTER_MANAGEMENT_KEY']}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)["data"]

    for workspace in get("/workspaces?limit=100"):
        where = f"/keys?include_disabled=true&workspace_id={workspace['id']}&offset="
        offset = 0
        while page := get(where + str(offset)):
            found |= {key["hash"]: key for key in page}
            offset += len(page)
    return found


def living(sandbox, rows):
    """(old keys that exist, created keys that exist)"""
    old, new = set(), set()
    for target, known in sandbox.truth().items():
        if target.kind == "key" and known["exists"]:
            (new if known["created"] else old).add(target.id)
    assert old <= {row.id for row in rows}
    return old, new


def no_raw_key(tool, *results):
    for path, data in all_bytes(tool.directory):
        if path.name not in ("secrets.csv", "taken"):
            assert not RAW.search(data), path
    for result in results:
        assert not RAW.search((result.out + result.err).encode())


def all_rotated(tool, sandbox, rows, name="secrets.csv"):
    """One successor a key, its secret in our hands, and nothing else."""
    old, new = living(sandbox, rows)
    assert not old
    assert len(new) == len(rows)
    handed = {row["new_hash"]: row for row in secrets(tool, name)}
    assert new <= set(handed)
    for successor in new:
        assert hashlib.sha256(handed[successor]["key"].encode()).hexdigest() == successor
    assert {handed[successor]["old_hash"] for successor in new} == {row.id for row in rows}
    assert not [key for key in listed(sandbox).values() if "[rescind" in key["name"]]
    assert tool.run_dir.totals == {"rotated": len(rows)}
    assert {row["id"]: row["successor"] for row in tool.run_dir.report["rotated"]} == {
        handed[successor]["old_hash"]: successor for successor in new
    }
    assert {row["successor"] for row in tool.run_dir.rows.values()} == new
    told = {r["row"]: r["successor"] for r in tool.run_dir.records("rotate") if "successor" in r}
    assert set(told.values()) == new
    assert tool.call("check", tool.run_dir.path).code == 0
