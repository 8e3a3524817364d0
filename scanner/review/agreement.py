"""How far reviewers agree who read the same post blind: for each label and verdict, over all of them and by pair.

It measures the codebook and the questions asked, not people: pairs stand in the order of their names, and nothing is
summed over one reviewer (guardrail G15).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

import numpy as np

from scanner.classify.evaluate import Interval
from scanner.classify.slices import FEWEST
from scanner.domain.reviews import Verdict
from scanner.domain.users import folded
from scanner.review.coefficients import MISSING, Ratings, cohen_kappa, gwet_ac1, krippendorff_alpha, resampled
from scanner.review.questions import QUESTIONS, Labels
from scanner.rules.ruleset import Ruleset
from scanner.store import audit
from scanner.store.connection import Store
from scanner.store.doubles import Double, Reading, load_doubles

ENOUGH = 200
"""Posts read twice from which a label may be used at all (reliability B2): a few that agree by luck show nothing."""


class Use(StrEnum):
    """What a label may be used for. The lower bound of alpha counts (Krippendorff 2004, Content Analysis, ch. 11)."""

    REFERRALS = "referral_statistics"  # from 0.80
    REPORTS = "reports"  # from 0.67
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one question; figures are None below `FEWEST` items or where every answer was the same."""

    question: str
    """A label; `verdict`; or one verdict against the others."""
    reviewers: tuple[str, ...]
    """Two names; none: all reviewers."""
    items: int
    """Posts on which both readers gave an answer."""
    same: float | None
    """Share of items with the same answer."""
    kappa: Interval | None
    """Cohen's, of pairs alone: it is about two people's habits."""
    alpha: Interval | None
    """Krippendorff's, nominal."""
    ac1: Interval | None
    """Gwet's."""

    @property
    def use(self) -> Use:
        """Tell what the answers may be used for."""
        low = self.alpha.low if self.alpha is not None and self.items >= ENOUGH else 0.0
        return Use.REFERRALS if low >= 0.80 else Use.REPORTS if low >= 0.67 else Use.NONE


@dataclass(frozen=True, slots=True)
class Agreements:
    """All questions over all reviewers, then by pair."""

    doubles: int
    """Posts read twice."""
    overall: tuple[Agreement, ...]
    pairs: tuple[Agreement, ...]


def read_agreement(
    store: Store, *, actor: str, ruleset: Ruleset, since: datetime | None = None, until: datetime | None = None
) -> Agreements:
    """Measure agreement on what was read twice in a period (half open, by the second reading).

    That the judgements were read is recorded in the audit chain.
    """
    with store.lease("review: read doubles") as lease:
        doubles = load_doubles(lease, since=since, until=until)
        detail = {"doubles": len(doubles)}
        audit.append(lease, actor=actor, action="agreement.show", subject="agreement", detail=detail)
    return measure_agreement(doubles, {code: known.label for code, known in ruleset.codes.items()})


def measure_agreement(
    doubles: Sequence[Double], labels: Labels, *, seed: int = 0, replicates: int = 1000
) -> Agreements:
    """Measure agreement; the same doubles and seed give the same intervals."""
    ordered = [sorted(double.readings, key=_name) for double in doubles]
    rows: dict[tuple[str, ...], list[int]] = {}
    for row, both in enumerate(ordered):
        rows.setdefault(tuple(map(_name, both)), []).append(row)
    kinds, said = _kinds(ordered)
    overall: list[Agreement] = []
    by_pair: list[Agreement] = []
    for question, (categories, answer) in QUESTIONS.items():
        ratings = np.array([answer(one, labels) for one in kinds], dtype=np.int64)[said]
        measure = partial(_measure, question, categories=categories, seed=seed, replicates=replicates)
        overall.append(measure((), ratings))
        by_pair += [measure(pair, ratings[rows[pair]]) for pair in rows]
    return Agreements(len(doubles), tuple(overall), tuple(sorted(by_pair, key=lambda one: one.reviewers)))


def flat(agreements: Agreements) -> Iterator[dict[str, Any]]:
    """Yield one row of plain values for each question and group, for tables and programs; None: no figure."""
    for one in (*agreements.overall, *agreements.pairs):
        first, second = one.reviewers or ("", "")
        row = {"question": one.question, "reviewer_a": first, "reviewer_b": second, "items": one.items}
        row |= {"same": one.same, **_bounds("kappa", one.kappa), **_bounds("alpha", one.alpha)}
        yield row | {**_bounds("ac1", one.ac1), "use": None if one.reviewers else one.use}


def _bounds(name: str, one: Interval | None) -> dict[str, float | None]:
    values = (None, None, None) if one is None else (one.value, one.low, one.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _measure(
    question: str, reviewers: tuple[str, ...], ratings: Ratings, *, categories: int, seed: int, replicates: int
) -> Agreement:
    answered = ratings[(ratings != MISSING).all(axis=1)]
    enough = len(answered) >= FEWEST
    drawn = resampled(answered, categories, seed=seed, replicates=replicates) if enough else None
    return Agreement(
        question=question,
        reviewers=reviewers,
        items=len(answered),
        same=float((answered[:, 0] == answered[:, 1]).mean()) if enough else None,
        kappa=drawn.interval(cohen_kappa) if drawn and reviewers else None,
        alpha=drawn.interval(krippendorff_alpha) if drawn else None,
        ac1=drawn.interval(gwet_ac1) if drawn else None,
    )


def _kinds(doubles: Iterable[Iterable[Reading]]) -> tuple[list[Reading], Ratings]:
    """Return a reading for each thing that was said, few as they are, and for each double which of them its two are."""
    numbers: dict[tuple[Verdict, tuple[str, ...]], int] = {}
    said = [[numbers.setdefault((one.verdict, one.codes), len(numbers)) for one in both] for both in doubles]
    kinds = [Reading(reviewer="", verdict=verdict, codes=codes) for verdict, codes in numbers]
    return kinds, np.array(said, dtype=np.int64).reshape(-1, 2)


@lru_cache(1024)
def _folded(reviewer: str) -> str:
    return folded(reviewer)


def _name(reading: Reading) -> str:
    return _folded(reading.reviewer)
