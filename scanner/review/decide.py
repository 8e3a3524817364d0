"""What becomes of a decision: appended once, undone by a further judgement, revealed only after deciding."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.flags import Flag
from scanner.domain.reviews import Judgement, Verdict
from scanner.errors import StoreError, UsageError
from scanner.store import flags, judgements
from scanner.store.connection import Lease, Store


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a reviewer may see after deciding: the machine's flag with its scores."""

    flag: Flag
    stored: bool
    """False when this very judgement had been stored before (the form was sent twice)."""


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
) -> Revealed:
    """Append one judgement and reveal what the machine saw.

    The same key stored twice is one judgement. UsageError when a suspected violation names no code.
    """
    if verdict is Verdict.SUSPECTED and not codes:
        raise UsageError(f"{flag_id}: a suspected violation must name at least one code")
    judgement = Judgement(
        id=key,
        flag_id=flag_id,
        reviewer=reviewer,
        verdict=verdict,
        decided_at=datetime.now(UTC),
        codes=codes,
        note=note,
        seconds=seconds,
    )

    def record(lease: Lease) -> tuple[bool, Flag | None]:
        return judgements.append_judgement(lease, judgement), flags.load_flag(lease, flag_id)

    stored, flag = store.repeat("review: record a judgement", record)
    if flag is None:
        raise StoreError(f"{flag_id}: there is no such flag")
    return Revealed(flag=flag, stored=stored)


def undo(store: Store, *, key: str, flag_id: str, reviewer: str) -> None:
    """Take the reviewer's standing judgement of a flag back by appending a withdrawal."""
    with store.lease("review: withdraw a judgement") as lease:
        standing = judgements.current_judgements(lease, [flag_id])
        if not any(judgement.reviewer == reviewer for judgement in standing):
            raise UsageError(f"{flag_id}: {reviewer} has no standing judgement to take back")
        withdrawal = Judgement(
            id=key, flag_id=flag_id, reviewer=reviewer, verdict=Verdict.WITHDRAWN, decided_at=datetime.now(UTC)
        )
        judgements.append_judgement(lease, withdrawal)
