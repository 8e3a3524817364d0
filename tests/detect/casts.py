"""A fictional election, and models whose probabilities are chosen by hand so that nothing here depends on training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from scanner.classify.features import FeatureParams
from scanner.classify.model import LABELS, Calibration, Genre, Head, Model, Threshold
from scanner.demo import province
from scanner.domain.flags import Label
from scanner.domain.posts import Post, Role
from scanner.rules.election_files import load_election
from scanner.rules.elections import Election
from tests.store.samples import make_post

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""Noon in Nusa Rimba, in the middle of the campaign."""
BEFORE_PENETAPAN, OUTSIDE = NOON - timedelta(days=50), NOON - timedelta(days=200)
LOW, NAMED, UNNAMED = 0.2, 0.7, 0.95
"""A probability that reaches nothing, one that is enough with a named participant, one that is enough alone."""
PARAMS = FeatureParams(bits=8)
THRESHOLD = Threshold(named=0.6, unnamed=0.9)


def make_election(folder: Path, today: date = TODAY, participants: int = 3) -> Election:
    """Return the election of Nusa Rimba around this day, with its first two or all three pairs."""
    for name, content in province.elections(today).items():
        raw = yaml.safe_load(content)
        if name.startswith(province.ELECTION):
            raw["participants"] = raw["participants"][:participants]
        (folder / name).write_text(yaml.safe_dump(raw, allow_unicode=True), "utf-8")
    return load_election(folder / f"{province.ELECTION}.yaml")


def make_heads(support: float, attribute: float) -> tuple[Head, ...]:
    chosen = {Label.CAMPAIGN_SUPPORT: support, Label.PNS_ATTRIBUTE_USE: attribute}
    return tuple(
        Head(
            label=label,
            genres=(Genre("ya", carries=True, intercept=math.log(chosen[label] / (1 - chosen[label]))),),
            calibration=Calibration(slope=1.0, intercept=0.0),
            threshold=THRESHOLD,
        )
        for label in LABELS
    )


def make_model(support: float = LOW, attribute: float = LOW, **changes: Any) -> Model:
    """Return a model that gives every post these probabilities."""
    values: dict[str, Any] = {
        "id": "tetap-00000000",
        "params": PARAMS,
        "heads": make_heads(support, attribute),
        "table": np.zeros((len(LABELS), PARAMS.size), dtype=np.float32),
        "ruleset": "",
    }
    return Model(**{**values, **changes})


def make_random_model(seed: int = 7) -> Model:
    """Return a model in which every word counts, so that equal scores mean equal features."""
    table = np.random.default_rng(seed).normal(scale=3.0, size=(len(LABELS), PARAMS.size)).astype(np.float32)
    return make_model(support=0.5, attribute=0.5, table=table)


def written(text: str, at: datetime | None = NOON, role: Role = Role.POSTED, **changes: Any) -> Post:
    return make_post(text=text, posted_at=at, role=role, **changes)


def codes(found: Sequence[Any]) -> list[str]:
    return [one.code for one in found]
