from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain.flags import Label, Score
from scanner.store import scores
from scanner.store.connection import Lease, Store
from scanner.store.versions import load_versions, unscored, versions_of_each
from tests.store.samples import HOUR, NOON, make_post
from tests.store.test_posts import EDITED, save


def test_it_hands_out_versions_not_yet_scored_by_this_model_and_ruleset(lease: Lease) -> None:
    save(lease, make_post(1), make_post(2))
    save(lease, EDITED, at=NOON + HOUR)
    score = Score(label=Label.CAMPAIGN_SUPPORT, probability=0.5, model_id="m1")
    scores.save_scores(lease, {make_post(1).version_id: [score]}, ruleset="r1")
    open_ids = sorted([EDITED.version_id, make_post(2).version_id])
    found = unscored(lease, model_id="m1", ruleset="r1", limit=10)
    assert [version.post.version_id for version in found] == open_ids
    assert len(unscored(lease, model_id="m2", ruleset="r1", limit=10)) == 3
    assert len(unscored(lease, model_id="m1", ruleset="r2", limit=2)) == 2
    rest = unscored(lease, model_id="m1", ruleset="r1", limit=10, after=open_ids[0])
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
        found = load_versions(lease, [post.version_id for post in page])
    assert {key: version.post for key, version in found.items()} == {post.version_id: post for post in page}


def test_all_versions_of_edited_posts_are_found_in_whatever_order_and_number_they_came(lease: Lease):
    for number, said in enumerate(("a", "ab", "abc"), 1):
        for hours, text in enumerate(said):
            save(lease, make_post(number, text=text), at=NOON + hours * HOUR)
    save(lease, make_post(4, text="a"), make_post(4, text="b"))
    save(lease, make_post(1, text="older"), at=NOON - HOUR)
    every = versions_of_each(lease, [make_post(number).id for number in range(1, 6)])
    found = [sorted(one.post.text for one in versions) for versions in every.values()]
    assert found == [["a", "older"], ["a", "b"], ["a", "b", "c"], ["a", "b"], []]
    assert lease.rows("SELECT count(*) FROM edits") == [(9,)]


def test_who_knows_a_version_of_each_post_finds_the_others_too(lease: Lease):
    save(lease, make_post(1), make_post(2))
    save(lease, EDITED, at=NOON + HOUR)
    ids = [make_post(1).id, make_post(2).id]
    every = versions_of_each(lease, ids)
    assert [len(every[one]) for one in ids] == [2, 1]
    for shown in (make_post(1), EDITED):
        assert versions_of_each(lease, ids, known={shown.version_id, make_post(2).version_id}) == every
