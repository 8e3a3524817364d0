from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain.flags import Label, Score
from scanner.domain.posts import Post
from scanner.domain.runs import Tally
from scanner.errors import StoreError
from scanner.store import additions, posts, scores
from scanner.store.connection import Lease, Store
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
    assert posts.load_versions(lease, [post.version_id, "x:1@0"]) == {
        post.version_id: posts.Version(post=post, captured_at=NOON, run_id="r1")
    }


def test_saving_the_same_page_twice_changes_nothing(lease: Lease) -> None:
    page = [make_post(1), make_post(2), make_post(3, posted_at=None)]
    assert save(lease, *page) == Tally(new=3)
    before = dump(lease)
    assert save(lease, *page) == Tally(unchanged=3)
    assert dump(lease) == before


def test_a_post_seen_again_only_moves_its_last_seen_time(lease: Lease) -> None:
    save(lease, make_post())
    before, versions = row(lease, make_post()), posts.versions_of(lease, make_post().id)
    assert save(lease, make_post(), at=NOON + HOUR) == Tally(unchanged=1)
    assert row(lease, make_post()) == {**before, "last_seen": NOON + HOUR}
    assert posts.versions_of(lease, make_post().id) == versions


def test_an_edit_adds_a_version_and_keeps_the_first(lease: Lease) -> None:
    save(lease, make_post())
    assert save(lease, EDITED, make_post(2), at=NOON + HOUR) == Tally(new=1, changed=1)
    assert [version.post for version in posts.versions_of(lease, EDITED.id)] == [make_post(), EDITED]
    assert row(lease, EDITED)["version_id"] == EDITED.version_id


def test_an_edit_taken_back_makes_the_first_version_current_again(lease: Lease) -> None:
    for hours, post in enumerate((make_post(), EDITED, make_post())):
        save(lease, post, at=NOON + hours * HOUR)
    assert row(lease, EDITED)["version_id"] == make_post().version_id
    assert [version.captured_at for version in posts.versions_of(lease, EDITED.id)] == [NOON, NOON + HOUR]


def test_an_old_export_adds_its_text_but_does_not_become_current(lease: Lease) -> None:
    save(lease, EDITED)
    assert save(lease, make_post(), at=NOON - HOUR) == Tally(unchanged=1)
    assert row(lease, EDITED)["version_id"] == EDITED.version_id
    assert row(lease, EDITED)["last_seen"] == NOON
    assert len(posts.versions_of(lease, EDITED.id)) == 2


def test_a_page_that_names_a_post_twice_counts_it_once(lease: Lease) -> None:
    assert save(lease, make_post(), make_post(), EDITED) == Tally(new=1)
    assert row(lease, EDITED)["version_id"] == EDITED.version_id
    assert len(posts.versions_of(lease, EDITED.id)) == 2


def test_an_empty_page_is_no_work(lease: Lease) -> None:
    assert save(lease) == Tally()


def test_it_refuses_a_text_that_is_not_unicode(lease: Lease) -> None:
    with pytest.raises(StoreError, match=r"mastodon:desa.example/1: the text is not valid Unicode"):
        save(lease, make_post(text="\ud800"))


def test_a_post_is_gone_only_after_two_looks(lease: Lease) -> None:
    save(lease, make_post(1), make_post(2))
    ids = [make_post(1).id, "mastodon:desa.example/unknown"]
    assert posts.mark_missing(lease, ids, seen_at=NOON + HOUR) == []
    assert posts.mark_missing(lease, ids, seen_at=NOON + HOUR) == [], "one look told twice is one look"
    assert row(lease, make_post(1))["missing_at"] is None
    assert posts.mark_missing(lease, ids, seen_at=NOON + 2 * HOUR) == [make_post(1).id]
    assert posts.mark_missing(lease, ids, seen_at=NOON + 3 * HOUR) == [], "it is confirmed once"
    found = row(lease, make_post(1))
    assert (found["first_missing_at"], found["missing_at"]) == (NOON + HOUR, NOON + 2 * HOUR)
    assert row(lease, make_post(2))["first_missing_at"] is None


