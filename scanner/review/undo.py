"""Taking one's own decisions back: the last ten, newest first, each by a further judgement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.seats import outcome
from scanner.domain.users import User, folded
from scanner.errors import ReviewError, UsageError
from scanner.review.assign import Asker, judge_named, may_see
from scanner.review.clock import Clock, safe_clock
from scanner.review.items import Item
from scanner.review.queue import show_again
from scanner.store import assignments, gold, judgements, referrals, settling
from scanner.store.connection import Lease, Store

MOST = 10
"""How many of a session's last decisions can be taken back (reliability B1)."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that was taken back."""

    flag_id: str
    judgement: Judgement
    """What had been said: it can be offered again."""
    item: Item | None
    """Kept for its author again, to judge anew; None when they have seen the others' views since."""


def undo(
    store: Store,
    *,
    key: str,
    reviewer: str,
    flag_id: str | None = None,
    since: datetime | None = None,
    overlap: int = 2,
    now: datetime | None = None,
    clock: Clock | None = None,
) -> Undone:
    """Take the newest of a reviewer's last ten decisions back, or that on one flag, by appending a withdrawal.

    `since`: when their session began; older decisions stay. The same key undoes once. UsageError when there is nothing
    to take back; ReviewError when somebody else settled the item later, when it was referred, or is gold.
    """

    def work(lease: Lease) -> Undone:
        user = judge_named(lease, reviewer)
        asker = Asker(user=user, now=now or datetime.now(UTC), overlap=overlap, clock=clock or safe_clock())
        said = _withdrawn_by(lease, key, user) or _withdraw(lease, asker, key, flag_id, since)
        return Undone(said.flag_id, said, item=_given_back(lease, asker, said))

    return store.repeat("review: withdraw a judgement", work)


def _withdraw(lease: Lease, asker: Asker, key: str, flag_id: str | None, since: datetime | None) -> Judgement:
    said = _newest(lease, asker.user, flag_id, since)
    _refuse_what_others_built_on(lease, said, asker)
    nothing = replace(said, verdict=Verdict.WITHDRAWN, codes=(), note="", seconds=None)
    judgements.append_judgement(lease, replace(nothing, id=key, decided_at=asker.now))
    settling.settle(lease, said.flag_id, overlap=asker.overlap, at=asker.now)
    return said


def _given_back(lease: Lease, asker: Asker, said: Judgement) -> Item | None:
    """Keep the item for whoever undid, unless they judged it since, or cannot judge it blind, or see it, any more."""
    if not may_see(lease, asker.user, said.flag_id):
        return None
    mine = assignments.assignment(lease, said.flag_id, asker.user.name)
    if mine is None or mine.judgement_id is not None or (mine.revealed_at is not None and said.stage is Stage.BLIND):
        return None
    return show_again(lease, asker, mine)


def _newest(lease: Lease, user: User, flag_id: str | None, since: datetime | None) -> Judgement:
    last = judgements.last_of(lease, user.name, limit=MOST, since=since)
    standing = assignments.standing(lease, user.name, [one.id for one in last])
    for said in last:
        if said.id in standing and flag_id in (None, said.flag_id):
            return said
    where = "this session" if flag_id is None else flag_id
    raise UsageError(f"{where}: {user.name} has no standing judgement to take back among the last {MOST}")


def _refuse_what_others_built_on(lease: Lease, said: Judgement, asker: Asker) -> None:
    """What was settled after this judgement, referred or made gold rests on it."""
    if said.stage is Stage.GOLD:
        return
    if said.flag_id in referrals.referred_flags(lease):
        raise ReviewError(f"{said.flag_id}: it was referred, so what was said of it stays")
    if gold.load_gold(lease, [said.flag_id]):
        raise ReviewError(f"{said.flag_id}: it serves to measure reviewers, so what was said of it stays")
    places = assignments.assignments_of(lease, said.flag_id)
    if outcome([one.seat(asker.now) for one in places], overlap=asker.overlap) is None:
        return
    counts = {one.judgement_id for one in places if one.verdict is not None}
    order = [one.id for one in judgements.judgements_of(lease, said.flag_id)]
    if any(other in counts for other in order[order.index(said.id) + 1 :]):
        raise ReviewError(f"{said.flag_id}: somebody else settled it since, so what was said of it stays")


def _withdrawn_by(lease: Lease, key: str, user: User) -> Judgement | None:
    """Return what this very form undid before; UsageError when its key is that of another judgement."""
    withdrawal = judgements.load_judgement(lease, key)
    if withdrawal is None:
        return None
    if withdrawal.verdict is not Verdict.WITHDRAWN or folded(withdrawal.reviewer) != user.name:
        raise UsageError(f"key {key} belongs to another judgement; each undo has its own")
    history = judgements.judgements_of(lease, withdrawal.flag_id)
    earlier = history[: [one.id for one in history].index(key)]
    return next(one for one in reversed(earlier) if folded(one.reviewer) == user.name and one.stage is withdrawal.stage)
