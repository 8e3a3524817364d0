"""Upgrading a workspace, behind a backup: an encrypted one where there is a key, else a plain copy of the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scanner.report.backup.backup import Made, Order, Packed, note, pack
from scanner.report.backup.contents import as_it_was
from scanner.store import kept, upgrading
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class Upgraded:
    """Where the record lies as it was: exactly one of the two, or neither when there was nothing to do."""

    kept: Path | None
    backup: Made | None


def upgrade(store: Store, order: Order | None, *, by: str, at: datetime) -> Upgraded:
    """Bring the record up to this scanner; `order` asks for an encrypted backup first, and no plain copy stays.

    Errors as of `upgrading.upgrade` and `make_backup`; whatever is raised before the record is replaced leaves it as
    it was.
    """
    packed: list[Packed] = []

    def before(folder: Path) -> None:
        if order is not None:
            source = as_it_was(store, folder / store.path.name, secrets=order.secrets, model=order.model)
            packed.append(pack(order, source))

    folder = upgrading.upgrade(store, by=by, at=at, before=before)
    if order is None or not packed:
        return Upgraded(kept=folder, backup=None)
    kept.forget(store.path.parent)
    return Upgraded(kept=None, backup=note(store, order, packed[0]))
