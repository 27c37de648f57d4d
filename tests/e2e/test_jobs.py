"""What jobs/ ships, as it is shipped: the job files run, the schedules' syntax checked by those who
will read them, and their command lines taken by rescind."""

import csv
import os
import re
import shlex
import shutil
import subprocess

import pytest

from paths import RESCIND, ROOT
from targets import targets, write_csv

JOBS = ROOT / "jobs"


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


@pytest.fixture
def place(tmp_path):
    """/etc/rescind as an operator has it."""
    etc = tmp_path / "etc"
    etc.mkdir()
    for job in JOBS.glob("*.ini"):
        shutil.copy(job, etc)
    (etc / "never-revoke.csv").write_text("hash\n")
    return etc


def urls(sandbox):
    return [part for origin in sandbox.origins for part in ("--base-url", origin)]


def test_incident(make_tool, make_sandbox, place):
    leaked = targets(30)
    sandbox = make_sandbox(leaked)
    tool = make_tool()
    write_csv(place / "leaked.csv", leaked)
    job = ["--job", place / "incident.ini"]

    asked = tool.call("run", *job, *urls(sandbox))
    assert asked.code == 2, asked
    assert sandbox.counts()["requests"] == 0

    done = tool.call("run", *job, "--yes", *urls(sandbox))
    assert done.code == 0, done
    assert {t for t, is_so in sandbox.truth().items() if is_so["deletions"]} == set(leaked)
    assert (place / "leaked.csv.run" / "report.json").exists()

    before = sandbox.counts()
    assert tool.call("run", *job, "--yes", *urls(sandbox)).code == 0
    assert sandbox.counts() == before


@pytest.mark.parametrize(
    "rows, protected, code, deleted",
    [(0, 0, 0, 0), (40, 0, 0, 40), (40, 1, 2, 0), (500, 0, 0, 500), (501, 0, 2, 0)],
)
def test_purge(make_tool, make_sandbox, place, tmp_path, rows, protected, code, deleted):
    stale = targets(max(rows, 1))
    sandbox = make_sandbox(stale)
    tool = make_tool()
    write_csv(tmp_path / "stale.csv", stale[:rows])
    write_csv(place / "never-revoke.csv", stale[:protected])
    job = ["--job", place / "stale-key-purge.ini", "--run-dir", tmp_path / "purge"]

    result = tool.call("run", *job, *urls(sandbox), tmp_path / "stale.csv")
    assert result.code == code, result
    assert sum(bool(is_so["deletions"]) for is_so in sandbox.truth().values()) == deleted
    if rows == 0:
        assert result.err == "", "a night with nothing to purge makes no mail"


def job_options(text):
    return [line for line in text.splitlines() if line and not line.startswith(";")]


def test_kubernetes_has_the_same_job():
    text = (JOBS / "kubernetes-cronjob.yaml").read_text()
    block = re.search(r"  stale-key-purge\.ini: \|\n((?:    .*\n)+)", text).group(1)
    inside = [line[4:] for line in block.splitlines()]
    assert inside == job_options((JOBS / "stale-key-purge.ini").read_text())


def cron_lines():
    """Each as cron hands it to sh(1)."""
    crontab = (JOBS / "crontab").read_text()
    return [line.split(None, 5)[5] for line in re.findall(r"^[-\d*,/]+ .*$", crontab, re.M)]


def unit_lines():
    """The main processes of the unit, in their order; the first that fails is the last."""
    unit = (JOBS / "rescind-purge.service").read_text()
    return re.findall(r"^ExecStart=(.*)$", unit, re.M)


def pod_lines():
    """The init container's, then the container's."""
    pod = (JOBS / "kubernetes-cronjob.yaml").read_text()
    program = re.findall(r"command: \[(.*)\]", pod)
    blocks = re.findall(r"args:\n((?: +- .*\n)+)", pod)
    assert len(program) == len(blocks) == 2
    assert pod.index("initContainers:") < pod.index("- name: list") < pod.index("- name: rescind\n")
    return [
        " ".join([word, *re.findall(r"- (.*)", block)]) for word, block in zip(program, blocks)
    ]


NIGHTS = {
    "cron": cron_lines()[:1],
    "systemd": [" && ".join(unit_lines())],
    "kubernetes": [" && ".join(pod_lines())],
}


class Night:
    """A machine on which a schedule is installed, but for its paths: /etc/rescind, /var/lib/rescind
    and the program are elsewhere, and the program is told of the sandbox."""

    def __init__(self, tmp_path, place, tool, sandbox):
        self.state = tmp_path / "state"
        self.state.mkdir()
        self.place, self.tool = place, tool
        self.program = tmp_path / "bin" / "rescind"
        self.program.parent.mkdir()
        self.lead_to(sandbox.origins)
        job = place / "stale-key-purge.ini"
        job.write_text(job.read_text().replace("/var/lib/rescind", str(self.state)))

    def lead_to(self, origins):
        words = [word for origin in origins[:1] for word in ("--base-url", origin)]
        self.program.write_text(f'#!/bin/sh\nexec {RESCIND} "$@" {shlex.join(words)}\n')
        self.program.chmod(0o755)

    def start(self, line):
        for ours, here in (
            ("/usr/local/bin/rescind", self.program),
            ("/etc/rescind", self.place),
            ("/var/lib/rescind", self.state),
        ):
            line = line.replace(ours, str(here))
        env = self.tool.env | {"PATH": f"{self.program.parent}:/usr/bin:/bin"}
        done = subprocess.run(
            ["/bin/sh", "-c", line], env=env, cwd="/", capture_output=True, text=True, check=False
        )
        return done.returncode, done.stderr


