"""Where messages go: Apprise addresses (e-mail, Telegram and others) and a webhook that is signed.

What goes wrong is told by a `Trouble` alone: services quote addresses in their answers, and addresses are secrets.
"""

from __future__ import annotations

import hmac
import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

from scanner.collect import patience
from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.collect.exchange import Transient
from scanner.errors import Blocked, CollectError, FetchFailed, OutOfTime, RateLimited
from scanner.logs import Word
from scanner.notify.message import Message
from scanner.notify.notes import Note
from scanner.notify.outbox import Trouble

log = logging.getLogger(__name__)

SECONDS = 60.0
"""After so long a service has not answered."""
SIGNATURE = "X-Scanner-Signature"


class Channel(Protocol):
    """One way to tell people."""

    @property
    def name(self) -> str:
        """Return what tells which setting it is, and nothing secret."""

    def send(self, message: Message, at: datetime) -> Trouble | None:
        """Send a message now; return why that failed. Never raises for what the other side does."""


@dataclass(frozen=True, slots=True)
class Address:
    """An Apprise address."""

    name: str
    url: str = field(repr=False)
    allow_hosts: Sequence[str] = ()
    """host:port pairs that may be private."""

    def send(self, message: Message, at: datetime) -> Trouble | None:
        """Send by a process of its own: it can be ended when it hangs, and what it logs goes nowhere.

        It runs nothing of the folder that this one stands in.
        """
        order = {"url": self.url, "title": message.title, "text": message.text, "allow_hosts": list(self.allow_hosts)}
        command = [sys.executable, "-P", "-m", "scanner.notify.courier"]
        try:
            done = subprocess.run(  # noqa: S603  our own module; what is secret goes through the pipe
                command, input=json.dumps(order).encode(), capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return Trouble.LATE
        except OSError as error:
            log.warning("no process to send a notification: %s", Word(type(error).__name__))
            return Trouble.FAILED
        said = done.stdout.decode("ascii", "replace").strip()
        if done.returncode == 0 and not said:
            return None
        return Trouble(said) if said in set(Trouble) else Trouble.FAILED


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that gets the message as JSON, signed: HMAC-SHA-256 of the body in the header X-Scanner-Signature."""

    name: str
    url: str = field(repr=False)
    key: str = field(repr=False)
    """Empty: nothing is signed."""
    config: ClientConfig = field(default_factory=ClientConfig)

    def send(self, message: Message, at: datetime) -> Trouble | None:
        """Send by the guarded client: public addresses only, no redirects, bounded in time."""
        body = _body(message, at)
        headers = ((SIGNATURE, signature(self.key, body)),) if self.key else ()
        try:
            with patience.bounded(SECONDS), Client(self.config) as client:
                status = client.tell(self.url, body, media_type="application/json", headers=headers)
        except CollectError as error:
            return trouble_of(error)
        return None if 200 <= status < 300 else Trouble.REFUSED


def signature(key: str, body: bytes) -> str:
    """Return what the header says: who knows the key can tell that a body is ours and unaltered."""
    return f"sha256={hmac.digest(key.encode(), body, 'sha256').hex()}"


def trouble_of(error: CollectError) -> Trouble:
    """Return what an error of the client means for who waits to be told."""
    match error:
        case RateLimited():
            return Trouble.THROTTLED
        case Blocked():
            return Trouble.BLOCKED
        case Transient():
            return Trouble.UNREACHABLE
        case FetchFailed() | OutOfTime():
            return Trouble.LATE
        case _:
            return Trouble.FAILED


def _body(message: Message, at: datetime) -> bytes:
    """Return what a webhook gets; docs/notifications.md names the fields."""
    said = {
        "id": message.id,
        "sent_at": at.isoformat(timespec="seconds"),
        "title": message.title,
        "text": message.text,
        "notes": [asdict(note) | _moments(note) for note in message.notes],
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _moments(note: Note) -> dict[str, str]:
    return {"at": note.at.isoformat(timespec="seconds"), "since": (note.since or note.at).isoformat(timespec="seconds")}
