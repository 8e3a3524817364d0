"""Draws: unflagged posts picked at random, which reviewers judge like flags, so that one learns what goes unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from scanner.domain.flags import Phase
from scanner.errors import UsageError
from scanner.store import audit, tables
from scanner.store.connection import Lease

_SPACE = 2**32

# A score says that somebody in service wrote it on that day: what was posted outside is dropped before (G5).
_UNFLAGGED = """
    SELECT v.id, v.post_id, p.account_id, v.posted_at, v.captured_at AS known_at,
           ('0x' || left(md5($seed || v.id), 8))::BIGINT AS number
    FROM versions AS v JOIN posts AS p ON p.id = v.post_id JOIN listed AS a ON a.id = p.account_id
    WHERE (v.captured_at AT TIME ZONE 'Asia/Jakarta')::DATE = $day
      AND p.role NOT IN ('tagged', 'depicted', 'co_authored') AND v.posted_at IS NOT NULL
      AND EXISTS (FROM scores AS s WHERE s.version_id = v.id)
      AND NOT EXISTS (FROM flags AS f WHERE f.post_id = v.post_id)
      AND NOT EXISTS (FROM draws AS d WHERE d.id = v.id)
    ORDER BY number, v.id"""


@dataclass(frozen=True, slots=True)
class Draw:
    """One unflagged version that waits for reviewers."""

    id: str
    """versions.id"""
    post_id: str
    account_id: str
    election_id: str
    phase: Phase
    posted_at: datetime
    known_at: datetime


def draw_unflagged(
    lease: Lease,
    *,
    day: date,
    seed: str,
    election_id: str,
    phase_at: Callable[[datetime], Phase],
    share: float | None = None,
    count: int | None = None,
    by: str,
) -> list[str]:
    """Draw among the posts captured on a day (WIB) that no rule flagged, by `share` (0 to 1) or `count`; return ids.

    Only what listed people published themselves while in service. The seed decides: drawing the same day again draws
    nothing more by count, and by share only among posts that came since. `phase_at` tells the election's phase at a
    moment. UsageError unless exactly one of share and count is given.
    """
    if (share is None) == (count is None):
        raise UsageError("draw_unflagged: give either share or count")
    if share is None:
        [(before,)] = lease.rows('SELECT count(*) FROM draws WHERE "day" = $day', {"day": day})
        share, count = 1.0, max(0, (count or 0) - before)
    rows = lease.dicts(_UNFLAGGED, {"day": day, "seed": seed})
    picked = [row for row in rows if row.pop("number") < share * _SPACE][:count]
    new = tables.insert_new(lease, "draws", [_row(row, day, election_id, phase_at) for row in picked], keys=["id"])
    if new:
        detail = {"day": day.isoformat(), "drawn": len(new), "among": len(rows)}
        audit.append(lease, actor=by, action="posts.draw", subject="draws", detail=detail)
    return sorted(new)


def load_draws(lease: Lease, ids: Iterable[str]) -> dict[str, Draw]:
    """Return draws by id; an id that was not drawn is left out."""
    rows = lease.dicts(
        """SELECT id, post_id, account_id, election_id, phase, posted_at, known_at FROM draws
           WHERE id = ANY($ids::VARCHAR[])""",
        {"ids": list(ids)},
    )
    return {row["id"]: Draw(**{**row, "phase": tables.word_of(Phase, row["phase"], "draws.phase")}) for row in rows}


def flag_drawn(lease: Lease, flag_ids: Iterable[str]) -> None:
    """Let new flags take the place of draws: what reviewers said of a draw was said of the same words."""
    params = {"ids": list(flag_ids)}
    if lease.rows("SELECT id FROM draws WHERE id = ANY($ids::VARCHAR[])", params):
        lease.execute(
            """UPDATE flags SET settled_at = d.settled_at FROM draws AS d
               WHERE d.id = flags.id AND d.id = ANY($ids::VARCHAR[])""",
            params,
        )
        lease.execute("UPDATE draws SET flagged_at = now() WHERE id = ANY($ids::VARCHAR[])", params)


def _row(row: dict[str, Any], day: date, election_id: str, phase_at: Callable[[datetime], Phase]) -> dict[str, Any]:
    phase = phase_at(row["posted_at"].astimezone(UTC))
    return {**row, "day": day, "election_id": election_id, "phase": phase}
