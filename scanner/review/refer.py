"""Referring a flag as an allegation: by the adjudicator, on two people's word, and not silently when it is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.flags import Flag
from scanner.domain.reviews import Verdict
from scanner.domain.users import Role, User
from scanner.errors import ReviewError, UsageError
from scanner.review.assign import require_judge, require_seen_by
from scanner.review.clock import Clock, Due, safe_clock
from scanner.review.states import State, is_sure, state_of
from scanner.review.texts import clean_note
from scanner.store import accounts, assignments, audit, draws, flags, judgements, referrals
from scanner.store.connection import Lease, Store
from scanner.store.draws import Draw
from scanner.store.referrals import Referral

_SUSPECTED = frozenset({State.KLARIFIKASI, State.SIAP_RUJUK, State.LEWAT_WAKTU, State.RUJUKAN})


@dataclass(frozen=True, slots=True)
class Allegation:
    """A settled suspicion as the adjudicator sees it who may refer it."""

    state: State
    """KLARIFIKASI, SIAP_RUJUK, LEWAT_WAKTU or RUJUKAN."""
    sure: bool
    """Two people hold it suspected, the account is confirmed, and a rule flagged it."""
    drawn: bool
    """No rule flagged it: people found it in the sample. What they found is referred once a rule sees it too."""
    codes: tuple[str, ...]
    """What they named, or what was referred."""
    due: Due
    referred_at: datetime | None


def allegation(
    store: Store,
    user: User,
    flag_id: str,
    *,
    overlap: int = 2,
    clock: Clock | None = None,
    now: datetime | None = None,
) -> Allegation | None:
    """Return a settled suspicion for an adjudicator who has seen all views of it; None for all else."""
    if user.role is not Role.ADJUDICATOR:
        return None
    moment, timers = now or datetime.now(UTC), clock or safe_clock()
    with store.lease("review: an allegation", reading=True) as lease:
        require_seen_by(lease, user, flag_id)
        mine, item = assignments.assignment(lease, flag_id, user.name), _item(lease, flag_id)
        if item is None or mine is None or mine.revealed_at is None:
            return None
        state = state_of(lease, flag_id, overlap=overlap, clock=timers, now=moment)
        if state not in _SUSPECTED:
            return None
        referral = referrals.load_referral(lease, flag_id)
        return Allegation(
            state=state,
            sure=_is_sure(lease, item, moment),
            drawn=isinstance(item, Draw),
            codes=_codes(lease, flag_id, referral),
            due=timers.due(item.election_id, item.known_at),
            referred_at=referral.referred_at if referral else None,
        )


def refer(
    store: Store,
    user: User,
    flag_id: str,
    *,
    late_because: str = "",
    overlap: int = 2,
    clock: Clock | None = None,
    now: datetime | None = None,
) -> bool:
    """Record that a flag is referred as an allegation (dugaan); False when that is on record already.

    One that is LEWAT-WAKTU is referred only with a reason, which goes on the audit chain. Errors: UsageError for
    anybody but an adjudicator; ReviewError while it may not be referred, which tells why.
    """
    require_judge(user)
    if user.role is not Role.ADJUDICATOR:
        raise UsageError(f"{user.name}: role {user.role} refers nothing; adjudicator does")
    moment, reason = now or datetime.now(UTC), clean_note(late_because, what="reason")
    with store.lease("review: refer a flag") as lease:
        require_seen_by(lease, user, flag_id)
        state = state_of(lease, flag_id, overlap=overlap, clock=clock or safe_clock(), now=moment)
        if state is State.RUJUKAN:
            return False
        if refusal := _refusal(lease, flag_id, state, reason, moment):
            raise ReviewError(f"{flag_id}: {refusal}")
        referred = referrals.record_referral(lease, flag_id, by=user.name, at=moment)
        if state is State.LEWAT_WAKTU:
            detail = {"reason": reason}
            audit.append(lease, actor=user.name, action="flag.refer_late", subject=flag_id, detail=detail, at=moment)
        return referred


def _refusal(lease: Lease, flag_id: str, state: State, reason: str, now: datetime) -> str:
    """Return why a flag may not be referred; empty when it may."""
    if state is State.SIAP_RUJUK:
        return ""
    item = _item(lease, flag_id)
    if isinstance(item, Draw) and state in _SUSPECTED:  # while it is open, it looks like a flag
        return f"it is {state}, and no rule flagged it: what is referred names its rules (guardrail G23)"
    if state is not State.LEWAT_WAKTU:
        return f"it is {state}; {State.SIAP_RUJUK} would be valid"
    if not reason:
        return f"{state}: the time to report has run out; say why it is referred all the same"
    sure = item is not None and _is_sure(lease, item, now)
    return "" if sure else "two people must hold it suspected and its account must be confirmed (A)"


def _item(lease: Lease, item_id: str) -> Flag | Draw | None:
    return flags.load_flag(lease, item_id) or draws.load_draws(lease, [item_id]).get(item_id)


def _is_sure(lease: Lease, item: Flag | Draw, now: datetime) -> bool:
    account = accounts.load_account(lease, item.account_id)
    seats = [one.seat(now) for one in assignments.assignments_of(lease, item.id)]
    return isinstance(item, Flag) and account is not None and is_sure(account, seats)


def _codes(lease: Lease, flag_id: str, referral: Referral | None) -> tuple[str, ...]:
    """Return the codes of the two judgements that were referred, or of all who hold it suspected."""
    said = judgements.judgements_of(lease, flag_id) if referral else judgements.current_judgements(lease, [flag_id])
    counts = [one for one in said if (one.id in referral.judgements if referral else one.verdict is Verdict.SUSPECTED)]
    return tuple(dict.fromkeys(code for one in counts for code in one.codes))
