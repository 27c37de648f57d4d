"""report.html in a real browser: its numbers, its silence, and that it can be read."""

import html.parser
import shutil
import struct
import subprocess
import zlib

import pytest

from targets import mixed

BROWSER = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
HOSTILE = "</td></table><script>document.title='owned'</script><img src=x onerror=alert(1)>"


def browse(profile, page, *flags):
    """One visit with an empty profile; what the browser wrote to standard output."""
    command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()]
    return subprocess.run(
        command, check=True, timeout=120, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ).stdout


class Page(html.parser.HTMLParser):
    """What a test asks of a DOM: every element, the text of those with an id, the tables' rows."""

    VOID = {"meta", "br", "hr", "img", "link", "input"}

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.rows, self.headings = [], {}, [], []
        self._open = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs))
        if tag == "tr":
            self.rows.append((attrs, []))
        if tag in ("td", "th") and self.rows:
            self.rows[-1][1].append("")
        if tag not in self.VOID:
            self._open.append((tag, attrs))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for tag, attrs in self._open:
            if "id" in attrs:
                self.texts[attrs["id"]] = self.texts.get(attrs["id"], "") + data
            if tag in ("td", "th"):
                self.rows[-1][1][-1] += data

    def number(self, name):
        return int(self.texts[name].replace(",", ""))


def pixels(path):
    """A PNG (8 bits a channel, not interlaced) as (width, rows of bytes, bytes a pixel)."""
    data, at, image = path.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            width, _, depth, colour, _, _, interlaced = struct.unpack(
                ">IIBBBBB", data[at + 8 : at + 21]
            )
            assert (depth, interlaced) == (8, 0) and colour in (2, 6)
        if kind == b"IDAT":
            image += data[at + 8 : at + 8 + length]
        at += 12 + length
    step = 3 if colour == 2 else 4
    raw, stride, rows = zlib.decompress(image), width * step, []
    before = bytes(stride)
    for start in range(0, len(raw), stride + 1):
        rows.append(unfilter(raw[start], raw[start + 1 : start + 1 + stride], before, step))
        before = rows[-1]
    return width, rows, step


