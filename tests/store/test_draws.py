"""Unflagged posts are drawn by a seed: only what listed people published themselves, once, and judged like flags."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scanner.domain.flags import Label, Phase, Score
from scanner.domain.posts import Role
from scanner.errors import StoreDamaged, UsageError
from scanner.store import accounts, audit, flags, pages, scores
from scanner.store.connection import Lease
from scanner.store.draws import draw_unflagged, load_draws
from scanner.store.judgements import append_judgement
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_judgement, make_post

DAY = date(2026, 11, 20)


def put(lease: Lease, numbers: range, *, scored: bool = True, seen_at=NOON, **changes) -> list[str]:
    """Put posts of a listed account on record, as gathered and scored."""
    accounts.save_accounts(lease, [make_account()])
    posts = [make_post(number, text=f"Rapat pukul {number}", media=(), **changes) for number in numbers]
    pages.save_page(
        lease,
        run_id="scan-1",
        account=make_account(),
        posts=posts,
        captures=[make_evidence()],
        cursor=None,
        rejected=(),
        seen_at=seen_at,
    )
    ids = [post.version_id for post in posts]
    if scored:
        score = Score(label=Label.CAMPAIGN_SUPPORT, probability=0.1, model_id="m1")
        scores.save_scores(lease, {one: [score] for one in ids}, ruleset="r1")
    return ids


def draw(lease: Lease, **more) -> list[str]:
    values = {"day": DAY, "seed": "s", "election_id": "pilbup-contoh", "phase_at": lambda _: Phase.TENANG, "by": "scan"}
    return draw_unflagged(lease, **{**values, **more})


def test_a_phase_that_nobody_knows_is_damage_and_no_fault_of_ours(lease: Lease):
    put(lease, range(1))
    [drawn] = draw(lease, share=1.0)
    lease.execute("UPDATE draws SET phase = 'PILKADA'")
    with pytest.raises(StoreDamaged, match=r"^draws.phase: .PILKADA. is none of its words; NON, .* would be valid"):
        load_draws(lease, [drawn])


def test_as_many_as_wanted_are_drawn_with_one_event(lease: Lease) -> None:
    ids = put(lease, range(1, 31))
    drawn = draw(lease, count=5)
    assert len(drawn) == 5
    assert set(drawn) < set(ids)
    [event] = [one for one in audit.events(lease) if one.action == "posts.draw"]
    assert event.detail == {"day": "2026-11-20", "drawn": 5, "among": 30}
    found = load_draws(lease, drawn[:1])[drawn[0]]
    assert (found.phase, found.known_at, found.account_id) == (Phase.TENANG, NOON, make_account().id)
    assert load_draws(lease, ["x:1@0"]) == {}


def test_the_seed_decides_and_drawing_again_draws_no_more(lease: Lease) -> None:
    put(lease, range(1, 31))
    first = draw(lease, count=5)
    assert draw(lease, count=5) == []
    assert draw(lease, count=5, seed="other") == []
    lease.execute("DELETE FROM draws")
    assert draw(lease, count=5) == first
    lease.execute("DELETE FROM draws")
    assert draw(lease, count=5, seed="other") != first


def test_a_share_grows_with_what_comes_and_never_changes(lease: Lease) -> None:
    put(lease, range(1, 201))
    first = draw(lease, share=0.25)
    assert 25 <= len(first) <= 75
    assert draw(lease, share=0.25) == []
    assert draw(lease, share=1.0) != []
    assert draw(lease, share=1.0) == []


@pytest.mark.parametrize("more", [{}, {"share": 0.1, "count": 3}])
def test_either_a_share_or_a_count_is_given(lease: Lease, more) -> None:
    with pytest.raises(UsageError, match="either share or count"):
        draw(lease, **more)


@pytest.mark.parametrize("role", [Role.TAGGED, Role.DEPICTED, Role.CO_AUTHORED])
def test_what_others_published_is_not_drawn(lease: Lease, role: Role) -> None:
    put(lease, range(1, 4), role=role)
    assert draw(lease, share=1.0) == []


def test_what_was_not_scored_has_no_time_or_came_on_another_day_is_not_drawn(lease: Lease) -> None:
    put(lease, range(1, 3), scored=False)
    put(lease, range(3, 5), posted_at=None)
    put(lease, range(5, 7), seen_at=NOON + timedelta(days=1))
    late = put(lease, range(7, 8), seen_at=NOON + 4.9 * HOUR)  # 23.54 in Jakarta
    put(lease, range(8, 9), seen_at=NOON + 5 * HOUR)  # midnight there
    assert draw(lease, share=1.0) == late


def test_flagged_posts_and_those_of_removed_accounts_are_not_drawn(lease: Lease) -> None:
    one, other = put(lease, range(1, 3))
    flags.save_flags(lease, [make_flag(1, version_id=one)])
    assert draw(lease, share=1.0) == [other]
    lease.execute("DELETE FROM draws")
    accounts.remove_account(lease, make_account().id, reason="pensiun", by="rina", approved_by="joko", at=NOON)
    assert draw(lease, share=1.0) == []


def test_a_draw_is_judged_like_a_flag(lease: Lease) -> None:
    put(lease, range(1, 2))
    [one] = draw(lease, count=1)
    assert append_judgement(lease, make_judgement(flag_id=one))


def test_a_draw_that_is_flagged_later_keeps_what_was_said_of_it(lease: Lease) -> None:
    one, _ = put(lease, range(1, 3))
    draw(lease, share=1.0)
    lease.execute("UPDATE draws SET settled_at = ? WHERE id = ?", [NOON, one])
    flags.save_flags(lease, [make_flag(1, version_id=one)])
    assert lease.rows("SELECT drawn, settled_at FROM items WHERE id = ?", [one]) == [(False, NOON)]
    assert lease.rows("SELECT count(*) FROM items") == [(2,)]
