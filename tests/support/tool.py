"""rescind as a user runs it: a process with an environment, a manifest and a run directory."""

import csv
import json
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from paths import RESCIND
from targets import Target, write_csv

CREDENTIALS = {
    "OPENROUTER_MANAGEMENT_KEY": "sk-or-v1-" + "5ec7e7" * 10 + "0001",
    "REQUESTY_API_KEY": "requesty-secret-5ec7e75ec7e7-0002",
    "BASETEN_API_KEY": "abcdWXYZ.5ec7e75ec7e75ec7e7000000003",
}
DONE = {"revoked", "already_absent", "absent_after_retry"}
OUTCOMES = DONE | {"unproven_absent", "unconfirmed", "failed", "not_attempted"}


class Result(NamedTuple):
    code: int
    out: str
    err: str


class RunDir:
    """What a run left behind."""

    def __init__(self, path):
        self.path = Path(path)

    @property
    def journal(self):
        text = (self.path / "journal.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def records(self, kind):
        return [record for record in self.journal if record["type"] == kind]

    @property
    def report(self):
        return json.loads((self.path / "report.json").read_text(encoding="utf-8"))

    @property
    def totals(self):
        """report.json's totals, without the zeros."""
        return {name: count for name, count in self.report["totals"].items() if count}

    @property
    def rows(self):
        """report.csv: {Target: row}."""
        with open(self.path / "report.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found = {Target(row["provider"], row["kind"], row["id"]): row for row in rows}
        assert len(found) == len(rows), "a target stands twice in report.csv"
        return found

    @property
    def outcomes(self):
        return {target: row["outcome"] for target, row in self.rows.items()}

    @property
    def remaining(self):
        """The identifiers that remaining.csv still has."""
        with open(self.path / "remaining.csv", newline="", encoding="utf-8") as file:
            return {(row["provider"], row["kind"], row["id"]) for row in csv.DictReader(file)}


class Tool:
    """Runs rescind in a directory of its own. `origins` are --base-url values for `run`."""

    def __init__(self, directory, origins=(), options=()):
        self.directory = Path(directory)
        self.origins = list(origins)
        self.options = list(options)
        # Of its own: a port that is used again must not bring another test's holds with it.
        runtime = self.directory.with_name(self.directory.name + ".runtime")
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(directory),
            "XDG_RUNTIME_DIR": str(runtime),
            **CREDENTIALS,
        }
        self.run_dir = RunDir(self.directory / "run")
        self._started = []

    def manifest(self, rows, name="keys.csv"):
        """Writes a manifest: of Targets, or a text as it is."""
        path = self.directory / name
        if isinstance(rows, str):
            path.write_text(rows, encoding="utf-8", newline="")
        elif isinstance(rows, bytes):
            path.write_bytes(rows)
        else:
            write_csv(path, rows)
        return path

    def _process(self, args, **more):
        process = subprocess.Popen(
            [str(RESCIND), *map(str, args)],
            cwd=self.directory,
            env={name: str(value) for name, value in self.env.items() if value is not None},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more,
        )
        self._started.append(process)
        return process

    def stop(self):
        """Whatever is still running."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def call(self, *args, stdin=b"", timeout=60, **more):
        """Any command line; waits for its end."""
        process = self._process(args, stdin=subprocess.PIPE, **more)
        return finish(process, timeout, stdin)

    def _run_args(self, manifest, args):
        urls = [part for origin in self.origins for part in ("--base-url", origin)]
        where = () if "--run-dir" in args else ("--run-dir", self.run_dir.path)
        return ["run", "--yes", *where, *urls, *self.options, *args, manifest]

    def run(self, manifest, *args, **more):
        """`rescind run --yes`, with this tool's origins, options and run directory."""
        return self.call(*self._run_args(manifest, args), **more)

    def start_as_is(self, *args, **more):
        """Any command line, not waited for."""
        return self._process(args, **more)

    def start(self, manifest, *args, **more):
        """The same, not waited for."""
        return self._process(self._run_args(manifest, args), stdin=subprocess.DEVNULL, **more)


def finish(process, timeout=60, stdin=None):
    """Waits for its end, and makes sure of it."""
    try:
        out, err = process.communicate(stdin, timeout)
    except BaseException as why:
        process.kill()
        out, err = process.communicate()
        if not isinstance(why, subprocess.TimeoutExpired):
            raise
        raise AssertionError(
            f"still running after {timeout} s: {process.args}\n{out.decode()}\n{err.decode()}"
        ) from None
    return Result(process.returncode, (out or b"").decode(), (err or b"").decode())


def command_line(process):
    """What ps(1) shows of it, once it runs. A short one may be over before anybody can look."""
    shown = Path(f"/proc/{process.pid}/cmdline")
    while process.poll() is None:
        data = shown.read_bytes()
        if data.startswith(bytes(RESCIND)):
            return data
    raise AssertionError("it ended before it was looked at")


def all_bytes(directory):
    """(path, bytes) of every file below a directory."""
    for root, _, names in os.walk(directory):
        for name in names:
            path = Path(root) / name
            yield path, path.read_bytes()
