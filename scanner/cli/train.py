"""scanner train: from labelled posts to a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scanner.cli.encoder import encoder
from scanner.cli.output import say
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.classify.train import Wanted


class _Train(TyperGroup):
    """`scanner train` trains the heads; `scanner train encoder` the encoder below them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read everything but the name of a step as arguments of the heads."""
        return super().parse_args(ctx, args if args and args[0] in self.commands else ["heads", *args])


app = typer.Typer(cls=_Train, help="Train the two heads on labelled posts; `train encoder`: the encoder on plain text.")
app.command("encoder")(encoder)


@app.command("heads")
def train(
    corpus: Annotated[Path | None, typer.Argument(help="Folder of JSONL files; default the shipped corpus.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Model folder to write; default models/default.")
    ] = None,
    precision: Annotated[float, typer.Option(min=0.5, max=0.999, help="Wanted share of right flags.")] = 0.9,
    capacity: Annotated[int | None, typer.Option(min=1, help="Instead: posts a day reviewers can read.")] = None,
    volume: Annotated[int | None, typer.Option(min=1, help="With --capacity: posts a day that come in.")] = None,
    lines: Annotated[
        Path | None, typer.Option(help="Folder of the public lines whose judgements lie in timeline/.")
    ] = None,
    transfer: Annotated[Path | None, typer.Option(help="Labelled posts of other people to measure on, JSONL.")] = None,
    support_field: Annotated[str, typer.Option(help="Their field for campaign support.")] = "campaign_support",
    seed: Annotated[int, typer.Option(help="The same seed and corpus give the same model.")] = 0,
    adapt: Annotated[
        Path | None, typer.Option(help="Adapt a model to these labelled posts instead, JSONL; needs -o.")
    ] = None,
    from_reviews: Annotated[
        bool, typer.Option("--from-reviews", help="Adapt it to what reviewers of the workspace settled; needs -o.")
    ] = False,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="With --adapt: its election; with --from-reviews: its posts."),
    ] = None,
    base: Annotated[str, typer.Option(help="Model that is adapted: a shipped one or a folder.")] = "default",
    frozen: Annotated[
        Path | None, typer.Option(help="Labelled posts, JSONL, on which an adapted model must not be worse.")
    ] = None,
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

    run_adapting(
        Adapting(
            labelled=adapt,
            workspace=(workspace or Path()) if from_reviews else workspace,
            base=base,
            frozen=frozen,
            support_field=support_field,
            output=output,
            wanted=wanted,
            seed=seed,
        )
    )


def _wanted(precision: float, capacity: int | None, volume: int | None) -> Wanted:
    from scanner.classify.train import Wanted

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
    from scanner.classify.train import add_figures, add_transfer
    from scanner.classify.train import train as learn
    from scanner.report.guards import guard_figures
    from scanner.resources import data_folder
    from scanner.rules.elections import load_elections
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
