"""Where an item stands on its way (rules catalogue, section 5c), as far as that follows from what people said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from scanner.domain.accounts import Account, Confidence
from scanner.domain.reviews import Stage, Verdict
from scanner.domain.seats import Seat, counted, is_disputed, outcome
from scanner.errors import StoreError
from scanner.review.clock import Clock
from scanner.store import accounts, assignments, draws, flags, referrals
from scanner.store.connection import Lease


class State(StrEnum):
    """States of the catalogue. What comes after RUJUKAN is for other bodies, and PEMBINAAN for people, to say."""

    ANTREAN = "ANTREAN"  # nobody has read it
    TELAAH_1 = "TELAAH-1"  # somebody is reading it
    TELAAH_2 = "TELAAH-2"  # somebody has, and another person shall
    TELAAH_3 = "TELAAH-3"  # they disagree: a third person rules
    BUKAN = "BUKAN"  # no violation; final for these words
    KLARIFIKASI = (
        "KLARIFIKASI"  # suspected, but the account is not confirmed, only one person says so, or no rule flagged it
    )
    SIAP_RUJUK = "SIAP-RUJUK"  # two people hold it suspected, the account is confirmed, there is time
    RUJUKAN = "RUJUKAN"
    LEWAT_WAKTU = "LEWAT-WAKTU"  # suspected, but the time to report has run out: still of use for guidance


def state_of(lease: Lease, flag_id: str, *, overlap: int, clock: Clock, now: datetime) -> State:
    """Return where a flag, or a post drawn at random, stands. StoreError for one that is not stored."""
    flag = flags.load_flag(lease, flag_id)
    item = flag or draws.load_draws(lease, [flag_id]).get(flag_id)
    account = accounts.load_account(lease, item.account_id) if item else None
    if item is None or account is None:
        raise StoreError(f"{flag_id}: there is no such flag and no such draw")
    if flag_id in referrals.referred_flags(lease):
        return State.RUJUKAN
    seats = [one.seat(now) for one in assignments.assignments_of(lease, flag_id)]
    match outcome(seats, overlap=overlap):
        case Verdict.SUSPECTED if clock.due(item.election_id, item.known_at).expired(now):
            return State.LEWAT_WAKTU
        case Verdict.SUSPECTED:
            return State.SIAP_RUJUK if flag and is_sure(account, seats) else State.KLARIFIKASI
        case Verdict.NOT_VIOLATION:
            return State.BUKAN
        case _:
            return _open(seats, overlap=overlap)


def _open(seats: Sequence[Seat], *, overlap: int) -> State:
    if is_disputed(seats, overlap=overlap):
        return State.TELAAH_3
    if counted(seats):
        return State.TELAAH_2
    return State.TELAAH_1 if any(one.held for one in seats) else State.ANTREAN


def is_sure(account: Account, seats: Sequence[Seat]) -> bool:
    """Tell whether the account is confirmed (guardrail G4) and two people hold the post suspected (G14)."""
    suspecting = sum(one.verdict is Verdict.SUSPECTED and one.stage is not Stage.GOLD for one in seats)
    return account.confidence is Confidence.A and suspecting > 1
