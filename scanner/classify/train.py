"""The recipe: from the written corpus to a model folder, the same every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from scanner.classify.bundle import FORMAT, Config, load_model, write_model, write_report
from scanner.classify.card import write_card
from scanner.classify.features import FeatureParams
from scanner.classify.fitting import Fitted, Wanted, fit
from scanner.classify.frequencies import inverse_frequencies
from scanner.classify.heads import served
from scanner.classify.material import Material, prepare
from scanner.classify.model import LABELS
from scanner.classify.neutrality import draw_frames, measure_neutrality
from scanner.classify.training_figures import describe
from scanner.classify.transfer import Report
from scanner.classify.trusted import dump_heads
from scanner.domain.flags import Label
from scanner.rules.elections import Election
from scanner.rules.ruleset import Ruleset

PARAMS = FeatureParams(bits=17, cue_scale=0.3, class_scale=1.3)


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
    neutrality = measure_neutrality(
        load_model(out), draw_frames([post.text for post in material.posts], seed), ruleset, elections
    )
    metrics = {"command": command, **describe(material, fitted), "neutrality": asdict(neutrality)}
    write_report(out, metrics, write_card(config, metrics))
    return Report(folder=out, model_id=config.model_id, metrics=metrics)


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
