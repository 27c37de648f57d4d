"""Servers that nobody here wrote, started on loopback for the time of a test: each with a way to make
keys, to ask for the truth, and three credentials: the account's, one that is wrong, and one that is
somebody else's."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port():
    """One that the kernel picks."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """One that runs in a directory of its own. Subclasses say how."""

    name = kind = variable = None
    needs = ()  # programs
    path = ""  # of the base URL
    env = {}  # what its definition wants besides the credential
    scopes = {}  # and besides the id
    start_seconds = 180  # on a machine that has much else to do
    keys = 500
    rate = 150  # of the run that is killed
    tagged = True  # a key's name or label begins with its tag

    def __init__(self, directory):
        self.directory = Path(directory)
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.processes = []
        self.secret = self.wrong = self.other = None
        self.own = None  # the id of the credential in use, as a row of a manifest
        try:
            self.start()
            self.wait()
            self.prepare()
        except BaseException:
            self.stop()
            raise

    @classmethod
    def missing(cls):
        return [program for program in cls.needs if not shutil.which(program)]

    @property
    def job(self):
        return HERE / f"{self.name}.ini"

    def run(self, *command, **env):
        log = open(self.directory / f"log-{len(self.processes)}", "wb")
        more = {"PATH": os.environ["PATH"], "HOME": str(self.directory), **env}
        self.processes.append(
            subprocess.Popen(
                list(map(str, command)),
                cwd=self.directory,
                env={name: str(value) for name, value in more.items()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        )
        log.close()

    def ask(self, method, path, body=None, secret=None):
        """The answer's JSON; an HTTPError where it is none."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json", **self.headers(secret or self.secret)}
        request = urllib.request.Request(self.origin + path, data, headers, method=method)
        with opener.open(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def wait(self):
        deadline = time.monotonic() + self.start_seconds
        while True:
            try:
                return self.ready()
            except (OSError, urllib.error.URLError):
                gone = [p for p in self.processes if p.poll() is not None]
                if gone or time.monotonic() > deadline:
                    logs = [path.read_text()[-2000:] for path in self.directory.glob("log-*")]
                    raise RuntimeError(f"{self.name} does not start:\n" + "\n".join(logs))
                time.sleep(0.1)

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def start(self):
        raise NotImplementedError

    def ready(self):
        """Raises where it is not."""
        raise NotImplementedError

    def prepare(self):
        """Other accounts, and what else is there once."""

    def headers(self, secret):
        return {"Authorization": secret}

    def make(self, tag, count):
        """Makes keys; their ids."""
        raise NotImplementedError

    def truth(self):
        """The ids of all keys that there are."""
        raise NotImplementedError

    def never(self, count):
        """Ids that no key ever had."""
        return [f"never-{n:04}" for n in range(count)]
