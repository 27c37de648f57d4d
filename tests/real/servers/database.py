"""A PostgreSQL of Debian's, for the servers that want one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from servers.server import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def missing():
    return [] if PROGRAMS else ["postgresql"]


class Database:
    """An empty one, on a port of its own. It refuses to be root's, so there it is the user postgres's,
    who cannot look into the directories of a test."""

    def __init__(self):
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="rescind-real-"))
        self.as_user = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data = self.directory / "data"
        subprocess.run(
            [*self.as_user, PROGRAMS[-1] / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"],
            cwd="/",
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with open(data / "postgresql.conf", "a", encoding="utf-8") as config:
            config.write(
                f"port = {self.port}\n"
                "listen_addresses = '127.0.0.1'\n"
                f"unix_socket_directories = '{self.directory}'\n"
                "fsync = off\n"  # nobody needs it after the test
            )
        self.command = [*self.as_user, PROGRAMS[-1] / "postgres", "-D", data]
        self.ready = [PROGRAMS[-1] / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)
