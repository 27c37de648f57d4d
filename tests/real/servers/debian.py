"""Servers of Debian's packages."""

import base64
import grp
import json
import os
import pwd
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from servers.server import Server, free_port, opener


def basic(secret):
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


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
        return basic(secret)

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
    at = "/api/v1/servers/localhost/tsigkeys"

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
            made.append(self.ask("POST", self.at, key)["id"])
        return made

    def truth(self):
        return {key["id"] for key in self.ask("GET", self.at)}

    def never(self, count):
        return [f"never-{n:04}." for n in range(count)]


class InfluxDB(Server):
    name, kind, variable = "influxdb", "user", "INFLUXDB_USER"
    keys, rate = 200, 100  # each has a slow hash of a password
    needs = ("influxd",)

    def start(self):
        self.secret, self.wrong, self.other = "admin:right", "admin:wrong", "nobody:right"
        self.own = "admin"
        config = self.directory / "influxdb.conf"
        config.write_text(
            f'bind-address = "127.0.0.1:{free_port()}"\n'
            "reporting-disabled = true\n"
            f'[meta]\ndir = "{self.directory}/meta"\n'
            f'[data]\ndir = "{self.directory}/data"\nwal-dir = "{self.directory}/wal"\n'
            f'[http]\nbind-address = "127.0.0.1:{self.port}"\nauth-enabled = true\nlog-enabled = false\n'
            "[monitor]\nstore-enabled = false\n"
        )
        self.run("influxd", "-config", config)

    def headers(self, secret):
        return basic(secret)

    def query(self, text):
        result = self.ask("POST", "/query?" + urllib.parse.urlencode({"q": text}))["results"][0]
        assert "error" not in result, result
        return result

    def ready(self):
        try:
            self.query("SHOW USERS")
        except urllib.error.HTTPError as error:  # nobody is there yet who may ask
            if error.code != 403:
                raise
            self.query("CREATE USER admin WITH PASSWORD 'right' WITH ALL PRIVILEGES")

    def prepare(self):
        self.query("CREATE USER nobody WITH PASSWORD 'right'")

    def make(self, tag, count):
        made = [f"{tag}-{n:04}" for n in range(count)]
        for name in made:
            self.query(f"CREATE USER \"{name}\" WITH PASSWORD 'right'")
        return made

    def truth(self):
        return {name for name, _ in self.query("SHOW USERS")["series"][0]["values"]}


class Keystone(Server):
    name, kind, variable = "keystone", "appcred", "OS_TOKEN"
    needs = ("keystone-manage", "keystone-wsgi-public", "uwsgi", "sqlite3")
    path = "/v3"
    keys, rate = 60, 6  # it is slow, and its database is SQLite

    def start(self):
        self.wrong = "wrong"
        (self.directory / "keys").mkdir()
        config = self.directory / "keystone.conf"
        config.write_text(
            f"[database]\nconnection = sqlite:///{self.directory}/db\n"
            f"[fernet_tokens]\nkey_repository = {self.directory}/keys\n"
            "[identity]\npassword_hash_rounds = 4\n"
        )

        def manage(*words):
            command = ["keystone-manage", "--config-file", config, *words]
            subprocess.run(command, check=True, capture_output=True)

        manage("db_sync")
        subprocess.run(["sqlite3", self.directory / "db", "PRAGMA journal_mode=WAL"], check=True, capture_output=True)
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        manage("fernet_setup", "--keystone-user", user, "--keystone-group", group)
        manage("bootstrap", "--bootstrap-password", "right")
        self.run(
            *("uwsgi", "--plugins", "python3", "--http-socket", f"127.0.0.1:{self.port}"),
            *("--wsgi-file", shutil.which("keystone-wsgi-public")),
            *("--lazy-apps", "--buffer-size", 65535, "--die-on-term", "--disable-logging"),
            OS_KEYSTONE_CONFIG_DIR=self.directory,
            OS_KEYSTONE_CONFIG_FILES=config.name,
        )

    def headers(self, secret):
        return {"X-Auth-Token": secret} if secret else {}

    def login(self, identity):
        """A token and whose it is."""
        body = json.dumps({"auth": identity}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.origin}/v3/auth/tokens", body, headers)
        with opener.open(request, timeout=60) as answer:
            return answer.headers["X-Subject-Token"], json.load(answer)["token"]["user"]["id"]

    def password(self, name):
        domain = {"id": "default"}
        user = {"name": name, "domain": domain, "password": "right"}
        return self.login(
            {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": {"name": "admin", "domain": domain}},
            }
        )

    def ready(self):
        self.admin, self.user = self.password("admin")

    def prepare(self):
        """The credential is a token of an application credential that may manage the others."""
        user = {"user": {"name": "theirs", "password": "right", "domain_id": "default"}}
        theirs = self.ask("POST", "/v3/users", user, self.admin)["user"]["id"]
        roles = self.ask("GET", "/v3/roles?name=member", None, self.admin)["roles"]
        projects = self.ask("GET", "/v3/projects?name=admin", None, self.admin)["projects"]
        role = f"/v3/projects/{projects[0]['id']}/users/{theirs}/roles/{roles[0]['id']}"
        self.ask("PUT", role, None, self.admin)
        self.other, _ = self.password("theirs")
        self.scopes = {"user": self.user}
        self.own, secret = self.new("ours", unrestricted=True, secret="right")
        one = {"id": self.own, "secret": secret}
        self.secret, _ = self.login(
            {"identity": {"methods": ["application_credential"], "application_credential": one}}
        )

    @property
    def credentials(self):
        return f"/v3/users/{self.user}/application_credentials"

    def new(self, name, **more):
        body = {"application_credential": {"name": name, **more}}
        made = self.ask("POST", self.credentials, body, self.admin)["application_credential"]
        return made["id"], made["secret"]

    def make(self, tag, count):
        return [self.new(f"{tag}-{n:04}")[0] for n in range(count)]

    def truth(self):
        found = self.ask("GET", self.credentials, None, self.admin)
        return {one["id"] for one in found["application_credentials"]}

    def never(self, count):
        return [f"{n:032x}" for n in range(count)]
