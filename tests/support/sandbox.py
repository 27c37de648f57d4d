"""The sandbox as a fixture: a process on a port that the kernel picked, and its truth."""

import json
import subprocess
import urllib.request

from paths import SANDBOX
from targets import Target
from tool import CREDENTIALS

PROVIDERS = {
    "openrouter": "OPENROUTER_MANAGEMENT_KEY",
    "requesty": "REQUESTY_API_KEY",
    "baseten": "BASETEN_API_KEY",
}
# No proxy, whatever the environment says.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def base_urls(address):
    """PROVIDER=URL for each of the four kinds, all at one address."""
    return [f"openrouter={address}/api/v1", f"requesty={address}", f"baseten={address}"]


class Sandbox:
    """Takes the credentials of tool.CREDENTIALS. Ends with us: it follows its parent."""

    def __init__(self, directory, *options):
        directory.mkdir(parents=True, exist_ok=True)
        credentials = []
        for provider, name in PROVIDERS.items():
            secret = directory / f"secret-{provider}"
            secret.write_text(CREDENTIALS[name])
            credentials += ["--credential", f"{provider}={secret}"]
        command = [SANDBOX, *credentials, *options]
        with open(directory / "sandbox.err", "wb") as err:
            self._process = subprocess.Popen(
                list(map(str, command)), stdout=subprocess.PIPE, stderr=err
            )
        self.address = self._process.stdout.readline().decode().strip()
        if not self.address:
            self._process.wait()
            raise RuntimeError((directory / "sandbox.err").read_text())
        self.port = int(self.address.rsplit(":", 1)[1])
        self.origins = base_urls(self.address)

    def _get(self, path, data=None):
        with _opener.open(self.address + path, data, timeout=60) as answer:
            return answer.read().decode()

    def truth(self):
        """{Target: what is known of it}; see the sandbox's truth.h."""
        lines = map(json.loads, self._get("/sandbox/truth").splitlines())
        return {Target(line["provider"], line["kind"], line["id"]): line for line in lines}

    def counts(self):
        return json.loads(self._get("/sandbox/counts"))

    def change(self, *lines):
        """Faults and limits from now on; "clear" takes all back."""
        self._get("/sandbox/options", "\n".join(lines).encode())

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
