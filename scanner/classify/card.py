"""The model card, written from the numbers so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.classify.bundle import Config
from scanner.classify.model import Head


def write_card(config: Config, metrics: Mapping[str, Any]) -> str:
    """Write README.md of a model folder in Markdown."""
    return "\n".join([*_head(config, metrics), *_held_out(metrics), *_other(metrics), *_limits(config)]) + "\n"


def write_adapted_card(config: Config, metrics: Mapping[str, Any]) -> str:
    """Write README.md of a model that was adapted to an office's labels. It quotes no post."""
    return "\n".join([*_adapted(config, metrics), *_other(metrics), *_limits(config)]) + "\n"


def _adapted(config: Config, metrics: Mapping[str, Any]) -> list[str]:
    adapted = metrics["adapted"]
    against = adapted["against"]
    rows = [
        _row(label, when, figures[when]) for label, figures in adapted["heads"].items() for when in ("before", "after")
    ]
    return [
        f"# Model `{config.model_id}`",
        "",
        f"`{adapted['base']}` adapted to {adapted['labels']} labelled posts; heads: {', '.join(adapted['heads'])}, any",
        "other is the base's, bit for bit. A score says that a person should look at the post; it never says that",
        "somebody is guilty, and it must not be used to rank or judge people.",
        "",
        f"Rules `{config.ruleset}`, scikit-learn {config.scikit_learn}, seed {config.seed}, made by "
        f"`{metrics['command']}`.",
        "",
        "## On the labelled posts",
        "",
        "Five folds, near-duplicates held out together; before is the base, after a head that had not seen the fold.",
        "",
        "| label | when | posts | positive | AP (95 %) | recall at precision 0.9 | Brier | ECE |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"Against `{against['rival']}` on {against['posts'][0]} frozen and {against['posts'][1]} labelled posts, mean "
        f"of the average precisions: {against['before']:.3f}, now {against['after']:.3f}. Frozen posts labelled 0 that",
        f"reach the threshold: {against['alarms'][0]}, now {against['alarms'][1]}.",
        "",
        "Probabilities and thresholds of the heads named above are of the labelled posts, not of the corpus: they hold",
        "for posts drawn like these, and are too high elsewhere when only flagged posts were labelled. Names of people",
        "whom no loaded election knows may stand in the labelled posts and be learnt.",
        "",
    ]


def _head(config: Config, metrics: Mapping[str, Any]) -> list[str]:
    corpus = metrics["corpus"]
    return [
        f"# Model `{config.model_id}`",
        "",
        "Scores the text of one public post for *campaign support* and *PNS-attribute use in a campaign*, by the",
        "labelling codebook. A score says that a person should look at the post; it never says that somebody is",
        "guilty, and it must not be used to rank or judge people.",
        "",
        f"Two independent multinomial regressions over hashed words, in-word characters and cues of the rules "
        f"(2^{config.params.bits} slots), with names, parties, numbers and regions masked. Each tells genres of posts "
        "apart; a score is made of the odds of those that carry its label against all others. Licence: MIT.",
        "",
        *map(_genres, config.heads),
        f"- trained on {corpus['posts']} posts written for this project, told {corpus['tellings']} times "
        f"with fictional names (corpus `{config.corpus_sha256[:12]}`, seed {config.seed})",
        *_lines(metrics),
        f"- rules `{config.ruleset}`, scikit-learn {config.scikit_learn}, made by `{metrics['command']}`",
        "",
    ]


def _genres(head: Head) -> str:
    carrying, others = (", ".join(one.name for one in head.genres if one.carries is side) for side in (True, False))
    return f"- genres of {head.label}: {carrying}; against {others or 'all others'}{' and the rest' if others else ''}"


