"""What is kept and for how long: backups, posts past their days, exports, quarantine, deadlines."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from scanner.detect.judge import NOT_AUTHORED
from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.review.clock import clock_for
from scanner.settings import CONFIG
from scanner.store import checkup, exports, leaving
from scanner.store.exports import Export
from scanner.store.operations import load_operations
from scanner.store.retention import count_past
from scanner.store.waiting import Due

DAY = timedelta(days=1)
OLD_BACKUP = timedelta(hours=26)
"""A day and the time a backup takes (reliability C1)."""
MANY_REJECTED, SHARE_REJECTED = 20, 0.05
"""Items of a day that could not be read, at least so many and so large a share of what came: a platform changed."""


def _backups(case: Case) -> Finding:
    with case.reading("backups") as lease:
        last, first = checkup.last_event(lease, "backup.make"), checkup.first_event(lease)
    planned = case.settings.schedule.backup_at is not None
    if last is None and not planned:
        return well("none made yet; `scanner backup` makes one")
    if planned and not (case.settings.backups.folder and case.settings.backups.recipient):
        return fix(f"{CONFIG} [backups]: folder and recipient are not set; schedule.backup_at needs both")
    since = last or first
    if since is not None and case.now - since > OLD_BACKUP:
        said = f"last made {last:%Y-%m-%d %H:%M} UTC" if last else "never made, though schedule.backup_at is set"
        return fix(f"{said}: run `scanner backup make`, and see why none was made since")
    return well(f"last made {last:%Y-%m-%d %H:%M} UTC, and read back then" if last else "none due yet")


def _backup_file(case: Case) -> Finding:
    """Look for the newest backup where it was written; `--deep` reads it again."""
    with case.reading("backup file") as lease:
        made = [one for one in exports.load_exports(lease) if one.kind == "backup"]
    if not made:
        return well("none on record")
    last = max(made, key=lambda one: one.made_at)
    path = Path(last.path)
    if not path.parent.is_dir():
        return mind(f"{path.parent}: not there (a disk that is not mounted?), so the last backup cannot be looked at")
    if not path.is_file():
        return fix(f"{path}: the last backup is gone from where it was written: make another one")
    if case.deep and not _is_whole(path, last):
        return fix(f"{path}: is not the file that was written: make another one, and check the disk")
    return well(f"{path.name}, {path.stat().st_size / 2**20:.1f} MiB{', read again' if case.deep else ''}")


def _is_whole(path: Path, noted: Export) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == noted.sha256


def _retention(case: Case) -> Finding:
    purge = case.workspace.purge(case.now, by="doctor")
    with case.reading("retention") as lease:
        # A day late is in order: what is past its days since the last daily purge goes with the next one.
        late = case.now - DAY
        count = count_past(lease, purge.policy, purge.election, holds=purge.holds, now=late)
    return fix(f"{count} posts are past their days: run `scanner purge`") if count else well("0 posts past their days")


def _unscored(case: Case) -> Finding:
    with case.reading("unscored posts") as lease:
        count = checkup.never_scored(lease, before=case.now - DAY, not_authored=sorted(NOT_AUTHORED))
    if count:
        step = "they would leave unread; the next `scanner scan` scores them"
        return mind(f"{count} posts captured more than a day ago were never scored: {step}")
    return well("everything that can be scored was")


def _exports(case: Case) -> Finding:
    before = case.now - timedelta(days=case.settings.retention.exports_days) - DAY
    with case.reading("exports") as lease:
        found = leaving.leaving_exports(lease, before=before, words_leave=False, now=case.now - DAY)
    there = [one for one in found if Path(one.path).exists()]
    if there:
        return fix(f"{len(there)} exports are past their days, as {there[0].path}: run `scanner purge`")
    return well("none past its days")


def _quarantine(case: Case) -> Finding:
    with case.reading("quarantine") as lease:
        rejected, captured = checkup.quarantined(lease, since=case.now - DAY)
    found = f"{rejected} items of the last day could not be read"
    if rejected >= MANY_REJECTED and rejected > SHARE_REJECTED * (rejected + captured):
        return mind(f"{found}, {captured} could: a platform may have changed its format; see `scanner status`", found)
    return well(found)


def _queue(case: Case) -> Finding:
    clock = clock_for([case.election])
    with case.reading("queue") as lease:
        waiting = load_operations(lease, case.now).waiting
    late = sum(_late(clock.at, election, moments, case.now) for election, moments in waiting.items())
    count = sum(map(len, waiting.values()))
    if late:
        return mind(f"{late} of {count} that wait are past their deadline: judge them first; they serve guidance only")
    return well(f"{count} wait, none past its deadline")


def _late(due: Due, election: str, moments: Sequence[datetime], now: datetime) -> int:
    """Count what is past its deadline among moments in order: who is known later is never due sooner."""
    return bisect_right(moments, now, key=partial(due, election))


CHECKS = {
    "backups": Named(_backups, needs=("database",), record=True),
    "backup file": Named(_backup_file, needs=("backups",), record=True),
    "retention": Named(_retention, needs=("database", "election"), record=True),
    "unscored posts": Named(_unscored, needs=("database",), record=True),
    "exports": Named(_exports, needs=("database",), record=True),
    "quarantine": Named(_quarantine, needs=("database",), record=True),
    "queue": Named(_queue, needs=("database", "election", "deadlines"), record=True),
}
