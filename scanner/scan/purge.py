"""Retention: what is past its days leaves the rows, the files and the bytes of the database (UU 27/2022 art. 43-44).

Files go first, so that there is room on a full disk; then rows, batch by batch; then the bytes of both. Killed anywhere
it leaves a whole workspace, and the next call goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from scanner.domain.accounts import Platform
from scanner.domain.retention import Outcome, Policy
from scanner.errors import StoreError, StoreFull
from scanner.scan import litter
from scanner.scan.receipt import Receipt, write_receipt
from scanner.store import audit, erase, exports, faults, kept, leaving, leftovers, outdated, raw_answers, retention
from scanner.store.connection import Lease, Store
from scanner.store.leaving import Removal
from scanner.store.outdated import Cutoffs
from scanner.store.retention import Election, Held
from scanner.store.traces import find_traces

BATCH = 10_000
"""Posts erased in one lease: others wait meanwhile."""
STILL = timedelta(days=60)
"""Without any event for so long a clock that went wrong is likelier than a pause."""
REASON = "retention: past its days"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Purge:
    """Purges one workspace."""

    store: Store
    policy: Policy
    election: Election
    holds: frozenset[Platform]
    """Platforms whose flagged posts stay by a legal hold."""
    cutoffs: Cutoffs
    exports_before: datetime
    logs: Path
    by: str
    now: datetime

    def foresee(self) -> Receipt:
        """Tell what would leave now; nothing is written."""
        receipt = Receipt(self.now)
        with self.store.lease("purge: what would leave", reading=True) as lease:
            due = self._due(lease, receipt)
            ids = due["id"].to_pylist()
            kept = raw_answers.posts_with_evidence(lease, but=ids, now=self.now)
            traces = find_traces(lease, ids, kept=kept)
            shown = traces.captures | set(raw_answers.old_captures(lease, self._raw_before))
            receipt.raw_answers, receipt.pictures = raw_answers.count_captures(lease, shown), len(traces.displays)
            receipt.rows.update(outdated.count_outdated(lease, self.cutoffs))
            found = leaving.leaving_exports(
                lease, before=self.exports_before, words_leave=bool(ids), now=self.now, due=ids
            )
        receipt.posts.update({Outcome(name): count for name, count in _counted(due["outcome"]) if name})
        receipt.exports.update(one.kind for one in found if Path(one.path).exists())
        receipt.logs, receipt.leftovers = map(len, self._litter())
        return receipt

    def require_clock(self) -> None:
        """Refuse with StoreError to go by a clock that is far ahead of the last event: what leaves is gone for good."""
        with self.store.lease("purge: when something last happened", reading=True) as lease:
            [(last,)] = lease.rows("SELECT max(happened_at) FROM audit")
        if last is not None and self.now - last > STILL:
            raise StoreError(
                f"the clock says {self.now:%Y-%m-%d}, {(self.now - last).days} days after the last event on record: "
                f"set it if it is wrong; if nobody worked for so long, say `scanner purge --after-pause`"
            )

    def run(self) -> Receipt:
        """Take away all that is past its days. StoreFull where the disk has no room to write the database anew."""
        receipt = Receipt(self.now)
        with _plainly_if_full(self.store.path):
            due = self._remove_files(receipt)
            self._delete_rows(receipt)
            for first in range(0, len(due), BATCH):
                self._erase_batch(receipt, due.slice(first, BATCH).to_pylist())
            self._tell(receipt)
            try:
                erase.finish_erasing(self.store)
            finally:
                if receipt.event is not None:
                    write_receipt(self.store.path.parent, receipt)
        return receipt

    @property
    def _raw_before(self) -> datetime:
        """The moment before which a raw answer must have been captured to leave by itself."""
        return self.now - timedelta(days=max(self.policy.all_days(Outcome.UNFLAGGED)))

    def _due(self, lease: Lease, receipt: Receipt) -> pa.Table:
        """Return the posts that leave, as a table: the first time they may be nearly all there are."""
        past = retention.read_past(lease, self.policy, self.election, holds=self.holds, now=self.now)
        receipt.held.update({Held(name): count for name, count in _counted(past["held"]) if name is not None})
        return past.filter(pc.is_null(past["held"]))

    def _remove_files(self, receipt: Receipt) -> pa.ChunkedArray:
        """Remove the files that leave; return the ids of the posts that do."""
        with self.store.lease("purge: where exports lie") as lease:
            exports.follow_moved(lease)
        with self.store.lease("purge: what leaves", reading=True) as lease:
            due = self._due(lease, receipt)["id"]
            found = leaving.leaving_exports(
                lease,
                before=self.exports_before,
                words_leave=bool(len(due)),
                now=self.now,
                due=(one.as_py() for one in due),
            )
        ends = [(one, leaving.remove_export(one)) for one in found]
        receipt.exports.update(one.kind for one, end in ends if end is Removal.REMOVED)
        receipt.missing = sorted(one.path for one, end in ends if end is Removal.MISSING)
        receipt.left_alone = sorted(one.path for one, end in ends if end is Removal.STAYS)
        receipt.logs, receipt.leftovers = map(litter.remove, self._litter())
        with self.store.lease("purge: exports that left") as lease:
            leaving.forget_exports(lease, [one.path for one, end in ends if end is not Removal.STAYS])
        return due

    def _delete_rows(self, receipt: Receipt) -> None:
        with self.store.lease("purge: rows and raw answers past their days") as lease:
            receipt.rows.update(outdated.delete_outdated(lease, self.cutoffs))
            if receipt.rows:
                detail = {"reason": REASON, "rows": dict(receipt.rows)}
                audit.append(lease, actor=self.by, action="rows.erase", subject="record", detail=detail, at=self.now)
                erase.note_database(lease)
            receipt.leftovers += leftovers.sweep(lease, self.now - _DAY, by=self.by, at=self.now)
            found = raw_answers.old_captures(lease, self._raw_before)
            receipt.raw_answers += erase.erase_captures(lease, found, reason=REASON, by=self.by, at=self.now)

    def _erase_batch(self, receipt: Receipt, due: Sequence[str]) -> None:
        """Erase some posts, but for those that somebody took in hand, edited or judged meanwhile."""
        with self.store.lease("purge: posts past their days") as lease:
            past = retention.past_days(lease, self.policy, self.election, holds=self.holds, only=due, now=self.now)
            receipt.held.update(one.held for one in past if one.held is not None)
            tombs = {one.post_id: one.tomb for one in past if one.held is None}
            kept = raw_answers.posts_with_evidence(lease, but=tombs, now=self.now)
            done = erase.erase_posts(lease, tombs, reason=REASON, by=self.by, at=self.now, kept=kept, tombs=tombs)
        receipt.posts.update(tomb.outcome for tomb in tombs.values())
        receipt.raw_answers += done.captures
        receipt.pictures += done.pictures

    def _tell(self, receipt: Receipt) -> None:
        if not receipt.counts:
            return
        with self.store.lease("purge: tell of it") as lease:
            detail = {"left": receipt.counts, "held": dict(receipt.held)}
            event = audit.append(lease, actor=self.by, action="purge", subject="record", detail=detail, at=self.now)
            receipt.event = event.seq

    def _litter(self) -> tuple[list[Path], list[Path]]:
        """Return the logs past their days, and what killed runs left a day ago or an upgrade a week ago."""
        with self.store.lease("purge: where exports were written", reading=True) as lease:
            targets = [Path(one.path) for one in exports.load_exports(lease)]
        parts = litter.parts(self.store.path.parent, self.now - _DAY) + litter.beside(targets, self.now - _DAY)
        parts += kept.past_days(self.store.path.parent, self.now)
        return litter.old_logs(self.logs, self._raw_before), sorted(set(parts))


def _counted(column: pa.ChunkedArray) -> Iterator[tuple[str | None, int]]:
    """Yield each value of a column, and how often it stands there."""
    return ((one["values"], one["counts"]) for one in column.value_counts().to_pylist())


@contextlib.contextmanager
def _plainly_if_full(database: Path) -> Iterator[None]:
    """Say in one line that the disk is full, whatever noticed it."""
    try:
        yield
    except StoreFull:
        raise
    except (StoreError, OSError) as error:
        if faults.is_full(error):
            raise StoreFull(
                f"{database}: the disk is full; nothing is lost: make room and run `scanner purge` again"
            ) from error
        raise
