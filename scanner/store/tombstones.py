"""Tombstones: what is left of posts that had to leave, so that they are known again and counted, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scanner.domain.flags import Phase
from scanner.domain.posts import Post
from scanner.domain.retention import Outcome
from scanner.store import tables
from scanner.store.connection import Lease
from scanner.store.marks import Mark, load_key, mark

_KIND = {Outcome.ERASED: Mark.POST, Outcome.WITHDRAWN: Mark.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Tomb:
    """Why a post leaves, and what it is counted under."""

    outcome: Outcome
    election_id: str | None = None
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many posts left that have this in common."""

    outcome: Outcome
    platform: str
    election_id: str | None
    phase: Phase | None
    week: date | None
    """Monday of the week they were posted in (WIB)."""
    posts: int


def bury(lease: Lease, tombs: Mapping[str, Tomb], *, event: int, at: datetime) -> int:
    """Leave a tombstone for posts that are on record still, and one for each other wording; return how many posts."""
    key = load_key(lease)
    stored = lease.dicts(
        """SELECT p.id, p.platform, v.id AS version_id, v.id = p.version_id AS current,
                  CAST(date_trunc('week', v.posted_at AT TIME ZONE 'Asia/Jakarta') AS DATE) AS week
           FROM posts AS p JOIN versions AS v ON v.post_id = p.id WHERE p.id = ANY($ids::VARCHAR[])""",
        {"ids": list(tombs)},
    )
    rows = [_row(key, tombs[one["id"]], one) | {"purged_at": at, "event": event} for one in stored]
    added = tables.insert_new(lease, "tombstones", rows, keys=["mark"])
    return len(added)


def buried(lease: Lease, posts: Iterable[Post]) -> set[str]:
    """Return the version ids of those posts that left and must not come back as they are; none of posts on record."""
    if not lease.rows("SELECT mark FROM tombstones LIMIT 1"):
        return set()
    wordings = {post.version_id: post.id for post in posts}
    these, params = tables.among(set(wordings.values()))
    known = {post for (post,) in lease.rows(f"SELECT id FROM posts WHERE id IN {these}", params)}  # noqa: S608
    key = load_key(lease)
    marks = {
        version: {mark(key, Mark.POST, post), mark(key, Mark.VERSION, version)}
        for version, post in wordings.items()
        if post not in known
    }
    found = set(known_marks(lease, set().union(*marks.values())))
    return {version for version, made in marks.items() if made & found}


def known_marks(lease: Lease, marks: Collection[str]) -> list[str]:
    """Return those marks of which there is a tombstone."""
    these, params = tables.among(marks)
    return [found for (found,) in lease.rows(f"SELECT mark FROM tombstones WHERE mark IN {these}", params)]  # noqa: S608


def count_tombstones(lease: Lease) -> list[Counted]:
    """Return how many posts left by outcome, platform, election, phase and week. There is no account among it."""
    rows = lease.dicts(
        """SELECT outcome, platform, election_id, phase, week, count(*) AS posts FROM tombstones
           WHERE outcome <> $earlier GROUP BY ALL ORDER BY ALL""",
        {"earlier": Outcome.EARLIER},
    )
    return [
        Counted(
            **{
                **row,
                "outcome": tables.word_of(Outcome, row["outcome"], "tombstones.outcome"),
                "phase": tables.word_of(Phase, row["phase"], "tombstones.phase") if row["phase"] else None,
            }
        )
        for row in rows
    ]


def _row(key: bytes, tomb: Tomb, stored: Mapping[str, Any]) -> dict[str, Any]:
    kind = _KIND.get(tomb.outcome, Mark.VERSION)
    name = stored["version_id"] if kind is Mark.VERSION else stored["id"]
    counts = stored["current"] or kind is not Mark.VERSION
    return {
        "mark": mark(key, kind, name),
        "outcome": tomb.outcome if counts else Outcome.EARLIER,
        "platform": stored["platform"],
        "election_id": tomb.election_id,
        "phase": tomb.phase,
        "week": stored["week"],
    }
