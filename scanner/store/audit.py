"""The audit chain: each event holds the hash of the one before, and the head is anchored outside the database.

Alone the chain shows edits, deletions, swaps and insertions; the anchor shows a cut tail and a rewritten end too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanner.errors import StoreDamaged
from scanner.store import files, tables
from scanner.store.connection import Lease

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HASHED = "seq, epoch_us(happened_at), actor, action, subject, detail, prev_hash"
_INSERT = "INSERT INTO audit (seq, happened_at, actor, action, subject, detail, prev_hash, hash) VALUES "


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of the chain."""

    seq: int
    hash: str


GENESIS = Head(seq=0, hash="0" * 64)
"""The head of a chain without events."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing somebody did."""

    seq: int
    happened_at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What checking the chain found."""

    events: int
    """Events in the database."""
    anchored: int | None
    """Number of the last event the anchor knows; None when there is no anchor."""
    problems: tuple[str, ...]
    """Plain words with event numbers; empty when the chain is whole."""

    @property
    def ok(self) -> bool:
        """Tell whether the chain is whole and agrees with its anchor."""
        return not self.problems


def anchor_path(folder: Path) -> Path:
    """Return where the head of the chain is kept outside the database."""
    return folder / "audit.head"


def append(
    lease: Lease, *, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime | None = None
) -> Head:
    """Add one event in the transaction of the change it tells of; the head is anchored after the commit.

    `detail` never holds the text of a post or a secret. StoreDamaged when the database no longer holds the event
    that was anchored last: going on would cover up the loss.
    """
    return append_all(lease, actor=actor, acts=[(action, subject)], detail=detail, at=at)


def append_all(
    lease: Lease,
    *,
    actor: str,
    acts: Sequence[tuple[str, str]],
    detail: Mapping[str, Any],
    at: datetime | None = None,
) -> Head:
    """Add one event for each action and subject, in order, as `append` would one after the other."""
    path = anchor_path(lease.folder)
    if isinstance(before := lease.after_commit.get(path.name), _Anchoring):
        head = before.head
    else:
        head = _head(lease)
        _refuse_lost_events(lease, path, head)
    moment = at or datetime.now(UTC)
    return _add(lease, head, actor=actor, acts=acts, detail=detail, at=moment)


def reanchor(lease: Lease, *, actor: str, reason: str) -> Head:
    """Accept the chain as it is, after a restored backup: the lost anchor becomes part of the next event.

    Never needed in normal work; it makes a known loss visible instead of undoing it.
    """
    lost, head = anchor_path(lease.folder), _head(lease)
    old = lost.read_text(encoding="utf-8", errors="replace") if lost.exists() else None
    detail = {"reason": reason, "anchor_before": old}
    at = datetime.now(UTC)
    return _add(lease, head, actor=actor, acts=[("audit.reanchor", "audit")], detail=detail, at=at)


def events(lease: Lease, *, subject: str | None = None, limit: int = 1000) -> list[Event]:
    """Return the last events, newest first, of one subject or of all."""
    rows = lease.dicts(
        """SELECT seq, happened_at, actor, action, subject, detail FROM audit
           WHERE $subject IS NULL OR subject = $subject ORDER BY seq DESC LIMIT $limit""",
        {"subject": subject, "limit": limit},
    )
    return [Event(**{**row, "detail": json.loads(row["detail"])}) for row in rows]


def verify(lease: Lease, anchor_file: Path | None = None, *, newest: int | None = None) -> AuditReport:
    """Check every event against its hash, its predecessor and the anchor; reports, never raises or repairs.

    An anchor older than the last event is in order: a kill may fall between commit and anchoring. `newest`: check no
    more than so many, and of those before only that none is missing.
    """
    path = anchor_file or anchor_path(lease.folder)
    problems: list[str] = []
    anchor: Head | None = None
    try:
        anchor = read_anchor(path)
    except StoreDamaged as error:
        problems.append(str(error))
    events, last = _behind(lease, newest)
    if events != last.seq:
        problems.append(f"{last.seq - events} of the events up to {last.seq} are missing")
    for row in _stored(lease, last):
        problems.extend(_faults(row, last, anchor))
        events, last = events + 1, Head(row[0], row[-1])
    if anchor is None and events and not problems:
        problems.append(f"{path}: the anchor is missing, so a cut or rewritten end cannot be ruled out")
    if anchor is not None and anchor.seq > last.seq:
        problems.append(f"events {last.seq + 1} to {anchor.seq} are missing: the end of the chain was cut off")
    return AuditReport(events=events, anchored=anchor.seq if anchor else None, problems=tuple(problems))


def read_anchor(path: Path) -> Head | None:
    """Return the anchored head, None when there is none yet; StoreDamaged when the file is not an anchor."""
    try:
        return Head(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise StoreDamaged(f"{path}: not an audit anchor (a JSON object with seq and hash): {error}") from error


def write_anchor(path: Path, head: Head) -> None:
    """Keep the head outside the database, durably and at once: a kill leaves the old or the new one."""
    files.write_durably(path, tables.to_json(asdict(head)).encode(), mode=0o600)


@dataclass(frozen=True, slots=True)
class _Anchoring:
    """What follows the commit: the head is kept outside; until then it is what further events follow from."""

    path: Path
    head: Head

    def __call__(self) -> None:
        write_anchor(self.path, self.head)


def _head(lease: Lease) -> Head:
    rows = lease.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    return Head(*rows[0]) if rows else GENESIS


def _refuse_lost_events(lease: Lease, path: Path, head: Head) -> None:
    anchor = read_anchor(path)
    if anchor is None and head == GENESIS:
        # Anchored before the first event, so that from now on a missing anchor is always a finding.
        write_anchor(path, GENESIS)
    elif anchor is None:
        raise StoreDamaged(f"{path}: the anchor of {head.seq} audit events is missing; run `scanner doctor`")
    elif anchor in (GENESIS, head):  # as nearly always: nothing more has to be asked
        return
    elif not lease.rows("FROM audit WHERE seq = ? AND hash = ?", [anchor.seq, anchor.hash]):
        raise StoreDamaged(
            f"{lease.path}: audit event {anchor.seq}, which {path.name} knows, is not in the database (its last event "
            f"is {head.seq}): decisions were lost or altered; run `scanner doctor` before anything is added"
        )


def _add(
    lease: Lease,
    head: Head,
    *,
    actor: str,
    acts: Sequence[tuple[str, str]],
    detail: Mapping[str, Any],
    at: datetime,
) -> Head:
    detailed, moment = tables.to_json(detail), (at - _EPOCH) // timedelta(microseconds=1)
    values: list[Any] = []
    for action, subject in acts:
        said = (actor, action, subject, detailed, head.hash)
        head = Head(head.seq + 1, _hash((head.seq + 1, moment, *said)))
        values += (head.seq, at, *said, head.hash)
    # By VALUES, not through Arrow as elsewhere: these few rows come with all that is done, and this takes a third.
    lease.execute(_INSERT + ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(acts)), values)
    path = anchor_path(lease.folder)
    lease.after_commit[path.name] = _Anchoring(path, head)
    return head


def _behind(lease: Lease, newest: int | None) -> tuple[int, Head]:
    """Return how many events are not checked one by one, and the last of them: none unless `newest` bounds it."""
    if newest is None:
        return 0, GENESIS
    rows = lease.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1 OFFSET ?", [newest])
    last = Head(*rows[0]) if rows else GENESIS
    [(before,)] = lease.rows("SELECT count(*) FROM audit WHERE seq <= ?", [last.seq])
    return before, last


def _stored(lease: Lease, behind: Head) -> Iterator[tuple[Any, ...]]:
    """Yield every event behind one as what is hashed of it, and its hash."""
    table = lease.arrow(f"SELECT {_HASHED}, hash FROM audit WHERE seq > ? ORDER BY seq", [behind.seq])  # noqa: S608
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _faults(row: tuple[Any, ...], last: Head, anchor: Head | None) -> Iterator[str]:
    seq, *_, prev_hash, found = row
    if seq != last.seq + 1:
        yield f"events {last.seq + 1} to {seq - 1} are missing" if seq > last.seq else f"event {seq} is out of place"
    if prev_hash != last.hash:
        yield f"event {seq} does not follow from the event before it"
    if found != _hash(row[:-1]):
        yield f"event {seq} was altered"
    if anchor is not None and anchor.seq == seq and anchor.hash != found:
        yield f"event {seq} is not the one that was anchored: the end of the chain was rewritten"


def _hash(hashed: Sequence[Any]) -> str:
    """Hash all columns but the hash itself; happened_at in microseconds since 1970, detail as stored."""
    return hashlib.sha256(json.dumps(hashed).encode()).hexdigest()
