from __future__ import annotations

from scanner.store.connection import Lease
from scanner.store.unseen import mark_missing
from tests.store.samples import HOUR, NOON, make_post
from tests.store.test_posts import row, save


def test_a_post_is_gone_only_after_two_looks(lease: Lease) -> None:
    save(lease, make_post(1), make_post(2))
    ids = [make_post(1).id, "mastodon:desa.example/unknown"]
    assert mark_missing(lease, ids, seen_at=NOON + HOUR) == []
    assert mark_missing(lease, ids, seen_at=NOON + HOUR) == [], "one look told twice is one look"
    assert row(lease, make_post(1))["missing_at"] is None
    assert mark_missing(lease, ids, seen_at=NOON + 2 * HOUR) == [make_post(1).id]
    assert mark_missing(lease, ids, seen_at=NOON + 3 * HOUR) == [], "it is confirmed once"
    found = row(lease, make_post(1))
    assert (found["first_missing_at"], found["missing_at"]) == (NOON + HOUR, NOON + 2 * HOUR)
    assert row(lease, make_post(2))["first_missing_at"] is None


def test_a_post_seen_again_was_not_gone(lease: Lease) -> None:
    save(lease, make_post())
    mark_missing(lease, [make_post().id], seen_at=NOON + HOUR)
    save(lease, make_post(), at=NOON + 2 * HOUR)
    assert row(lease, make_post())["first_missing_at"] is None
    assert mark_missing(lease, [make_post().id], seen_at=NOON + HOUR) == [], "an older look counts nothing"
    assert row(lease, make_post())["first_missing_at"] is None
