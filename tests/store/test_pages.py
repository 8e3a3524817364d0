from __future__ import annotations

from typing import Any

import pytest

from scanner.domain.captures import sha256
from scanner.domain.runs import Cursor, Rejected, Tally
from scanner.errors import StoreError
from scanner.store import evidence
from scanner.store.connection import Lease, Store
from scanner.store.cursors import load_cursor
from scanner.store.pages import save_page
from tests.store.samples import NOON, dump, make_account, make_evidence, make_post

REJECTED = Rejected(source="https://desa.example/api", line=None, reason="tanpa id", raw_sha256=sha256(b"{}"))


def save(lease: Lease, **changes: Any) -> Tally:
    values: dict[str, Any] = {
        "run_id": "r1",
        "account": make_account(),
        "posts": [make_post(1), make_post(2)],
        "captures": [make_evidence()],
        "cursor": Cursor(next_page="?max_id=1", top="2"),
        "rejected": [REJECTED],
        "seen_at": NOON,
    }
    return save_page(lease, **{**values, **changes})


def test_a_page_is_saved_whole(lease: Lease) -> None:
    assert save(lease) == Tally(new=2)
    stored = {table: len(rows) for table, rows in dump(lease).items() if rows and table != "migrations"}
    assert stored == {"posts": 2, "versions": 2, "captures": 1, "manifest": 1, "cursors": 1, "quarantine": 1}
    assert load_cursor(lease, make_account().id) == Cursor(next_page="?max_id=1", top="2")


def test_saving_the_same_page_twice_changes_nothing(store: Store) -> None:
    with store.lease("first") as lease:
        save(lease)
        before = dump(lease)
    with store.lease("again") as lease:
        assert save(lease) == Tally(unchanged=2)
        assert dump(lease) == before


def test_a_file_without_a_cursor_leaves_the_cursor_as_it_is(lease: Lease) -> None:
    save(lease)
    save(lease, cursor=None)
    assert load_cursor(lease, make_account().id).top == "2"


def test_it_refuses_posts_of_another_account(lease: Lease) -> None:
    with pytest.raises(
        StoreError, match=r"holds posts of mastodon:sita@desa.example; valid is mastodon:budi@desa.example"
    ):
        save(lease, posts=[make_post(1), make_post(2, account_id="mastodon:sita@desa.example")])


def test_a_page_that_fails_leaves_no_row_but_may_leave_bytes(store: Store) -> None:
    with store.lease("make") as lease:
        before = dump(lease)
    with pytest.raises(StoreError, match="not valid Unicode"), store.lease("save") as lease:
        save(lease, posts=[make_post(text="\ud800")])
    with store.lease("read") as lease:
        assert dump(lease) == before
    item = make_evidence()
    assert evidence.read(evidence.folder_of(store.path.parent), item.capture.sha256) == item.body
