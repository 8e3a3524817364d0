"""The coefficients are those of the papers, and their intervals are honest about how little was seen."""

from __future__ import annotations

from itertools import permutations, product
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import cohen_kappa_score

from scanner.review.coefficients import (
    MISSING,
    Coefficient,
    Ratings,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    resampled,
)

COEFFICIENTS = (cohen_kappa, krippendorff_alpha, gwet_ac1)
KRIPPENDORFF = """1 1 . 1|2 2 3 2|3 3 3 3|3 3 3 3|2 2 2 2|1 2 3 4|4 4 4 4|1 1 2 1|2 2 2 2|. 5 5 5|. . 1 1|. . 3 ."""
"""Twelve units, four observers, a dot where nothing was said (Krippendorff 2011, section C)."""


def value(coefficient: Coefficient, ratings: Ratings, categories: int) -> float:
    patterns, times = np.unique(ratings, axis=0, return_counts=True)
    return float(coefficient(patterns, times[None].astype(float), categories)[0])


def from_table(*rows: tuple[int, ...]) -> Ratings:
    """Return the items of a table of how often one rater said the row and the other the column."""
    cells = product(range(len(rows)), repeat=2)
    return np.array([cell for cell in cells for _ in range(rows[cell[0]][cell[1]])])


def krippendorff_2011() -> Ratings:
    return np.array(
        [[MISSING if one == "." else int(one) - 1 for one in unit.split()] for unit in KRIPPENDORFF.split("|")]
    )


def ratings(raters: int, *, missing: bool = False, least: int = 2) -> st.SearchStrategy[Ratings]:
    shapes = st.tuples(st.integers(least, 25), st.just(raters))
    return arrays.arrays(np.int64, shapes, elements=st.integers(MISSING if missing else 0, 2))


def test_krippendorffs_own_example_gives_his_alpha_and_gwets_package_his_ac1():
    assert value(krippendorff_alpha, krippendorff_2011(), 5) == pytest.approx(0.743421, abs=5e-7)
    assert value(gwet_ac1, krippendorff_2011(), 5) == pytest.approx(0.77544, abs=5e-6)  # irrCAC, cac.raw4raters


def test_gwets_example_of_the_paradox_gives_his_kappa_and_ac1():
    nearly_all_alike = from_table((118, 5), (2, 0))  # Gwet 2008, table 2: 94.4 % agreement
    assert value(cohen_kappa, nearly_all_alike, 2) == pytest.approx(-0.0234, abs=5e-5)
    assert value(gwet_ac1, nearly_all_alike, 2) == pytest.approx(0.9408, abs=5e-5)


def test_the_abstractors_of_gwets_package_give_his_figures():
    abstractors = from_table((13, 0, 0), (0, 20, 7), (0, 4, 56))  # irrCAC, cont3x3abstractors
    assert value(cohen_kappa, abstractors, 3) == pytest.approx(0.7964094, abs=5e-8)
    assert value(gwet_ac1, abstractors, 3) == pytest.approx(0.8493305, abs=5e-8)
    assert value(krippendorff_alpha, abstractors, 3) == pytest.approx(0.79726, abs=5e-6)


@settings(max_examples=60, deadline=None)
@given(ratings(2))
def test_kappa_is_that_of_scikit_learn(rated: Ratings):
    ours = value(cohen_kappa, rated, 3)
    if len(np.unique(rated)) > 1:
        assert ours == pytest.approx(cohen_kappa_score(*rated.T), abs=1e-9)
    else:
        assert isnan(ours)


