"""What a backfill plans: never outside the law, never silently narrower, and not twice what was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanner.collect.interface import Window
from scanner.domain.accounts import Platform
from scanner.domain.runs import Coverage, Outcome, Run, Tally
from scanner.errors import UsageError
from scanner.scan.backfill import Backfill, narrowed, plan_backfill
from scanner.store import runs
from tests.scan.conftest import Town

NOW, DAY = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(days=1)
LEGAL = Window(since=NOW - 90 * DAY)

moments = st.integers(-200 * 24, 100 * 24).map(lambda hours: NOW + timedelta(hours=hours))
windows = st.builds(Window, since=st.none() | moments, until=st.none() | moments)


@given(windows, moments)
def test_nothing_outside_the_law_or_what_was_asked_is_ever_looked_at(asked: Window, posted: datetime):
    try:
        window, _ = narrowed(asked, LEGAL, NOW)
    except UsageError:
        return
    assert window.holds(posted) == (asked.holds(posted) and LEGAL.holds(posted) and posted < NOW)


@given(windows)
def test_whatever_is_cut_off_is_told_and_nothing_else(asked: Window):
    assume(asked.since is not None)
    assume(asked.until is not None)
    try:
        window, cut = narrowed(asked, LEGAL, NOW)
    except UsageError as error:
        assert "nothing of it may be looked at; valid: posting times from 2026-08-24" in str(error)
        assert max(asked.since, LEGAL.since) >= min(asked.until, NOW)
        return
    told = " ".join(cut)
    assert ("posts before" in told) == (window.since != asked.since)
    assert ("posts after" in told) == (window.until != asked.until)


def test_an_open_end_is_said_to_be_closed():
    window, cut = narrowed(Window(), LEGAL, NOW)
    assert window == Window(since=LEGAL.since, until=NOW)
    assert len(cut) == 2


def test_before_the_stages_without_any_bound_begins_where_it_was_asked():
    assert narrowed(Window(NOW - DAY, NOW), Window(), NOW) == (Window(NOW - DAY, NOW), ())


@pytest.fixture
def town(kept_town: Town) -> Town:
    return kept_town


ASKED = Window(since=datetime.now(UTC) - 20 * DAY, until=datetime.now(UTC) - 2 * DAY)


def plan(town: Town, asked: Window = ASKED, *, again: bool = False, **chosen: frozenset) -> Backfill:  # type: ignore[type-arg]
    with town.workspace.scan() as scan:
        return plan_backfill(scan, asked, datetime.now(UTC), again=again, **chosen)


def looked(town: Town, *, since: datetime, until: datetime, outcome: Outcome, trigger: str = "backfill") -> str:
    """Put a look at the first account on record; return the account."""
    with town.workspace.store.lease("test") as lease:
        account = lease.rows("SELECT min(id) FROM listed")[0][0]
        run = Run(
            id=f"scan-{trigger}-{outcome}",
            kind="scan",
            started_at=since,
            ended_at=None,
            exit_code=None,
            versions="v",
            trigger=trigger,
            since=since,
            until=until,
        )
        runs.start_run(lease, run)
        runs.save_coverage(lease, [Coverage(run.id, account, outcome, "", Tally(), 1, since, since)])
    return str(account)


def test_all_listed_accounts_are_planned_aside_within_the_window(town: Town):
    found = plan(town)
    assert len(found.plan.planned) == 6
    assert {(item.window, item.aside) for item in found.plan.planned} == {(ASKED, True)}
    assert (found.seen, found.cut, found.known) == ((), (), 0)
    assert sum(one.accounts for one in found.plan.asked) == 6
    assert {item.account.platform for item in plan(town, platforms=frozenset({Platform.RSS})).plan.planned} == {"rss"}


def test_what_a_backfill_saw_completely_is_left_out_also_of_a_killed_one(town: Town):
    account = looked(town, since=ASKED.since - DAY, until=ASKED.until, outcome=Outcome.COMPLETE)
    found = plan(town)
    assert found.seen == (account,)
    assert account not in {item.account.id for item in found.plan.planned}
    assert sum(one.accounts for one in found.plan.asked) == 5
    assert len(plan(town, again=True).plan.planned) == 6


def test_one_that_is_too_much_for_a_backfill_does_not_keep_the_others_from_their_turn(town: Town):
    first = plan(town).plan.planned[0].account.id
    account = looked(town, since=ASKED.since, until=ASKED.until, outcome=Outcome.PARTIAL)
    assert first == account
    assert plan(town).plan.planned[-1].account.id == account


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": Outcome.PARTIAL},
        {"trigger": "hand"},
        {"since": ASKED.since + DAY},
        {"until": ASKED.until - DAY},
    ],
    ids=lambda changes: ", ".join(changes),
)
def test_less_than_that_is_looked_for_again(town: Town, changes: dict):  # type: ignore[type-arg]
    values = {"since": ASKED.since, "until": ASKED.until, "outcome": Outcome.COMPLETE}
    looked(town, **{**values, **changes})
    assert len(plan(town).plan.planned) == 6


def test_posts_of_these_times_on_record_are_counted(town: Town):
    with town.workspace.scan() as scan:
        scan.run(scan.plan(datetime.now(UTC)))
    with town.workspace.store.lease("test") as lease:
        times = [at for (at,) in lease.rows("SELECT posted_at FROM versions WHERE posted_at IS NOT NULL")]
    assert plan(town).known == sum(ASKED.holds(at) for at in times) > 0
    some = frozenset({plan(town).plan.planned[0].account.id})
    assert plan(town, only=some).known < plan(town).known


def test_times_before_the_stages_are_refused_before_anything_is_asked(town: Town):
    with pytest.raises(UsageError, match="nothing of it may be looked at"):
        plan(town, replace(ASKED, since=ASKED.since - 900 * DAY, until=ASKED.since - 800 * DAY))
