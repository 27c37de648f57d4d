"""A manifest's column `account`: many organisations, one run. The server is one that knows each
credential's own keys, and answers 404 for those of others."""

import http.server
import json
import re
import subprocess
import threading

import pytest
from paths import SANDBOX
from tool import Tool

A, B = "a" * 63 + "1", "b" * 63 + "2"
SECRETS = {"plain-secret-0001": {"c" * 64}, "team-a-secret-0002": {A}, "team-b-secret-0003": {B}}
NAME = "OPENROUTER_MANAGEMENT_KEY"
ENV = {NAME: "plain-secret-0001", NAME + "__TEAM_A": "team-a-secret-0002",
       NAME + "__TEAM_B": "team-b-secret-0003"}


class Server:
    def __init__(self):
        self.keys = {secret: set(ids) for secret, ids in SECRETS.items()}
        self.deleted, self.refused = [], set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body):
                text = json.dumps(body).encode()
                self.send_response_only(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def handle_any(self):
                secret = (self.headers["authorization"] or "")[len("Bearer ") :]
                keys = outer.keys.get(secret)
                path = self.path.split("?")[0]
                last = path.rsplit("/", 1)[1]
                if keys is None:
                    self.answer(401, {"error": {"code": 401, "message": "no"}})
                elif last == "key":
                    self.answer(200, {"data": {"label": "x", "is_management_key": True}})
                elif last == "workspaces":
                    one = {"id": f"00000000-0000-4000-8000-{len(secret):012}", "is_default": True}
                    one["name"] = one["slug"] = secret[:6]
                    first = "offset=0" in self.path or "offset" not in self.path
                    self.answer(200, {"data": [one] if first else [], "total_count": 1})
                elif last == "keys":
                    first = "offset=0" in self.path or "offset" not in self.path
                    self.answer(200, {"data": [{"hash": h} for h in sorted(keys)] if first else []})
                elif last not in keys:
                    self.answer(404, {"error": {"code": 404, "message": "not found"}})
                elif self.command == "DELETE" and last in outer.refused:
                    self.answer(400, {"error": {"code": 400, "message": "not this one"}})
                elif self.command == "DELETE":
                    keys.discard(last)
                    outer.deleted.append((secret, last))
                    self.answer(200, {"deleted": True})
                else:
                    self.answer(200, {"data": {"hash": last, "disabled": False}})

            do_GET = do_DELETE = handle_any

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"openrouter=http://127.0.0.1:{self._server.server_address[1]}/api/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


def revoker(tmp_path, server, env=None):
    tool = Tool(tmp_path, [server.origin])
    tool.env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **(env or ENV)}
    return tool


def manifest(tmp_path, *rows):
    path = tmp_path / "m.csv"
    path.write_text("hash,account\n" + "".join(f"{row}\n" for row in rows))
    return path


def test_each_account_deletes_its_own(tmp_path, server):
    path = manifest(tmp_path, f"{A},team-a", f"{B},team-b", "c" * 64 + ",")
    tool = revoker(tmp_path, server)
    done = tool.run(path)
    assert done.code == 0, done.err
    assert sorted(server.deleted) == [
        ("plain-secret-0001", "c" * 64), ("team-a-secret-0002", A), ("team-b-secret-0003", B)
    ]
    rows = (tmp_path / "run" / "report.csv").read_text().splitlines()
    assert rows[0].endswith(",note,account")
    assert [row.rsplit(",", 1)[1] for row in rows[1:]] == ["team-a", "team-b", ""]
    report = json.loads((tmp_path / "run" / "report.json").read_text())
    assert set(report["providers"]) == {"openrouter", "openrouter/team-a", "openrouter/team-b"}
    ends = [json.loads(line) for line in (tmp_path / "run" / "journal.jsonl").open()]
    ends = [one for one in ends if one["type"] == "end"]
    assert [one.get("account") for one in sorted(ends, key=lambda one: one["row"])] == [
        "team-a", "team-b", None
    ]
    again = tool.run(path)
    assert again.code == 0 and len(server.deleted) == 3


