"""Short-lived access tokens: asked for once, shared by all accounts of a run, never written anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

_MARGIN = 60.0
"""Seconds before its end from which a token is no longer used."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a platform gave in exchange for a key."""

    value: str = field(repr=False)
    seconds: float
    """How long it holds."""


class Tokens:
    """Keeps the tokens of one run in memory. Thread-safe: while one thread asks, the others wait for its answer."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._kept: dict[str, tuple[Token, float]] = {}
        self._lock = Lock()

    def get(self, name: str, ask: Callable[[], Token], *, refused: str | None = None) -> str:
        """Return the token called `name`, from `ask` when there is none, it has ended, or it is the one `refused`."""
        with self._lock:
            token, ends = self._kept.get(name, (None, 0.0))
            if token is None or token.value == refused or self._monotonic() >= ends - _MARGIN:
                asked_at = self._monotonic()
                token = ask()
                self._kept[name] = token, asked_at + token.seconds
            return token.value
