"""Restoring a backup: unpacked warily, checked, rid of what was erased since, and only then a workspace."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import RosterError, StoreDamaged, UsageError
from scanner.report.backup.backup import Checked
from scanner.report.backup.unpack import Order, unpack
from scanner.report.integrity import check_integrity
from scanner.roster import read_roster
from scanner.store import audit, erasures, files, manifest_check, person_marks, replay, upgrading
from scanner.store.audit import Head
from scanner.store.connection import Store
from scanner.store.replay import Replayed


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    checked: Checked
    replayed: Replayed
    head: Head
    """The last event on the audit chain of the backup: events after it are not in the workspace."""


def restore(order: Order) -> Restored:
    """Restore a backup into an empty folder, or into one where restoring was cut off, which is begun anew.

    UsageError for any other folder, an expired backup, and without an erasure list unless a reason is given;
    StoreDamaged for what is damaged. Until it returns, the marker keeps every door shut.
    """
    _require_list(order)
    listed = erasures.read_list(order.erasures) if order.erasures else None
    _begin(order)
    checked = unpack(order)
    store = Store(order.root / "data" / "scanner.duckdb")
    head = _prepare(store, order, listed)
    done = replay.replay(store, listed.marks if listed else frozenset(), by=order.by, at=order.at)
    if problems := check_integrity(store).problems:  # what was erased while it was packed has left by now
        raise StoreDamaged(f"{order.backup}: the restored record does not hold: {problems[0]}")
    _strike_from_roster(store, order.root / "roster.csv")
    _tell(store, order, checked, done)
    os.sync()  # everything must be on the disk before the door opens
    (order.root / "data" / order.marker).unlink()
    files.flush_folder(order.root / "data")
    return Restored(checked, done, head)


def _require_list(order: Order) -> None:
    if order.erasures is None and not order.without_erasures.strip():
        raise UsageError(
            f"{order.backup}: what was erased since it was made would come back; --erasures FILE names the list that "
            f"lies beside the backups ({erasures.NAME}), or --without-erasures REASON says why there is none"
        )


def _begin(order: Order) -> None:
    """Put the marker down before anything else."""
    marker = order.root / "data" / order.marker
    if marker.exists():
        _empty(order)
    elif order.root.exists() and not _is_empty(order.root):
        raise UsageError(f"{order.root}: is not empty; restore into a new folder")
    files.write_durably(marker, b"", mode=0o600)


def _is_empty(root: Path) -> bool:
    """Tell whether there is nothing but, at most, what a kill left of putting the marker down."""
    left = {path.name for path in root.rglob("*")} if root.is_dir() else {root.name}
    return all(name == "data" or name.startswith(".part-") for name in left)


def _empty(order: Order) -> None:
    """Remove what was unpacked, but not the marker."""
    data = order.root / "data"
    for path in [*order.root.iterdir(), *data.iterdir()]:
        if path in (data, data / order.marker):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _prepare(store: Store, order: Order, listed: erasures.Erasures | None) -> Head:
    """Check both chains, compare the keys, end all sessions, and return the last event that came with the backup."""
    upgrading.bring_up(store)
    with store.lease("restore: before anything is erased") as lease:
        if problems := (*audit.verify(lease).problems, *manifest_check.verify(lease).problems):
            raise StoreDamaged(f"{order.backup}: its chains do not hold: {problems[0]}")
        if listed and listed.key != erasures.key_mark(lease):
            raise UsageError(
                f"{order.erasures}: was made with another key than this backup's, so nothing in it would be known "
                "again; --without-erasures REASON restores without it"
            )
        lease.execute("DELETE FROM sessions")
        rows = lease.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return Head(*rows[0]) if rows else audit.GENESIS


def _strike_from_roster(store: Store, path: Path) -> None:
    """Take the lines of erased accounts out of the roster file that came with the backup."""
    try:
        listed = read_roster(path).accounts if path.is_file() else ()
    except RosterError:  # what cannot be read lists nobody; the next import says what is wrong with it
        return
    with store.lease("restore: the roster file") as lease:
        gone = set(person_marks.erased(lease, [account.id for account in listed]))
    handles = [account.handle.casefold() for account in listed if account.id in gone]
    if handles:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not any(handle in line.casefold() for handle in handles)]
        files.write_durably(path, "".join(kept).encode(), mode=0o600)


def _tell(store: Store, order: Order, checked: Checked, done: Replayed) -> None:
    with store.lease("restore: note it") as lease:
        detail = {"made_at": checked.made_at.isoformat(), "accounts": done.accounts, "posts": done.posts}
        detail |= {"without_erasures": order.without_erasures}
        audit.append(
            lease, actor=order.by, action="backup.restore", subject=order.backup.name, detail=detail, at=order.at
        )
