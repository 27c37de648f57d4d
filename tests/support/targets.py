"""Targets in the forms that the providers give them, the same ones for the same seed."""

import csv
import random
import string
import uuid
from typing import NamedTuple


class Target(NamedTuple):
    provider: str
    kind: str
    id: str


PREFIX = string.ascii_letters + string.digits


def _uuid(dice):
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


MAKERS = {
    ("openrouter", "key"): lambda dice: f"{dice.getrandbits(256):064x}",
    ("openrouter", "byok"): _uuid,
    ("requesty", "key"): _uuid,
    ("baseten", "key"): lambda dice: "".join(dice.choices(PREFIX, k=8)),
}


def targets(count, provider="openrouter", kind="key", seed=1):
    dice = random.Random(f"{seed} {provider} {kind}")
    made = MAKERS[provider, kind]
    return [Target(provider, kind, made(dice)) for _ in range(count)]


def mixed(count, seed=1):
    """All four kinds, in turn."""
    share = [targets(count // 4 + 1, *which, seed=seed) for which in MAKERS]
    return [share[i % 4][i // 4] for i in range(count)]


def write_csv(path, rows, notes=False):
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["provider", "kind", "id"] + ["note"] * notes)
        for number, row in enumerate(rows):
            writer.writerow([*row] + [f"note {number}"] * notes)
    return path
