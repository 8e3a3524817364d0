"""Referring a flag as an allegation: by the adjudicator, on two people's word, and not silently when it is late."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.domain.users import Role, User
from scanner.errors import ReviewError, UsageError
from scanner.review.assign import require_judge, require_seen_by
from scanner.review.clock import Clock, safe_clock
from scanner.review.states import State, state_of
from scanner.review.texts import clean_note
from scanner.store import audit, referrals
from scanner.store.connection import Store


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
        if state is State.LEWAT_WAKTU and not reason:
            raise ReviewError(
                f"{flag_id}: {state}: the time to report has run out; say why it is referred all the same"
            )
        if state not in (State.SIAP_RUJUK, State.LEWAT_WAKTU):
            raise ReviewError(f"{flag_id}: it is {state}; {State.SIAP_RUJUK} would be valid")
        referred = referrals.record_referral(lease, flag_id, by=user.name, at=moment)
        if state is State.LEWAT_WAKTU:
            detail = {"reason": reason}
            audit.append(lease, actor=user.name, action="flag.refer_late", subject=flag_id, detail=detail, at=moment)
        return referred
