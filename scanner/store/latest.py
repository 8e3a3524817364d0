"""The latest look at each listed account, and the latest that saw everything.

Backfills look at old posts only and say nothing of how an account is doing; nor does a run that was stopped before it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner.domain.accounts import Platform
from scanner.domain.runs import PUT_OFF, SOON, Outcome
from scanner.store import tables
from scanner.store.connection import Lease
from scanner.store.operations import CLASSES, Trouble


@dataclass(frozen=True, slots=True)
class Latest:
    """What is on record of one listed account."""

    account_id: str
    platform: Platform
    looked_at: datetime | None
    """When the latest look began; None: never."""
    outcome: Outcome
    reason: str
    trouble: Trouble | None
    """Class of the reason; None when the look was complete, or never was."""
    succeeded_at: datetime | None
    """When the latest look ended that saw everything; None: never."""


# First the moments alone, then the words of the latest: reading all reasons of months takes three times as long.
_LATEST = f"""
    WITH looks AS (
        FROM coverage WHERE run_id NOT IN (SELECT id FROM runs WHERE trigger = 'backfill')
        AND NOT (outcome = 'not_tried' AND ends_with(reason, $put_off)) AND started_at <= $soon {{wanted}}),
    moments AS (
        SELECT account_id, max(started_at) AS looked_at, max(ended_at) FILTER (outcome = 'complete') AS succeeded_at
        FROM looks GROUP BY account_id),
    latest AS (
        SELECT account_id, looked_at, succeeded_at, outcome, reason, {CLASSES} AS trouble
        FROM looks JOIN moments USING (account_id) WHERE started_at = looked_at
        QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY run_id DESC) = 1)
    SELECT a.id AS account_id, a.platform, looked_at, coalesce(outcome, 'not_tried') AS outcome,
           coalesce(reason, '') AS reason, trouble, succeeded_at
    FROM listed AS a LEFT JOIN latest ON latest.account_id = a.id {{listed}} ORDER BY a.id"""  # noqa: S608


def load_latest(lease: Lease, now: datetime, only: Collection[str] | None = None) -> list[Latest]:
    """Return the latest looks in order of account; `only` narrows them to some accounts.

    Looks that lie ahead by more than `SOON` were made under a wrong clock: they would count as the latest for years.
    """
    wanted, listed, params = "", "", dict[str, Any]()
    if only is not None:
        marks, params = tables.among(only)
        wanted, listed = f"AND account_id IN {marks}", f"WHERE a.id IN {marks}"
    params |= {"put_off": PUT_OFF, "soon": now + SOON}
    rows = lease.dicts(_LATEST.format(wanted=wanted, listed=listed), params)
    return [_latest(row) for row in rows]


def _latest(row: dict[str, Any]) -> Latest:
    outcome = tables.word_of(Outcome, row["outcome"], "coverage.outcome")
    told = row["looked_at"] is not None and outcome is not Outcome.COMPLETE
    return Latest(
        account_id=row["account_id"],
        platform=tables.word_of(Platform, row["platform"], "accounts.platform"),
        looked_at=row["looked_at"],
        outcome=outcome,
        reason=row["reason"],
        trouble=Trouble(row["trouble"]) if told else None,
        succeeded_at=row["succeeded_at"],
    )
