"""scanner train --adapt and --from-reviews: the shipped model, taught by an office's own reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scanner.cli.options import operator
from scanner.cli.output import say
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.classify.examples import LabelledPost
    from scanner.classify.fitting import Wanted
    from scanner.classify.model import Model
    from scanner.classify.rivals import Frozen
    from scanner.rules.elections import Election
    from scanner.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Adapting:
    """What was asked for at the command line."""

    labelled: Path | None
    """Labelled posts as JSONL; None: the settled reviews of the workspace."""
    workspace: Path | None
    base: str
    frozen: Path | None
    """Labelled JSONL in place of the shipped guard sets."""
    support_field: str
    output: Path
    wanted: Wanted
    seed: int


def run_adapting(asked: Adapting) -> None:
    """Adapt and say what came of it."""
    from scanner.classify.adapt import adapt
    from scanner.classify.bundle import load_model
    from scanner.classify.examples import load_corpus
    from scanner.classify.neutrality import draw_frames
    from scanner.resources import data_folder
    from scanner.rules.ruleset import load_ruleset
    from scanner.workspace import model_folder

    ruleset, elections = load_ruleset(), _elections(asked.workspace)
    posts, source = _posts(asked, ruleset)
    base = model_folder(asked.base, asked.workspace)
    say(f"Adapting {asked.base} to {len(posts)} posts; this takes about a minute.")
    report = adapt(
        base,
        posts,
        asked.output,
        ruleset=ruleset,
        elections=elections,
        frozen=_frozen(asked, ruleset, elections, load_model(base)),
        frames=draw_frames([post.text for post in load_corpus(data_folder("models") / "training")], asked.seed),
        source=source,
        wanted=asked.wanted,
        seed=asked.seed,
        command="scanner train --adapt" if asked.labelled else "scanner train --from-reviews",
    )
    against = report.metrics["adapted"]["against"]
    say(f"Average precision {against['after']:.3f}; {against['rival']}: {against['before']:.3f}.")
    say(f"Model {report.model_id} written to {asked.output}; its card is {asked.output / 'README.md'}.")
    say(f'Use it: scanner score --model {asked.output}, or model = "{asked.output.resolve()}" in scanner.toml.')


def _elections(workspace: Path | None) -> list[Election]:
    """Load all shipped elections, and the one a workspace watches."""
    from scanner.rules.election_files import load_elections
    from scanner.workspace import open_workspace

    shipped = load_elections()
    own = [] if workspace is None else [open_workspace(workspace).election]
    return [*own, *(one for one in shipped if one.id not in {other.id for other in own})]


def _posts(asked: Adapting, ruleset: Ruleset) -> tuple[list[LabelledPost], str]:
    """Return the labelled posts and where they are from."""
    from scanner.classify.examples import load_labelled
    from scanner.review.teaching import settled_posts
    from scanner.workspace import open_workspace

    if asked.labelled is not None:
        return load_labelled(asked.labelled, support_field=asked.support_field), str(asked.labelled)
    opened = open_workspace(asked.workspace or Path())
    overlap = opened.settings.review.overlap
    return settled_posts(opened.store, actor=operator(), overlap=overlap, ruleset=ruleset), f"reviews of {opened.root}"


def _frozen(asked: Adapting, ruleset: Ruleset, elections: list[Election], base: Model) -> Frozen:
    from scanner.classify.examples import load_labelled
    from scanner.classify.rivals import Frozen
    from scanner.detect.reader import Reader
    from scanner.report.guards import fictional_election, load_frozen
    from scanner.resources import data_folder
    from scanner.rules.match import Matcher

    if asked.frozen is None:
        models = data_folder("models")
        return load_frozen(models, Reader(ruleset=ruleset, model=base, elections=(fictional_election(models),)))
    posts = load_labelled(asked.frozen, support_field=asked.support_field)
    labels = np.array([post.campaign_support == 1 for post in posts])
    if labels.all() or not labels.any():
        raise UsageError(f"--frozen {asked.frozen}: all posts have one label; posts of both are needed to compare")
    matcher = Matcher(ruleset, elections)
    return Frozen(batch=[matcher.match(post.text) for post in posts], labels=labels)
