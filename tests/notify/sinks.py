"""Real servers on loopback that get what people are told: mail, HTTP, and a dead man's switch like Healthchecks."""

from __future__ import annotations

import email
import email.policy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller

from scanner.domain.users import Language
from scanner.notify.channels import Address, Webhook
from scanner.notify.message import Message, Style, compose
from scanner.notify.notes import Alarm, Count, Kind, Note
from scanner.notify.outbox import Trouble
from tests.collect.servers import Reply, Request, Site, plain_config

NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
"""18.05 WIB."""
STYLE = Style(Language.ID, ZoneInfo("Asia/Jakarta"), "https://meja.bawaslu.example/")


def alarm(of: Alarm = Alarm.DISK_LOW, *, at: datetime = NOW, number: int = 7, over: bool = False) -> Note:
    kind = Kind.OVER if over else Kind.ALARM
    return Note(f"{kind}-{of}-{at:%d%H%M}", kind, at, alarm=of, number=0 if over else number)


def run(number: int = 1, *, at: datetime = NOW, **counts: int) -> Note:
    return Note(f"run-{number}", Kind.RUN, at, counts={Count(name): count for name, count in counts.items()})


def message(*notes: Note) -> Message:
    return compose(notes or (alarm(),), STYLE)


@dataclass
class Memory:
    """A channel of the test itself, which says what it is told to say."""

    name: str = "memory-1"
    trouble: Trouble | None = None
    got: list[Message] = field(default_factory=list)
    """What was sent and accepted."""
    tried: int = 0

    def send(self, message: Message, at: datetime) -> Trouble | None:
        self.tried += 1
        if self.trouble is None:
            self.got.append(message)
        return self.trouble


@dataclass
class Mail:
    """A mail server that keeps what it gets."""

    got: list[str] = field(default_factory=list)
    """Headers and text of each."""
    answer: str = "250 OK"
    port: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            read = email.message_from_bytes(envelope.content, policy=email.policy.default)
            body = read.get_body(("plain",)) or read
            self.got.append(f"{read.items()}\n{body.get_content()}")
        return self.answer

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=meja@kantor.example&to=piket@kantor.example&mode=insecure"


class _Loopback(Controller):
    """Takes a port that is free, and tells it."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[Mail]:
    mail = Mail()
    server = _Loopback(mail, hostname="127.0.0.1", port=0)
    server.start()
    mail.port = server.port
    try:
        yield mail
    finally:
        server.stop()


def accepting(_: Request) -> Reply:
    return Reply(status=204)


def address(url: str, *hosts: str, name: str = "uji-1") -> Address:
    return Address(name=name, url=url, allow_hosts=hosts)


def webhook(site: Site, key: str = "kunci", path: str = "/masuk") -> Webhook:
    return Webhook(name="webhook-1", url=f"{site.url}{path}", key=key, config=plain_config(site.host))


@dataclass
class Switch:
    """A dead man's switch at /uuid like Healthchecks: a job is down when it says so, or is late by the grace."""

    interval: float
    """Seconds between two successes."""
    grace: float
    began: float | None = None
    succeeded: float | None = None
    failed: bool = False
    said: list[str] = field(default_factory=list)
    """Paths in order."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Reply:
        if not request.path.startswith("/uuid"):
            return Reply("OK")
        with self._lock:
            self.said.append(request.path)
            match request.path.rpartition("/")[2]:
                case "start":
                    self.began = time.monotonic()
                case code if code.isdigit() and code != "0":
                    self.failed, self.began = True, None
                case _:
                    self.succeeded, self.began, self.failed = time.monotonic(), None, False
        return Reply("OK")

    @property
    def down(self) -> bool:
        with self._lock:
            now = time.monotonic()
            hanging = self.began is not None and now - self.began > self.grace
            late = self.succeeded is not None and now - self.succeeded > self.interval + self.grace
            return self.failed or hanging or late
