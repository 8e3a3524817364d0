"""Sends one message to one Apprise address, as a process of its own: `python -m scanner.notify.courier`.

The order comes as JSON on stdin. Told on stdout is at most one word, a `Trouble`; what Apprise and the libraries below
it say is dropped, because it quotes addresses with their keys.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from scanner.collect.addresses import check_address
from scanner.errors import Blocked
from scanner.notify.outbox import Trouble

_REFUSED = re.compile(r"error=4\d\d|error 4\d\d|\b5[35]\d\b|[Aa]uth|[Uu]nauthori[sz]ed|[Ff]orbidden|[Ii]nvalid")
_THROTTLED = re.compile(r"error=429|[Tt]oo [Mm]any|[Rr]ate.?limit")
_LATE = re.compile(r"timed? ?out|[Tt]imeout")
_UNREACHABLE = re.compile(
    r"[Cc]onnection|[Uu]nreachable|resolve|resolution|Name or service|Errno|\bSSL|[Cc]ertificate|error=5\d\d"
)
_KINDS = (
    (_THROTTLED, Trouble.THROTTLED),
    (_LATE, Trouble.LATE),
    (_UNREACHABLE, Trouble.UNREACHABLE),
    (_REFUSED, Trouble.REFUSED),
)


class Guard:
    """Looks names up as the system does, and refuses addresses that are not public.

    It stands where all of Python looks names up, so also whatever a service redirects to goes through it.
    """

    def __init__(self, allow_hosts: Sequence[str]) -> None:
        self.allowed = frozenset(allow_hosts)
        self.refused = False
        self._look_up: Callable[..., list[Any]] = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Return what socket.getaddrinfo returns; OSError for an address that may not be reached."""
        found = self._look_up(host, port, *args, **kwargs)
        name = host.decode() if isinstance(host, bytes) else host
        shown = f"[{name}]" if ":" in str(name) else name
        if f"{shown}:{port}" not in self.allowed:
            for entry in found:
                self._require_public(str(entry[4][0]))
        return found

    def _require_public(self, address: str) -> None:
        try:
            check_address(address.partition("%")[0])
        except Blocked as error:
            self.refused = True
            raise OSError("not a public address") from error


class Heard(logging.Handler):
    """Keeps what Apprise says while it sends, to tell kinds of trouble apart; it is shown to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.said += f"{record.getMessage()}\n"


def send(url: str, title: str, text: str, allow_hosts: Sequence[str]) -> Trouble | None:
    """Send a message; return why that failed. Changes how this process looks names up and logs."""
    import apprise

    heard, guard = Heard(), Guard(allow_hosts)
    logging.disable(logging.NOTSET)
    logging.getLogger("apprise").addHandler(heard)
    logging.getLogger("apprise").propagate = False
    logging.getLogger("apprise").setLevel(logging.DEBUG)
    socket.getaddrinfo = guard
    service = apprise.Apprise.instantiate(
        url, asset=apprise.AppriseAsset(secure_logging=True), suppress_exceptions=True
    )
    if service is None or not service.verify_certificate:
        return Trouble.UNUSABLE
    try:
        done = service.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT)
    except Exception:
        done = False
    if done:
        return None
    return Trouble.BLOCKED if guard.refused else kind_of(heard.said)


def kind_of(said: str) -> Trouble:
    """Return the word for what was said while sending failed."""
    return next((trouble for kind, trouble in _KINDS if kind.search(said)), Trouble.FAILED)


def main() -> None:
    """Send what stdin says; write the word for what went wrong, or nothing."""
    order = json.loads(sys.stdin.buffer.read())
    sys.stdout.write(send(**order) or "")


if __name__ == "__main__":
    main()
