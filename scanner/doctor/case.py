"""A workspace under examination: what is costly is read once, whoever asks first."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import ScannerError
from scanner.sections.origins import HIDDEN, PREFIX, secrets_in
from scanner.settings import SECRETS, Settings, load_settings
from scanner.store.connection import Lease, Store
from scanner.workspace import DATA, Workspace, open_workspace

if TYPE_CHECKING:
    from scanner.rules.elections import Election

PATIENCE = 2.0
"""Seconds to wait for the database; whoever holds it longer is named."""
_SECRET_NAMES = ("__KEYS__", "__URL", "__WEBHOOK")
"""Parts of names in the environment whose values are secrets."""


@dataclass(frozen=True)
class Case:
    """One workspace folder at one moment. Everything here may raise what the workspace raises."""

    root: Path
    now: datetime
    deep: bool = False
    """Look at everything instead of a sample."""
    probe: bool = False
    """Ask others on the network."""
    patience: float = PATIENCE

    @cached_property
    def settings(self) -> Settings:
        """The settings, even of a workspace that is being restored."""
        return load_settings(self.root)

    @cached_property
    def workspace(self) -> Workspace:
        """The opened workspace."""
        return open_workspace(self.root)

    @property
    def election(self) -> Election:
        """The election watched."""
        return self.workspace.election

    @property
    def data(self) -> Path:
        """Folder of the record."""
        return self.root / DATA

    @property
    def store(self) -> Store:
        """The record; nobody is waited for long."""
        return Store(self.data / "scanner.duckdb", wait=self.patience)

    @property
    def has_record(self) -> bool:
        """Tell whether there is a database."""
        return self.store.path.exists()

    @cached_property
    def today(self) -> date:
        """The day by which a scan would judge; the UTC day while there is no election that can be read."""
        try:
            return self.election.local_date(self.now)
        except (ScannerError, OSError):
            return self.now.date()

    @contextlib.contextmanager
    def reading(self, purpose: str) -> Iterator[Lease]:
        """Lend the record for reading."""
        with self.store.lease(f"doctor: {purpose}", reading=True) as lease:
            yield lease

    def hidden(self, text: str) -> str:
        """Return a text without any secret of this workspace, whatever brought it there."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    @cached_property
    def _secrets(self) -> list[str]:
        """What must never be shown, the longest first."""
        named = {
            value
            for name, value in os.environ.items()
            if name.upper().startswith(PREFIX) and any(part in name.upper() for part in _SECRET_NAMES)
        }
        return sorted({one for one in named | secrets_in(self.root / SECRETS) if one}, key=len, reverse=True)
