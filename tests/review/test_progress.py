"""Progress: exact where little is left, and of much not counted anew with every key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.users import User
from scanner.review import progress as module
from scanner.review.progress import LASTING, Counts, Progress, progress
from scanner.review.undo import undo
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, NO, SARI, SECOND, UNSURE, add_flags, flag, given, make_desk, make_user, say


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    return make_desk(tmp_path, keep=keep)


@pytest.fixture
def much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MUCH", 1)


def waits(store: Store, counts: Counts, user: User = SARI, after: timedelta = timedelta()) -> int:
    return progress_of(store, user, after, counts).waiting


def progress_of(store: Store, user: User, after: timedelta = timedelta(), counts: Counts | None = None) -> Progress:
    with store.lease("test", reading=True) as lease:
        return progress(lease, user, now=LATER + after, counts=counts)


def more(store: Store) -> None:
    with store.lease("test") as lease:
        add_flags(lease, range(4, 6))


def test_progress_is_ones_own(store: Store):
    say(store, SARI, NO)
    say(store, BUDI, UNSURE, flag(2))
    given(store, SARI)
    mine = progress_of(store, SARI)
    assert (mine.waiting, mine.held, mine.decided_today) == (2, 1, 1)
    assert progress_of(store, SARI, timedelta(days=1)).decided_today == 0


def test_little_is_counted_every_time(store: Store):
    counts = Counts()
    assert waits(store, counts) == 3
    more(store)
    assert waits(store, counts) == 5


@pytest.mark.usefixtures("much")
def test_much_is_counted_once_a_minute_and_ones_own_decisions_are_taken_off_at_once(store: Store):
    counts = Counts()
    assert waits(store, counts) == 3
    more(store)
    assert waits(store, counts, after=SECOND) == 3
    say(store, SARI, NO)
    assert waits(store, counts, after=SECOND) == 2
    assert waits(store, counts, after=LASTING) == 4


@pytest.mark.usefixtures("much")
def test_what_is_taken_back_waits_again_at_once(store: Store):
    counts = Counts()
    say(store, SARI, NO)
    assert waits(store, counts) == 2
    undo(store, key="u1", reviewer="sari", overlap=2, now=LATER)
    assert waits(store, counts) == 3


@pytest.mark.usefixtures("much")
def test_nobody_is_told_what_was_counted_for_somebody_else_or_before_they_were_recused(store: Store):
    counts = Counts()
    assert waits(store, counts) == 3
    more(store)
    assert waits(store, counts, BUDI) == 5
    assert waits(store, counts, make_user("sari", recused=("PEG-0001",))) == 0


@pytest.mark.usefixtures("much")
def test_a_clock_set_back_and_a_new_day_count_anew(store: Store):
    counts = Counts()
    say(store, SARI, NO)
    assert waits(store, counts) == 2
    more(store)
    assert waits(store, counts, after=-SECOND) == 4
    assert waits(store, counts, after=timedelta(days=1)) == 4
