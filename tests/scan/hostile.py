"""A server on loopback that misbehaves in the ways of reliability.md F5, under as many names as a test wants."""

from __future__ import annotations

import gzip
import random
import shutil
import socket
import ssl
import subprocess
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import responses
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from scanner.domain.accounts import Platform
from scanner.domain.runs import Outcome
from tests.collect.fakes.base import LOGIN
from tests.collect.servers import RawServer, Reply, Request

DOMAIN = "contoh.example"
MIB = 1 << 20
_NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass(slots=True)
class Talk:
    """One request that is to be answered badly."""

    connection: socket.socket
    good: Reply
    """What an honest server would answer."""
    number: int
    """How often this host was asked for this address, from 1."""
    sent: int = 0
    """Bytes of body that went out, where a behaviour counts them."""

    @property
    def body(self) -> bytes:
        return self.good.body.encode() if isinstance(self.good.body, str) else self.good.body

    def head(self, *lines: str, status: str = "200 OK") -> bytes:
        links = [f"{name}: {value}" for name, value in self.good.headers.items()]
        return "\r\n".join([f"HTTP/1.1 {status}", *links, *lines, ""]).encode()

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)
        self.sent += len(data)

    def whole(self, body: bytes, *lines: str, media_type: str | None = None, status: str = "200 OK") -> None:
        """Answer with this body and its right length."""
        kind = f"Content-Type: {media_type or self.good.media_type}"
        self.send(self.head(kind, f"Content-Length: {len(body)}", *lines, status=status) + b"\r\n" + body)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    def drip(self, head: bytes) -> None:
        """Send `head`, then one byte a moment until the other side hangs up."""
        self.send(head)
        with suppress(OSError):
            for _ in range(200):
                time.sleep(0.05)
                self.send(b"a")


