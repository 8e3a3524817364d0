"""Near-duplicates: posts that say the same, dismissed together once one was read; never suspected together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.reviews import Judgement, Verdict
from scanner.domain.users import User
from scanner.errors import NotGiven, UsageError
from scanner.review.assign import Asker, judge_named, next_places, require_reader, require_seen_by
from scanner.review.clock import Clock, safe_clock
from scanner.review.items import Item, load_items
from scanner.review.record import record
from scanner.review.texts import clean_note
from scanner.store import assignments, audit, versions
from scanner.store.connection import Lease, Store

MOST = 20
"""How many are dismissed at once, all of them visible (reliability B1)."""
ALIKE = 95.0
"""From how many percent two texts say the same, by the edits between them (Indel distance)."""
LOOKED_THROUGH = 2_000
"""Waiting items that are compared, those due soonest."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Together:
    """What became of a decision on several items."""

    decided: tuple[str, ...]
    late: tuple[str, ...]
    """Others have judged these or have them by now."""


def near_duplicates(
    store: Store,
    user: User,
    item_id: str,
    *,
    overlap: int = 2,
    clock: Clock | None = None,
    now: datetime | None = None,
) -> list[Item]:
    """Show up to 20 items that wait for this reviewer and say nearly the same as one they have dismissed.

    By whomever they were posted. That the posts were read is recorded in the audit chain. NotGiven for an item that
    they have not judged not to be a violation, UsageError for who reads nothing blind.
    """
    asker = _asker(user, overlap, clock, now)
    with store.lease("review: show near-duplicates") as lease:
        text = _dismissed(lease, asker, item_id)
        waiting = {
            place.id: place for place in next_places(asker, asker.front(lease), limit=LOOKED_THROUGH, but=[item_id])
        }
        alike = _alike(text, versions.texts(lease, waiting))
        items = load_items(lease, asker, [waiting[one] for one in alike], held=False) if alike else []
        if items:
            detail = {"items": alike}
            audit.append(lease, actor=user.name, action="duplicates.show", subject=item_id, detail=detail, at=asker.now)
        return items


def decide_together(
    store: Store,
    *,
    like: str,
    keys: Mapping[str, str],
    reviewer: str,
    verdict: Verdict = Verdict.NOT_VIOLATION,
    note: str = "",
    overlap: int = 2,
    now: datetime | None = None,
) -> Together:
    """Dismiss near-duplicates of an item one has dismissed: by item the key of its own judgement, 20 at most.

    Errors: UsageError for any other verdict, too many, and items that do not say the same; NotGiven as above.
    """
    if verdict is not Verdict.NOT_VIOLATION:
        raise UsageError(f"{like}: only not_violation is for several at once; each suspicion needs its own reading")
    if len(keys) > MOST:
        raise UsageError(f"{like}: {len(keys)} items at once; up to {MOST} would be valid")
    written = clean_note(note)

    def work(lease: Lease) -> Together:
        asker = _asker(judge_named(lease, reviewer), overlap, None, now)
        _require_alike(lease, _dismissed(lease, asker, like), keys)
        said = (_said(asker, reviewer, item, key, written) for item, key in keys.items())
        taken = {one.flag_id: _taken(lease, asker, one) for one in said}
        return Together(tuple(item for item in taken if taken[item]), tuple(item for item in taken if not taken[item]))

    return store.repeat("review: dismiss near-duplicates", work)


def _asker(user: User, overlap: int, clock: Clock | None, now: datetime | None) -> Asker:
    """Return who asks, one of the two: nothing is ruled on together."""
    require_reader(user)
    return Asker(user=user, now=now or datetime.now(UTC), overlap=overlap, clock=clock or safe_clock())


def _dismissed(lease: Lease, asker: Asker, item_id: str) -> str:
    require_seen_by(lease, asker.user, item_id)
    mine = assignments.assignment(lease, item_id, asker.user.name)
    if mine is None or mine.verdict is not Verdict.NOT_VIOLATION:
        raise NotGiven(f"{item_id}: you have not judged it; near-duplicates come after not_violation")
    return versions.texts(lease, [item_id])[item_id]


def _require_alike(lease: Lease, text: str, keys: Mapping[str, str]) -> None:
    said = versions.texts(lease, keys)
    if others := sorted(set(keys) - set(_alike(text, said))):
        raise UsageError(f"{others[0]}: it does not say the same; only near-duplicates are judged together")


def _said(asker: Asker, reviewer: str, item: str, key: str, note: str) -> Judgement:
    return Judgement(
        id=key, flag_id=item, reviewer=reviewer, verdict=Verdict.NOT_VIOLATION, decided_at=asker.now, note=note
    )


def _taken(lease: Lease, asker: Asker, said: Judgement) -> bool:
    return record(lease, asker.user, said, overlap=asker.overlap, timed=False) is not None


def _alike(text: str, others: Mapping[str, str]) -> list[str]:
    """Return the ids of the texts that say the same, the most alike first."""
    from rapidfuzz import fuzz, process

    plain = {key: _plain(other) for key, other in others.items()}
    found = process.extract(_plain(text), plain, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST)
    return [key for _, _, key in found]


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()
