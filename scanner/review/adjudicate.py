"""Where two disagree a third person rules: own view first, then both views, then a ruling with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.seats import counted, is_disputed
from scanner.domain.users import Role, User
from scanner.errors import NotGiven, ReviewError, TooLate, UsageError
from scanner.review.assign import judge_named, require_seen_by
from scanner.review.decide import Revealed, too_late
from scanner.review.recall import may_look, own_view
from scanner.review.record import before, check_said
from scanner.review.texts import clean_note
from scanner.store import adjudications, assignments, audit, drafts, flags, judgements, settling
from scanner.store.adjudications import Adjudication
from scanner.store.assignments import Assignment
from scanner.store.connection import Lease, Store


@dataclass(frozen=True, slots=True)
class View:
    """What one of the others said of an item. Who it was is not told."""

    verdict: Verdict
    codes: tuple[str, ...]
    note: str
    decided_at: datetime
    stage: Stage


def views(store: Store, user: User, item_id: str, *, overlap: int = 2, now: datetime | None = None) -> tuple[View, ...]:
    """Show what others said of an item to somebody who has given their own view of it, in order of arrival.

    From then on they cannot judge it blind again, should they take theirs back. The reading is recorded in the audit
    chain. NotGiven before one's own view (but see `recall.may_look`), and for gold that nobody opened when it was
    settled, of which there are no others' views to see.
    """
    moment = now or datetime.now(UTC)
    with store.lease("review: show others' views") as lease:
        require_seen_by(lease, user, item_id)
        places = assignments.assignments_of(lease, item_id)
        mine = may_look(user, places, own_view(lease, item_id, user), overlap=overlap, now=moment)
        if mine is None or (mine.stage is Stage.GOLD and mine.revealed_at is None):
            raise NotGiven(f"{item_id}: there are no views of others for you before your own")
        found = _others(lease, places, user.name)
        if found:
            assignments.reveal(lease, item_id, user.name, now=moment)
            audit.append(lease, actor=user.name, action="views.show", subject=item_id, detail={}, at=moment)
        return found


def rule(
    store: Store,
    *,
    key: str,
    flag_id: str,
    adjudicator: str,
    verdict: Verdict,
    codes: tuple[str, ...] = (),
    reason: str,
    overlap: int = 2,
    now: datetime | None = None,
) -> Revealed:
    """Settle an item on which two disagree, with the reasons. The same key stored twice is one ruling.

    Errors: UsageError without reasons, for `unsure`, or for somebody who is no adjudicator, was one of the two, or has
    not given their own view before; TooLate when nobody disagrees any more, what was written being kept as a draft.
    """
    said = Judgement(
        id=key,
        flag_id=flag_id,
        reviewer=adjudicator,
        verdict=verdict,
        decided_at=now or datetime.now(UTC),
        codes=codes,
        note=clean_note(reason, what="reason"),
        stage=Stage.ADJUDICATION,
    )
    check_said(said)
    if verdict is Verdict.UNSURE or not said.note:
        raise UsageError(f"{flag_id}: a ruling is suspected or not_violation, and says why")

    def work(lease: Lease) -> Revealed | TooLate:
        return _rule(lease, judge_named(lease, adjudicator), said, overlap=overlap)

    done = store.repeat("review: record a ruling", work)
    if isinstance(done, TooLate):
        raise done
    return done


def _rule(lease: Lease, user: User, said: Judgement, *, overlap: int) -> Revealed | TooLate:
    require_seen_by(lease, user, said.flag_id)
    if before(lease, user, said) is not None:
        return Revealed(flag=flags.load_flag(lease, said.flag_id), stored=False)
    places = assignments.assignments_of(lease, said.flag_id)
    _require_adjudicator(user, said, next((one for one in places if one.person == user.name), None))
    seats = [one.seat(said.decided_at) for one in places]
    if not is_disputed(seats, overlap=overlap):
        return too_late(lease, user, said)
    first, second, *_ = counted(seats)
    judgements.append_judgement(lease, said)
    adjudications.save_adjudication(
        lease,
        Adjudication(
            judgement_id=said.id,
            item_id=said.flag_id,
            adjudicator=user.name,
            first_reviewer=first.person,
            second_reviewer=second.person,
            reason=said.note,
            ruled_at=said.decided_at,
        ),
    )
    settling.settle(lease, said.flag_id, overlap=overlap, at=said.decided_at)
    drafts.drop_draft(lease, said.flag_id, user.name)
    return Revealed(flag=flags.load_flag(lease, said.flag_id), stored=True)


def _require_adjudicator(user: User, said: Judgement, mine: Assignment | None) -> None:
    if user.role is not Role.ADJUDICATOR:
        raise UsageError(f"{said.flag_id}: {user.name} is {user.role}; only an adjudicator rules")
    if mine is None or mine.stage is not Stage.ADJUDICATION or mine.revealed_at is None:
        raise UsageError(f"{said.flag_id}: give your own view first, then rule; whoever was one of the two cannot")
    if mine.judgement_id is not None:
        raise ReviewError(f"{said.flag_id}: you have ruled on it; to rule anew, undo that first")


def _others(lease: Lease, places: Sequence[Assignment], person: str) -> tuple[View, ...]:
    counts = {one.judgement_id for one in places if one.verdict is not None and one.person != person}
    return tuple(
        View(verdict=one.verdict, codes=one.codes, note=one.note, decided_at=one.decided_at, stage=one.stage)
        for one in judgements.judgements_of(lease, places[0].item_id)
        if one.id in counts and one.stage is not Stage.GOLD
    )