Behave = Callable[[Talk], None]
JSON_ONLY = (Platform.MASTODON,)
PAGES = (Platform.RSS, Platform.WEB)
EVERYWHERE = (*JSON_ONLY, *PAGES)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to misbehave, and how an account shall end that meets it."""

    behave: Behave | None
    says: str
    """What the reason must match."""
    outcome: Outcome = Outcome.PARTIAL
    kinds: tuple[Platform, ...] = JSON_ONLY
    deadline: float = 10.0
    kept: str = "none"
    """Which posts of the answer itself are kept: none | all | all but one."""
    handshake: str = "good"
    """good | garbage | wrong: what the TLS layer does."""


def _reset_after_headers(talk: Talk) -> None:
    talk.send(talk.head("Content-Length: 9999") + b"\r\n" + talk.body[:20])
    talk.reset()


def _large_headers(talk: Talk) -> None:
    talk.send(talk.head("X-Besar: " + "a" * 2_000_000, f"Content-Length: {len(talk.body)}") + b"\r\n" + talk.body)


def _endless(talk: Talk) -> None:
    talk.send(talk.head(f"Content-Type: {talk.good.media_type}", "Transfer-Encoding: chunked") + b"\r\n")
    talk.sent = 0
    with suppress(OSError):
        while talk.sent < 200 * MIB:
            talk.send(b"40000\r\n" + bytes(0x40000) + b"\r\n")


def _cut_chunked(talk: Talk) -> None:
    half = talk.body[: len(talk.body) // 2]
    head = talk.head(f"Content-Type: {talk.good.media_type}", "Transfer-Encoding: chunked")
    talk.send(head + b"\r\n%x\r\n%b\r\n" % (len(half), half))


def _close_delimited_cut(talk: Talk) -> None:
    half = talk.body[: len(talk.body) // 2]
    talk.send(talk.head(f"Content-Type: {talk.good.media_type}", "Connection: close") + b"\r\n" + half)


def _flap(talk: Talk) -> None:
    """Fail twice, then answer."""
    if talk.number % 3:
        talk.whole(b"gangguan", status="502 Bad Gateway")
    else:
        talk.whole(talk.body)


def _bad_item(talk: Talk) -> None:
    """Break the first status of the page, not the JSON."""
    end = talk.body.index(b'"created_at": ')
    talk.whole(talk.body[:end] + b'"created_at": "kemarin", "x": ' + talk.body[end + len(b'"created_at": ') :])


def _deep(talk: Talk) -> None:
    nested = b'{"dalam": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b", "
    talk.whole(talk.body.replace(b"{", nested, 1))


@cache
def bomb() -> bytes:
    """512 MiB of zeros in about 500 kB."""
    return _pack(bytes(MIB), 512)


@cache
def heavy() -> bytes:
    """60 MiB at a ratio that no bomb has, so that only the ceiling of decoded bytes ends it."""
    noise = random.Random(5)
    return _pack(b"".join(noise.randbytes(1024) + bytes(19 * 1024) for _ in range(52)), 60)


def _pack(block: bytes, times: int) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return b"".join(packer.compress(block) for _ in range(times)) + packer.flush()


_GZIP = "Content-Encoding: gzip"
BEHAVIOURS = {
    "reset before headers": Behaviour(Talk.reset, "Error", kinds=EVERYWHERE),
    "reset after headers": Behaviour(_reset_after_headers, "Error", kinds=EVERYWHERE),
    "timeout": Behaviour(lambda talk: talk.drip(b""), "before the deadline", deadline=1.0),
    "slow headers": Behaviour(lambda talk: talk.drip(talk.head() + b"X: "), "before the deadline", deadline=1.0),
    "slow body": Behaviour(
        lambda talk: talk.drip(talk.head("Content-Length: 9999") + b"\r\n"), "before the deadline", deadline=1.0
    ),
    "headers of 2 MB": Behaviour(_large_headers, "Error"),
    "truncated gzip": Behaviour(
        lambda talk: talk.whole(gzip.compress(talk.body)[:-20], _GZIP), "is cut off after", kinds=EVERYWHERE
    ),
    "double gzip": Behaviour(
        lambda talk: talk.whole(gzip.compress(gzip.compress(talk.body)), "Content-Encoding: gzip, gzip"),
        "content encoding .* is not accepted",
    ),
    "gzip bomb": Behaviour(lambda talk: talk.whole(bomb(), _GZIP), "a decompression bomb", kinds=EVERYWHERE),
    "gzip of 60 MiB": Behaviour(lambda talk: talk.whole(heavy(), _GZIP), "a decompression bomb"),
    "endless body": Behaviour(_endless, "larger than 20971520 bytes on the wire|before the deadline", kinds=EVERYWHERE),
    "short length": Behaviour(
        lambda talk: talk.send(talk.head(f"Content-Length: {len(talk.body) + 100}") + b"\r\n" + talk.body),
        "Error",
        kinds=EVERYWHERE,
    ),
    "cut chunked": Behaviour(_cut_chunked, "Error", kinds=EVERYWHERE),
    "close-delimited cut": Behaviour(_close_delimited_cut, "possibly cut off", kinds=EVERYWHERE),
    "wrong content type": Behaviour(
        lambda talk: talk.whole(b"\x89PNG\r\n\x1a\n" + bytes(64), media_type="image/png"),
        "damaged JSON|that is no RSS or Atom|where a page was expected",
        kinds=EVERYWHERE,
    ),
    "login page with 200": Behaviour(
        lambda talk: talk.whole(LOGIN.encode(), media_type="text/html"),
        "a login or error page",
        kinds=(*JSON_ONLY, PAGES[0]),
    ),
    "login in place of a page": Behaviour(
        lambda talk: talk.whole(LOGIN.encode(), media_type="text/html"),
        "asks for a password",
        outcome=Outcome.PRIVATE,
        kinds=(Platform.WEB,),
    ),
    "empty 200": Behaviour(lambda talk: talk.whole(b""), "empty answer", kinds=EVERYWHERE),
    "204": Behaviour(
        lambda talk: talk.send(talk.head(status="204 No Content") + b"\r\n"), "HTTP 204: empty answer", kinds=EVERYWHERE
    ),
    "5xx flap": Behaviour(_flap, "^$", outcome=Outcome.COMPLETE, kept="all", kinds=EVERYWHERE),
    "5xx without end": Behaviour(lambda talk: talk.whole(b"x", status="500 Oops"), "server error 500"),
    "garbage TLS": Behaviour(None, "robots.txt of .* cannot be read now: .*SSL", handshake="garbage"),
    "wrong certificate": Behaviour(None, "robots.txt of .* cannot be read now: .*certificate", handshake="wrong"),
    "half JSON": Behaviour(lambda talk: talk.whole(talk.body[: len(talk.body) // 2]), "half or damaged JSON"),
    "NDJSON with a bad line": Behaviour(
        lambda talk: talk.whole(talk.body + b'\n{"id": rusak}\n'), "half or damaged JSON"
    ),
    "array with a bad item": Behaviour(
        _bad_item, "1 items could not be read and are in quarantine", kept="all but one"
    ),
    "byte order mark": Behaviour(
        lambda talk: talk.whole(b"\xef\xbb\xbf" + talk.body),
        "^$",
        outcome=Outcome.COMPLETE,
        kept="all",
        kinds=EVERYWHERE,
    ),
    "duplicate keys": Behaviour(
        lambda talk: talk.whole(talk.body.replace(b'"id": ', b'"id": "0", "id": ')),
        "^$",
        outcome=Outcome.COMPLETE,
        kept="all",
    ),
    "JSON 1e6 deep": Behaviour(_deep, "nested deeper than any platform answers"),
}
"""The 25 of F5; three have a second form, and one is a heavy answer that is no bomb by its ratio."""


class Hostile(RawServer):
    """A raw server that remembers what it was asked of robots.txt too."""

    def __init__(
        self,
        behave: Callable[[socket.socket, bytes], None],
        *,
        wrap: Callable | None = None,
        robots: Callable[[socket.socket, bytes], None] | None = None,
    ) -> None:
        super().__init__(behave, wrap=wrap, robots=robots or (lambda connection, _: connection.sendall(_NO_ROBOTS)))


def read_request(raw: bytes) -> Request:
    """Return a raw request as the look-alikes of the platforms take it."""
    first, *lines = raw.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    parts = urlsplit(first.split(" ")[1])
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Request(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers)


def honest(answer: Callable[[Request], Reply]) -> Callable[[socket.socket, bytes], None]:
    """Return a behaviour that answers as it should."""

    def behave(connection: socket.socket, raw: bytes) -> None:
        reply = answer(read_request(raw))
        talk = Talk(connection, reply, 1)
        talk.whole(talk.body, status=f"{reply.status} {responses[reply.status]}")

    return behave


@dataclass(slots=True)
class Misbehaving:
    """Answers as `answer` does, but badly where `is_bad` says so; counts what goes out."""

    behaviour: Behaviour
    answer: Callable[[Request], Reply]
    is_bad: Callable[[Request], bool]
    asked: Counter[tuple[str, str]]
    sent: list[int]

    def __call__(self, connection: socket.socket, raw: bytes) -> None:
        request = read_request(raw)
        if self.behaviour.behave is None or not self.is_bad(request):
            honest(self.answer)(connection, raw)
            return
        key = request.headers["host"], raw.split(b"\r\n")[0].decode()
        self.asked[key] += 1
        talk = Talk(connection, self.answer(request), self.asked[key])
        try:
            self.behaviour.behave(talk)
        finally:
            self.sent.append(talk.sent)


class Authority:
    """A certificate authority of our own, with a certificate for every name of the test and one for another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._openssl = str(shutil.which("openssl"))
        self._issue("ca", "/CN=Contoh CA", "-addext", "keyUsage=critical,keyCertSign")
        for name, alternative in (("good", f"*.{DOMAIN}"), ("wrong", "lain.example")):
            signed = ("-addext", "basicConstraints=CA:FALSE", "-CA", "ca.pem", "-CAkey", "ca.key")
            self._issue(name, f"/CN={name}", "-addext", f"subjectAltName=DNS:{alternative}", *signed)

    @property
    def ca_file(self) -> str:
        return str(self._folder / "ca.pem")

    def wrap(self, handshake: str = "good") -> Callable[[socket.socket], socket.socket]:
        """Return what makes a TLS connection of a plain one, or fails to."""
        if handshake == "garbage":
            return _garble
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / f"{handshake}.pem", self._folder / f"{handshake}.key")
        return lambda connection: context.wrap_socket(connection, server_side=True)

    def _issue(self, name: str, subject: str, *extra: str) -> None:
        new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", subject]
        subprocess.run([self._openssl, *new, *files, *extra], cwd=self._folder, check=True, capture_output=True)


