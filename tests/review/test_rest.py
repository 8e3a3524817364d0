"""A break is suggested after 50 minutes or 150 posts without one, reckoned anew each time and kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.review.rest import BREAK, LONG, MANY, is_long, wants_rest
from scanner.review.undo import undo
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, MINUTE, NO, SARI, flag, make_desk, say
from tests.store.samples import dump

SECOND = timedelta(seconds=1)


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
    assert is_long(steady(count, every), LATER) is expected


@pytest.mark.parametrize("last", [BREAK, 2 * BREAK, timedelta(days=1)])
def test_after_a_break_it_begins_anew(last: timedelta):
    assert is_long(steady(MANY + 10, 10 * SECOND, last), LATER) is False


def test_it_is_read_from_the_record_for_oneself_alone_and_leaves_nothing_there(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 12, keep=keep)
    for number in range(1, 13):
        say(store, SARI, NO, flag(number), now=LATER + number * 5 * MINUTE)
    now = LATER + 61 * MINUTE
    with store.lease("test") as lease:
        before = dump(lease)
    assert wants_rest(store, SARI, since=LATER, now=now)
    assert not wants_rest(store, BUDI, since=LATER, now=now)
    assert not wants_rest(store, SARI, since=now - 30 * MINUTE, now=now), "a session begun later"
    with store.lease("test") as lease:
        assert dump(lease) == before


def test_what_was_taken_back_was_work_too(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 12, keep=keep)
    for number in range(1, 13):
        say(store, SARI, NO, flag(number), now=LATER + number * 5 * MINUTE)
    undo(store, key="u", reviewer="sari", now=LATER + 60 * MINUTE)
    assert wants_rest(store, SARI, since=LATER, now=LATER + 61 * MINUTE)
