"""Asking for phases by the day, and in SQL, tells of the same posts as asking for each post alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain.flags import Phase
from scanner.domain.retention import KEPT_FOR, Outcome, Policy
from scanner.domain.reviews import Stage, Verdict
from scanner.store import assignments, flags, gold, referrals, retention
from scanner.store.assignments import Hold
from scanner.store.connection import Lease, Store
from scanner.store.gold import Gold
from scanner.store.retention import _LIMITS, Election, Held, Past, _limits
from scanner.store.tombstones import Tomb
from tests.store.samples import HOUR, NOON, make_flag, make_post
from tests.store.test_retention import flag, put, settle

PHASES = (Phase.PRA, Phase.KAMPANYE, Phase.TENANG)
DAYS = st.integers(0, 40)
HOURS = st.none() | st.integers(0, 30 * 24)
POLICIES = st.builds(
    Policy,
    st.fixed_dictionaries(dict.fromkeys(KEPT_FOR, DAYS)),
    st.dictionaries(st.sampled_from(PHASES), st.dictionaries(st.sampled_from(KEPT_FOR), DAYS)),
)


def phase_on(day: date) -> Phase:
    return PHASES[day.toordinal() // 4 % 3]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A record with posts of every outcome: three unflagged, seven flagged, one of them twice."""
    store = Store(tmp_path_factory.mktemp("record") / "scanner.duckdb")
    with store.lease("fill") as lease:
        put(lease, *(make_post(number) for number in (11, 12, 13)))
        items = [flag(lease, number) for number in range(1, 8)]
        second = make_post(7, text="Kedua")
        put(lease, second, at=NOON + HOUR)
        flags.save_flags(lease, [make_flag(7, version_id=second.version_id)])
        verdicts = (Verdict.NOT_VIOLATION, Verdict.NOT_VIOLATION, Verdict.SUSPECTED, Verdict.SUSPECTED)
        for item, verdict in zip((*items[:3], items[6]), verdicts, strict=True):
            settle(lease, item, verdict)
        gold.set_gold(lease, Gold(items[1], Verdict.NOT_VIOLATION, (), set_by="dewi", set_at=NOON), reason="jelas")
        referrals.record_referral(lease, items[2], by="sari", at=NOON + HOUR)
        assignments.hold(lease, "sari", [Hold(items[4], Stage.BLIND, NOON + 20 * timedelta(days=1), shown=True)])
    return store


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(
    times=st.lists(st.tuples(HOURS, st.integers(0, 30 * 24), st.sampled_from(PHASES)), min_size=12, max_size=12),
    policy=POLICIES,
    zone=st.sampled_from(("Asia/Jakarta", "Asia/Jayapura", "America/St_Johns")),
    holds=st.sampled_from(((), ("mastodon",))),
    days=st.integers(0, 60),
)
def test_the_same_posts_leave_as_when_each_was_asked_for(
    filled: Store,
    times: list[tuple[int | None, int, str]],
    policy: Policy,
    zone: str,
    holds: tuple[str, ...],
    days: int,
):
    election = Election(id="pilbup-contoh", zone=zone, phase_on=phase_on)
    now = NOON + timedelta(days=days)
    with pytest.raises(_Done), filled.lease("wild times") as lease:
        _set_times(lease, times)
        told = retention.past_days(lease, policy, election, holds=holds, now=now)
        assert told == past_once(lease, policy, election, holds=holds, now=now)
        assert retention.count_past(lease, policy, election, holds=holds, now=now) == sum(not one.held for one in told)
        ids = [one.post_id for one in told[::2]]
        assert retention.past_days(lease, policy, election, holds=holds, only=ids, now=now) == told[::2]
        raise _Done


def test_a_phase_is_asked_for_once_a_day_however_many_posts_there_are(lease: Lease):
    asked: list[date] = []
    put(lease, *(make_post(number, posted_at=NOON - number * HOUR) for number in range(30)))
    election = Election("pilbup-contoh", "Asia/Jakarta", lambda day: asked.append(day) or Phase.PRA)  # type: ignore[func-returns-value]
    retention.read_past(lease, Policy(dict.fromkeys(KEPT_FOR, 7)), election, now=NOON)
    assert sorted(asked) == [date(2026, 11, 19), date(2026, 11, 20)]


class _Done(Exception):
    """Ends a lease so that nothing of it stays."""


