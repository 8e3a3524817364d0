"""Agreement is measured on what two people said blind; a few posts give no figure, and luck no licence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from scanner.classify.evaluate import Interval
from scanner.domain.flags import Label
from scanner.domain.reviews import Verdict
from scanner.review.agreement import ENOUGH, Agreement, Agreements, Use, flat, measure_agreement, read_agreement
from scanner.rules.ruleset import load_ruleset
from scanner.store import audit, flags, judgements
from scanner.store.connection import Store
from scanner.store.doubles import Double, Reading
from tests.store.samples import make_flag, make_judgement

CODE = "AJAKAN-PILIH"
LABELS = {CODE: Label.CAMPAIGN_SUPPORT, "SERAGAM": Label.PNS_ATTRIBUTE_USE}
YES, NO, MAYBE = Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE


def doubles(pair: tuple[str, str], *verdicts: tuple[Verdict, Verdict], times: int = 1) -> list[Double]:
    return [_double(f"{pair}{number}", pair, both) for number, both in enumerate(verdicts * times)]


def _double(flag_id: str, pair: tuple[str, str], verdicts: tuple[Verdict, Verdict]) -> Double:
    first, second = (
        Reading(reviewer=who, verdict=said, codes=(CODE,) if said is YES else ())
        for who, said in zip(pair, verdicts, strict=True)
    )
    return Double(flag_id, (first, second))


def asked(found: Iterable[Agreement], question: str, *reviewers: str) -> Agreement:
    [one] = [one for one in found if one.question == question and one.reviewers == reviewers]
    return one


def interval(value: float) -> Interval:
    return Interval(value, value, value)


def test_pairs_are_told_apart_and_stand_in_the_order_of_their_names():
    read = doubles(("tina", "budi"), (YES, YES), (NO, NO), times=10) + doubles(("budi", "ani"), (YES, NO), times=12)
    found = measure_agreement(read, LABELS)
    assert found.doubles == 32
    assert list(dict.fromkeys(one.reviewers for one in found.pairs)) == [("ani", "budi"), ("budi", "tina")]
    assert asked(found.overall, "verdict").same == pytest.approx(20 / 32)
    assert asked(found.pairs, "verdict", "budi", "tina").same == 1
    assert asked(found.pairs, "verdict", "ani", "budi").same == 0


def test_who_read_first_does_not_matter_for_a_pair():
    verdicts = [(YES, NO), (NO, NO), (YES, YES), (MAYBE, NO)] * 5
    straight = doubles(("ani", "budi"), *verdicts)
    turned = [replace(one, readings=one.readings[::-1]) if turn % 2 else one for one, turn in zip(straight, count())]
    assert measure_agreement(straight, LABELS) == measure_agreement(turned, LABELS)
    found = asked(measure_agreement(turned, LABELS).pairs, "verdict", "ani", "budi").kappa
    assert found is not None
    assert found.value == pytest.approx(cohen_kappa_score(*zip(*verdicts, strict=True)))


def test_names_are_the_same_person_however_they_are_written():
    read = doubles(("Ani ", "budi"), (YES, YES), times=6) + doubles(("budi", "ani"), (NO, NO), times=6)
    assert asked(measure_agreement(read, LABELS).pairs, "verdict", "ani", "budi").items == 12


def test_fewer_than_ten_items_give_no_figure():
    nine, ten = (
        measure_agreement(doubles(("ani", "budi"), *[(YES, YES), (NO, NO)] * 5)[:most], LABELS) for most in (9, 10)
    )
    one = asked(nine.overall, "verdict")
    assert (one.items, one.same, one.kappa, one.alpha, one.ac1) == (9, None, None, None, None)
    assert asked(ten.pairs, "verdict", "ani", "budi").alpha == interval(1)


def test_kappa_is_told_of_pairs_alone():
    found = measure_agreement(doubles(("ani", "budi"), (YES, YES), (NO, NO), times=10), LABELS)
    assert [one.kappa for one in found.overall] == [None] * len(found.overall)
    assert asked(found.pairs, "verdict", "ani", "budi").kappa == interval(1)


def test_unsure_is_an_answer_to_the_verdict_and_none_to_a_label():
    found = measure_agreement(doubles(("ani", "budi"), (YES, YES), (NO, NO), (MAYBE, NO), times=10), LABELS)
    assert asked(found.overall, "verdict").items == 30
    assert asked(found.overall, Label.CAMPAIGN_SUPPORT).items == 20
    assert asked(found.overall, Label.CAMPAIGN_SUPPORT).same == 1
    assert asked(found.overall, Verdict.UNSURE).same == pytest.approx(2 / 3)


def test_a_label_nobody_named_has_no_alpha_but_says_how_many_read_alike():
    one = asked(
        measure_agreement(doubles(("ani", "budi"), (YES, YES), times=20), LABELS).overall, Label.PNS_ATTRIBUTE_USE
    )
    assert (one.items, one.same, one.alpha) == (20, 1, None)
    assert one.use is Use.NONE


def test_nothing_read_twice_gives_questions_without_figures():
    found = measure_agreement([], LABELS)
    assert (found.doubles, found.pairs) == (0, ())
    assert {one.items for one in found.overall} == {0}


@pytest.mark.parametrize(
    ("low", "items", "use"),
    [
        (0.80, ENOUGH, Use.REFERRALS),
        (0.79, ENOUGH, Use.REPORTS),
        (0.67, ENOUGH, Use.REPORTS),
        (0.66, ENOUGH, Use.NONE),
        (1.00, ENOUGH - 1, Use.NONE),
    ],
)
def test_the_lower_bound_and_enough_items_decide_what_a_label_may_be_used_for(low: float, items: int, use: Use):
    one = measure_agreement(doubles(("ani", "budi"), (YES, YES), (NO, NO), times=10), LABELS).overall[0]
    assert replace(one, items=items, alpha=Interval(1.0, low, 1.0)).use is use


def test_rows_have_the_same_plain_columns_and_no_figure_where_there_is_none():
    rows = list(flat(measure_agreement(doubles(("ani", "budi"), (YES, YES), (NO, NO), times=3), LABELS)))
    assert len({tuple(row) for row in rows}) == 1
    assert [(row["reviewer_a"], row["reviewer_b"]) for row in rows] == [("", "")] * 6 + [("ani", "budi")] * 6
    assert {row["alpha"] for row in rows} == {None}
    assert {row["use"] for row in rows} == {Use.NONE, None}


def test_nothing_is_summed_over_one_reviewer():
    read = doubles(("ani", "budi"), (YES, NO), times=12) + doubles(("ani", "tina"), (YES, YES), times=12)
    found = measure_agreement(read, LABELS)
    assert {len(one.reviewers) for one in (*found.overall, *found.pairs)} == {0, 2}
    assert set(Agreements.__slots__) == {"doubles", "overall", "pairs"}


def test_reading_agreement_leaves_one_event_and_knows_the_shipped_codes(tmp_path: Path):
    store, ruleset = Store(tmp_path / "data" / "scanner.duckdb"), load_ruleset()
    known = next(code for code, one in ruleset.codes.items() if one.label is Label.CAMPAIGN_SUPPORT)
    with store.lease("test") as lease:
        flags.save_flags(lease, [make_flag(number) for number in range(12)])
        for number in range(12):
            for who in ("ani", "budi"):
                verdict = YES if number % 2 else NO
                given = {"flag_id": make_flag(number).id, "reviewer": who, "verdict": verdict, "codes": (known,)}
                judgements.append_judgement(lease, make_judgement(f"{who}{number}", **given))
        before = audit.events(lease)[0].seq
    found = read_agreement(store, actor="ketua", ruleset=ruleset)
    assert asked(found.pairs, Label.CAMPAIGN_SUPPORT, "ani", "budi").alpha == interval(1)
    with store.lease("test") as lease:
        [event] = [event for event in audit.events(lease) if event.seq > before]
    assert (event.actor, event.action, event.detail) == ("ketua", "agreement.show", {"doubles": 12})
