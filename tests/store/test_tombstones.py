"""What left does not come back unless it says something else, and is counted without anybody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from scanner.domain.flags import Phase
from scanner.domain.posts import Post
from scanner.domain.retention import Outcome
from scanner.domain.runs import Cursor, Tally
from scanner.errors import StoreError
from scanner.store import accounts, audit, erase, evidence, marks, pages, tombstones
from scanner.store.connection import Store
from scanner.store.marks import Mark
from scanner.store.tombstones import Tomb
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_post

POST = make_post(1, text="Sudah pergi", capture_sha256=make_evidence(b"satu").capture.sha256)
OTHER = make_post(2, text="Masih ada", capture_sha256=make_evidence(b"satu").capture.sha256)
GONE = Tomb(Outcome.DISMISSED, "pilbup-contoh", Phase.TENANG)


def save(store: Store, *posts: Post, body: bytes = b"satu") -> Tally:
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
        captured = make_evidence(body)
        shown = [replace(post, capture_sha256=captured.capture.sha256) for post in posts]
        return pages.save_page(
            lease,
            run_id="run-1",
            account=make_account(),
            posts=shown,
            captures=[captured],
            cursor=Cursor(),
            rejected=(),
            seen_at=NOON,
        )


def leave(store: Store, *posts: Post, tomb: Tomb = GONE) -> int:
    with store.lease("test") as lease:
        tombs = {post.id: tomb for post in posts}
        done = erase.erase_posts(lease, tombs, reason="masa simpan", by="purge", at=NOON + HOUR, tombs=tombs)
    erase.finish_erasing(store)
    return done.posts


def on_record(store: Store) -> set[str]:
    with store.lease("test") as lease:
        return {post for (post,) in lease.rows("SELECT version_id FROM posts")}


def test_what_left_is_not_stored_again_and_counts_as_unchanged(store: Store):
    save(store, POST)
    assert leave(store, POST) == 1
    assert save(store, POST, OTHER, body=b"dua") == Tally(new=1, unchanged=1)
    assert on_record(store) == {OTHER.version_id}


def test_a_raw_answer_with_nothing_but_what_left_is_not_kept(store: Store):
    save(store, POST)
    leave(store, POST)
    save(store, POST, body=b"hanya yang lama")
    assert not list(evidence.folder_of(store.path.parent).rglob("?" * 64))
    save(store, POST, OTHER, body=b"lama dan baru")
    assert len(list(evidence.folder_of(store.path.parent).rglob("?" * 64))) == 1


def test_other_words_are_another_post_unless_it_was_erased_on_request(store: Store):
    edited = replace(POST, text="Lain sama sekali")
    save(store, POST)
    leave(store, POST)
    assert save(store, edited, body=b"dua") == Tally(new=1)
    leave(store, edited, tomb=Tomb(Outcome.ERASED))
    assert save(store, replace(POST, text="Lain lagi"), body=b"tiga") == Tally(unchanged=1)
    assert on_record(store) == set()


def test_no_wording_of_it_comes_back(store: Store):
    save(store, POST)
    save(store, replace(POST, text="Kedua"), body=b"dua")
    leave(store, POST)
    assert save(store, POST, body=b"tiga") == Tally(unchanged=1)
    assert save(store, replace(POST, text="Kedua"), body=b"empat") == Tally(unchanged=1)
    with store.lease("test") as lease:
        assert [one.posts for one in tombstones.count_tombstones(lease)] == [1]


def test_what_the_platform_withdrew_may_come_back(store: Store):
    save(store, POST)
    leave(store, POST, tomb=Tomb(Outcome.WITHDRAWN))
    assert save(store, POST) == Tally(new=1)


def test_it_is_counted_by_week_platform_election_phase_and_outcome_alone(store: Store):
    save(store, POST, OTHER)
    leave(store, POST, OTHER)
    with store.lease("test") as lease:
        [found] = tombstones.count_tombstones(lease)
        columns = {
            name for (name,) in lease.rows("SELECT column_name FROM duckdb_columns() WHERE table_name = 'tombstones'")
        }
    assert found == tombstones.Counted(
        Outcome.DISMISSED, "mastodon", "pilbup-contoh", Phase.TENANG, date(2026, 11, 16), 2
    )
    assert not columns & {"account_id", "person_id", "post_id", "agency"}


def test_without_the_key_nothing_is_stored_until_it_is_back_or_given_up(store: Store):
    save(store, POST)
    leave(store, POST)
    path = marks.key_path(store.path.parent)
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    with pytest.raises(StoreError, match="put it back from the backup"):
        save(store, OTHER)
    with store.lease("test") as lease:
        marks.new_key(lease, reason="hilang", by="dpo", at=NOON)
        assert audit.events(lease, subject="tombstones")[0].detail == {"reason": "hilang"}
    assert save(store, POST, OTHER) == Tally(new=2)
    with store.lease("test") as lease:
        assert sum(one.posts for one in tombstones.count_tombstones(lease)) == 1


@pytest.mark.parametrize(("mode", "body", "told"), [(0o644, b"x" * 32, "chmod 600"), (0o600, b"x", "1 bytes; 32")])
def test_a_key_that_others_read_or_that_is_cut_is_refused(store: Store, mode: int, body: bytes, told: str):
    path = marks.key_path(store.path.parent)
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    path.chmod(mode)
    with store.lease("test") as lease, pytest.raises(StoreError, match=told):
        marks.load_key(lease)


def test_marks_of_one_name_differ_by_key_and_by_what_they_are_made_of():
    made = {marks.mark(key, kind, "x:1") for key in (b"a" * 32, b"b" * 32) for kind in Mark}
    assert len(made) == 2 * len(Mark)
    assert all(len(one) == 64 for one in made)


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_wordings_in_one_answer_only_the_one_that_did_not_leave_is_stored(store: Store, turned: bool):
    edited = replace(POST, text="Lain sama sekali")
    save(store, POST)
    leave(store, POST)
    shown = [POST, edited]
    assert save(store, *(reversed(shown) if turned else shown), body=b"dua") == Tally(new=1)
    with store.lease("test") as lease:
        assert lease.rows("SELECT text FROM versions") == [("Lain sama sekali",)]
