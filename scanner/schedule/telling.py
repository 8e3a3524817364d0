"""Who is told of a workspace, by its settings: the channels under their names, and the ping."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.collect.client_config import ClientConfig
from scanner.domain.users import Language
from scanner.notify.channels import Address, Channel, Webhook
from scanner.notify.deliver import Sender
from scanner.notify.message import Style, compose
from scanner.notify.notes import Kind, Note
from scanner.notify.ping import ping
from scanner.store import audit
from scanner.store.files import own_key

if TYPE_CHECKING:
    from datetime import datetime

    from scanner.notify.outbox import Trouble
    from scanner.store.connection import Store
    from scanner.workspace import Workspace


def sender_of(workspace: Workspace) -> Sender:
    """Return what tells people. Errors: StoreError, OSError when the key for channels' names cannot be kept."""
    chosen = workspace.settings.notifications
    return Sender(
        data=workspace.data,
        channels=tuple(_channels(workspace)),
        style=Style(language=Language(chosen.language), zone=workspace.zone, link=chosen.link),
        quiet=chosen.quiet,
    )


def try_channels(store: Store, sender: Sender, *, by: str, now: datetime) -> dict[str, Trouble | None]:
    """Send a test message to each channel at once; return by name why that failed. It leaves one audit event.

    The event comes first: what cannot be put on record is not sent. Errors: StoreError.
    """
    with store.lease("notify: test") as lease:
        detail = {"channels": len(sender.channels)}
        audit.append(lease, actor=by, action="notification.test", subject="notifications", detail=detail, at=now)
    message = compose([Note(id=f"test-{now:%Y%m%dT%H%M%S}", kind=Kind.TEST, at=now)], sender.style)
    return {one.name: one.send(message, now) for one in sender.channels}


def ping_of(workspace: Workspace, suffix: str = "") -> Trouble | None:
    """Tell the dead man's switch, where one is set; return why that failed."""
    url = workspace.settings.ping.url
    return None if url is None else ping(url.get_secret_value(), _config(workspace), suffix=suffix)


def _channels(workspace: Workspace) -> Iterator[Channel]:
    chosen, config = workspace.settings.notifications, _config(workspace)
    for url in (secret.get_secret_value() for secret in chosen.urls):
        yield Address(name=_name(workspace, url), url=url, allow_hosts=config.allow_hosts)
    if chosen.webhook is not None:
        url, key = chosen.webhook.get_secret_value(), chosen.webhook_key
        name = _name(workspace, f"webhook://{url}")
        yield Webhook(name=name, url=url, key=key.get_secret_value() if key else "", config=config)


def _name(workspace: Workspace, url: str) -> str:
    """Return the kind of an address and a keyed hash of it, so that it stays itself when others are added before it."""
    key = own_key(workspace.data / "keys" / "outbox.key")
    return f"{url.partition('://')[0].lower()}-{hmac.digest(key, url.encode(), 'sha256').hex()[:6]}"


def _config(workspace: Workspace) -> ClientConfig:
    network = workspace.settings.network
    return ClientConfig(contact=network.contact, allow_hosts=network.allow_hosts, min_interval=0.0)
