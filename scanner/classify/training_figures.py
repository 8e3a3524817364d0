"""What a training run found out on held-out posts, beside two anchors on the same folds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.anchors import keyword_scores, tfidf_margins
from scanner.classify.evaluate import average_precision, evaluate
from scanner.classify.fitting import Fitted
from scanner.classify.heads import HeldOut
from scanner.classify.material import Material
from scanner.domain.flags import Label


def describe(material: Material, fitted: Mapping[Label, Fitted]) -> dict[str, Any]:
    """Return sizes of the corpus, choices, figures on held-out parts and those of the anchors, by label."""
    sizes = {"posts": len(material.posts), "tellings": len(material.tellings), "lines": len(material.lines)}
    return {
        "corpus": sizes,
        "choices": {label: _choices(one.held_out) for label, one in fitted.items()},
        "held_out": {label: _held_out(material, label, one) for label, one in fitted.items()},
        "anchors": {label: _anchors(material, label) for label in fitted},
    }


def _choices(held_out: HeldOut) -> dict[str, Any]:
    return {"chosen": asdict(held_out.choice), "tried": [asdict(one) | {"ap": ap} for one, ap in held_out.scores]}


def _held_out(material: Material, label: Label, fitted: Fitted) -> dict[str, Any]:
    rows = np.flatnonzero(material.rows(label))
    labels = material.labels(label)[rows]
    probabilities = fitted.head.calibration.probabilities(fitted.held_out.margins)
    cuts = np.where(material.named[rows], fitted.head.threshold.named, fitted.head.threshold.unnamed)
    parts = {name: np.intersect1d(part, rows) for name, part in _parts(material).items()}
    return {
        name: asdict(evaluate(probabilities[part], labels[part], (probabilities >= cuts)[part]))
        for name, part in parts.items()
        if len(part)
    }


def _parts(material: Material) -> dict[str, NDArray[np.int64]]:
    """Rows of the parts; written rows stand first, so a row has the same number among those of a label."""
    hard = np.array([post.difficulty == "hard" for post in material.posts])
    return {
        "all": material.first,
        "hard": material.first[hard],
        "unknown names": np.flatnonzero([not telling.known for telling in material.tellings]),
        "timeline": np.flatnonzero(~material.written),
    }


def _anchors(material: Material, label: Label) -> dict[str, dict[str, float]]:
    rows = material.first
    batch = [material.tellings[row].matches for row in rows]
    labels = material.labels(label)[rows]
    scores: dict[str, NDArray[np.float64]] = {
        "keywords": keyword_scores(batch),
        "tfidf": tfidf_margins([one.original for one in batch], labels, material.folds[rows]),
    }
    hard = np.array([post.difficulty == "hard" for post in material.posts])
    parts: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {"all": lambda a: a, "hard": lambda a: a[hard]}
    return {
        part: {name: average_precision(pick(values), pick(labels)) for name, values in scores.items()}
        for part, pick in parts.items()
    }
