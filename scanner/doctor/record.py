"""The database: who holds it, what it has been through, and whether it opens and reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scanner.doctor import machine
from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Mode, Named, fix, mind, well
from scanner.store import audit, checkup, leftovers, locking, posts, remote
from scanner.store.upgrading import read_schema

LARGE_LOG = 1 << 28
"""Bytes of a write-ahead log that make opening slow."""
OLD_LOG = timedelta(days=1)
_ERASED = timedelta(hours=1)
"""In which an erasing that goes on may not be finished."""
_SAMPLE = 20_000
"""Versions whose words are compared with their ids; `--deep`: all."""


def _lock(case: Case) -> Finding:
    database = case.store.path
    if keeper := remote.answering(database, case.patience):
        return well(f"kept by {keeper}, which answers")
    if database.exists():
        with locking.held(database, "doctor", wait=case.patience):
            pass
    return well("free")


def _log(case: Case) -> Finding:
    path = checkup.write_ahead_log(case.store.path)
    if not path.exists():
        return well("none: everything is in the database")
    size, written = path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime, UTC)
    found = f"{size / 2**20:.1f} MiB, last written {written:%Y-%m-%d %H:%M} UTC"
    desk = remote.answering(case.store.path, case.patience)
    if size > LARGE_LOG:
        return mind(
            f"{found}: {'stop and start the desk' if desk else 'run `scanner status`'}, which takes it in", found
        )
    if desk is None and case.now - written > OLD_LOG:
        return mind(f"{found}: a killed process left it, and nothing ran since; `scanner status` takes it in", found)
    return well(found)


def _schema(case: Case) -> Finding:
    if remote.answering(case.store.path, case.patience):
        return well("as the desk needs it, which keeps it")
    schema = read_schema(case.store)
    if schema.pending:
        return fix(f"made by an older scanner ({schema.old}; this one needs {schema.new}): run `scanner upgrade`")
    return well(schema.old)


def _database(case: Case) -> Finding:
    if case.has_record:
        with case.reading("open") as lease:
            return well(f"opens, {posts.count_posts(lease)} posts")
    anchor = audit.read_anchor(audit.anchor_path(case.data))
    if anchor is not None and anchor.seq:
        return fix(f"{case.store.path}: gone, though {anchor.seq} audit events are anchored; restore it from a backup")
    return well("none yet")


def _blocks(case: Case) -> Finding:
    with case.reading("every block") as lease:
        return well(f"every block of {checkup.read_everything(lease)} tables reads")


def _words(case: Case) -> Finding:
    with case.reading("words against ids") as lease:
        looked, altered = checkup.altered_versions(lease, None if case.deep else _SAMPLE)
    if altered:
        step = "somebody altered it past the scanner; `scanner verify`, then restore a backup"
        return fix(f"the words of {len(altered)} versions do not fit their id: {step}")
    return well(f"{looked} versions fit their ids")


def _erasing(case: Case) -> Finding:
    with case.reading("erasing") as lease:
        waiting, last = leftovers.waiting(lease), checkup.last_event(lease)
    if waiting and (last is None or case.now - last > _ERASED):
        return fix(f"{len(waiting)} files or copies of erased words are still on the disk: run `scanner purge`")
    return well("nothing erased is left on the disk")


CHECKS = {
    "database lock": Named(_lock, needs=("settings", "restoring")),
    "write-ahead log": Named(_log, needs=("database lock",)),
    "schema": Named(_schema, needs=("database lock",), record=True),
    "database": Named(_database, needs=("schema",)),
    **machine.CLOCK,
    "words": Named(_words, needs=("database",), record=True),
    "blocks": Named(_blocks, needs=("database",), mode=Mode.DEEP, record=True),
    "erasing": Named(_erasing, needs=("database",), record=True),
}
