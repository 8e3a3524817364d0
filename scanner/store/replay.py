"""Replaying an erasure list on a record that is older than the list: what had to leave since leaves again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.retention import Outcome
from scanner.store import erase, marks, person_erase, tables
from scanner.store.connection import Lease, Store
from scanner.store.marks import Mark
from scanner.store.person_erase import Order
from scanner.store.tombstones import Tomb

REASON = "restored from a backup: erased since it was made"
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What left again."""

    accounts: int
    posts: int


def replay(store: Store, erased: Collection[str], *, by: str, at: datetime) -> Replayed:
    """Erase accounts and posts whose marks are on the list, from rows and bytes. Called again, it goes on."""
    with store.lease("restore: erased accounts") as lease:
        accounts = _accounts(lease, erased)
        for person, theirs in accounts.items():
            person_erase.erase_accounts(lease, theirs, Order(person=person, reason=REASON, by=by, at=at))
        tombs = _posts(lease, erased)
    named = sorted(tombs)
    for first in range(0, len(named), BATCH):
        batch = {post: tombs[post] for post in named[first : first + BATCH]}
        with store.lease("restore: erased posts") as lease:
            erase.erase_posts(lease, batch, reason=REASON, by=by, at=at, tombs=batch)
    _remember(store, erased, at)
    erase.finish_erasing(store)
    return Replayed(sum(map(len, accounts.values())), len(tombs))


def _accounts(lease: Lease, erased: Collection[str]) -> dict[str, list[str]]:
    """Return the erased accounts by their person."""
    key, found = marks.load_key(lease), defaultdict[str, list[str]](list)
    for account, person in lease.rows("SELECT id, person_id FROM accounts ORDER BY id"):
        if marks.mark(key, Mark.ACCOUNT, account) in erased:
            found[person].append(account)
    return found


def _posts(lease: Lease, erased: Collection[str]) -> dict[str, Tomb]:
    """Return the posts that left, with what is known of why."""
    key, found = marks.load_key(lease), dict[str, Tomb]()
    for post, version in _versions(lease):
        if marks.mark(key, Mark.POST, post) in erased:
            found[post] = Tomb(Outcome.ERASED)
        elif marks.mark(key, Mark.WITHDRAWN, post) in erased:
            found.setdefault(post, Tomb(Outcome.WITHDRAWN))
        elif marks.mark(key, Mark.VERSION, version) in erased:
            found.setdefault(post, Tomb(Outcome.EARLIER))  # as what it was counted, only the lost record knew
    return found


def _versions(lease: Lease) -> Iterable[tuple[str, str]]:
    table = lease.arrow("SELECT post_id, id FROM versions")
    for batch in table.to_batches(max_chunksize=BATCH):
        yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)


def _remember(store: Store, erased: Collection[str], at: datetime) -> None:
    """Keep every mark of the list: what is gathered from now on must not bring it back either."""
    with store.lease("restore: remember the list") as lease:
        [(event,)] = lease.rows("SELECT coalesce(max(seq), 0) FROM audit")
        rows = [_row(mark, int(event), at) for mark in sorted(erased)]
        for first in range(0, len(rows), BATCH):
            tables.insert_new(lease, "tombstones", rows[first : first + BATCH], keys=["mark"])


def _row(mark: str, event: int, at: datetime) -> dict[str, object]:
    return {"mark": mark, "outcome": Outcome.EARLIER, "platform": "", "purged_at": at, "event": event}
