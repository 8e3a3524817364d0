from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from scanner.domain.posts import Post
from scanner.domain.runs import Tally
from scanner.errors import StoreError
from scanner.store import additions, posts
from scanner.store.connection import Lease
from scanner.store.versions import Version, load_versions, versions_of
from tests.store.samples import HOUR, NOON, dump, make_post

EDITED = make_post(text="Selamat siang")


def save(lease: Lease, *saved: Post, at: datetime = NOON) -> Tally:
    return posts.save_posts(lease, saved, run_id="r1", seen_at=at)


def row(lease: Lease, post: Post) -> dict[str, Any]:
    [found] = lease.dicts("FROM posts WHERE id = $id", {"id": post.id})
    return found


def test_a_post_comes_back_as_it_was_captured(lease: Lease) -> None:
    post = make_post(context="menjawab @***", edited_at=NOON, language="id", truncated=True, repaired=True)
    assert save(lease, post) == Tally(new=1)
    assert load_versions(lease, [post.version_id, "x:1@0"]) == {
        post.version_id: Version(post=post, captured_at=NOON, run_id="r1")
    }


def test_saving_the_same_page_twice_changes_nothing(lease: Lease) -> None:
    page = [make_post(1), make_post(2), make_post(3, posted_at=None)]
    assert save(lease, *page) == Tally(new=3)
    before = dump(lease)
    assert save(lease, *page) == Tally(unchanged=3)
    assert dump(lease) == before


def test_a_post_seen_again_only_moves_its_last_seen_time(lease: Lease) -> None:
    save(lease, make_post())
    before, versions = row(lease, make_post()), versions_of(lease, make_post().id)
    assert save(lease, make_post(), at=NOON + HOUR) == Tally(unchanged=1)
    assert row(lease, make_post()) == {**before, "last_seen": NOON + HOUR}
    assert versions_of(lease, make_post().id) == versions


def test_an_edit_adds_a_version_and_keeps_the_first(lease: Lease) -> None:
    save(lease, make_post())
    assert save(lease, EDITED, make_post(2), at=NOON + HOUR) == Tally(new=1, changed=1)
    assert [version.post for version in versions_of(lease, EDITED.id)] == [make_post(), EDITED]
    assert row(lease, EDITED)["version_id"] == EDITED.version_id


def test_an_edit_taken_back_makes_the_first_version_current_again(lease: Lease) -> None:
    for hours, post in enumerate((make_post(), EDITED, make_post())):
        save(lease, post, at=NOON + hours * HOUR)
    assert row(lease, EDITED)["version_id"] == make_post().version_id
    assert [version.captured_at for version in versions_of(lease, EDITED.id)] == [NOON, NOON + HOUR]


def test_an_old_export_adds_its_text_but_does_not_become_current(lease: Lease) -> None:
    save(lease, EDITED)
    assert save(lease, make_post(), at=NOON - HOUR) == Tally(unchanged=1)
    assert row(lease, EDITED)["version_id"] == EDITED.version_id
    assert row(lease, EDITED)["last_seen"] == NOON
    assert len(versions_of(lease, EDITED.id)) == 2


def test_a_page_that_names_a_post_twice_counts_it_once(lease: Lease) -> None:
    assert save(lease, make_post(), make_post(), EDITED) == Tally(new=1)
    assert row(lease, EDITED)["version_id"] == EDITED.version_id
    assert len(versions_of(lease, EDITED.id)) == 2


def test_an_empty_page_is_no_work(lease: Lease) -> None:
    assert save(lease) == Tally()


def test_it_refuses_a_text_that_is_not_unicode(lease: Lease) -> None:
    with pytest.raises(StoreError, match=r"mastodon:desa.example/1: the text is not valid Unicode"):
        save(lease, make_post(text="\ud800"))


def test_what_was_edited_before_there_was_a_table_of_edits_is_taken_up(lease: Lease):
    save(lease, make_post(1), make_post(2))
    save(lease, EDITED, at=NOON + HOUR)
    lease.execute("DELETE FROM edits")
    lease.execute(additions.EDITED_BEFORE)
    assert {one for (one,) in lease.rows("SELECT version_id FROM edits")} == {make_post().version_id, EDITED.version_id}
