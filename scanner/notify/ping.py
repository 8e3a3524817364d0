"""A dead man's switch: an address, in the manner of Healthchecks, that raises the alarm when it hears nothing more.

Told are beginning, success and failure of scheduled runs, and nothing about what they did.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from scanner.collect import patience
from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.errors import CollectError
from scanner.notify.channels import trouble_of
from scanner.notify.outbox import Trouble

SECONDS = 5.0
"""One ping takes no longer: a run does not wait for those who watch it."""


def ping(url: str, config: ClientConfig, *, suffix: str = "") -> Trouble | None:
    """Tell the address; `suffix` is `start` or an exit code, empty for success. Returns why that failed."""
    try:
        with patience.bounded(SECONDS), Client(config) as client:
            status = client.tell(address(url, suffix), b"", media_type="text/plain")
    except CollectError as error:
        return trouble_of(error)
    return None if 200 <= status < 300 else Trouble.REFUSED


def address(url: str, suffix: str) -> str:
    """Return the address with a suffix behind its path."""
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/{suffix}" if suffix else parts.path
    return urlunsplit(parts._replace(path=path))
