"""What a person has in hand is shown again as it was, on record, whoever writes or wants the file alone meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.users import User
from scanner.review import again as module
from scanner.review.again import show_held
from scanner.review.assign import Asker, Place
from scanner.review.items import Item
from scanner.review.onward import take
from scanner.review.queue import note_shown_again
from scanner.store import accounts
from scanner.store.assignments import HOLD, held_by
from scanner.store.connection import Lease, Store
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, MINUTE, NO, SARI, actions, flag, make_desk, never, say
from tests.store.samples import make_account


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    return make_desk(tmp_path, 4, keep=keep)


def again(store: Store, user: User = SARI, after: timedelta = MINUTE) -> list[str] | None:
    return show_held(store, user, lambda _lease, items: [one.id for one in items], now=LATER + after)


def taken(store: Store, user: User = SARI) -> list[str]:
    return [one.id for one in take(store, user, now=LATER, chance=never)]


def test_it_is_shown_in_its_order_kept_for_longer_and_on_record(store: Store):
    mine = taken(store)
    assert again(store) == mine
    assert actions(store, mine[0]) == [("sari", "item.show")] * 2
    assert actions(store, mine[1]) == [("sari", "item.prefetch")] * 2
    with store.lease("test") as lease:
        held = held_by(lease, "sari", LATER + MINUTE)
    assert [(one.item_id, one.held_until, one.taken_at) for one in held] == [
        (one, LATER + MINUTE + HOLD, LATER + number * timedelta.resolution) for number, one in enumerate(mine)
    ]


def test_within_a_minute_it_is_one_showing_that_waits_for_nobody_who_writes(store: Store):
    mine = taken(store)
    with store.lease("before") as lease:
        before = held_by(lease, "sari", LATER)
    for seconds in (1, 30, 59):
        assert again(store, after=timedelta(seconds=seconds)) == mine
    assert actions(store, mine[0]) == [("sari", "item.show")]
    with store.lease("after") as lease:
        assert held_by(lease, "sari", LATER) == before
    assert again(store, after=MINUTE) == mine
    assert actions(store, mine[0]) == [("sari", "item.show")] * 2


def test_where_anything_is_to_be_chosen_it_shows_and_notes_nothing(store: Store):
    assert again(store) is None, "nothing is in hand"
    mine = taken(store)
    assert again(store, BUDI) is None
    assert again(store, after=HOLD + MINUTE) is None, "it is kept no more"
    say(store, SARI, NO, mine[0], now=LATER + MINUTE)
    assert again(store) is None, "what comes next was only fetched"
    assert actions(store, mine[1]) == [("sari", "item.prefetch")]


def test_what_is_hidden_is_not_painted(store: Store):
    taken(store)
    with store.lease("test") as lease:
        change = {"reason": "uji", "by": "ani", "approved_by": "badu", "at": LATER}
        accounts.remove_account(lease, make_account().id, **change)  # type: ignore[arg-type]
    assert again(store) is None


def test_what_leaves_while_it_is_read_is_not_shown_and_not_noted(store: Store, monkeypatch: pytest.MonkeyPatch):
    mine = taken(store)

    def leave_first(lease: Lease, asker: Asker, places: Sequence[Place]) -> bool:
        lease.execute("DELETE FROM assignments WHERE item_id = ?", [mine[2]])
        return note_shown_again(lease, asker, places)

    monkeypatch.setattr(module, "note_shown_again", leave_first)
    assert again(store) is None
    assert actions(store, mine[0]) == [("sari", "item.show")]


def test_whoever_wants_the_file_alone_meanwhile_gets_it_and_nobody_waits_for_ever(store: Store):
    mine, begun, ended = taken(store), threading.Event(), threading.Event()

    def replace_file() -> None:
        begun.set()
        with store.aside("test"):
            ended.set()

    other = threading.Thread(target=replace_file)

    def paint(_lease: Lease, items: list[Item]) -> list[str]:
        other.start()
        begun.wait(10)
        return [one.id for one in items]

    assert show_held(store, SARI, paint, now=LATER + MINUTE) == mine
    other.join(10)
    assert ended.is_set()
    assert actions(store, mine[0]) == [("sari", "item.show")] * 2


def test_a_desk_of_few_items_is_asked_as_ever(tmp_path: Path, keep: Keep):
    few = make_desk(tmp_path / "few", 1, keep=keep)
    assert taken(few) == [flag(1)]
    assert again(few) is None
