"""The queue is blind, ordered by the legal clock, and every showing is on record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.reviews import Verdict
from scanner.errors import UsageError
from scanner.review.decide import decide, new_key
from scanner.review.queue import REPORT_WITHIN, count_waiting, show_next, waiting
from scanner.store import accounts, audit, flags, pages
from scanner.store.connection import Store
from tests.store.samples import NOON, make_account, make_evidence, make_flag, make_post


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
        for number in (1, 2, 3):
            post = make_post(number, text=f"Coblos nomor 9 ya, warga {number}!")
            pages.save_page(
                lease,
                run_id="scan-1",
                account=make_account(),
                posts=[post],
                captures=[make_evidence()],
                cursor=None,
                rejected=(),
                seen_at=NOON,
            )
        flags.save_flags(lease, [make_flag(1), make_flag(2, known_at=NOON - timedelta(days=3)), make_flag(3)])
    return store


def test_the_nearest_deadline_comes_first(store: Store):
    items = waiting(store, reviewer="sari", overlap=2, limit=10)
    assert len(items) == 3
    assert items[0].flag.id == make_flag(2).id
    assert items[0].due == NOON - timedelta(days=3) + REPORT_WITHIN


def test_an_item_shows_the_post_and_its_account_but_neither_score_nor_sanction_class(store: Store):
    for item in waiting(store, reviewer="sari", overlap=2, limit=10):
        assert item.post.text.startswith("Coblos nomor 9")
        assert item.account.id == make_account().id
        assert item.flag.scores == ()
        assert {finding.class_hint for finding in item.flag.findings} == {""}


def test_two_reviewers_see_the_same_flags_in_their_own_random_order(store: Store):
    seen = {
        name: [item.flag.id for item in waiting(store, reviewer=name, overlap=2, limit=9)] for name in ("sari", "budi")
    }
    assert set(seen["sari"]) == set(seen["budi"])


def test_showing_an_item_is_recorded_in_the_audit_chain(store: Store):
    item = show_next(store, reviewer="sari", overlap=2)
    assert item is not None
    with store.lease("test") as lease:
        event = audit.events(lease, subject=item.flag.id)[0]
    assert (event.actor, event.action) == ("sari", "flag.show")


def test_reading_the_queue_is_recorded_and_an_empty_one_is_not(store: Store):
    waiting(store, reviewer="sari", overlap=2, limit=2)
    with store.lease("test") as lease:
        [event] = audit.events(lease, subject="queue")
        flags_before = [event.seq]
        accounts.remove_account(lease, make_account().id, reason="pensiun", by="rina", approved_by="ketua", at=NOON)
    assert (event.actor, event.action, event.detail) == ("sari", "queue.show", {"flags": 2})
    assert waiting(store, reviewer="sari", overlap=2, limit=2) == []
    with store.lease("test") as lease:
        assert [one.seq for one in audit.events(lease, subject="queue")] == flags_before


def test_the_count_is_of_what_waits_without_a_limit(store: Store):
    assert count_waiting(store, reviewer="sari", overlap=2) == 3
    assert len(waiting(store, reviewer="sari", overlap=2, limit=1)) == 1


def test_a_judged_item_does_not_come_back_to_the_same_reviewer_but_to_the_second(store: Store):
    item = show_next(store, reviewer="sari", overlap=2)
    assert item is not None
    decide(store, key=new_key(), flag_id=item.flag.id, reviewer="sari", verdict=Verdict.NOT_VIOLATION)
    assert item.flag.id not in [other.flag.id for other in waiting(store, reviewer="sari", overlap=2, limit=9)]
    assert item.flag.id in [other.flag.id for other in waiting(store, reviewer="budi", overlap=2, limit=9)]


def test_a_third_reviewer_is_not_asked_when_two_have_judged(store: Store):
    for reviewer in ("sari", "budi"):
        decide(store, key=new_key(), flag_id=make_flag(1).id, reviewer=reviewer, verdict=Verdict.UNSURE)
    assert count_waiting(store, reviewer="tina", overlap=2) == 2


def test_a_nameless_reviewer_is_refused(store: Store):
    with pytest.raises(UsageError, match="give the name"):
        show_next(store, reviewer="  ", overlap=2)


def test_an_empty_queue_shows_nothing(tmp_path: Path):
    assert show_next(Store(tmp_path / "data" / "scanner.duckdb"), reviewer="sari", overlap=2) is None
