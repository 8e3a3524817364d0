from __future__ import annotations

from scanner.domain.runs import Cursor
from scanner.store.connection import Lease
from scanner.store.cursors import load_cursor, save_cursor

WALK = Cursor(high_water="10", next_page="?max_id=15", top="20", validators=(("etag", '"a"'), ("last-modified", "x")))


def test_an_account_never_gathered_stands_at_the_beginning(lease: Lease) -> None:
    assert load_cursor(lease, "mastodon:budi@desa.example") == Cursor()


def test_a_cursor_comes_back_and_the_last_one_counts(lease: Lease) -> None:
    save_cursor(lease, "a", WALK)
    save_cursor(lease, "b", Cursor(high_water="1"))
    assert load_cursor(lease, "a") == WALK
    save_cursor(lease, "a", Cursor(high_water="20"))
    assert load_cursor(lease, "a") == Cursor(high_water="20")
    assert load_cursor(lease, "b") == Cursor(high_water="1")