def _garble(connection: socket.socket) -> socket.socket:
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x01\x02\x00sampah\r\n\r\n")
    raise OSError("no TLS here")


class Net:
    """Sees every connection that is tried, and leads public addresses to a server of the test."""

    def __init__(self) -> None:
        self.tried: list[tuple[str, int]] = []
        self.led: dict[str, int] = {}
        """Public address, and the port on loopback where what stands for it listens."""

    @contextmanager
    def watching(self) -> Iterator[Net]:
        real = socket.socket.connect

        def connect(own: socket.socket, address: tuple[str, int]) -> None:
            self.tried.append(address[:2])
            port = self.led.get(address[0])
            real(own, address if port is None else ("127.0.0.1", port))

        socket.socket.connect = connect  # type: ignore[method-assign]
        try:
            yield self
        finally:
            socket.socket.connect = real  # type: ignore[method-assign]


def socket_buffers() -> int:
    """Bytes that the kernel may hold between two ends of one connection: what one sent and nobody has read."""
    return sum(int(Path(f"/proc/sys/net/ipv4/tcp_{end}mem").read_text().split()[2]) for end in "rw")


class Memory:
    """How far the resident memory of this process has risen since `begin`, at its highest."""

    def begin(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # the highest mark starts anew
        self._before = self._read("VmRSS")

    def risen(self) -> int:
        return self._read("VmHWM") - self._before

    @staticmethod
    def _read(name: str) -> int:
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
        return int(line.split()[1]) * 1024
