"""Raw answers leave by themselves, but not what is evidence or may become it."""

from __future__ import annotations

from scanner.store import raw_answers
from scanner.store.connection import Lease
from tests.store.samples import HOUR, NOON, make_evidence, make_flag, make_post
from tests.store.test_retention import DAY, flag, put


def test_raw_answers_leave_but_those_that_items_were_read_from(lease: Lease):
    flag(lease)
    put(lease, make_post(5, capture_sha256=make_evidence(b"lain").capture.sha256), body=b"lain")
    assert raw_answers.old_captures(lease, NOON) == []
    assert raw_answers.old_captures(lease, NOON + HOUR) == [make_evidence(b"lain").capture.sha256]


def test_raw_answers_of_items_stay_whole_and_of_what_may_become_one(lease: Lease):
    fresh = make_post(5)
    flag(lease)
    put(lease, fresh)
    assert raw_answers.posts_with_evidence(lease, now=NOON + DAY) == {make_flag(1).post_id, fresh.id}
    assert raw_answers.posts_with_evidence(lease, now=NOON + 2 * DAY) == {make_flag(1).post_id}
    assert raw_answers.posts_with_evidence(lease, but=[make_flag(1).post_id], now=NOON + 2 * DAY) == set()
