"""Recording what somebody says of an item: whether they may, in what part of the review, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.seats import has_room, is_disputed
from scanner.domain.users import User, folded
from scanner.errors import UsageError
from scanner.review.assign import require_reader, require_seen_by
from scanner.review.pace import HASTY, set_hasty_aside
from scanner.store import assignments, drafts, judgements, settling
from scanner.store.assignments import Assignment
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a judgement."""

    stored: bool
    """False when this very judgement had been stored before."""
    stage: Stage
    hasty: bool = False
    """The author's last judgements were made too fast to count."""


def check_said(said: Judgement) -> None:
    """Refuse with UsageError what no form may send."""
    if said.verdict is Verdict.WITHDRAWN:
        raise UsageError(f"{said.flag_id}: a judgement is taken back by undoing it")
    if said.verdict is Verdict.SUSPECTED and not said.codes:
        raise UsageError(f"{said.flag_id}: a suspected violation must name at least one code")


def before(lease: Lease, user: User, said: Judgement) -> Judgement | None:
    """Return what this very form stored before; UsageError when its key is that of another judgement."""
    found = judgements.load_judgement(lease, said.id)
    if found is not None and (found.flag_id, folded(found.reviewer)) != (said.flag_id, user.name):
        raise UsageError(f"{said.flag_id}: key {said.id} belongs to another judgement; each showing has its own")
    return found


def record(lease: Lease, user: User, said: Judgement, *, overlap: int, timed: bool = True) -> Recorded | None:
    """Append a blind judgement, an adjudicator's own view or one of gold; None when no more are wanted.

    Without `timed` no time is taken. Errors: NotGiven, and UsageError when the person has done their part, or for an
    adjudicator who would be one of the two.
    """
    require_seen_by(lease, user, said.flag_id)
    if (found := before(lease, user, said)) is not None:
        return Recorded(stored=False, stage=found.stage)
    places = assignments.assignments_of(lease, said.flag_id)
    mine = next((one for one in places if one.person == user.name), None)
    stage = _stage(said, mine)
    if stage is not Stage.PREVIEW:
        require_reader(user)
    if not _is_wanted(places, user.name, stage, overlap=overlap, now=said.decided_at):
        return None
    seconds = _seconds(said, mine) if timed else None
    judgements.append_judgement(lease, replace(said, stage=stage, seconds=seconds))
    drafts.drop_draft(lease, said.flag_id, user.name)
    if stage is Stage.PREVIEW:
        assignments.reveal(lease, said.flag_id, user.name, now=said.decided_at)
        return Recorded(stored=True, stage=stage)
    judged = settling.judged(places, replace(said, stage=stage))
    settling.settle(lease, said.flag_id, overlap=overlap, at=said.decided_at, places=judged)
    fast = seconds is not None and seconds < HASTY
    hasty = fast and set_hasty_aside(lease, user, overlap=overlap, now=said.decided_at)
    return Recorded(stored=True, stage=stage, hasty=hasty)


def _stage(said: Judgement, mine: Assignment | None) -> Stage:
    """Tell what part of the review this is; UsageError when the person has done theirs."""
    if mine is not None and mine.judgement_id is not None:
        raise UsageError(f"{said.flag_id}: you have judged it; to judge it anew, undo that first")
    if mine is not None and mine.revealed_at is not None:
        raise UsageError(f"{said.flag_id}: you have seen what others said of it, so you cannot judge it blind any more")
    if mine is None or mine.stage is Stage.BLIND:
        return Stage.BLIND
    return Stage.PREVIEW if mine.stage is Stage.ADJUDICATION else Stage.GOLD


def _is_wanted(places: Sequence[Assignment], person: str, stage: Stage, *, overlap: int, now: datetime) -> bool:
    """Tell whether one more is wanted: judgements and people holding the item together never exceed `overlap`."""
    seats = [one.seat(now) for one in places]
    if stage is Stage.PREVIEW:
        return is_disputed(seats, overlap=overlap)
    return stage is Stage.GOLD or has_room(seats, person, overlap=overlap)


def _seconds(said: Judgement, mine: Assignment | None) -> float | None:
    if said.seconds is not None or mine is None or mine.shown_at is None:
        return said.seconds
    return round((said.decided_at - max(mine.shown_at, mine.taken_at)).total_seconds(), 1)