def _set_times(lease: Lease, times: list[tuple[int | None, int, str]]) -> None:
    """Let versions have been posted and captured, and flags settled, at these hours after the start."""
    begin = NOON - timedelta(days=3)
    ids = [key for (key,) in lease.rows("SELECT id FROM versions ORDER BY id")]
    rows = [
        {
            "id": key,
            "posted": None if posted is None else begin + posted * HOUR,
            "captured": begin + captured * HOUR,
            "phase": phase,
        }
        for key, (posted, captured, phase) in zip(ids, times, strict=False)
    ]
    lease.register("wild", pa.Table.from_pylist(rows))
    lease.execute(
        "UPDATE versions SET posted_at = w.posted, captured_at = w.captured FROM wild w WHERE w.id = versions.id"
    )
    lease.execute("UPDATE flags SET phase = w.phase FROM wild w WHERE w.id = flags.id")
    lease.execute("UPDATE flags SET settled_at = w.captured FROM wild w WHERE w.id = flags.id AND settled_at NOT NULL")


# The reading as it was before: every post that might leave comes out of the record, and its phase is asked for alone.
_PAST = """
    WITH said AS (
        SELECT flag_id AS id, max_by(verdict, seq) FILTER (stage = 'adjudication') AS ruling,
               count(*) FILTER (verdict = 'suspected') > count(*) FILTER (verdict = 'not_violation') AS mostly
        FROM standing_judgements GROUP BY flag_id
    ), cases AS (
        SELECT i.post_id, i.election_id, i.phase,
               CASE WHEN r.flag_id IS NOT NULL THEN 'referred' WHEN i.settled_at IS NULL THEN 'unsettled'
                    WHEN coalesce(said.ruling = 'suspected', said.mostly) THEN 'suspected'
                    ELSE 'dismissed' END AS outcome,
               coalesce(r.referred_at, i.settled_at, greatest(i.known_at, v.captured_at)) AS since,
               i.id IN (SELECT item_id FROM gold) AS golden,
               i.id IN (SELECT item_id FROM assignments
                        WHERE NOT closed AND judgement_id IS NULL AND held_until > $now) AS in_hand
        FROM items AS i LEFT JOIN said USING (id) LEFT JOIN referrals AS r ON r.flag_id = i.id
        LEFT JOIN versions AS v ON v.id = i.id
    ), judged AS (
        SELECT post_id, bool_and(coalesce(c.since <= l.before, false)) AS past, bool_or(golden) AS golden,
               bool_or(in_hand) AS in_hand,
               arg_max(struct_pack(outcome := c.outcome, election_id, phase := c.phase), l.rank) AS item
        FROM cases AS c LEFT JOIN limits AS l ON l.outcome = c.outcome AND l.phase = c.phase GROUP BY post_id
    ), seen AS (SELECT post_id, max(captured_at) AS captured_at FROM versions GROUP BY post_id)
    SELECT p.id, p.platform, v.posted_at, s.captured_at, j.item.outcome AS outcome, j.item.election_id AS election_id,
           j.item.phase AS phase, coalesce(j.golden, false) AS golden, coalesce(j.in_hand, false) AS in_hand
    FROM posts AS p JOIN seen AS s ON s.post_id = p.id JOIN versions AS v ON v.id = p.version_id
    LEFT JOIN judged AS j ON j.post_id = p.id
    WHERE s.captured_at <= $newest AND coalesce(j.past, true) AND ($only IS NULL OR p.id = ANY($only::VARCHAR[]))
    ORDER BY j.post_id IS NULL, p.id"""


def past_once(lease: Lease, policy: Policy, election: Election, *, holds: Collection[str], now: datetime) -> list[Past]:
    phase_at: Callable[[datetime], Phase] = lambda at: election.phase_on(at.astimezone(ZoneInfo(election.zone)).date())  # noqa: E731
    lease.register("limits", pa.Table.from_pylist(list(_limits(policy, now)), schema=_LIMITS))
    newest = now - timedelta(days=min(policy.all_days(Outcome.UNFLAGGED)))
    rows = lease.dicts(_PAST, {"now": now, "newest": newest, "only": None})
    found = ((row, _phase(row, phase_at)) for row in rows)
    return [
        Past(row["id"], _tomb(row, phase, election), _held(row, holds))
        for row, phase in found
        if row["captured_at"] <= policy.before(Outcome.UNFLAGGED, phase, now)
    ]


def _phase(row: Mapping[str, Any], phase_at: Callable[[datetime], Phase]) -> Phase | None:
    if row["phase"] is not None:
        return Phase(row["phase"])
    return None if row["posted_at"] is None else phase_at(row["posted_at"].astimezone(UTC))


def _tomb(row: Mapping[str, Any], phase: Phase | None, election: Election) -> Tomb:
    outcome = Outcome(row["outcome"] or Outcome.UNFLAGGED)
    return Tomb(outcome, row["election_id"] or election.id, phase)


def _held(row: Mapping[str, Any], holds: Collection[str]) -> Held | None:
    if row["outcome"] is not None and row["platform"] in holds:
        return Held.LEGAL_HOLD
    if row["golden"]:
        return Held.GOLD
    return Held.IN_HAND if row["in_hand"] else None
