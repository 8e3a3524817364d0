"""What the operation of a workspace is watched by: runs, coverage, what waits, backups.

Counts and moments, never persons. Who is suspended has no part in any of it, as everywhere. What lies ahead by more
than `SOON` was made under a wrong clock and does not count: it would be the last for years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from scanner.domain.runs import SOON, Outcome
from scanner.store import pauses, tables
from scanner.store.connection import Lease

DAY = timedelta(days=1)


class Trouble(StrEnum):
    """Classes of what kept a look at an account from being complete."""

    PRIVATE = "private"
    GONE = "gone"
    BLOCKED = "blocked"  # by robots.txt, terms, our address guard or the platform
    NOT_TRIED = "not_tried"  # mandate, listing, approval; or the run ended before its turn
    KEY = "key"  # missing, expired or refused
    BUDGET = "budget"  # what we allow ourselves in a day is used up
    THROTTLED = "throttled"  # we were asked to come later
    DRIFT = "drift"  # answers of a shape we do not know
    UNREADABLE = "unreadable"  # single items went into quarantine
    FAULT = "fault"  # of ours; the log says where
    TIME = "time"  # the look, or its run, took as long as it may; the next one goes on from there
    OTHER = "other"  # deadline, connection, server error, or something that could not be seen: the ledger says what


_RUNS = """
    SELECT max(ended_at) FILTER (exit_code = 0 OR (exit_code = 3 AND coalesce(complete, 1) > 0)) AS succeeded_at,
           max(ended_at) AS ended_at, arg_max(exit_code, ended_at) AS exit_code,
           arg_max(epoch(ended_at - started_at), ended_at) AS seconds,
           coalesce(sum(requests) FILTER (ended_at > $since), 0) AS requests,
           coalesce(sum(throttled) FILTER (ended_at > $since), 0) AS throttled
    FROM runs WHERE kind IN ('scan', 'demo') AND trigger <> 'backfill' AND started_at <= $soon"""
"""Runs that covered no account at all have not succeeded, whatever they say of themselves."""

_ACCOUNTS = """
    WITH latest AS (
        SELECT account_id, arg_max(outcome, started_at) AS outcome FROM coverage
        WHERE started_at <= $soon GROUP BY account_id)
    SELECT coalesce(outcome, 'not_tried'), count(*) FROM listed LEFT JOIN latest ON account_id = id GROUP BY ALL"""

_POSTS = """
    SELECT platform, count(*) FROM posts
    WHERE account_id NOT IN (SELECT id FROM accounts WHERE suspended_at IS NOT NULL) GROUP BY ALL"""

# By the words of `errors` as collectors and the client say them, for the ledger keeps words and no classes.
CLASSES = r"""
    CASE WHEN outcome IN ('private', 'gone', 'blocked') THEN outcome
         WHEN regexp_matches(reason, '(asks|asked) us to wait|asked too quickly') THEN 'throttled'
         WHEN regexp_matches(reason, '(budget|quota|requests|credits|cap) .*used up') THEN 'budget'
         WHEN regexp_matches(reason, 'next (look|one) goes on from here|before this account$') THEN 'time'
         WHEN regexp_matches(reason, '\.keys\b|the key is (refused|wrong)|the app behind .* is blocked') THEN 'key'
         WHEN outcome = 'not_tried' THEN outcome
         WHEN reason LIKE 'unexpected %' THEN 'fault'
         WHEN regexp_matches(reason, 'answered .* (where|that is no)|answered with (the|another)|of another shape|' ||
             'nested deeper|none of .* could be read|no list of messages|has the interface changed|neither .* n?or |' ||
             'does not take our request|may have changed') THEN 'drift'
         WHEN reason LIKE '%are in quarantine' THEN 'unreadable'
         ELSE 'other' END"""
"""Class of what is wrong, by the columns `outcome` and `reason`."""

_TROUBLES = f"""
    SELECT {CLASSES} AS trouble, count(*) FROM coverage JOIN listed ON id = account_id
    WHERE outcome <> 'complete' AND ended_at > $since AND started_at <= $soon GROUP BY trouble"""  # noqa: S608

_QUEUE = """
    SELECT (SELECT count(*) FROM assignments WHERE NOT closed AND judgement_id IS NULL AND held_until > $now) AS held,
           (SELECT max(made_at) FROM exports WHERE kind = 'backup' AND made_at <= $soon) AS backed_up_at,
           (SELECT max(seq) FROM audit) AS events"""

_WAITING = """
    SELECT i.election_id, i.known_at FROM items AS i JOIN listed AS a ON a.id = i.account_id
    WHERE i.settled_at IS NULL ORDER BY i.known_at"""


@dataclass(frozen=True, slots=True)
class Operations:
    """The operation of a workspace at one moment."""

    succeeded_at: datetime | None
    """End of the last scan that ran through and covered at least one account; None: never."""
    ended_at: datetime | None
    """End of the last scan, however it ended."""
    exit_code: int | None
    seconds: float | None
    """What the last scan took."""
    requests: int
    """Of the scans of the last 24 hours."""
    throttled: int
    """Answers of the last 24 hours that asked us to come later (429, 503)."""
    accounts: dict[Outcome, int]
    """Listed accounts by what the latest look at them brought."""
    posts: dict[str, int]
    """By platform."""
    troubles: dict[Trouble, int]
    """Looks of the last 24 hours that were not complete."""
    waiting: dict[str, list[datetime]]
    """By election, when the items that wait for reviewers became known, the oldest first."""
    held: int
    """Items in reviewers' hands."""
    backed_up_at: datetime | None
    events: int
    """Number of the last event of the audit chain."""
    paused: bool

    @property
    def oldest(self) -> datetime | None:
        """When the oldest item that waits became known."""
        return min((moments[0] for moments in self.waiting.values()), default=None)


def load_operations(lease: Lease, now: datetime) -> Operations:
    """Read how a workspace is doing; reads only."""
    soon = {"soon": now + SOON}
    since: dict[str, Any] = {"since": now - DAY, **soon}
    waiting: dict[str, list[datetime]] = {}
    for election, known_at in lease.rows(_WAITING):
        waiting.setdefault(election, []).append(known_at)
    [told], [stands] = lease.dicts(_RUNS, since), lease.dicts(_QUEUE, {"now": now, **soon})
    return Operations(
        **told,
        **{**stands, "events": stands["events"] or 0},
        accounts={
            tables.word_of(Outcome, outcome, "coverage.outcome"): count
            for outcome, count in lease.rows(_ACCOUNTS, soon)
        },
        paused=pauses.current(lease, now) is not None,
        posts=dict(lease.rows(_POSTS)),
        troubles={Trouble(trouble): count for trouble, count in lease.rows(_TROUBLES, since)},
        waiting=waiting,
    )
