"""The log of the verbs that work for long or by themselves; all others say what they did on stderr."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from scanner import logs
from scanner.errors import StoreError
from scanner.logs import Word

if TYPE_CHECKING:
    from scanner.workspace import Workspace

log = logging.getLogger(__name__)


def begin_log(opened: Workspace, verb: str) -> None:
    """Write what happens from now on into the workspace's logs/; the program ends it when it ends."""
    from scanner.workspace import LOGS

    chosen = opened.settings.logs
    logs.begin(
        opened.root / LOGS,
        key=_key(opened),
        secrets=_secrets(opened.settings),
        level=chosen.level,
        as_json=chosen.json_lines,
        max_bytes=chosen.max_bytes,
        files=chosen.files,
    )
    log.info("%s begins", Word(verb))


def _key(opened: Workspace) -> bytes:
    """Return the key of the hashes that stand for accounts; one for this process where none can be kept."""
    from scanner.store.files import own_key

    try:
        return own_key(opened.data / "keys" / "logs.key")
    except (StoreError, OSError):
        return secrets.token_bytes(32)


def _secrets(value: object) -> Iterator[str]:
    """Yield every secret that stands anywhere in settings."""
    from pydantic import BaseModel, SecretStr

    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from _secrets(getattr(value, name))
        case Mapping():
            for one in value.values():
                yield from _secrets(one)
        case tuple() | list():
            for one in value:
                yield from _secrets(one)