@pytest.fixture
def night(tmp_path, place, make_tool, make_sandbox):
    sandbox = make_sandbox(targets(40))
    return Night(tmp_path, place, make_tool(), sandbox), sandbox


def deleted(sandbox):
    return {target for target, is_so in sandbox.truth().items() if is_so["deletions"]}


@pytest.mark.parametrize("schedule", NIGHTS)
def test_a_good_night(schedule, night):
    """The inventory, the run on it, and not a word on standard error; the night after it, too."""
    here, sandbox = night
    for _ in range(2):
        for line in NIGHTS[schedule]:
            code, err = here.start(line)
            assert code == 0
            assert err == "" or schedule == "kubernetes"  # whose log gets progress
    with open(here.state / "stale.csv", newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == []  # the second night's: nothing is left
    assert 0 < len(deleted(sandbox)) < 40
    before = sandbox.counts()["requests"]
    code, err = here.start(cron_lines()[1])
    assert (code, err) == (0, "")
    assert sandbox.counts()["requests"] == before


@pytest.mark.parametrize("schedule", NIGHTS)
@pytest.mark.parametrize("old", [False, True])
def test_a_night_without_an_inventory_deletes_nothing(schedule, old, night):
    here, sandbox = night
    if old:  # last week's list is still there
        for line in NIGHTS[schedule]:
            assert here.start(line)[0] == 0
        week = (here.state / "stale.csv").stat().st_mtime - 7 * 86400
        write_csv(here.state / "stale.csv", sorted(set(targets(40)) - deleted(sandbox)))
        os.utime(here.state / "stale.csv", (week, week))
    before = deleted(sandbox)
    here.lead_to(["openrouter=http://127.0.0.1:1/api/v1"])
    here.program.write_text(here.program.read_text().rstrip() + " --deadline 2s\n")
    for line in NIGHTS[schedule]:
        code, err = here.start(line)
        assert code == 75
        assert err.startswith("rescind: openrouter: ") and "connect" in err
    here.lead_to(sandbox.origins)
    code, err = here.start(cron_lines()[1])
    assert code == (2 if old else 66)
    assert ("--max-age 12h 00m: " in err) == old and "stale.csv" in err
    assert deleted(sandbox) == before


@pytest.mark.parametrize("schedule", NIGHTS)
def test_what_a_canary_stopped_is_not_tried_again(schedule, tmp_path, place, make_tool, make_sandbox):
    """The next try of any of them ends with 2, which none tries again, and deletes nothing."""
    sandbox = make_sandbox(targets(40))
    here = Night(tmp_path, place, make_tool(), sandbox)
    sandbox.change("fault 400:100%")
    for line in NIGHTS[schedule]:
        code, err = here.start(line)
        assert code == 75
        assert "canary: " in err
    sandbox.change("clear")
    for line in [*NIGHTS[schedule], cron_lines()[1]]:
        code, err = here.start(line)
        assert code == 2
        assert "--stay-stopped: " in err
    assert not deleted(sandbox)


def words():
    for line in [*cron_lines(), *unit_lines(), *pod_lines()]:
        yield from ([w for w in shlex.split(part.split(">")[0])] for part in line.split("&&"))


@pytest.mark.parametrize("words", list(words()), ids=" ".join)
def test_command_lines_are_taken(make_tool, place, tmp_path, words):
    assert words[0].endswith("rescind")
    etc = [word.replace("/etc/rescind", str(place)) for word in words[1:]]
    (tmp_path / "none.csv").write_text("hash\n")
    if words[1] == "list":
        etc = [word.replace("/var/lib/rescind", str(tmp_path)) for word in etc]
        result = make_tool().call(*etc, "--base-url", "openrouter=http://127.0.0.1:1", "--deadline", "1s")
        assert result.code == 75, result
    else:
        result = make_tool().call(*etc, "--run-dir", tmp_path / "purge", tmp_path / "none.csv")
        assert result.code == 0, result


def test_what_is_tried_again():
    """75 and a crash; whatever else there is says that a person is needed."""
    codes = {1, 2, 64, 65, 66, 73, 74, 77, 78}
    unit = (JOBS / "rescind-purge.service").read_text()
    prevented = re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.M).group(1)
    assert {int(code) for code in prevented.split()} == codes
    assert "ConditionPathExists" not in unit and "AssertPathExists=/etc/rescind/" in unit
    pod = (JOBS / "kubernetes-cronjob.yaml").read_text()
    rules = re.findall(r"containerName: (\w+)\n +operator: NotIn\n +values: \[75\]", pod)
    assert rules == ["list", "rescind"]


@needs("crontab")
def test_crontab_is_one():
    usage = subprocess.run(["crontab", "-h"], capture_output=True, text=True, check=False)
    dry_run = {"-n": "dry run", "-T": "test"}
    for option, words in dry_run.items():
        if words in (usage.stdout + usage.stderr).lower():
            subprocess.run(["crontab", option, JOBS / "crontab"], check=True)
            return
    pytest.skip("this crontab checks nothing without installing it")


@pytest.fixture
def units(tmp_path):
    """The units, with a program that exists: systemd-analyze looks for it."""
    for name in ("rescind-purge.service", "rescind-purge.timer"):
        text = (JOBS / name).read_text()
        (tmp_path / name).write_text(text.replace("/usr/local/bin/rescind", str(RESCIND)))
    return tmp_path


@needs("systemd-analyze")
def test_units_verify(units):
    done = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", *units.glob("rescind-purge.*")],
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).splitlines()  # of whatever else is installed here, too
    assert [line for line in said if "rescind-purge" in line] == []


@needs("systemd-analyze")
def test_service_is_confined(units):
    """systemd's own measure, from 0 (best) to 10; a service as it comes has 9.6."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15",
         units / "rescind-purge.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
