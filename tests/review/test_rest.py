"""A break is suggested after 50 minutes or 150 posts without one, reckoned anew each time and kept nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.reviews import Stage
from scanner.domain.users import User
from scanner.review import rest
from scanner.review.rest import BREAK, LONG, MANY, has_fallen, is_long, stretch, wants_rest
from scanner.review.undo import undo
from scanner.store import assignments, gold
from scanner.store.assignments import Hold
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, MINUTE, NO, SARI, YES, flag, make_desk, say
from tests.store.samples import dump

SECOND = timedelta(seconds=1)


def tired(store: Store, user: User, *, since: datetime, now: datetime) -> bool:
    with store.lease("test", reading=True) as lease:
        return wants_rest(lease, user, since=since, now=now)


def steady(count: int, every: timedelta, last: timedelta = SECOND):
    """Return when decisions were made that follow each other evenly, the newest first."""
    return [LATER - last - number * every for number in range(count)]


def test_the_limits_are_those_of_the_plan():
    assert (timedelta(minutes=50), 150) == (LONG, MANY)


@pytest.mark.parametrize(
    ("count", "every", "expected"),
    [
        (0, SECOND, False),
        (1, SECOND, False),
        (50, MINUTE, False),
        (51, MINUTE, True),
        (6, 9 * MINUTE, False),
        (7, 9 * MINUTE, True),
        (100, BREAK, False),
        (149, 10 * SECOND, False),
        (150, 10 * SECOND, True),
    ],
)
def test_time_and_number_count_without_a_break(count: int, every: timedelta, expected: bool):
    assert is_long(*stretch(steady(count, every), LATER), LATER) is expected


@pytest.mark.parametrize("last", [BREAK, 2 * BREAK, timedelta(days=1)])
def test_after_a_break_it_begins_anew(last: timedelta):
    assert is_long(*stretch(steady(MANY + 10, 10 * SECOND, last), LATER), LATER) is False


def test_it_is_read_from_the_record_for_oneself_alone_and_leaves_nothing_there(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 12, keep=keep)
    for number in range(1, 13):
        say(store, SARI, NO, flag(number), now=LATER + number * 5 * MINUTE)
    now = LATER + 61 * MINUTE
    with store.lease("test") as lease:
        before = dump(lease)
    assert tired(store, SARI, since=LATER, now=now)
    assert not tired(store, BUDI, since=LATER, now=now)
    assert not tired(store, SARI, since=now - 30 * MINUTE, now=now), "a session begun later"
    with store.lease("test") as lease:
        assert dump(lease) == before


def test_what_was_taken_back_was_work_too(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 12, keep=keep)
    for number in range(1, 13):
        say(store, SARI, NO, flag(number), now=LATER + number * 5 * MINUTE)
    undo(store, key="u", reviewer="sari", now=LATER + 60 * MINUTE)
    assert tired(store, SARI, since=LATER, now=LATER + 61 * MINUTE)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ((20, 20), (20, 19), False),
        ((20, 20), (20, 18), True),
        ((3, 3), (3, 2), True),
        ((2, 2), (3, 0), False),
        ((3, 3), (2, 0), False),
        ((3, 1), (3, 3), False),
        ((0, 0), (0, 0), False),
    ],
)
def test_a_fall_is_more_than_five_points_of_enough_gold(first: tuple[int, int], last: tuple[int, int], expected: bool):
    assert has_fallen(first, last) is expected


def test_the_ends_of_a_session_are_those_of_the_plan():
    assert (rest.SPAN, rest.STEP, rest.ENOUGH, rest.DROP) == (50, 10, 3, 5)


@pytest.fixture
def short(tmp_path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Flags 1 to 3 and 5 to 7 are gold; the ends of a session are four decisions, looked at every second one."""
    monkeypatch.setattr(rest, "SPAN", 4)
    monkeypatch.setattr(rest, "STEP", 2)
    store = make_desk(tmp_path, 12, keep=keep)
    with store.lease("test") as lease:
        for number in (1, 2, 3, 5, 6, 7):
            gold.set_gold(lease, gold.Gold(flag(number), NO, (), set_by="ketua", set_at=LATER), reason="jelas")
            assignments.hold(lease, "sari", [Hold(flag(number), Stage.GOLD, LATER, shown=True)])
    return store


def judge(store: Store, number: int, verdict=NO, **more) -> bool:
    """Let Sari judge an item a minute after the one before it; tell whether a break is suggested then."""
    now = LATER + number * MINUTE
    say(store, SARI, verdict, flag(number), now=now, **more)
    return tired(store, SARI, since=LATER, now=now)


def test_gold_judged_worse_at_the_end_calls_for_a_break_and_no_single_answer_tells_of_it(short: Store):
    told = [judge(short, number) for number in (1, 2, 3, 4)]
    told += [judge(short, number, YES) for number in (5, 6, 7, 8)]
    assert told == [False] * 7 + [True], "after the eighth, which was no gold"
    later = LATER + 8 * MINUTE + BREAK
    assert not tired(short, SARI, since=LATER, now=later), "after a break"
    assert not tired(short, BUDI, since=LATER, now=LATER + 8 * MINUTE)
    assert not tired(short, SARI, since=LATER + 2 * MINUTE, now=LATER + 8 * MINUTE), "a session begun later"


def test_gold_judged_as_before_or_taken_back_calls_for_none(short: Store):
    assert not any(judge(short, number) for number in range(1, 7))
    judge(short, 7, YES)
    undo(short, key="u", reviewer="sari", now=LATER + 7 * MINUTE)
    assert not any(judge(short, number) for number in (8, 9, 10))