def test_a_failure_names_its_account(tmp_path, server):
    """The same hash in two accounts is two targets: a line without the account is neither."""
    server.keys["team-b-secret-0003"].add(A)
    server.refused.add(A)
    done = revoker(tmp_path, server).run(manifest(tmp_path, f"{A},team-a", f"{A},team-b"))
    assert done.code in (1, 75), done.err
    report = json.loads((tmp_path / "run" / "report.json").read_text())
    named = {one.get("account") for one in report["failures"]}
    assert named == {"team-a", "team-b"} and {one["id"] for one in report["failures"]} == {A}


def test_an_account_never_falls_back(tmp_path, server):
    path = manifest(tmp_path, f"{A},team-a", f"{B},team-b")
    only = {NAME: "plain-secret-0001"}
    done = revoker(tmp_path, server, only).run(path)
    assert done.code == 77
    assert not server.deleted
    assert NAME + "__TEAM_A" in done.err and NAME + "__TEAM_B" in done.err


def test_one_accounts_keys_prove_nothing_of_anothers(tmp_path, server):
    server.keys["team-b-secret-0003"].clear()
    path = manifest(tmp_path, f"{A},team-a", f"{B},team-b")
    done = revoker(tmp_path, server).run(path)
    assert done.code != 0, "team-b's key was never seen"
    assert ("team-a-secret-0002", A) in server.deleted


def test_two_names_of_one_variable_are_refused(tmp_path, server):
    path = manifest(tmp_path, f"{A},team-a", f"{B},team_a")
    done = revoker(tmp_path, server).run(path)
    assert done.code == 65 and "m.csv:3: " in done.err


def test_a_manifest_of_many_accounts_is_its_own_rehearsal(tmp_path, make_sandbox):
    """The sandbox holds each account's targets for that account alone, and prints its secret."""
    path = manifest(tmp_path, *(f"{i:064x},team-{i % 3}" for i in range(60)))
    printing = [SANDBOX, "--manifest", path, "--print-credentials"]
    printed = subprocess.check_output(printing, text=True)
    env = dict(re.findall(rf"export ({NAME}\w*)='(.*)'", printed))
    one, two = NAME + "__TEAM_1", NAME + "__TEAM_2"
    assert len(env) == 4 and len(set(env.values())) == 4
    sandbox = make_sandbox("--manifest", path)
    tool = Tool(tmp_path, sandbox.origins)
    tool.env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **env, one: env[two], two: env[one]}
    assert tool.run(path, "--run-dir", tmp_path / "swapped").code == 75
    assert sum(not row["exists"] for row in sandbox.truth().values()) == 20, "of the account that was right"
    tool.env |= env
    result = tool.run(path, "--expect-absent=openrouter")
    assert result.code == 0, result.err
    assert tool.run_dir.totals == {"revoked": 40, "already_absent": 20}
    assert not any(row["exists"] for row in sandbox.truth().values())


def test_all_that_is_missing_is_told_at_once(tmp_path, server):
    """Each variable of each account, those of a definition's headers too, and nothing is begun."""
    names = [f"team-{i}" for i in range(100, 0, -1)]
    path = manifest(tmp_path, *(f"{i:064x},{name}" for i, name in enumerate(names)))
    tool = revoker(tmp_path, server, {NAME + "__TEAM_7": "plain-secret-0001"})
    result = tool.run(path)
    told = re.findall(rf"^rescind: {NAME}__TEAM_(\d+): not set", result.err, re.M)
    assert result.code == 77 and list(map(int, told)) == [i for i in range(100, 0, -1) if i != 7]
    assert "99 credentials are missing or unreadable; nothing was sent" in result.err
    path.write_text("provider,kind,id,account\n" + "".join(
        f"datadog,key,00000000-0000-4000-8000-00000000000{i},team-{i}\n" for i in (1, 2)))
    tool = Tool(tmp_path, ["datadog=http://127.0.0.1:9"])
    tool.env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DD_APP_KEY__TEAM_1": "x"}
    result = tool.run(path)
    assert result.code == 77 and "3 credentials are missing" in result.err
    assert re.findall(r"DD_\w+_KEY__TEAM_\d: not set", result.err) == [
        f"{name}: not set" for name in ("DD_API_KEY__TEAM_1", "DD_APP_KEY__TEAM_2", "DD_API_KEY__TEAM_2")]
    assert not tool.run_dir.path.exists()
    plan = tool.call("plan", path)
    assert plan.code == 0 and plan.out.count("MISSING, a run would be refused") == 3
