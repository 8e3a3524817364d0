"""A real time-stamping authority: openssl on the command line behind a loopback server, with a root of its own."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.collect.servers import Reply, Request, Site

_TSA = """
[tsa]
default_tsa = only
[only]
dir = {folder}
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/chain.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
_EXTENSIONS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"


@dataclass(frozen=True)
class Tsa:
    """A folder with root, signer and configuration."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """Answer a query as any authority would; a query it does not take is rejected in a well-formed answer."""
        (self.folder / "query.tsq").write_bytes(query)
        openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()


def make_tsa(folder: Path, name: str = "Otoritas Contoh") -> Tsa:
    """Make an authority whose certificates are valid from now for ten days."""
    folder.mkdir(parents=True)
    (folder / "tsa.cnf").write_text(_TSA.format(folder=folder))
    (folder / "serial").write_text("01\n")
    (folder / "extensions").write_text(_EXTENSIONS)
    new = ("req", "-newkey", "rsa:2048", "-nodes")
    openssl(folder, *new, "-x509", "-days", "10", "-subj", f"/CN={name}", "-keyout", "root.key", "-out", "root.pem")
    openssl(folder, *new, "-subj", f"/CN={name} TSA", "-keyout", "tsa.key", "-out", "tsa.csr")
    signing = ("x509", "-req", "-days", "10", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial")
    openssl(folder, *signing, "-in", "tsa.csr", "-extfile", "extensions", "-out", "tsa.pem")
    # The whole chain, in an order that is not DER's: as authorities built on OpenSSL send it.
    both = sorted((folder / name for name in ("root.pem", "tsa.pem")), key=_der, reverse=True)
    (folder / "chain.pem").write_bytes(b"".join(path.read_bytes() for path in both))
    return Tsa(folder)


def _der(pem: Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem.read_text())


@contextmanager
def serving(tsa: Tsa) -> Iterator[Site]:
    """Let an authority answer over HTTP."""

    def answer(request: Request) -> Reply:
        assert request.headers["content-type"] == "application/timestamp-query"
        return Reply(tsa.reply(request.body), media_type="application/timestamp-reply")

    with Site(answer) as site:
        yield site


def openssl(folder: Path, *arguments: str) -> None:
    """Run one openssl command in a folder."""
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
