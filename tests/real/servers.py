"""Servers that nobody here wrote, started on loopback for the time of a test: each with a way to make
keys, to ask for the truth, and three credentials: the account's, one that is wrong, and one that is
somebody else's."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
NPM = Path(os.environ.get("REAL_NPM", HERE.parent.parent / "build" / "real"))
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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
    start_seconds = 60
    prefix = "svc"

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
        with _opener.open(request, timeout=60) as answer:
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


class RabbitMQ(Server):
    name, kind, variable = "rabbitmq", "user", "RABBITMQ_USER"
    needs = ("epmd", "/usr/lib/rabbitmq/bin/rabbitmq-server")

    def start(self):
        self.secret, self.wrong, self.other = "admin:right", "admin:wrong", "nobody:right"
        self.own = "admin"
        names, distribution = free_port(), free_port()
        (self.directory / "rabbitmq.conf").write_text(
            "listeners.tcp = none\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self.port}\n"
            "default_user = admin\n"
            "default_pass = right\n"
        )
        (self.directory / "plugins").write_text("[rabbitmq_management].\n")
        env = {
            "ERL_EPMD_PORT": names,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": distribution,
            "RABBITMQ_NODENAME": f"rescind-{self.port}@localhost",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": self.directory / "rabbitmq",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.directory / "plugins",
            "RABBITMQ_MNESIA_BASE": self.directory / "mnesia",
            "RABBITMQ_GENERATED_CONFIG_DIR": self.directory / "generated",
            "RABBITMQ_LOG_BASE": self.directory / "log",
            "RABBITMQ_PID_FILE": self.directory / "pid",
        }
        self.run("epmd", "-port", names, **env)
        self.run("/usr/lib/rabbitmq/bin/rabbitmq-server", **env)

    def headers(self, secret):
        return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}

    def ready(self):
        self.ask("GET", "/api/whoami")

    def prepare(self):
        self.ask("PUT", "/api/users/nobody", {"password": "right", "tags": "none"})

    def make(self, tag, count):
        made = [f"{tag} {n:04}/x%" for n in range(count)]  # ids as real ones are not, but may be
        users = [{"name": i, "password_hash": "", "tags": ""} for i in made]
        self.ask("POST", "/api/definitions", {"users": users})
        return made

    def truth(self):
        while True:
            try:
                return {user["name"] for user in self.ask("GET", "/api/users")}
            except urllib.error.HTTPError as error:  # of a list that lost a user while it was made
                if error.code != 500:
                    raise


class Etcd(Server):
    name, kind, variable = "etcd", "user", "ETCD_TOKEN"
    needs = ("etcd",)

    def start(self):
        peers = f"http://127.0.0.1:{free_port()}"
        self.own = "root"
        self.run(
            *("etcd", "--data-dir", self.directory / "data", "--name", "one"),
            *("--listen-client-urls", self.origin, "--advertise-client-urls", self.origin),
            *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers),
            *("--initial-cluster", f"one={peers}"),
        )

    def headers(self, secret):
        return {"Authorization": secret} if secret else {}

    def ready(self):
        self.ask("POST", "/v3/maintenance/status", {})

    def login(self, name):
        return self.ask("POST", "/v3/auth/authenticate", {"name": name, "password": "right"})["token"]

    def prepare(self):
        for name in ("root", "nobody"):
            self.ask("POST", "/v3/auth/user/add", {"name": name, "password": "right"})
        self.ask("POST", "/v3/auth/user/grant", {"user": "root", "role": "root"})
        self.ask("POST", "/v3/auth/enable", {})
        self.secret, self.other, self.wrong = self.login("root"), self.login("nobody"), "wrong.1"

    def make(self, tag, count):
        made = [f"{tag}-{n:04}" for n in range(count)]
        for name in made:  # without a password, whose hash takes its time
            options = {"name": name, "options": {"no_password": True}}
            self.ask("POST", "/v3/auth/user/add", options)
        return made

    def truth(self):
        return set(self.ask("POST", "/v3/auth/user/list", {})["users"])


class PowerDNS(Server):
    name, kind, variable = "powerdns", "tsig", "PDNS_API_KEY"
    needs = ("/usr/sbin/pdns_server", "sqlite3")
    keys = "/api/v1/servers/localhost/tsigkeys"

    def start(self):
        self.secret, self.wrong, self.other = "right", "wrong", "somebody else's"
        database = self.directory / "db"
        schema = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
        subprocess.run(["sqlite3", database], input=schema.read_bytes(), check=True)
        self.run(
            *("/usr/sbin/pdns_server", "--config-dir=" + str(self.directory), "--daemon=no"),
            *("--guardian=no", "--launch=gsqlite3", f"--gsqlite3-database={database}"),
            "--gsqlite3-pragma-synchronous=0",  # nobody waits for the disk here
            *("--api=yes", "--api-key=right", "--webserver=yes", "--webserver-address=127.0.0.1"),
            *(f"--webserver-port={self.port}", f"--socket-dir={self.directory}"),
            *("--local-address=127.0.0.1", f"--local-port={free_port()}"),
        )

    def headers(self, secret):
        return {"X-API-Key": secret}

    def ready(self):
        self.ask("GET", "/api/v1/servers/localhost")

    def make(self, tag, count):
        made = []
        for n in range(count):
            key = {"name": f"{tag}-{n:04}", "algorithm": "hmac-sha256", "key": "a2V5"}
            made.append(self.ask("POST", self.keys, key)["id"])
        return made

    def truth(self):
        return {key["id"] for key in self.ask("GET", self.keys)}

    def never(self, count):
        return [f"never-{n:04}." for n in range(count)]


class Verdaccio(Server):
    name, kind, variable = "verdaccio", "token", "NPM_TOKEN"
    needs = ("node", str(NPM / "node_modules/.bin/verdaccio"))

    def start(self):
        config = self.directory / "config.yaml"
        config.write_text(
            f"storage: {self.directory}/storage\n"
            f"auth: {{htpasswd: {{file: {self.directory}/htpasswd, algorithm: sha1}}}}\n"
            "uplinks: {}\n"
            "packages: {'**': {access: $all, publish: $authenticated}}\n"
            "flags: {token: true}\n"
            "experiments: {token: true}\n"
            "userRateLimit: {windowMs: 1000, max: 100000}\n"
            "log: {type: stdout, format: pretty, level: warn}\n"
        )
        self.run(self.needs[1], "--config", config, "--listen", f"127.0.0.1:{self.port}")

    def headers(self, secret):
        return {"Authorization": f"Bearer {secret}"} if secret else {}

    def ready(self):
        self.ask("GET", "/-/ping")

    def prepare(self):
        def user(name):
            body = {"name": name, "password": "right-right"}
            return self.ask("PUT", f"/-/user/org.couchdb.user:{name}", body)["token"]

        self.secret, self.other, self.wrong = user("ours"), user("theirs"), "npm_wrong"
        for _ in range(3):  # who has none is a user that is not known
            self.new_token(self.other)

    def new_token(self, secret):
        body = {"password": "right-right", "readonly": False, "cidr_whitelist": []}
        return self.ask("POST", "/-/npm/v1/tokens", body, secret)["key"]

    def make(self, tag, count):
        return [self.new_token(self.secret) for _ in range(count)]

    def truth(self):
        return {token["key"] for token in self.ask("GET", "/-/npm/v1/tokens")["objects"]}

    def never(self, count):
        return [f"{n:032x}" for n in range(count)]


SERVERS = (RabbitMQ, Etcd, PowerDNS, Verdaccio)