def _lines(metrics: Mapping[str, Any]) -> list[str]:
    if not metrics["corpus"]["lines"]:
        return []
    share = metrics["choices"]["campaign_support"]["chosen"]["share"]
    return [
        f"- and on {metrics['corpus']['lines']} public lines judged for this project (`timeline/` of the corpus; the",
        f"  words are not in it). Of what only written posts say, {share:.0%} is kept for campaign support: made",
        "  so that keyword lists fail, unlike real posts. A plain TF-IDF model, which keeps all of it, ranks",
        "  written posts better; what counts are the figures on other people's posts.",
    ]


def _held_out(metrics: Mapping[str, Any]) -> list[str]:
    lines = [
        "## On held-out parts of its own corpus",
        "",
        "Five folds; posts of one category by one writer, and near-duplicates, are held out together.",
        "`timeline` are the public lines, each held out by itself.",
        "",
        "| label | part | posts | positive | AP (95 %) | recall at precision 0.9 | Brier | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for label, parts in metrics["held_out"].items():
        lines += [_row(label, part, figures) for part, figures in parts.items()]
    lines += ["", "Anchors, average precision on the same folds:", "", "| label | part | keyword rule | TF-IDF + LR |"]
    lines += ["|---|---|---|---|"]
    for label, parts in metrics["anchors"].items():
        lines += [f"| {label} | {part} | {one['keywords']:.3f} | {one['tfidf']:.3f} |" for part, one in parts.items()]
    return [*lines, ""]


def _other(metrics: Mapping[str, Any]) -> list[str]:
    lines = []
    if transfer := metrics.get("transfer"):
        lines += ["## On other people's posts", ""]
        for name, one in transfer.items():
            lines += [
                f"`{name}`: never trained on, no threshold taken from it.",
                "",
                "| label | part | posts | positive | AP (95 %) | recall at precision 0.9 | Brier | ECE |",
                "|---|---|---|---|---|---|---|---|",
                *(_row(label, "all", figures) for label, figures in one["heads"].items()),
                "",
                f"Keyword rule on it: {one['keywords']:.3f}.",
                "",
            ]
    if guards := metrics.get("guards"):
        lines += ["## Guard sets", "", "| set | posts | share (95 %) |", "|---|---|---|"]
        lines += [f"| {name} | {one['posts']} | {_interval(one)} |" for name, one in guards.items()]
        lines += [""]
    if neutral := metrics.get("neutrality"):
        lines += [
            "## Neutrality",
            "",
            f"{neutral['frames']} frames, each told for every participant of {neutral['elections']} elections "
            f"({neutral['readings']} readings): largest shift of probability {neutral['largest_shift']:.4f}, "
            f"above 0.02 in {neutral['shifted']} of {neutral['compared']} comparisons, "
            f"decisions that changed {neutral['flips']}. Names that also mean something else are left out: without a",
            "political cue the rules read them as ordinary words.",
            "",
        ]
    return lines


def _row(label: str, part: str, figures: Mapping[str, Any]) -> str:
    precision, recall = figures["average_precision"], figures["recall_at_precision_90"]
    return (
        f"| {label} | {part} | {figures['posts']} | {figures['positives']} | {_interval(precision)} "
        f"| {_interval(recall)} | {figures['brier']['value']:.3f} | {figures['ece']['value']:.3f} |"
    )


def _interval(one: Mapping[str, float]) -> str:
    return f"{one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f})"


def _limits(config: Config) -> list[str]:
    rows = [f"| {head.label} | {head.threshold.named:.3f} | {head.threshold.unnamed:.3f} |" for head in config.heads]
    return [
        "## Thresholds",
        "",
        "| label | somebody is named | nobody we know is named |",
        "|---|---|---|",
        *rows,
        "",
        "## What it cannot do",
        "",
        "- It reads text only: no picture, no sound, no thread around the post.",
        "- Its corpus is written for the greater part and holds far more positive posts than life does: probabilities",
        "  are calibrated to written posts and public lines, which count the same; where few posts carry a label they",
        "  are too high. Use them for order and thresholds.",
        "- Few posts of each regional language; sarcasm and in-group hints are often missed.",
        "- The names of living people are in no training text; what it knows of an election comes from",
        "  `keywords/elections/` alone.",
    ]
