"""The recipe: from the written corpus to a model folder, the same every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.anchors import keyword_scores, tfidf_margins
from scanner.classify.bundle import FORMAT, Config, load_model, read_config, write_model, write_report
from scanner.classify.calibrate import choose_threshold, fit_calibration
from scanner.classify.card import write_card
from scanner.classify.evaluate import average_precision, evaluate
from scanner.classify.examples import CorpusPost, LabelledPost, load_labelled
from scanner.classify.features import FeatureParams
from scanner.classify.genres import number_genres
from scanner.classify.heads import HeldOut, as_genres, fit_head, hold_out, inverse_frequencies, served
from scanner.classify.material import Material, prepare
from scanner.classify.model import LABELS, Head, Model
from scanner.classify.neutrality import draw_frames, measure_neutrality
from scanner.classify.trusted import dump_heads
from scanner.domain.flags import Label
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

PARAMS = FeatureParams(bits=16, cue_scale=0.3, class_scale=1.3)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What reviewers ask of the thresholds."""

    precision: float = 0.9
    """Share of flagged held-out posts that are rightly flagged."""
    capacity: tuple[int, int] | None = None
    """Instead: posts a day that can be read, of posts a day that come in."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a training run made."""

    folder: Path
    model_id: str
    metrics: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fitted:
    """One head with everything chosen on held-out folds."""

    head: Head
    held_out: HeldOut
    regression: LogisticRegression


def train(
    corpus: Path,
    out: Path,
    *,
    ruleset: Ruleset,
    elections: Sequence[Election],
    seed: int = 0,
    wanted: Wanted | None = None,
    params: FeatureParams = PARAMS,
    lines: Path | None = None,
    command: str = "scanner.classify.train.train",
) -> Report:
    """Train both heads on a corpus folder and write the model folder `out`, replacing what was there.

    `elections` are those a matcher knows when it meets names of the corpus it has never heard, and those
    of the name-swap test. `lines` is the folder of the public lines that the corpus holds judgements of (see
    timeline.py); None: written posts alone teach. The same corpus, rules, elections and seed give the same weights.
    """
    material = prepare(corpus, ruleset, elections, seed, params, lines)
    fitted = {label: fit(material, label, wanted or Wanted()) for label in LABELS}
    idf = inverse_frequencies(material.frequencies, len(material.posts) + len(material.lines))
    config = write_model(
        out,
        _config(material, out.name, ruleset, params, fitted, seed),
        {
            "table": np.concatenate([served(one.regression)[0] for one in fitted.values()]) * idf,
            "frequencies": material.frequencies,
        },
        dump_heads({str(label): one.regression for label, one in fitted.items()}),
    )
    metrics = {
        "command": command,
        "corpus": {
            "posts": len(material.posts),
            "tellings": len(material.tellings),
            "lines": len(material.lines),
        },
        "choices": {label: _choices(one.held_out) for label, one in fitted.items()},
        "held_out": {label: _held_out(material, label, one) for label, one in fitted.items()},
        "anchors": {label: _anchors(material, label) for label in LABELS},
        "neutrality": asdict(_neutrality(load_model(out), material.posts, ruleset, elections, seed)),
    }
    write_report(out, metrics, write_card(config, metrics))
    return Report(folder=out, model_id=config.model_id, metrics=metrics)


def fit(material: Material, label: Label, wanted: Wanted) -> Fitted:
    """Fit one head; its strength, share, calibration and thresholds come from rows its folds had not seen.

    Where lines of the timeline teach, they count four times as much as the written posts for strength and share: they
    are nearer to what the head will read.
    """
    rows = np.flatnonzero(material.rows(label))
    matrix, labels, weights = material.matrix[rows], material.labels(label)[rows], material.balanced(label)[rows]
    genres = number_genres(labels, material.genres(label)[rows])
    written = material.written[rows]
    domains = None if written.all() else written
    held_out = hold_out(
        matrix,
        genres,
        weights,
        material.folds[rows],
        written=domains,
        domains=() if domains is None else (written, *[~written] * 4),
    )
    calibration = fit_calibration(held_out.margins, labels, material.weights[rows])
    threshold = choose_threshold(
        calibration.probabilities(held_out.margins),
        labels,
        material.named[rows],
        precision=wanted.precision,
        capacity=wanted.capacity,
    )
    regression = fit_head(matrix, genres, weights, held_out.choice, written=domains)
    head = Head(label=label, genres=as_genres(genres, regression), calibration=calibration, threshold=threshold)
    return Fitted(head=head, held_out=held_out, regression=regression)


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


def _config(
    material: Material, name: str, ruleset: Ruleset, params: FeatureParams, fitted: Mapping[Label, Fitted], seed: int
) -> Config:
    import sklearn

    return Config(
        format=FORMAT,
        name=name,
        labels=tuple(str(label) for label in LABELS),
        params=params,
        heads=tuple(one.head for one in fitted.values()),
        ruleset=ruleset.id,
        corpus_sha256=material.corpus_sha256,
        seed=seed,
        scikit_learn=sklearn.__version__,
        files={},
    )


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


def _neutrality(
    model: Model, posts: Sequence[CorpusPost], ruleset: Ruleset, elections: Sequence[Election], seed: int
) -> Any:
    return measure_neutrality(model, draw_frames([post.text for post in posts], seed), ruleset, elections)
