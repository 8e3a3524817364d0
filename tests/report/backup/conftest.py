"""A record with two people, a key, and a folder for backups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest

from scanner.report.backup import backup, restore, unpack
from scanner.report.backup.backup import Made
from scanner.report.backup.restore import Restored
from scanner.store.connection import Store
from scanner.workspace import RESTORING
from tests.store.samples import NOON
from tests.subjects import make_store

DAY = timedelta(days=1)


@dataclass(frozen=True)
class House:
    """What somebody has who keeps backups."""

    root: Path
    store: Store
    folder: Path
    key: pyrage.x25519.Identity

    def back_up(self, at: datetime = NOON, **changes: Any) -> Made:
        order = backup.Order(self.folder, self.key.to_public(), by="ratna", at=at, keep_days=35)
        return backup.make_backup(self.store, replace(order, **changes))

    def restore(self, made: Path, root: Path, at: datetime = NOON + DAY, **changes: Any) -> Restored:
        order = unpack.Order(made, self.key, root, RESTORING, by="ratna", at=at)
        listed = {} if "without_erasures" in changes else {"erasures": self.folder / "erasures.log"}
        return restore.restore(replace(order, **{**listed, **changes}))


@pytest.fixture
def house(tmp_path: Path) -> House:
    root = tmp_path / "kantor"
    store = make_store(root)
    (root / "scanner.toml").write_text('election = ""\n', "utf-8")
    (root / "secrets.toml").write_text("# rahasia-kanari\n", "utf-8")
    (root / "secrets.toml").chmod(0o600)
    return House(root, store, tmp_path / "cadangan", pyrage.x25519.Identity.generate())