def test_a_post_seen_again_was_not_gone(lease: Lease) -> None:
    save(lease, make_post())
    posts.mark_missing(lease, [make_post().id], seen_at=NOON + HOUR)
    save(lease, make_post(), at=NOON + 2 * HOUR)
    assert row(lease, make_post())["first_missing_at"] is None
    assert posts.mark_missing(lease, [make_post().id], seen_at=NOON + HOUR) == [], "an older look counts nothing"
    assert row(lease, make_post())["first_missing_at"] is None


def test_it_hands_out_versions_not_yet_scored_by_this_model_and_ruleset(lease: Lease) -> None:
    save(lease, make_post(1), make_post(2))
    save(lease, EDITED, at=NOON + HOUR)
    score = Score(label=Label.CAMPAIGN_SUPPORT, probability=0.5, model_id="m1")
    scores.save_scores(lease, {make_post(1).version_id: [score]}, ruleset="r1")
    open_ids = sorted([EDITED.version_id, make_post(2).version_id])
    found = posts.unscored(lease, model_id="m1", ruleset="r1", limit=10)
    assert [version.post.version_id for version in found] == open_ids
    assert len(posts.unscored(lease, model_id="m2", ruleset="r1", limit=10)) == 3
    assert len(posts.unscored(lease, model_id="m1", ruleset="r2", limit=2)) == 2
    rest = posts.unscored(lease, model_id="m1", ruleset="r1", limit=10, after=open_ids[0])
    assert [version.post.version_id for version in rest] == open_ids[1:]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=8), contexts=st.lists(TEXTS, min_size=8, max_size=8))
def test_any_text_comes_back_code_point_by_code_point(
    texts: list[str], contexts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = [replace(make_post(n, text), context=contexts[n]) for n, text in enumerate(texts)]
    with Store(tmp_path_factory.mktemp("any") / "x.duckdb").lease("save") as lease:
        save(lease, *page)
        found = posts.load_versions(lease, [post.version_id for post in page])
    assert {key: version.post for key, version in found.items()} == {post.version_id: post for post in page}


def test_all_versions_of_edited_posts_are_found_in_whatever_order_and_number_they_came(lease: Lease):
    for number, said in enumerate(("a", "ab", "abc"), 1):
        for hours, text in enumerate(said):
            save(lease, make_post(number, text=text), at=NOON + hours * HOUR)
    save(lease, make_post(4, text="a"), make_post(4, text="b"))
    save(lease, make_post(1, text="older"), at=NOON - HOUR)
    every = posts.versions_of_each(lease, [make_post(number).id for number in range(1, 6)])
    found = [sorted(one.post.text for one in versions) for versions in every.values()]
    assert found == [["a", "older"], ["a", "b"], ["a", "b", "c"], ["a", "b"], []]
    assert lease.rows("SELECT count(*) FROM edits") == [(9,)]


def test_who_knows_a_version_of_each_post_finds_the_others_too(lease: Lease):
    save(lease, make_post(1), make_post(2))
    save(lease, EDITED, at=NOON + HOUR)
    ids = [make_post(1).id, make_post(2).id]
    every = posts.versions_of_each(lease, ids)
    assert [len(every[one]) for one in ids] == [2, 1]
    for shown in (make_post(1), EDITED):
        assert posts.versions_of_each(lease, ids, known={shown.version_id, make_post(2).version_id}) == every


def test_what_was_edited_before_there_was_a_table_of_edits_is_taken_up(lease: Lease):
    save(lease, make_post(1), make_post(2))
    save(lease, EDITED, at=NOON + HOUR)
    lease.execute("DELETE FROM edits")
    lease.execute(additions.EDITED_BEFORE)
    assert {one for (one,) in lease.rows("SELECT version_id FROM edits")} == {make_post().version_id, EDITED.version_id}
