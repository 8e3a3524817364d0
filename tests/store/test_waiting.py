"""What waits comes in one order, however little of it is read at first."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.domain.flags import Phase
from scanner.domain.reviews import Stage
from scanner.store import assignments, flags
from scanner.store.assignments import Hold
from scanner.store.connection import Lease, Store
from scanner.store.owner import own
from scanner.store.waiting import WIB, Front
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, SARI, TINA, add_flags, flag, make_desk
from tests.store.samples import NOON

COUNT = 40
SEVERITY = {Phase.TENANG: 0, Phase.PRA: 2}


def due(_election: str, known: datetime) -> datetime:
    return known + timedelta(days=7)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, made_database: Path) -> Iterator[Store]:
    closed = Store(tmp_path_factory.mktemp("waiting") / "scanner.duckdb")
    shutil.copyfile(made_database, closed.path)
    with own(closed) as store:
        with store.lease("test") as lease:
            add_flags(lease, range(COUNT))
        yield store


items = st.lists(
    st.tuples(
        st.integers(0, 4),  # days ago it became known
        st.sampled_from([Phase.TENANG, Phase.KAMPANYE, Phase.PRA]),
        st.sampled_from(["free", "free", "free", "held by two", "put off"]),
    ),
    min_size=1,
    max_size=COUNT,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(items=items, most=st.integers(1, 5), each=st.integers(1, 4), limit=st.integers(1, COUNT))
def test_however_little_is_read_at_first_the_first_come_first(
    desk: Store, items: list[tuple[int, Phase, str]], most: int, each: int, limit: int
):
    with desk.lease("test") as lease:
        lease.execute("DELETE FROM assignments")
        lease.execute("UPDATE flags SET settled_at = now()")
        wanted = [turn for number, one in enumerate(items) if (turn := put(lease, number, *one)) is not None]
        with patch.multiple("scanner.store.waiting", BATCH=most, EACH=each):
            found = [one.id for one in Front(lease, SARI, now=LATER, overlap=2, due=due).next(limit=limit)]
    fresh = [key for turn, key in sorted(wanted) if turn[0] == 0]
    asked = [one for one in found if one in fresh]
    assert asked == fresh[: len(asked)]
    assert len(found) == len(set(found)) == min(limit, len(wanted))


def put(lease: Lease, number: int, days: int, phase: Phase, state: str) -> tuple[tuple[int, int, int, str], str] | None:
    """Let an item wait; return its turn for Sari, None where it does not wait for her."""
    item, known, off = flag(number), NOON - timedelta(days=days), 0
    lease.execute("UPDATE flags SET known_at = ?, phase = ?, settled_at = NULL WHERE id = ?", [known, phase, item])
    match state:
        case "held by two":
            for user in (BUDI, TINA):
                assignments.hold(lease, user.name, [Hold(item, Stage.BLIND, LATER, shown=True)])
            return None
        case "put off":
            assignments.hold(lease, SARI.name, [Hold(item, Stage.BLIND, LATER - timedelta(minutes=1), shown=True)])
            assert assignments.release(lease, item, SARI.name, now=LATER - timedelta(seconds=1))
            off = 1
    shuffle = hashlib.md5(f"{item}{SARI.name}".encode(), usedforsecurity=False).hexdigest()
    return (off, due("", known).astimezone(WIB).toordinal(), SEVERITY.get(phase, 1), shuffle), item


def test_many_that_are_due_on_one_day_are_not_all_read(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, COUNT, keep=keep)
    with store.lease("test") as lease, patch.multiple("scanner.store.waiting", BATCH=10, EACH=4):
        assert len(flags.load_flags(lease, [flag(number) for number in range(1, COUNT + 1)])) == COUNT
        front = Front(lease, SARI, now=LATER, overlap=2, due=due)
        assert len(front.next(limit=1)) == 1
        assert len(front._found or {}) == 4
        assert front.among([flag(number) for number in range(1, COUNT + 1)]) == {flag(n) for n in range(1, COUNT + 1)}
