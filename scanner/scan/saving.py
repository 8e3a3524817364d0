"""Saving what many walks hand in: pages and ends of several accounts in one lease, set by set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from scanner.collect.interface import Page
from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.store import accounts, bindings, cursors, pages, runs
from scanner.store.connection import Lease

if TYPE_CHECKING:
    from scanner.scan.account import AccountWalk


@dataclass(frozen=True, slots=True)
class HandedPage:
    """A page on its way into the record."""

    walk: AccountWalk
    page: Page
    number: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A walk that ended, behind its pages."""

    walk: AccountWalk
    cut: Exception | tuple[Outcome, str] | None
    """What cut the walk short; None: it came to its end."""


Handed: TypeAlias = HandedPage | Ended | None
"""None only waits until what was handed in before is saved."""


def save_together(lease: Lease, handed: Sequence[Handed]) -> list[Coverage | None]:
    """Store pages and ends of several accounts in one lease; the results are the coverages, None for all else."""
    now = datetime.now(UTC)
    _note_suspended(lease, [one.walk for one in handed if one is not None])
    came = [one for one in handed if isinstance(one, HandedPage)]
    bound = bindings.bind_all(lease, {key: native for one in came for key, native in _first_seen(one)}, seen_at=now)
    rows = [(one, one.walk.rows_of(one.page, bound)) for one in came]
    stored = [(one, row) for one, row in rows if row is not None]
    if stored:
        run_id = stored[0][0].walk.run_id
        tallies = pages.save_pages(lease, [row for _, row in stored], run_id=run_id, seen_at=now)
        for (one, row), tally in zip(stored, tallies, strict=True):
            one.walk.seen.tallies[one.number] = tally
            one.walk.seen.note(_of_others(row, tally))
    ended = [one for one in handed if isinstance(one, Ended)]
    results = {id(one): one.walk.coverage(lease, one.cut, now) for one in ended}
    places = {one.walk.item.account.id: one.walk.place(lease, one.cut, now) for one in ended}
    runs.save_coverage(lease, results.values())
    cursors.save_cursors(lease, {key: cursor for key, cursor in places.items() if cursor is not None})
    for platforms in {id(one.walk.platforms): one.walk.platforms for one in ended}.values():
        platforms.save(lease, now)
    return [results.get(id(one)) for one in handed]


def _note_suspended(lease: Lease, walks: Sequence[AccountWalk]) -> None:
    """Tell all walks of the run, which share one set, who has been suspended since it was planned."""
    for walk in walks[:1]:
        walk.suspended.update(accounts.suspended_ids(lease))


def not_saved(item: Handed, error: Exception) -> None:
    """Tell a walk that a page of it could not be saved: nothing behind it may be, or its cursor would move past."""
    if isinstance(item, HandedPage):
        item.walk.seen.failure = error


def _of_others(row: pages.PageRows, tally: Tally) -> str:
    """Say so when posts were left out because their ids are on record as those of another account's posts."""
    left_out = len({post.id for post in row.posts}) - tally.new - tally.changed - tally.unchanged
    return f"{left_out} posts bear ids that are on record for another account: not stored" if left_out else ""


def _first_seen(one: HandedPage) -> Iterator[tuple[str, str]]:
    """Yield account and id where none is known yet."""
    if one.page.native_id is not None and one.walk.item.account.native_id is None:
        yield one.walk.item.account.id, one.page.native_id
