"""Figures of a trained model on posts of other people, added to its folder and card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scanner.classify.anchors import keyword_scores
from scanner.classify.bundle import load_model, read_config, write_report
from scanner.classify.card import write_card
from scanner.classify.evaluate import average_precision, evaluate
from scanner.classify.examples import LabelledPost, load_labelled
from scanner.classify.model import Model
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Report:
    """What a training run made."""

    folder: Path
    model_id: str
    metrics: Mapping[str, Any]


def measure_transfer(model: Model, matcher: Matcher, posts: Sequence[LabelledPost]) -> dict[str, Any]:
    """Measure a model on labelled posts of other people, with the keyword rule beside it."""
    batch = [matcher.match(post.text) for post in posts]
    scores = model.score(batch).astype(np.float64)
    heads = {}
    for k, head in enumerate(model.heads):
        values = [getattr(post, head.label) for post in posts]
        judged = np.array([value is not None for value in values])
        if not judged.any():
            continue
        labels = np.array([value == 1 for value in values])[judged]
        cuts = np.array([head.threshold.at(named=one.has_object) for one in batch])[judged]
        probabilities = scores[judged, k]
        heads[str(head.label)] = asdict(evaluate(probabilities, labels, probabilities >= cuts))
    support = np.array([post.campaign_support == 1 for post in posts])
    return {"heads": heads, "keywords": average_precision(keyword_scores(batch), support)}


def add_transfer(report: Report, file: Path, field: str, ruleset: Ruleset, elections: Sequence[Election]) -> Report:
    """Measure a trained model on labelled posts of other people and write the figures into its folder and card.

    `field` is the file's name for campaign support. Nothing is trained or chosen on these posts.
    """
    posts = load_labelled(file, support_field=field)
    measured = measure_transfer(load_model(report.folder), Matcher(ruleset, elections), posts)
    return add_figures(report, {"transfer": {file.name: measured}})


def add_figures(report: Report, figures: Mapping[str, Any]) -> Report:
    """Write more figures of a trained model into its folder and card."""
    metrics = {**report.metrics, **figures}
    write_report(report.folder, metrics, write_card(read_config(report.folder), metrics))
    return replace(report, metrics=metrics)
