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
from scanner.classify.assessment import Assessment, Stream, assess
from scanner.classify.examples import load_corpus
from scanner.classify.judged import JudgedPost
from scanner.classify.neutrality import Neutrality, measure_neutrality
from scanner.detect.reader import Reader, Text
from scanner.domain.flags import Label, Phase
from scanner.report.cases import Worst, worst
from scanner.report.columns import judged_columns, judged_rows, read_texts
from scanner.report.guards import Guard, load_disguised, load_lawful, measure_disguised, measure_lawful, told
from scanner.rules.elections import Election

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
    columns = read_texts(texts, reader)
    judged = {label: rows for label in Label if len(rows := judged_rows(posts, label))}
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
            assess(label, judged_columns(label, rows, posts, texts, columns), stream or Stream())
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


def plain(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as plain values for JSON; what could not be told is null."""
    values: dict[str, Any] = _plain(asdict(evaluation))
    return values


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """Return the same without curves, slices, posts and texts: figures that fit on a screen."""
    values = plain(evaluation)
    del values["worst"]
    for head in values["heads"]:
        for curve in ("reliability", "cuts", "capacities", "slices"):
            del head[curve]
    for guard in values["guards"]:
        del guard["failures"]
    return values


def write_json(path: Path, evaluation: Evaluation) -> None:
    """Write report.json."""
    path.write_text(json.dumps(plain(evaluation), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


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
