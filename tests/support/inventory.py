"""Keys as a provider lists them, for the sandbox's --inventory: with fields that a test chose."""

import datetime
import json
from typing import NamedTuple

from targets import targets

NOW = datetime.datetime.now(datetime.timezone.utc)


class Key(NamedTuple):
    provider: str
    kind: str
    id: str
    fields: dict


def ago(**span):
    """A moment in the past, in the short form and in the long one by turns."""
    moment = NOW - datetime.timedelta(**span)
    ago.long = not ago.long
    if ago.long:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


ago.long = False


def workspace(number):
    return f"0a0b0c0d-0000-4000-8000-{number:012d}"


def keys(count, fields, provider="openrouter", kind="key", seed=1):
    """`fields(number)` gives a key's own; the sandbox makes up the others."""
    return [
        Key(*target, fields(number))
        for number, target in enumerate(targets(count, provider, kind, seed))
    ]


def write(path, found):
    path.write_text("".join(json.dumps(key._asdict()) + "\n" for key in found))
    return path
