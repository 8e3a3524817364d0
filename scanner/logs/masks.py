"""What may stand in a log: numbers, moments, choices and words of the program itself. All else becomes a hash."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import Enum
from urllib.parse import quote

GONE = "***"
"""Stands where a secret stood."""

_TELLING = 4
"""Characters from which a setting is looked for as a secret: shorter ones stand in ordinary words."""

_LOOKS_SECRET = re.compile(
    r"(?<=//)[^/@\s]+@"  # user and password of a URL
    r"|(?<=\?)[^\s\"'#]+"  # the query of a URL
    r"|(?<=/bot)\d+:[\w-]+"  # a token of Telegram
    r"|(?<=[Bb]earer )\S+"
)
_LOOKS_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(\.[\w-]+)+"  # e-mail addresses, handles with their server
    r"|(?<!\w)@[\w.]+"  # handles
    r"|\d[\d .-]{8,}\d"  # NIP, NIK, telephone numbers
)


class Word(str):
    """A text that the program made itself and that names nobody: a class, a host, a run, an action."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Masks:
    """Makes what a log call is handed fit to be written."""

    key: bytes
    secrets: tuple[str, ...] = ()
    """Values that must not be written, the longest first."""

    @classmethod
    def of(cls, key: bytes, secrets: Iterable[str]) -> Masks:
        """Return masks that also know secrets by the way they stand in URLs."""
        told = {secret for secret in secrets if len(secret) >= _TELLING}
        told |= {quote(secret, safe="") for secret in told}
        return cls(key, tuple(sorted(told, key=lambda one: (-len(one), one))))

    def value(self, value: object) -> object:
        """Return a value as it may be written: a text of others as its hash, an error or object as its class."""
        match value:
            case None | bool() | int() | float():
                return value
            case Enum():
                return self.text(str(value.value))
            case Word():
                return self.text(value)
            case str() | bytes():
                return self.hashed(value)
            case date() | time() | timedelta():  # a datetime is a date
                return str(value)
            case _:
                return type(value).__name__

    def text(self, text: str) -> str:
        """Return a text of ours without what looks like a secret or a person: a second net under the first."""
        for secret in self.secrets:
            text = text.replace(secret, GONE)
        return _LOOKS_PERSONAL.sub(GONE, _LOOKS_SECRET.sub(GONE, text))

    def hashed(self, text: str | bytes) -> str:
        """Return a short hash that tells nothing to whoever has not the key."""
        body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        return f"#{hmac.digest(self.key, body, 'sha256').hex()[:10]}"