@settings(max_examples=60, deadline=None)
@given(ratings(4, missing=True))
def test_alpha_is_one_less_the_disagreement_of_pairs_seen_over_that_of_pairs_possible(rated: Ratings):
    units = [[one for one in unit if one != MISSING] for unit in rated.tolist()]
    units = [unit for unit in units if len(unit) > 1]
    everything = [one for unit in units for one in unit]
    total = len(everything)
    seen = sum(sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    possible = sum(a != b for a, b in permutations(everything, 2))
    ours = value(krippendorff_alpha, rated, 3)
    if possible:
        assert ours == pytest.approx(1 - (total - 1) * seen / possible, abs=1e-9)
    else:
        assert isnan(ours)


@settings(max_examples=60, deadline=None)
@given(ratings(4, missing=True))
def test_ac1_is_that_of_its_definition(rated: Ratings):
    units = [[one for one in unit if one != MISSING] for unit in rated.tolist()]
    units = [unit for unit in units if unit]
    several = [sum(a == b for a, b in permutations(u, 2)) / (len(u) * (len(u) - 1)) for u in units if len(u) > 1]
    ours = value(gwet_ac1, rated, 3)
    if not several:
        assert isnan(ours)
        return
    shares = [sum(unit.count(one) / len(unit) for unit in units) / len(units) for one in range(3)]
    expected = sum(share * (1 - share) for share in shares) / 2
    assert ours == pytest.approx((sum(several) / len(several) - expected) / (1 - expected), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(ratings(1).filter(lambda rated: len(np.unique(rated)) > 1))
def test_perfect_agreement_is_one(rated: Ratings):
    assert [value(one, np.hstack([rated, rated]), 3) for one in COEFFICIENTS] == pytest.approx([1, 1, 1])


@settings(max_examples=40, deadline=None)
@given(ratings(2), st.permutations(range(3)), st.randoms(use_true_random=False))
def test_neither_seats_nor_names_nor_order_change_what_is_measured(rated: Ratings, names: list[int], draw):
    changed = [rated[:, ::-1], np.array(names)[rated], np.array(draw.sample(rated.tolist(), len(rated)))]
    for coefficient, other in product(COEFFICIENTS, changed):
        assert value(coefficient, other, 3) == pytest.approx(value(coefficient, rated, 3), abs=1e-9, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(ratings(3, missing=True))
def test_an_item_nobody_rated_and_one_that_a_single_rater_saw_do_not_change_alpha(rated: Ratings):
    more = np.vstack([rated, [MISSING] * 3, [MISSING, 1, MISSING]])
    before, after = (value(krippendorff_alpha, one, 3) for one in (rated, more))
    assert after == pytest.approx(before, abs=1e-9, nan_ok=True)


@settings(max_examples=30, deadline=None)
@given(ratings(2, least=10))
def test_an_interval_holds_its_figure_in_order_and_comes_out_the_same_again(rated: Ratings):
    for coefficient in COEFFICIENTS:
        first, again = (resampled(rated, 3, replicates=200).interval(coefficient) for _ in range(2))
        assert first == again
        assert first is None or -1 <= first.low <= first.high <= 1


def test_the_interval_is_that_of_a_plain_bootstrap_over_items():
    rated = from_table((60, 12), (9, 40))
    draws = np.random.default_rng(1)
    plain = [value(krippendorff_alpha, rated[draws.integers(0, len(rated), len(rated))], 2) for _ in range(2000)]
    found = resampled(rated, 2, replicates=4000).interval(krippendorff_alpha)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(plain, [0.025, 0.975])), abs=0.02)


def test_more_items_make_the_interval_narrower():
    few, many = (
        resampled(from_table(*rows), 2).interval(gwet_ac1) for rows in (((9, 2), (1, 8)), ((90, 20), (10, 80)))
    )
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low


def test_where_every_answer_is_the_same_only_ac1_can_tell_anything():
    alike = from_table((50, 0), (0, 0))
    assert [resampled(alike, 2).interval(one) for one in (cohen_kappa, krippendorff_alpha)] == [None, None]
    found = resampled(alike, 2).interval(gwet_ac1)
    assert found is not None
    assert (found.value, found.low) == (1, 1)


def test_a_label_that_occurred_once_does_not_look_reliable():
    found = resampled(from_table((199, 0), (0, 1)), 2).interval(krippendorff_alpha)
    assert found is not None
    assert (found.value, found.low) == (1, 0)
