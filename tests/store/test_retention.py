"""A post leaves when all that is known of it is past its days, by outcome and phase; what is needed stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from scanner.domain.flags import Phase
from scanner.domain.posts import Post
from scanner.domain.retention import KEPT_FOR, Outcome, Policy
from scanner.domain.reviews import Stage, Verdict
from scanner.store import accounts, assignments, flags, gold, judgements, pages, referrals, retention
from scanner.store.assignments import Hold
from scanner.store.connection import Lease
from scanner.store.gold import Gold
from scanner.store.retention import Held
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_judgement, make_post

DAY = timedelta(days=1)
POLICY = Policy(days=dict(zip(KEPT_FOR, (7, 30, 365, 400, 3650), strict=True)))
ELECTION = retention.Election(id="pilbup-contoh", zone="Asia/Jakarta", phase_on=lambda _: Phase.PRA)


def put(lease: Lease, *posts: Post, at: datetime = NOON, body: bytes = b"page") -> None:
    accounts.save_accounts(lease, [make_account()])
    pages.save_page(
        lease,
        run_id="run-1",
        account=make_account(),
        posts=posts,
        captures=[make_evidence(body, captured_at=at)],
        cursor=None,
        rejected=(),
        seen_at=at,
    )


def flag(lease: Lease, number: int = 1, **changes: Any) -> str:
    """Put a flagged post on record."""
    made = make_flag(number, **changes)
    put(lease, make_post(number, text=f"Coblos nomor 9 ya, warga {number}!"))
    flags.save_flags(lease, [made])
    return made.id


def settle(lease: Lease, item: str, verdict: Verdict) -> None:
    codes = ("AJAKAN-PILIH",) if verdict is Verdict.SUSPECTED else ()
    for reviewer in ("sari", "tono"):
        said = make_judgement(f"{item}-{reviewer}", flag_id=item, reviewer=reviewer, verdict=verdict, codes=codes)
        judgements.append_judgement(lease, said)
    lease.execute("UPDATE flags SET settled_at = ? WHERE id = ?", [NOON + HOUR, item])


def past(lease: Lease, days: float, policy: Policy = POLICY, holds: Iterable[str] = ()) -> list[retention.Past]:
    return retention.past_days(lease, policy, ELECTION, holds=frozenset(holds), now=NOON + HOUR + days * DAY)


def test_a_post_that_nothing_flagged_leaves_after_its_days(lease: Lease):
    put(lease, make_post(1))
    assert past(lease, 6.9) == []
    [found] = past(lease, 7)
    assert (found.tomb.outcome, found.tomb.phase, found.tomb.election_id) == (
        Outcome.UNFLAGGED,
        Phase.PRA,
        "pilbup-contoh",
    )


def test_seeing_it_again_does_not_keep_it_but_other_words_do(lease: Lease):
    put(lease, make_post(1))
    put(lease, make_post(1), at=NOON + 5 * DAY)
    assert len(past(lease, 7)) == 1
    put(lease, make_post(1, text="Diubah"), at=NOON + 6 * DAY)
    assert past(lease, 12) == []
    assert len(past(lease, 13)) == 1


@pytest.mark.parametrize(
    ("verdict", "outcome", "days"),
    [
        (None, Outcome.UNSETTLED, 365),
        (Verdict.NOT_VIOLATION, Outcome.DISMISSED, 30),
        (Verdict.SUSPECTED, Outcome.SUSPECTED, 400),
    ],
)
def test_a_flagged_post_leaves_by_what_became_of_it(lease: Lease, verdict: Verdict | None, outcome: Outcome, days: int):
    item = flag(lease)
    if verdict is not None:
        settle(lease, item, verdict)
    assert past(lease, days - 0.1) == []
    [found] = past(lease, days)
    assert (found.tomb.outcome, found.tomb.phase) == (outcome, Phase.KAMPANYE)


def test_a_referred_post_stays_by_the_archive_schedule(lease: Lease):
    item = flag(lease)
    settle(lease, item, Verdict.SUSPECTED)
    referrals.record_referral(lease, item, by="sari", at=NOON + HOUR)
    assert past(lease, 3649) == []
    assert [one.tomb.outcome for one in past(lease, 3650)] == [Outcome.REFERRED]


def test_a_phase_may_have_days_of_its_own(lease: Lease):
    put(lease, make_post(1))
    flag(lease, 2)
    own = Policy(POLICY.days, {Phase.PRA: {Outcome.UNFLAGGED: 3}, Phase.KAMPANYE: {Outcome.UNSETTLED: 5}})
    assert len(past(lease, 3, own)) == 1
    assert len(past(lease, 7, own)) == 2


def test_a_post_of_unknown_time_leaves_by_the_days_of_all_phases(lease: Lease):
    put(lease, make_post(1, posted_at=None))
    own = Policy(POLICY.days, {Phase.PRA: {Outcome.UNFLAGGED: 0}})
    assert past(lease, 6, own) == []
    assert [one.tomb.phase for one in past(lease, 7, own)] == [None]


def test_of_several_versions_the_gravest_decides_and_the_longest_days(lease: Lease):
    first, second = flag(lease), make_flag(1, version_id=make_post(1, text="Kedua").version_id)
    put(lease, make_post(1, text="Kedua"), at=NOON + HOUR)
    flags.save_flags(lease, [second])
    settle(lease, first, Verdict.NOT_VIOLATION)
    assert past(lease, 364) == [], "the second flag waits"
    settle(lease, second.id, Verdict.SUSPECTED)
    assert past(lease, 399) == []
    assert [one.tomb.outcome for one in past(lease, 400)] == [Outcome.SUSPECTED]


def test_an_edit_that_is_flagged_late_waits_as_long_as_any_other(lease: Lease):
    settle(lease, flag(lease), Verdict.NOT_VIOLATION)
    edited = make_post(1, text="Kedua")
    put(lease, edited, at=NOON + 360 * DAY)
    flags.save_flags(lease, [make_flag(1, version_id=edited.version_id)])
    assert lease.rows("SELECT DISTINCT known_at FROM flags") == [(NOON,)], "the legal clock is that of the first"
    assert past(lease, 724) == []
    assert [one.tomb.outcome for one in past(lease, 725)] == [Outcome.UNSETTLED]


def test_a_flag_of_an_unknown_phase_stays(lease: Lease):
    flag(lease)
    lease.execute("UPDATE flags SET phase = 'LAIN'")
    assert past(lease, 5000) == []


def test_gold_a_legal_hold_and_what_is_in_hand_stay(lease: Lease):
    for number in (1, 2, 3):
        settle(lease, flag(lease, number), Verdict.NOT_VIOLATION)
    put(lease, make_post(9))
    items = [make_flag(number).id for number in (1, 2, 3)]
    gold.set_gold(lease, Gold(items[0], Verdict.NOT_VIOLATION, (), set_by="dewi", set_at=NOON), reason="jelas")
    assert {one.held for one in past(lease, 30)} == {Held.GOLD, None}
    by_law = past(lease, 30, holds=["mastodon"])
    assert [one.held for one in by_law] == [Held.LEGAL_HOLD] * 3 + [None]


def test_what_somebody_has_in_hand_stays_until_they_give_it_back(lease: Lease):
    item = flag(lease)
    now = NOON + HOUR + 365 * DAY
    assignments.hold(lease, "sari", [Hold(item, Stage.BLIND, now, shown=True)])
    assert [one.held for one in past(lease, 365)] == [Held.IN_HAND]
    assert [one.held for one in past(lease, 365.1)] == [None]


def test_of_some_posts_alone_the_same_is_told(lease: Lease):
    for number in (1, 2, 3):
        put(lease, make_post(number))
    every = past(lease, 7)
    chosen = retention.past_days(
        lease, POLICY, ELECTION, only=[every[1].post_id, "mastodon:lain"], now=NOON + HOUR + 7 * DAY
    )
    assert chosen == [every[1]]
