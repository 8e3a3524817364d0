"""`scanner evaluate`: a model, with the rules around it, measured on labelled posts; report.json and report.html."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import scanner
from scanner.classify.anchors import keyword_scores
from scanner.classify.assessment import Assessment, Judged, Stream, assess
from scanner.classify.examples import load_corpus
from scanner.classify.judged import JudgedPost
from scanner.classify.neutrality import Neutrality, measure_neutrality
from scanner.classify.slices import length_facets
from scanner.detect.reader import Reader, Text
from scanner.domain.flags import Label, Phase
from scanner.report.cases import Worst, worst
from scanner.report.guards import Guard, load_disguised, load_lawful, measure_disguised, measure_lawful, told
from scanner.rules.elections import Election

_BATCH = 1000  # posts read at once: what the matcher finds in them is forgotten afterwards
_ALONE = 200  # posts read one by one for the latency of a single post


@dataclass(frozen=True, slots=True)
class Cost:
    """What reading posts costs on this machine."""

    posts_per_second: float
    """Match, score and judge, in batches, on one core."""
    median_ms: float
    """One post read alone."""
    p95_ms: float
    model_bytes: int
    """All files of the model folder."""
    table_bytes: int
    """The serving table in memory."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that the report says."""

    data: str
    posts: int
    trained_on: int
    """Posts that stand word for word in the shipped corpus: what a model has learned says nothing of what it can."""
    versions: Mapping[str, str]
    stream: Stream
    thresholds: Mapping[str, tuple[float, float]]
    """By label: where somebody is named, where nobody we know is named."""
    heads: tuple[Assessment, ...]
    """Labels that nobody judged are left out."""
    worst: tuple[Worst, ...]
    neutrality: Neutrality
    guards: tuple[Guard, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class _Columns:
    """What reader and model make of the posts, side by side."""

    probabilities: Mapping[Label, np.ndarray[Any, np.dtype[np.float64]]]
    above: Mapping[Label, list[bool]]
    queued: Mapping[Label, list[bool]]
    keywords: np.ndarray[Any, np.dtype[np.float64]]
    seconds: float


def evaluate_posts(
    posts: Sequence[JudgedPost],
    reader: Reader,
    *,
    data: str,
    models: Path,
    model_folder: Path,
    elections: Sequence[Election],
    cast: Election,
    phase: Phase = Phase.KAMPANYE,
    stream: Stream | None = None,
) -> Evaluation:
    """Measure everything. `models` is the shipped folder with the guard sets, whose slots `cast` fills.

    `elections` are those of the name-swap test. Where posts have slots, `reader` knows the cast alone.
    """
    texts = [Text(text=told(post.text, cast), phase=post.phase or phase) for post in posts]
    columns = _read(texts, reader)
    judged = {label: rows for label in Label if len(rows := _rows(posts, label))}
    lawful, disguised = load_lawful(models), load_disguised(models)
    guarding = Reader(ruleset=reader.ruleset, model=reader.model, elections=(cast,))
    frames = [one.plain for one in disguised] + [one.text for one in lawful]
    return Evaluation(
        data=data,
        posts=len(posts),
        trained_on=_known(posts, models / "training"),
        versions=_versions(reader),
        stream=stream or Stream(),
        thresholds={str(head.label): (head.threshold.named, head.threshold.unnamed) for head in reader.model.heads},
        heads=tuple(
            assess(label, _judged(label, rows, posts, texts, columns), stream or Stream())
            for label, rows in judged.items()
        ),
        worst=tuple(
            worst(
                label,
                [posts[row] for row in rows],
                [texts[row] for row in rows],
                columns.probabilities[label][rows],
                reader,
            )
            for label, rows in judged.items()
        ),
        neutrality=measure_neutrality(reader.model, _framed(frames), reader.ruleset, elections),
        guards=(measure_lawful(lawful, guarding), measure_disguised(disguised, guarding)),
        cost=_cost(texts, reader, columns.seconds, model_folder),
    )


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as plain values for JSON; what could not be told is null."""
    plain: dict[str, Any] = _plain(asdict(evaluation))
    return plain


def write_json(path: Path, evaluation: Evaluation) -> None:
    """Write report.json."""
    path.write_text(json.dumps(summary(evaluation), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _read(texts: Sequence[Text], reader: Reader) -> _Columns:
    probabilities: dict[Label, list[float]] = {label: [] for label in Label}
    above: dict[Label, list[bool]] = {label: [] for label in Label}
    queued: dict[Label, list[bool]] = {label: [] for label in Label}
    keywords, seconds = [np.empty(0)], 0.0
    reader.read(texts[:1])  # compiles the rules, which is not part of reading
    for first in range(0, len(texts), _BATCH):
        began = time.perf_counter()
        readings = reader.read(texts[first : first + _BATCH])
        seconds += time.perf_counter() - began
        keywords.append(keyword_scores([reading.matches for reading in readings]))
        for reading in readings:
            for score in reading.scores:
                threshold = reader.model.thresholds[score.label].at(named=reading.matches.has_object)
                probabilities[score.label].append(score.probability)
                above[score.label].append(score.probability >= threshold)
                queued[score.label].append(score.label in reading.labels)
    return _Columns(
        probabilities={label: np.array(values) for label, values in probabilities.items()},
        above=above,
        queued=queued,
        keywords=np.concatenate(keywords),
        seconds=seconds,
    )


def _rows(posts: Sequence[JudgedPost], label: Label) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([row for row, post in enumerate(posts) if post.labels.get(label) is not None], dtype=np.int64)


def _judged(
    label: Label,
    rows: np.ndarray[Any, np.dtype[np.int64]],
    posts: Sequence[JudgedPost],
    texts: Sequence[Text],
    columns: _Columns,
) -> Judged:
    lengths = length_facets([texts[row].text for row in rows])
    return Judged(
        probabilities=columns.probabilities[label][rows],
        labels=np.array([posts[row].labels[label] is True for row in rows]),
        above=np.array(columns.above[label])[rows],
        queued=np.array(columns.queued[label])[rows],
        keywords=columns.keywords[rows],
        facets=[{**posts[row].facets, "length": length} for row, length in zip(rows, lengths, strict=True)],
    )


def _framed(texts: Iterable[str]) -> list[str]:
    """Return the different texts in which somebody can be swapped for somebody else."""
    return list(dict.fromkeys(text for text in texts if any(slot in text for slot in ("{P", "{N", "{B", "{H"))))


def _cost(texts: Sequence[Text], reader: Reader, seconds: float, model_folder: Path) -> Cost:
    alone = []
    for text in texts[:_ALONE]:
        began = time.perf_counter()
        reader.read([text])
        alone.append(1000 * (time.perf_counter() - began))
    return Cost(
        posts_per_second=len(texts) / max(seconds, 1e-9),
        median_ms=float(np.median(alone)),
        p95_ms=float(np.quantile(alone, 0.95)),
        model_bytes=sum(path.stat().st_size for path in model_folder.iterdir()),
        table_bytes=reader.model.table.nbytes,
    )


def _known(posts: Sequence[JudgedPost], corpus: Path) -> int:
    learned = {post.text for post in load_corpus(corpus)}
    return sum(post.text in learned for post in posts)


def _versions(reader: Reader) -> dict[str, str]:
    return {
        "scanner": scanner.__version__,
        "model": reader.model.id,
        "rules": reader.ruleset.id,
        "numpy": np.__version__,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
