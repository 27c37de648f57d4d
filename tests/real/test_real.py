"""rescind at servers that nobody here wrote, as a platform engineer would use it. The truth is what
the server says."""

import csv
import itertools
import json
import time

import pytest
from crashed import Remains
from tool import Tool, finish

BYSTANDERS = 20
fresh = itertools.count()


class Site:
    """A server, and a tool with the credential of its account."""

    def __init__(self, server, directory):
        self.server = server
        self.tool = Tool(directory, [f"{server.name}={server.origin}{server.path}"], ["--job", server.job])
        self.tool.env |= {server.variable: server.secret, **server.env}

    def manifest(self, ids, name="keys.csv"):
        path = self.tool.directory / name
        with open(path, "w", newline="", encoding="utf-8") as out:
            rows = csv.writer(out, lineterminator="\n")
            scopes = self.server.scopes
            rows.writerow(["provider", "kind", "id", *scopes])
            rows.writerows([self.server.name, self.server.kind, i, *scopes.values()] for i in ids)
        return path

    def call(self, command, *args):
        url = ("--base-url", self.tool.origins[0])
        return self.tool.call(command, "--job", self.server.job, *url, *args)

    def others(self):
        """All keys that there are but the credential itself."""
        return self.server.truth() - {self.server.own}

    def list(self, *args):
        found = self.call("list", "--kind", self.server.kind, "--format", "jsonl", *args, self.server.name)
        assert found.code == 0, found.err
        return [json.loads(line)["id"] for line in found.out.splitlines()]


@pytest.fixture
def site(server, tmp_path):
    one = Site(server, tmp_path)
    yield one
    one.tool.stop()


def test_all_the_way(site):
    """List, plan, canary, a kill in the middle, the rest, and the proof; others' keys stay."""
    server = site.server
    stay = set(server.make("stay", BYSTANDERS))
    ids = server.make("go", server.keys)
    assert set(site.list()) == site.others() >= stay | set(ids)
    probe = site.call("probe", f"{server.name}/{server.kind}")
    print(probe.out)
    assert probe.code == 0, probe.out + probe.err
    plan = site.call("plan", site.manifest(ids))
    assert plan.code == 0 and f"{server.keys} targets" in plan.out, plan.err
    process = site.tool.start(site.manifest(ids), "--canary", "5", "--max-rate", str(server.rate))
    before = len(server.truth())
    journal = site.tool.run_dir.path / "journal.jsonl"
    while not journal.exists() or journal.read_bytes().count(b'"type":"end"') < server.keys // 5:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.kill()
    finish(process)
    left = Remains(site.tool.run_dir)
    unheard = left.announced - set(left.ended)
    assert len(unheard) <= max(server.rate, 32), "a second's worth"
    assert len(server.truth()) > before - server.keys
    result = site.tool.run(site.manifest(ids), "--verify", "--verify-delay", "0", timeout=200)
    assert not set(ids) & server.truth() and stay <= server.truth()
    totals, verified = site.tool.run_dir.totals, site.tool.run_dir.report["verified"]
    assert totals["revoked"] + totals.get("absent_after_retry", 0) == server.keys, totals
    # What was in flight when it was killed was deleted unheard; only what was seen before is proven.
    assert verified["unproven"] <= totals.get("absent_after_retry", 0) <= len(unheard)
    assert verified["confirmed_absent"] + verified["unproven"] == server.keys
    assert result.code == (1 if verified["unproven"] else 0), result.err
    assert set(site.list()) == site.others()


def test_a_list_with_a_filter(site):
    server = site.server
    fields = [name for name in ("name", "label") if f"list.field = {name}" in server.job.read_text()]
    if not fields or not server.tagged:
        pytest.skip("its list tells no names")
    made = server.make("named", 30)
    assert set(site.list(f"--{fields[0]}", "named*")) == set(made)


def test_disabled_and_enabled_again(site):
    server = site.server
    if "\ndisable = " not in server.job.read_text():
        pytest.skip("it cannot disable")
    ids, before = server.make("off", 30), server.disabled()
    for action, off in (("disable", set(ids)), ("enable", set())):
        run_dir = site.tool.directory / action
        args = ("--action", action, "--run-dir", run_dir)
        result = site.tool.run(site.manifest(ids), *args)
        assert result.code == 0, result.out + result.err
        assert server.disabled() == before | off


def untouched(site, secret, *args, ids=None, codes=(75, 77)):
    """A run that must not delete anything."""
    server = site.server
    ids = ids or server.make(f"keep{next(fresh)}", 30)
    before = server.truth()
    site.tool.env[server.variable] = secret
    result = site.tool.run(site.manifest(ids), *args)
    print(result.code, result.out, result.err)
    assert result.code in codes, (result.code, result.out, result.err)
    assert server.truth() == before
    return result


def test_a_wrong_credential(site):
    untouched(site, site.server.wrong)


def test_another_account(site):
    if not site.server.other:
        pytest.skip("it has but one account")
    untouched(site, site.server.other)


def test_absent_targets(site):
    untouched(site, site.server.secret, ids=site.server.never(30), codes=(75,))


def test_a_typo_in_the_path(site):
    site.tool.origins[0] += "/typo"
    untouched(site, site.server.secret)


@pytest.mark.parametrize("options", [[], ["--no-preflight"], ["--expect-absent"]])
def test_the_credential_in_use(site, options):
    own = site.server.own
    if not own:
        pytest.skip("its credential is no key like these")
    ids = [own, *site.server.make(f"other{next(fresh)}", 5)]
    untouched(site, site.server.secret, *options, ids=ids, codes=(2, 65))


@pytest.mark.parametrize("typo", ["read and delete", "delete"])
def test_a_typo_in_the_definition(site, typo):
    """Parse takes it for another class, to delete from which is a success; the one that goes alone
    shows it. (Who writes delete.absent = gone says that this cannot be.)"""
    server = site.server
    if server.name != "parse":
        pytest.skip("elsewhere that is no path")
    text = server.job.read_text().replace("delete.absent = gone\n", "")
    for one in typo.split(" and "):
        method = {"read": "GET", "delete": "DELETE"}[one]
        text = text.replace(f"\n{one} = {method} /sessions/", f"\n{one} = {method} /classes/Sesion/")
    job = site.tool.directory / "typo.ini"
    job.write_text(text)
    site.tool.options = ["--job", job]
    untouched(site, server.secret, "--verify-patience", "1", codes=(75,))
    assert site.tool.run_dir.report["requests"]["sent"] <= 1
