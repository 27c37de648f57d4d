"""A journal as the released version wrote it: without eyes, sightings and paces, and with a pair of a
hold named by the origin as the run had it and the variable."""

import re

from crashed import crc32c


def to_released(run_dir, pair):
    """Rewrites a run directory's journal; `pair` is what its holds are of."""
    path = run_dir.path / "journal.jsonl"
    out, link, number = b"", b"00000000", 0
    for line in path.read_bytes().splitlines():
        kind, rest = re.fullmatch(
            rb'\{"s":\d+,"b":\d+,"p":"\w{8}","type":"(\w+)(".*),"c":"\w{8}"\}', line
        ).groups()
        if kind in (b"seen", b"pace"):
            continue
        number += 1
        rest = re.sub(rb',"eyes":\[.*\]$', b"", rest)
        if kind == b"hold":
            rest = re.sub(rb'"pair":"[^"]*"', b'"pair":"%s"' % pair.encode(), rest)
        kept = b'{"s":%d,"b":%d,"p":"%s","type":"%s%s' % (number, number, link, kind, rest)
        link = f"{crc32c(kept):08x}".encode()
        out += kept + b',"c":"' + link + b'"}\n'
    path.write_bytes(out)