def unfilter(kind, line, above, step):
    line = bytearray(line)
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        up, corner = above[i], above[i - step] if i >= step else 0
        if kind == 1:
            line[i] = (line[i] + left) & 255
        elif kind == 2:
            line[i] = (line[i] + up) & 255
        elif kind == 3:
            line[i] = (line[i] + (left + up) // 2) & 255
        elif kind == 4:
            guess = left + up - corner
            near = min((abs(guess - p), n, p) for n, p in enumerate((left, up, corner)))
            line[i] = (line[i] + near[2]) & 255
    return bytes(line)


def brightness(path):
    """Of the page's first column, which is background, and the darkest and lightest it has."""
    _, rows, step = pixels(path)
    grey = [sum(row[i : i + 3]) / 3 for row in rows[::7] for i in range(0, len(row), step * 3)]
    return sum(rows[0][:3]) / 3, min(grey), max(grey)


@pytest.fixture(scope="module")
def stopped_run(tmp_path_factory):
    """2,000 targets with some of everything, halted by a deadline; hostile notes."""
    from sandbox import Sandbox
    from tool import Tool

    directory = tmp_path_factory.mktemp("report")
    rows = mixed(2000)
    bare = Tool(directory).manifest(rows, "held.csv")
    with Sandbox(
        directory / "sandbox",
        *("--manifest", bare, "--absent", "20%", "--limit", "openrouter=bucket:100/s"),
        *("--fault", "500:2%", "--fault", "requesty=400:2%:tries=99", "--fault", "html404:1%"),
    ) as sandbox:
        tool = Tool(directory, sandbox.origins)
        lines = [f'{",".join(row)},"{HOSTILE if i % 3 else ""}"' for i, row in enumerate(rows)]
        text = "provider,kind,id,note\n" + "\n".join(lines) + "\n"
        manifest = tool.manifest(text, "leaked <b>.csv")
        result = tool.run(manifest, "--deadline", "3s", "--halt", "100%")
    assert result.code == 75, result.err
    return tool.run_dir


@pytest.fixture(scope="module")
def page(stopped_run, tmp_path_factory):
    text = (stopped_run.path / "report.html").read_text(encoding="utf-8")
    if not BROWSER:
        return Page(text)
    profile = tmp_path_factory.mktemp("profile")
    dumped = browse(profile, stopped_run.path / "report.html", "--dump-dom").decode()
    return Page(dumped)


needs_browser = pytest.mark.skipif(not BROWSER, reason="no chromium")


def test_numbers_are_those_of_report_json(stopped_run, page):
    report = stopped_run.report
    totals = report["totals"]
    shown = {
        attrs["data-outcome"]: int(cells[1].replace(",", ""))
        for attrs, cells in page.rows
        if "data-outcome" in attrs
    }
    assert shown == {name: totals[name] for name in shown}
    assert {name for name, count in totals.items() if count} <= set(shown)
    assert sum(shown.values()) == report["manifest"]["targets"] == page.number("n-targets")
    assert page.number("n-sent") == report["requests"]["sent"]
    assert page.number("n-429") == report["requests"]["http_429"] > 0
    assert page.number("n-failed") == report["failures_total"] > 0
    assert page.number("n-left") == totals["not_attempted"] > 0
    for name, provider in report["providers"].items():
        assert any(
            cells[:2] == [name, f"{provider['targets']:,}"] for _, cells in page.rows
        ), name
    facts = page.texts["facts"]
    assert report["manifest"]["sha256"] in facts and report["journal_sha256"] in facts
    assert report["libcurl"] in facts and "--deadline 3s" in facts


def test_what_remains_is_listed_failed_first(stopped_run, page):
    report = stopped_run.report
    at = page.texts["remaining"]
    assert "remaining.csv" in at
    listed = [failure["id"] for failure in report["failures"]]
    places = [at.index(identifier) for identifier in listed[:100]]
    assert places == sorted(places)
    left = report["manifest"]["targets"] - sum(
        report["totals"][name] for name in ("revoked", "already_absent", "absent_after_retry")
    )
    assert f"{left:,} targets are not done" in at
    assert sum(reason["targets"] for reason in report["reasons"]) == left


def test_nothing_runs_and_nothing_is_fetched(page):
    """In the DOM as the browser made it: what a hostile note could have added would be there."""
    tags = {tag for tag, _ in page.elements}
    allowed = set("html head body main header footer section meta title style h1 h2 h3 p span".split())
    allowed |= set("strong code time div dl dt dd ul li br".split())
    allowed |= set("table thead tbody tr th td svg rect path".split())
    assert tags <= allowed, tags - allowed
    for tag, attrs in page.elements:
        for name, value in attrs.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("href", "src", "xlink:href", "srcset", "action"), (tag, name)
            assert "url(" not in (value or "") and "@import" not in (value or "")
    policy = [a["content"] for t, a in page.elements if a.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert "owned" not in page.texts.get("title", "")


def test_hostile_texts_are_shown_as_they_are(page):
    assert HOSTILE[:100] in page.texts["remaining"]


def test_tables_and_charts_can_be_read_aloud(page):
    for tag, attrs in page.elements:
        if tag == "th":
            assert attrs.get("scope") in ("col", "row")
        if tag == "svg":
            assert attrs.get("role") == "img" and attrs.get("aria-label")
        if tag == "html":
            assert attrs.get("lang") == "en"


def test_a_finished_run_has_no_rest(make_sandbox, make_tool):
    rows = mixed(40)
    sandbox = make_sandbox(rows)
    tool = make_tool(*sandbox.origins)
    assert tool.run(tool.manifest(rows)).code == 0
    page = Page((tool.run_dir.path / "report.html").read_text(encoding="utf-8"))
    assert "All 40 targets are done." in "".join(
        text for name, text in page.texts.items() if name == "verdict"
    )
    assert "remaining" not in page.texts and "reasons" not in page.texts


@needs_browser
@pytest.mark.parametrize("scheme, light", [("1", True), ("0", False)])
def test_colours_follow_the_scheme(stopped_run, tmp_path, scheme, light):
    shot = tmp_path / "page.png"
    browse(
        tmp_path / "profile",
        stopped_run.path / "report.html",
        f"--blink-settings=preferredColorScheme={scheme}",
        "--window-size=800,900",
        f"--screenshot={shot}",
    )
    background, darkest, lightest = brightness(shot)
    assert (background > 240) if light else (background < 40)
    assert darkest < 60 and lightest > 200, "no contrast between ink and page"


@needs_browser
@pytest.mark.parametrize("width", [340, 700])
def test_nothing_sticks_out_of_a_narrow_window(stopped_run, tmp_path, width):
    """The right margin, 8 pixels of it, is background all the way down. In a frame: the browser's
    own window has a least width of 500."""
    shot, frame = tmp_path / "page.png", tmp_path / "frame.html"
    frame.write_text(
        f"""<!doctype html><body style="margin:0;background:#fff"><iframe
        src="{(stopped_run.path / 'report.html').as_uri()}"
        style="border:0;width:{width}px;height:1600px;display:block"></iframe>"""
    )
    browse(
        tmp_path / "profile",
        frame,
        "--blink-settings=preferredColorScheme=1",
        f"--window-size={max(width, 500)},1600",
        f"--screenshot={shot}",
    )
    _, rows, step = pixels(shot)
    assert len(rows) == 1600
    inside = [row[: width * step] for row in rows]
    assert min(min(row[-8 * step :]) for row in inside) > 250
    assert min(min(row) for row in inside) < 60, "the frame shows nothing"


@needs_browser
def test_it_prints(stopped_run, tmp_path):
    paper = tmp_path / "page.pdf"
    browse(
        tmp_path / "profile",
        stopped_run.path / "report.html",
        "--no-pdf-header-footer",
        f"--print-to-pdf={paper}",
    )
    assert paper.read_bytes().startswith(b"%PDF-")
