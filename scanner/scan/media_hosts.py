"""Which hosts of pictures a run leaves alone: those that keep failing, and those that ask us to wait."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scanner.store.media import State

_PATIENCE = 3
"""Failures in a row after which a host is left alone for the rest of the run."""


@dataclass(slots=True)
class Hosts:
    """Which hosts are left alone for the rest of the run."""

    failures: Counter[str] = field(default_factory=Counter)

    def shut(self, url: str) -> bool:
        """Whether nothing more is asked of the host of this address."""
        return self.failures[_host(url)] >= _PATIENCE

    def note(self, url: str, state: State) -> None:
        """Count failures in a row; a host that asks us to wait (its picture stays untried) is shut at once."""
        if state is State.FAILED:
            self.failures[_host(url)] += 1
        elif state is State.NOT_TRIED:
            self.failures[_host(url)] = _PATIENCE
        else:
            self.failures[_host(url)] = 0


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
