"""A certificate authority for one test run, made with openssl(1)."""

import subprocess
from pathlib import Path


def _openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)


class Authority:
    """directory/ca.pem is what a client trusts; issue() gives a server's certificate and key."""

    def __init__(self, directory, name="rescind test CA"):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.pem = self.directory / "ca.pem"
        self._key = self.directory / "ca.key"
        _openssl(
            *"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(),
            *("-subj", f"/CN={name}", "-keyout", self._key, "-out", self.pem),
            *("-addext", "basicConstraints=critical,CA:TRUE"),
        )

    def issue(self, name, alternatives="IP:127.0.0.1,IP:::1,DNS:localhost", days=2):
        """(certificate, key) for a server; days may be 0 or less for one that has run out."""
        cert = self.directory / f"{name}.pem"
        key = self.directory / f"{name}.key"
        request = self.directory / f"{name}.csr"
        extensions = self.directory / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n")
        _openssl(
            *"req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes".split(),
            *("-subj", f"/CN={name}", "-keyout", key, "-out", request),
        )
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self._key),
            *("-CAcreateserial", "-days", days, "-extfile", extensions, "-out", cert),
        )
        return cert, key
