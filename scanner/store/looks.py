"""When accounts were last looked at, as the record of runs says: it alone decides who is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from scanner.domain.accounts import Platform
from scanner.domain.runs import PUT_OFF, SOON, Looks
from scanner.store import tables
from scanner.store.connection import Lease

_REMEMBERED = timedelta(days=30)
"""Longer than any interval may be. What is older is as good as never, and need not be read."""


def last_looks(lease: Lease, now: datetime) -> dict[str, Looks]:
    """Return by account when it was last looked at or refused; accounts that never were are left out.

    A backfill, a scan of a window with an end, an import: what did not ask for the newest posts takes nobody's turn.
    """
    rows = lease.rows(
        """SELECT account_id, max(started_at) FILTER (started_at <= $now),
                  max(started_at) FILTER (started_at > $now AND started_at <= $soon),
                  max(started_at) FILTER (started_at > $soon)
           FROM coverage WHERE started_at > $since AND NOT (outcome = 'not_tried' AND ends_with(reason, $put_off))
           AND run_id NOT IN (
               SELECT id FROM runs WHERE kind NOT IN ('scan', 'demo') OR trigger = 'backfill' OR until IS NOT NULL)
           GROUP BY account_id""",
        {"now": now, "soon": now + SOON, "since": now - _REMEMBERED, "put_off": PUT_OFF},
    )
    return {account_id: Looks(past, soon, ahead) for account_id, past, soon, ahead in rows}


def listed(lease: Lease) -> dict[str, Platform]:
    """Return the accounts on the list with their platforms, in order of id; suspended ones are left out."""
    rows = lease.rows("SELECT id, platform FROM listed ORDER BY id")
    return {key: tables.word_of(Platform, platform, "accounts.platform") for key, platform in rows}
