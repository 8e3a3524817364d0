"""Real servers on loopback for the tests of this room: a polite HTTP site, and raw sockets that misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.collect.exchange import resolve
from scanner.collect.pace import Clock


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    """What a POST sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes | str = b""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


NOT_FOUND = Reply("not found", status=404, media_type="text/plain")


class Site:
    """Answers every GET and POST through `answer` and remembers what it was asked."""

    def __init__(self, answer: Callable[[Request], Reply], robots: Reply = NOT_FOUND) -> None:
        self.answer = answer
        self.robots = robots
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def pages(self) -> list[Request]:
        """What was asked besides robots.txt."""
        return [request for request in self.requests if request.path != "/robots.txt"]

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.do_GET(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self, sent: bytes = b"") -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, sent)
        self.site.requests.append(request)
        reply = self.site.robots if request.path == "/robots.txt" else self.site.answer(request)
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class RawServer:
    """Hands every connection to `behave(connection, request bytes)`.

    robots.txt is answered with 404 and not remembered, or by `robots` and remembered like everything else.
    """

    def __init__(
        self,
        behave: Callable[[socket.socket, bytes], None],
        *,
        wrap: Callable | None = None,
        robots: Callable[[socket.socket, bytes], None] | None = None,
    ) -> None:
        self.behave = behave
        self._robots = robots
        self.connections = 0
        self.requests: list[bytes] = []
        self._wrap = wrap
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return self._socket.getsockname()[1]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/x"

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.settimeout(20)
            talk = self._wrap(connection) if self._wrap else connection
            with talk:
                request = b""
                while b"\r\n\r\n" not in request:
                    part = talk.recv(65536)
                    if not part:
                        return
                    request += part
                about_robots = request.startswith(b"GET /robots.txt ")
                if about_robots and self._robots is None:
                    talk.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    return
                self.requests.append(request)
                answer = self._robots if about_robots and self._robots is not None else self.behave
                answer(talk, request)


def plain_config(*hosts: str, deadline: float = 5.0) -> ClientConfig:
    """No pauses, short deadline, and only these hosts may be private."""
    return ClientConfig(contact="tes@contoh.example", min_interval=0, backoff=0, deadline=deadline, allow_hosts=hosts)


@contextmanager
def plain_client(*hosts: str, deadline: float = 5.0, clock: Clock | None = None, resolver=resolve) -> Iterator[Client]:
    with Client(plain_config(*hosts, deadline=deadline), clock=clock, resolver=resolver) as client:
        yield client


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self, now) -> None:
        self.passed = 0.0
        self.slept: list[float] = []
        self._start = now

    def clock(self, chance: float = 0.5) -> Clock:
        from datetime import timedelta

        return Clock(
            monotonic=lambda: self.passed,
            now=lambda: self._start + timedelta(seconds=self.passed),
            sleep=self._sleep,
            chance=lambda: chance,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds
