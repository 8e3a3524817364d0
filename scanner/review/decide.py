"""What becomes of a decision: appended once, counted once, undone by a further judgement, revealed only afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scanner.domain.flags import Flag
from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.users import User, folded
from scanner.errors import TooLate, UsageError
from scanner.review.assign import judge_named, require_seen_by
from scanner.review.pace import set_hasty_aside
from scanner.review.texts import clean_note
from scanner.store import assignments, drafts, flags, judgements
from scanner.store.assignments import Assignment
from scanner.store.connection import Lease, Store
from scanner.store.drafts import Draft


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a reviewer may see after deciding."""

    flag: Flag | None
    """The machine's flag with its scores; None for an unflagged post that was drawn at random."""
    stored: bool
    """False when this very judgement had been stored before (the form was sent twice)."""
    hasty: bool = False
    """The last judgements were made so fast that somebody else reads their items."""
    awaits_ruling: bool = False
    """It was an adjudicator's own view: they may now see the others' and rule."""


def new_key() -> str:
    """Return an idempotency key for one showing of one item."""
    return secrets.token_hex(16)


def decide(
    store: Store,
    *,
    key: str,
    flag_id: str,
    reviewer: str,
    verdict: Verdict,
    codes: tuple[str, ...] = (),
    note: str = "",
    seconds: float | None = None,
    overlap: int = 2,
    now: datetime | None = None,
) -> Revealed:
    """Append one judgement of a flag or a drawn post and reveal what the machine saw.

    The same key stored twice is one judgement. `seconds` default to the time since it was shown. Errors: UsageError for
    a suspicion without a code, a note that is no text, or an item judged before; NotGiven for one that is not theirs;
    TooLate when enough others judged it or have it by now, what was written being kept as a draft.
    """
    said = Judgement(
        id=key,
        flag_id=flag_id,
        reviewer=reviewer,
        verdict=verdict,
        decided_at=now or datetime.now(UTC),
        codes=codes,
        note=clean_note(note),
        seconds=seconds,
    )
    check_said(said)

    def work(lease: Lease) -> Revealed | TooLate:
        return _decide(lease, judge_named(lease, reviewer), said, overlap=overlap)

    done = store.repeat("review: record a judgement", work)
    if isinstance(done, TooLate):
        raise done
    return done


def check_said(said: Judgement) -> None:
    """Refuse with UsageError what no form may send."""
    if said.verdict is Verdict.WITHDRAWN:
        raise UsageError(f"{said.flag_id}: a judgement is taken back by undoing it")
    if said.verdict is Verdict.SUSPECTED and not said.codes:
        raise UsageError(f"{said.flag_id}: a suspected violation must name at least one code")


def too_late(lease: Lease, said: Judgement, person: str) -> TooLate:
    """Keep what was written as a draft, and return what to tell its author."""
    draft = Draft(said.flag_id, person, said.decided_at, verdict=said.verdict, codes=said.codes, note=said.note)
    drafts.save_draft(lease, draft)
    return TooLate(f"{said.flag_id}: others have judged it or have it by now; what you wrote is kept as a draft")


def repeated(lease: Lease, said: Judgement, person: str) -> bool:
    """Tell whether this form has come before; UsageError when its key is that of another judgement."""
    before = judgements.load_judgement(lease, said.id)
    if before is None:
        return False
    if (before.flag_id, folded(before.reviewer)) != (said.flag_id, person):
        raise UsageError(f"{said.flag_id}: key {said.id} belongs to another judgement; each showing has its own")
    return True


def _decide(lease: Lease, user: User, said: Judgement, *, overlap: int) -> Revealed | TooLate:
    require_seen_by(lease, user, said.flag_id)
    if repeated(lease, said, user.name):
        return Revealed(flag=flags.load_flag(lease, said.flag_id), stored=False)
    places = assignments.assignments_of(lease, said.flag_id)
    mine = next((one for one in places if one.person == user.name), None)
    stage = _stage(said, mine)
    if not _has_room(places, user.name, stage, overlap=overlap, now=said.decided_at):
        return too_late(lease, said, user.name)
    judgements.append_judgement(lease, replace(said, stage=stage, seconds=_seconds(said, mine)))
    drafts.drop_draft(lease, said.flag_id, user.name)
    hasty = False
    if stage is Stage.PREVIEW:
        assignments.reveal(lease, said.flag_id, user.name, now=said.decided_at)
    else:
        assignments.settle(lease, said.flag_id, overlap=overlap, at=said.decided_at)
        hasty = set_hasty_aside(lease, user, overlap=overlap, now=said.decided_at)
    flag = flags.load_flag(lease, said.flag_id)
    return Revealed(flag=flag, stored=True, hasty=hasty, awaits_ruling=stage is Stage.PREVIEW)


def _stage(said: Judgement, mine: Assignment | None) -> Stage:
    """Tell what part of the review this is; UsageError when the person has done theirs."""
    if mine is not None and mine.judgement_id is not None:
        raise UsageError(f"{said.flag_id}: you have judged it; to judge it anew, undo that first")
    if mine is not None and mine.revealed_at is not None:
        raise UsageError(f"{said.flag_id}: you have seen what others said of it, so you cannot judge it blind any more")
    if mine is None or mine.stage is Stage.BLIND:
        return Stage.BLIND
    return Stage.PREVIEW if mine.stage is Stage.ADJUDICATION else Stage.GOLD


def _has_room(places: Sequence[Assignment], person: str, stage: Stage, *, overlap: int, now: datetime) -> bool:
    """Tell whether one more is wanted: judgements and people holding the item together reach `overlap`, never more."""
    if stage is Stage.GOLD:
        return True
    if stage is Stage.PREVIEW:
        return assignments.is_disputed(places, overlap=overlap)
    others = [one for one in places if one.person != person and one.stage is Stage.BLIND]
    return sum(one.verdict is not None or one.holds(now) for one in others) < overlap


def _seconds(said: Judgement, mine: Assignment | None) -> float | None:
    if said.seconds is not None or mine is None or mine.shown_at is None:
        return said.seconds
    return round((said.decided_at - max(mine.shown_at, mine.taken_at)).total_seconds(), 1)
