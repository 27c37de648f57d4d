"""What a stopped run left on disk, read by other eyes than the program's, and what must hold of it
against the sandbox's truth."""

import csv
import hashlib
import json
import re

from targets import Target
from tool import DONE

_unknown = re.compile(r"unknown, [a-z ]+: (\S+) (\S+) (\S+)")


def crc32c(data, table=[]):  # noqa: B006 a table that is made once
    if not table:
        for byte in range(256):
            for _ in range(8):
                byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
            table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _rows(text):
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Remains:
    """`good` are the bytes of the journal that are whole lines, in order, from its beginning."""

    def __init__(self, run_dir):
        journal = run_dir.path / "journal.jsonl"
        self.bytes = journal.read_bytes() if journal.exists() else b""
        self.records = []
        size, link = 0, "00000000"
        for line in self.bytes.splitlines(keepends=True):
            found = re.fullmatch(rb'(\{.*),"c":"([0-9a-f]{8})"\}\n', line)
            if not found or f"{crc32c(found[1]):08x}".encode() != found[2]:
                break
            record = json.loads(line)
            if record["p"] != link:
                break
            link = record["c"]
            size += len(line)
            self.records.append(record)
        self.good = self.bytes[:size]
        self.sha256 = hashlib.sha256(self.bytes).hexdigest()
        self.table = []
        if (run_dir.path / "targets.csv").exists():
            with open(run_dir.path / "targets.csv", newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    self.table.append(Target(row["provider"], row["kind"], row["id"]))

    @property
    def announced(self):
        """Targets that a `try` speaks of."""
        return set(self.announced_at)

    @property
    def announced_at(self):
        """{Target: the size that the journal had to have for its first `try` to be in it}"""
        found, size = {}, 0
        for line, record in zip(self.good.splitlines(keepends=True), self.records):
            size += len(line)
            if record["type"] == "try":
                for row in _rows(record.get("rows") or str(record.get("row"))):
                    found.setdefault(self.table[row - 1], size)
        return found

    @property
    def ended(self):
        """{Target: outcome}, the last one."""
        ends = (record for record in self.records if record["type"] == "end")
        return {self.table[end["row"] - 1]: end["outcome"] for end in ends}

    @property
    def done(self):
        return {target for target, outcome in self.ended.items() if outcome in DONE}


def named_unknown(stderr):
    return {Target(*found) for found in _unknown.findall(stderr)}


def asked(truth):
    """{Target: requests} of those that were asked for at all."""
    return {target: known["requests"] for target, known in truth.items() if known["requests"]}


class Watch:
    """Looks at a run directory after each stop of a run, however that came about."""

    def __init__(self, tool, sandbox):
        self._tool = tool
        self._sandbox = sandbox
        self._before = Remains(tool.run_dir)
        self._asked = asked(sandbox.truth())

    def look(self):
        """Nothing was sent unannounced, nothing done was sent again, nothing that was written is
        gone, and the program says the same of its journal."""
        now = Remains(self._tool.run_dir)
        requests = asked(self._sandbox.truth())
        assert now.bytes.startswith(self._before.good), "the journal lost what was in it"
        assert set(requests) <= now.announced, "sent, and its try is not on disk"
        for target in self._before.done:
            assert requests.get(target) == self._asked.get(target), f"sent again: {target}"
        self._before, self._asked = now, requests
        if now.bytes and now.table:
            checked = self._tool.call("check", self._tool.run_dir.path)
            assert checked.code == 0, checked.err
            assert checked.out.split()[0] == now.sha256
        return now
