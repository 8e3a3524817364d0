"""What becomes of a decision: appended once, counted once, undone by a further judgement, revealed only afterwards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.flags import Flag
from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.users import User
from scanner.errors import TooLate
from scanner.review.assign import judge_named
from scanner.review.record import Recorded, check_said, record
from scanner.review.texts import clean_note
from scanner.store import drafts, flags
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


def decide(store: Store, said: Judgement, *, overlap: int = 2, timed: bool = True) -> Revealed:
    """Append one judgement of a flag or a drawn post and reveal what the machine saw.

    The same key stored twice is one judgement; without `timed` no time is taken. Errors: UsageError for an item judged
    before; NotGiven for one that is not theirs; TooLate when enough others judged it or have it by now, what was
    written being kept as a draft.
    """
    done = store.repeat("review: record a judgement", lambda lease: keep(lease, said, overlap=overlap, timed=timed))
    if isinstance(done, TooLate):
        raise done
    with store.lease("review: read what was flagged", reading=True) as lease:
        return reveal(lease, said, done)


def judgement_of(
    key: str,
    flag_id: str,
    reviewer: str,
    verdict: Verdict,
    *,
    codes: tuple[str, ...] = (),
    note: str = "",
    seconds: float | None = None,
    now: datetime | None = None,
) -> Judgement:
    """Return what somebody says, checked as far as it can be without the record.

    `seconds` default to the time since it was shown. UsageError for a suspicion without a code and a note that is no
    text.
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
    return said


def keep(lease: Lease, said: Judgement, *, overlap: int, timed: bool = True) -> Recorded | TooLate:
    """Record what somebody says. TooLate is returned, not raised, so that the draft kept of it is stored."""
    user = judge_named(lease, said.reviewer)
    done = record(lease, user, said, overlap=overlap, timed=timed)
    return too_late(lease, user, said) if done is None else done


def too_late(lease: Lease, user: User, said: Judgement) -> TooLate:
    """Keep what was written as a draft, and return what to tell its author."""
    draft = Draft(said.flag_id, user.name, said.decided_at, verdict=said.verdict, codes=said.codes, note=said.note)
    drafts.save_draft(lease, draft)
    return TooLate(f"{said.flag_id}: others have judged it or have it by now; what you wrote is kept as a draft")


def reveal(lease: Lease, said: Judgement, done: Recorded) -> Revealed:
    """Read what may be seen after deciding."""
    return Revealed(
        flag=flags.load_flag(lease, said.flag_id),
        stored=done.stored,
        hasty=done.hasty,
        awaits_ruling=done.stage is Stage.PREVIEW,
    )
