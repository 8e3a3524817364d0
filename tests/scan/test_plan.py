"""Who is looked at, how far back: never without a mandate, never before the stages began."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scanner.collect.interface import Window
from scanner.domain.accounts import Confidence, Platform
from scanner.domain.runs import Cursor
from scanner.errors import MandateError
from scanner.rules.election_files import load_election
from scanner.rules.elections import Election
from scanner.scan.plan import Plan, Planned, in_fair_order, plan_scan, sweep
from tests.store.samples import make_account, make_mandate

NOW = datetime(2024, 10, 20, 3, 0, tzinfo=UTC)
LISTED = {"listed_from": date(2024, 9, 1), "listed_until": date(2024, 12, 31)}


@pytest.fixture(scope="module")
def election() -> Election:
    return load_election("pilgub-lampung-2024")


def plan(election: Election, *, lookback_days: int = 120, window: Window | None = None, **changes: object) -> Plan:
    mandate = make_mandate(valid_from=date(2024, 1, 1), valid_until=date(2024, 12, 31), election_id=election.id)
    account = make_account(**{**LISTED, **changes})
    return plan_scan(
        [account],
        mandate=mandate,
        election=election,
        cursors={account.id: Cursor(high_water="7")},
        now=NOW,
        lookback_days=lookback_days,
        window=window,
    )


def test_a_listed_account_is_planned_from_its_cursor(election: Election):
    made = plan(election)
    assert [item.cursor for item in made.planned] == [Cursor(high_water="7")]
    assert made.refused == ()


def test_the_window_goes_no_further_back_than_allowed(election: Election):
    assert plan(election, lookback_days=10).planned[0].window == Window(since=NOW - timedelta(days=10))


def test_the_window_begins_no_earlier_than_the_stages(election: Election):
    assert election.calendar.start is not None
    since = plan(election, lookback_days=400).planned[0].window.since
    assert since is not None
    assert since.astimezone(UTC).date() == election.calendar.start - timedelta(days=1)  # local midnight is 17:00 UTC


def test_an_asked_window_can_only_narrow(election: Election):
    early = Window(since=datetime(2010, 1, 1, tzinfo=UTC), until=NOW)
    assert plan(election, lookback_days=10, window=early).planned[0].window == Window(NOW - timedelta(days=10), NOW)
    late = Window(since=NOW - timedelta(days=1))
    assert plan(election, window=late).planned[0].window == late


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"confidence": Confidence.C}, "confidence C"),
        ({"listed_until": date(2024, 10, 1)}, "listed 2024-09-01 to 2024-10-01"),
        ({"service_until": date(2024, 8, 1)}, "left service"),
    ],
)
def test_an_account_that_may_not_be_looked_at_is_refused_with_the_reason(
    election: Election, changes: dict[str, object], says: str
):
    made = plan(election, **changes)
    assert made.planned == ()
    assert says in made.refused[0][1].reason


def test_nothing_is_planned_outside_the_mandate(election: Election):
    with pytest.raises(MandateError, match="nothing is fetched"):
        plan_scan(
            [make_account()],
            mandate=make_mandate(valid_until=date(2024, 10, 19), valid_from=date(2024, 1, 1)),
            election=election,
            cursors={},
            now=NOW,
            lookback_days=30,
        )


def test_platforms_that_come_first_get_three_turns_for_one_of_the_others():
    slow, wanted = (
        [Planned(make_account(handle=f"{number}", platform=name), Cursor(), Window(), host=name) for number in range(6)]
        for name in (Platform.MASTODON, Platform.TIKTOK)
    )
    order = [item.host for item in in_fair_order([*slow, *wanted], {}, {Platform.TIKTOK})]
    assert order[:8].count("tiktok") == 6
    assert order[0] == order[4] == "mastodon"
    assert [item.host for item in in_fair_order([*slow, *wanted], {})][:4] == ["mastodon", "tiktok"] * 2


def test_a_full_walk_that_ended_under_a_clock_ahead_does_not_count():
    swept = Cursor(high_water="7", swept_at=NOW + timedelta(days=3650))
    assert sweep(swept, NOW, 7).sweep_began == NOW
    near = Cursor(high_water="7", swept_at=NOW + timedelta(hours=1))
    assert sweep(near, NOW, 7) == near
