"""Adapting: an office's own reviewers teach the shipped model, and what they taught replaces nothing better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scanner.classify.bundle import Config, load_frequencies, load_model, read_config, write_model, write_report
from scanner.classify.card import write_adapted_card
from scanner.classify.examples import LabelledPost
from scanner.classify.fitting import Wanted
from scanner.classify.frequencies import inverse_frequencies
from scanner.classify.heads import as_regression
from scanner.classify.lessons import Adapted, adapt_head, read_lessons
from scanner.classify.model import LABELS, Model
from scanner.classify.neutrality import Neutrality, measure_neutrality
from scanner.classify.rivals import Frozen, Rival, Verdict, compare, load_rival, mark, read_seen
from scanner.classify.transfer import Report
from scanner.classify.trusted import dump_heads
from scanner.domain.flags import Label
from scanner.errors import ModelError
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.matches import Matches
from scanner.rules.ruleset import Ruleset

LARGEST_SHIFT = 0.02
"""Largest difference of probability that changing sides may make (guardrail G7)."""


def adapt(
    base: Path,
    posts: Sequence[LabelledPost],
    out: Path,
    *,
    ruleset: Ruleset,
    elections: Sequence[Election],
    frozen: Frozen,
    frames: Sequence[str],
    source: str = "labelled posts",
    wanted: Wanted | None = None,
    seed: int = 0,
    command: str = "scanner.classify.adapt.adapt",
) -> Report:
    """Adapt the model folder `base` to labelled posts and write the model folder `out`.

    Campaign support is always learnt; attribute use where enough posts were judged for it and held-out posts are then
    ranked better than before, otherwise that head stays as it is. `frames` are posts with slots for the name-swap
    test, `source` says in errors where the posts are from. Raises ModelError, and writes nothing, where labels are
    too few, changing sides would change a decision, or the model in `out`, or else the base, does better on `frozen`
    and the held-out labels (see rivals.py).
    """
    rival, before = load_rival(out, base), load_model(base)
    if read_seen(base):
        raise ModelError(f"{base}: {before.id} was itself adapted; start from a shipped model, with all labels")
    frequencies = load_frequencies(base)
    idf = inverse_frequencies(frequencies, int(frequencies.max(initial=0)))
    matcher = Matcher(ruleset, elections)
    matches = [matcher.match(post.text) for post in posts]
    adapted = _adapted(before, posts, matches, idf, source, wanted or Wanted(), seed)
    model = _assembled(before, adapted, ruleset)
    neutrality = measure_neutrality(model, frames, ruleset, elections)
    _require_neutral(neutrality, out)
    verdict = compare(rival, model, adapted[Label.CAMPAIGN_SUPPORT].probabilities, posts, matches, frozen)
    _require_better(verdict, rival, out)
    config = _written(model, read_config(base), out, frequencies, idf, seed)
    metrics = {
        "command": command,
        "adapted": {
            "base": before.id,
            "labels": len(posts),
            "heads": {str(label): one.figures for label, one in adapted.items()},
            "against": asdict(verdict),
            "seen": sorted({mark(post.text) for post in posts}),
        },
        "neutrality": asdict(neutrality),
    }
    write_report(out, metrics, write_adapted_card(config, metrics))
    return Report(folder=out, model_id=config.model_id, metrics=metrics)


def _adapted(
    base: Model,
    posts: Sequence[LabelledPost],
    matches: Sequence[Matches],
    idf: NDArray[np.float32],
    source: str,
    wanted: Wanted,
    seed: int,
) -> dict[Label, Adapted]:
    adapted = {}
    for label in LABELS:
        lessons = read_lessons(posts, matches, label, base, idf)
        if lessons.missing and label is Label.CAMPAIGN_SUPPORT:
            raise ModelError(f"{source}: {lessons.missing}")
        if lessons.missing:
            continue
        one = adapt_head(base, lessons, wanted, seed)
        if label is Label.CAMPAIGN_SUPPORT or one.better:
            adapted[label] = one
    return adapted


def _assembled(base: Model, adapted: Mapping[Label, Adapted], ruleset: Ruleset) -> Model:
    table = base.table.copy()
    for label, one in adapted.items():
        table[base.rows[LABELS.index(label)]] = one.rows.table
    heads = tuple(adapted[head.label].rows.head if head.label in adapted else head for head in base.heads)
    return Model(id="adapted", params=base.params, heads=heads, table=table, ruleset=ruleset.id)


def _require_neutral(neutrality: Neutrality, out: Path) -> None:
    if neutrality.flips or neutrality.largest_shift > LARGEST_SHIFT:
        raise ModelError(
            f"{out}: nothing written: changing sides would change {neutrality.flips} decisions and move a probability "
            f"by {neutrality.largest_shift:.3f}; 0 and at most {LARGEST_SHIFT} are allowed. "
            f"Where it moves most: {neutrality.widest}"
        )


def _require_better(verdict: Verdict, rival: Rival, out: Path) -> None:
    if not verdict.replaces:
        kept = "kept" if rival.in_place else "nothing written, the base is better"
        raise ModelError(
            f"{out}: {kept}: {verdict.rival} {verdict.before:.3f}, the new one {verdict.after:.3f} (average precision "
            f"on {verdict.posts[0]} frozen and {verdict.posts[1]} labelled posts, their mean); label more posts"
        )


def _written(
    model: Model, base: Config, out: Path, frequencies: NDArray[np.uint32], idf: NDArray[np.float32], seed: int
) -> Config:
    import sklearn

    regressions = {
        str(head.label): as_regression(head, model.table[rows] / idf)
        for head, rows in zip(model.heads, model.rows, strict=True)
    }
    config = replace(
        base,
        name=out.resolve().name,
        heads=model.heads,
        ruleset=model.ruleset,
        seed=seed,
        scikit_learn=sklearn.__version__,
        files={},
    )
    return write_model(out, config, {"table": model.table, "frequencies": frequencies}, dump_heads(regressions))
