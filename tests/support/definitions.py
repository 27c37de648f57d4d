"""What rescind knows of its providers, and a world in which one of them is stood in for: whatever
is tested for each definition is tested for the next one, too."""

import csv
import hashlib
import json
import re
import shlex
import subprocess
from collections import defaultdict
from typing import NamedTuple
from urllib.parse import urlsplit

from paths import RESCIND, SANDBOX
from targets import Target
from tool import Tool

SECRETS = {"main": "sandbox.renewed.main:x", "other": "sandbox.theirs.other:x"}
EMPTY = {"PATH": "/usr/bin:/bin"}


class Definition(NamedTuple):
    provider: str
    kind: str
    job: str  # the text of a job file that has it; "" for a built-in one
    says: dict  # {key: [value, ...]}

    def __str__(self):
        return f"{self.provider}/{self.kind}"

    def has(self, key):
        return key in self.says

    @property
    def path(self):
        """The path part of its base."""
        return urlsplit(self.says.get("base", [""])[0]).path

    @property
    def shown(self):
        """Whether a single key can be looked for."""
        return self.has("read") or self.has("list")


def definitions_of(text, job=""):
    """Those of an ini text."""
    found = []
    for line in text.splitlines():
        words = line.strip().strip("[]").split()
        if line.startswith("[provider "):
            kind = words[2] if len(words) > 2 else "key"
            found.append(Definition(words[1], kind, job, defaultdict(list)))
        elif line.startswith("["):
            break
        elif "=" in line and not line.startswith((";", "#")):
            key, value = line.split("=", 1)
            found[-1].says[key.strip()].append(value.strip())
    return [Definition(d.provider, d.kind, d.job, dict(d.says)) for d in found]


def rescind(*args):
    return subprocess.run(
        [RESCIND, *args], env=EMPTY, check=True, capture_output=True, text=True
    ).stdout


def built_in():
    """All that `rescind providers` names."""
    names = dict.fromkeys(line.split()[0] for line in rescind("providers").splitlines())
    return [d for name in names for d in definitions_of(rescind("providers", name))]


def pointed(value, pointer):
    """Where a pointer leads, {NAME=TEXT} being an item of an array; None where nowhere."""
    for token in pointer.split("/")[1:]:
        if token.startswith("{") and isinstance(value, list):
            name, text = token.strip("{}").split("=")
            value = next((item for item in value if item.get(name) == text), None)
        elif isinstance(value, list):
            value = value[int(token)] if int(token) < len(value) else None
        else:
            value = value.get(token) if isinstance(value, dict) else None
    return value


class World:
    """A sandbox that holds keys of one kind, and a tool with the credential of their account."""

    def __init__(self, directory, definition, count=6, options=(), seed=1):
        self.definition = d = definition
        self.directory = directory
        self.job = ()
        if d.job:
            (directory / "job.ini").write_text(d.job)
            self.job = ("--job", directory / "job.ini")
        self.raw = directory / "raw.txt"
        mix = f"{d.provider}/{d.kind}=1"
        made = self._sandbox("--generate", count, "--mix", mix, "--seed", seed, "--raw", self.raw)
        self.manifest = directory / "keys.csv"
        self.manifest.write_text(made)
        rows = list(csv.DictReader(made.splitlines()))
        self.ids = [row["id"] for row in rows]
        accounts = []
        for name, secret in SECRETS.items():
            (directory / name).write_text(secret)
            accounts += ["--account", f"{d.provider}={name}:{directory / name}"]
        self.process = subprocess.Popen(
            [
                SANDBOX,
                *map(str, (*self.job, "--manifest", self.manifest, "--raw", self.raw, *accounts)),
                *options,
            ],
            stdout=subprocess.PIPE,
        )
        self.address = self.process.stdout.readline().decode().strip()
        self.tool = Tool(directory, [f"{d.provider}={self.address}{d.path}"], self.job)
        for line in self._sandbox("--print-credentials").splitlines():
            name, value = line.removeprefix("export ").split("=", 1)
            self.tool.env[name] = shlex.split(value)[0]

    def _sandbox(self, *args):
        command = [SANDBOX, *map(str, (*args, *self.job))]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def use(self, name):
        """Another credential: "main", a renewed one of the same account, or "other"."""
        self.tool.env[self.definition.says["credential"][0]] = SECRETS[name]

    def _get(self, path, headers=(), method="GET", body=None):
        options = [part for line in headers for part in ("-H", line)]
        options += ["--data", body] if body else []
        asked = ["curl", "-fsS", "--noproxy", "*", "-X", method, *options, self.address + path]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout

    def answer(self, method, path, body=None):
        """To the credential in use."""
        says, env = self.definition.says, self.tool.env
        secret = env[says["credential"][0]]
        headers = [line.replace("{secret}", secret) for line in says["header"]]
        headers = [re.sub(r"{env:(\w+)}", lambda m: env[m[1]], line) for line in headers]
        return json.loads(self._get(self.definition.path + path, headers, method, body))

    def listed_beside(self):
        """The id in the first page of the list that is none of the manifest's."""
        says = self.definition.says
        items = pointed(self.answer(*says["list"][0].split()), says["list.items"][0])
        ids = [str(pointed(item, says["list.id"][0])) for item in items]
        return next(i for i in ids if i not in self.ids)

    def told(self, key):
        """What `self = read ...` or `account = read ...` leads to."""
        says = self.definition.says
        _, method, path, *pointers = says[key][0].split()
        answer = self.answer(method, path, says.get(key + ".body", [None])[0])
        found = [pointed(answer, pointer) for pointer in pointers]
        return next(str(value) for value in found if isinstance(value, (str, int)))

    def own_id(self):
        """The id of the credential in use, by the definition's own word for it."""
        says = self.definition.says
        secret = self.tool.env[says["credential"][0]]
        return {
            "read": lambda: self.told("self"),
            "sha256": lambda: hashlib.sha256(secret.encode()).hexdigest(),
            "before-dot": lambda: secret.split(".")[0],
            "between-dots": lambda: secret.split(".")[1],
            "before-colon": lambda: secret.split(":")[0],
            "user": lambda: secret.split(":")[0],
            "secret": lambda: secret,
            "list": self.listed_beside,
        }[says["self"][0].split()[0]]()

    def truth(self):
        """{id: what is known of it}, of those of the manifest."""
        lines = self._get("/sandbox/truth").splitlines()
        known = {line["id"]: line for line in map(json.loads, lines)}
        return {i: known[i] for i in self.ids}

    def existing(self):
        return {i for i, known in self.truth().items() if known["exists"]}

    def outcomes(self):
        """How many rows of the report have which outcome."""
        found = list(self.tool.run_dir.outcomes.values())
        return {word: found.count(word) for word in set(found)}

    def target(self, n):
        return Target(self.definition.provider, self.definition.kind, self.ids[n])

    def stop(self):
        self.tool.stop()
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
