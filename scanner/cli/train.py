"""scanner train: from labelled posts to a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.encoder import encoder
from scanner.cli.groups import DefaultedGroup
from scanner.cli.output import say
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.classify.fitting import Wanted


class _Train(DefaultedGroup):
    """`scanner train` trains the heads; `scanner train encoder` the encoder below them."""

    default = "heads"


app = typer.Typer(cls=_Train, help="Train the two heads on labelled posts; `train encoder`: the encoder on plain text.")
app.command("encoder")(encoder)

Corpus = Annotated[Path | None, typer.Argument(help="Folder of JSONL files; default the shipped corpus.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Model folder to write; default models/default.")]
Precision = Annotated[float, typer.Option(min=0.5, max=0.999, help="Wanted share of right flags.")]
Capacity = Annotated[int | None, typer.Option(min=1, help="Instead: posts a day reviewers can read.")]
Volume = Annotated[int | None, typer.Option(min=1, help="With --capacity: posts a day that come in.")]
Lines = Annotated[Path | None, typer.Option(help="Folder of the public lines whose judgements lie in timeline/.")]
Transfer = Annotated[Path | None, typer.Option(help="Labelled posts of other people to measure on, JSONL.")]
SupportField = Annotated[str, typer.Option(help="Their field for campaign support.")]
Seed = Annotated[int, typer.Option(help="The same seed and corpus give the same model.")]
Adapt = Annotated[Path | None, typer.Option(help="Adapt a model to these labelled posts instead, JSONL; needs -o.")]
FromReviews = Annotated[
    bool, typer.Option("--from-reviews", help="Adapt it to what reviewers of the workspace settled; needs -o.")
]
Watched = Annotated[
    Path | None, typer.Option("--workspace", "-w", help="With --adapt: its election; with --from-reviews: its posts.")
]
Base = Annotated[str, typer.Option(help="Model that is adapted: a shipped one or a folder.")]
FrozenPosts = Annotated[Path | None, typer.Option(help="Labelled posts, JSONL, where an adapted model must hold.")]


@app.command("heads")
def train(
    corpus: Corpus = None,
    output: Output = None,
    precision: Precision = 0.9,
    capacity: Capacity = None,
    volume: Volume = None,
    lines: Lines = None,
    transfer: Transfer = None,
    support_field: SupportField = "campaign_support",
    seed: Seed = 0,
    adapt: Adapt = None,
    from_reviews: FromReviews = False,
    workspace: Watched = None,
    base: Base = "default",
    frozen: FrozenPosts = None,
) -> None:
    """Train the two heads, calibrate them, choose thresholds, and write a verified model folder with its card.

    Example: scanner train -o models/default --capacity 150 --volume 5000
    An office's own: scanner train --adapt labelled.jsonl -o models/kantor
    """
    wanted = _wanted(precision, capacity, volume)
    for option, path in (("--transfer", transfer), ("--adapt", adapt), ("--frozen", frozen)):
        if path is not None and not path.is_file():
            raise UsageError(f"{option} {path}: no such file; labelled posts as JSONL would be valid")
    if adapt is None and not from_reviews:
        if frozen is not None or workspace is not None or base != "default":
            raise UsageError("--base, --frozen and --workspace belong to --adapt or --from-reviews")
        _train(corpus, output or Path("models/default"), wanted, lines, transfer, support_field, seed)
        return
    if output is None or (adapt is not None and from_reviews):
        raise UsageError("adapting needs --adapt FILE or --from-reviews, one of them, and a model folder with -o")
    if corpus is not None or lines is not None or transfer is not None:
        raise UsageError("a corpus, --lines and --transfer belong to training from the start: leave them out to adapt")
    from scanner.cli.adapting import Adapting, run_adapting

    own = (workspace or Path()) if from_reviews else workspace
    run_adapting(Adapting(adapt, own, base, frozen, support_field, output, wanted, seed))


def _wanted(precision: float, capacity: int | None, volume: int | None) -> Wanted:
    from scanner.classify.fitting import Wanted

    if (capacity is None) != (volume is None):
        raise UsageError("--capacity and --volume belong together: posts a day that can be read, of posts that come in")
    if capacity is not None and volume is not None and capacity > volume:
        raise UsageError(f"--capacity {capacity}: more than the --volume of {volume} posts a day that come in")
    return Wanted(precision=precision, capacity=None if capacity is None or volume is None else (capacity, volume))


def _train(
    corpus: Path | None,
    output: Path,
    wanted: Wanted,
    lines: Path | None,
    transfer: Path | None,
    support_field: str,
    seed: int,
) -> None:
    from scanner.classify.bundle import load_model
    from scanner.classify.train import train as learn
    from scanner.classify.transfer import add_figures, add_transfer
    from scanner.report.guards import guard_figures
    from scanner.resources import data_folder
    from scanner.rules.election_files import load_elections
    from scanner.rules.ruleset import load_ruleset

    folder = corpus or data_folder("models") / "training"
    say(f"Training on {folder}; this takes some minutes.")
    ruleset, elections = load_ruleset(), load_elections()
    command = "scanner train --lines" if lines else "scanner train"
    report = learn(
        folder, output, ruleset=ruleset, elections=elections, seed=seed, wanted=wanted, lines=lines, command=command
    )
    report = add_figures(report, {"guards": guard_figures(data_folder("models"), load_model(report.folder), ruleset)})
    if transfer is not None:
        report = add_transfer(report, transfer, support_field, ruleset, elections)
    say(f"Model {report.model_id} written to {output}; its card is {output / 'README.md'}.")
