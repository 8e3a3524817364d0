"""scanner evaluate: how well a model does on labelled posts, as a report for people and one for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import JsonOption
from scanner.cli.output import print_json, print_table, say
from scanner.domain.flags import Label, Phase
from scanner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.classify.evaluate import Interval
    from scanner.classify.judged import JudgedPost
    from scanner.report.evaluation import Evaluation


def evaluate(
    data: Annotated[str, typer.Argument(help="JSONL, CSV or Parquet with `text` and labels; - is stdin.")],
    model: Annotated[str, typer.Option(help="Shipped model or model folder.")] = "default",
    election: Annotated[
        list[str] | None,
        typer.Option(help="Election id whose participants are known; may be repeated; default: all shipped ones."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for report.html and report.json.")] = Path(
        "evaluation"
    ),
    support_field: Annotated[str, typer.Option(help="Its column for campaign support, 0 or 1.")] = "campaign_support",
    attribute_field: Annotated[str, typer.Option(help="Its column for PNS-attribute use.")] = "pns_attribute_use",
    phase: Annotated[Phase, typer.Option(help="Phase of rows without a `phase`.")] = Phase.KAMPANYE,
    volume: Annotated[int, typer.Option(min=1, help="Posts a day that come in, for the capacity curve.")] = 1000,
    prevalence: Annotated[
        float | None, typer.Option(min=0.0001, max=0.9999, help="Their share with the label; default: as in DATA.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Measure a model, with the rules around it, on labelled posts, the neutrality test and the guard sets.

    Posts are divided by platform, source, register, language, category, difficulty, election_type where DATA has
    such columns. Rows without text or with an unknown label are named on stderr and left out (exit 3).
    Example: scanner evaluate labelled.jsonl -o report --support-field label_campaign --volume 5000
    """
    from scanner.classify.assessment import Stream
    from scanner.classify.bundle import load_model
    from scanner.detect.reader import Reader
    from scanner.report.evaluation import evaluate_posts, summary
    from scanner.report.guards import fictional_election, told
    from scanner.resources import data_folder
    from scanner.rules.election_files import load_election, load_elections
    from scanner.rules.ruleset import load_ruleset
    from scanner.workspace import model_folder

    folder, models = model_folder(model), data_folder("models")
    elections = [load_election(name) for name in election] if election else load_elections()
    posts, bad = _read(data, {Label.CAMPAIGN_SUPPORT: support_field, Label.PNS_ATTRIBUTE_USE: attribute_field})
    cast = fictional_election(models)
    known = (cast,) if any(told(post.text, cast) != post.text for post in posts) else tuple(elections)
    reader = Reader(ruleset=load_ruleset(), model=load_model(folder), elections=known)
    say(f"{len(posts)} posts; then the neutrality test over {len(elections)} elections, which takes longest.")
    evaluation = evaluate_posts(
        posts,
        reader,
        data=data,
        models=models,
        model_folder=folder,
        elections=elections,
        cast=cast,
        phase=phase,
        stream=Stream(volume=volume, prevalence=prevalence),
    )
    _write(evaluation, output)
    if as_json:
        print_json(summary(evaluation))
    else:
        _show(evaluation)
    return 3 if bad else 0


def _read(data: str, fields: Mapping[Label, str]) -> tuple[list[JudgedPost], int]:
    """Read the labelled posts; say what was wrong with each row that was not one, and count those."""
    from scanner.classify.judged import check_judged, judged_post
    from scanner.scan.tables import BadRow, read_rows

    posts, bad = [], 0
    for number, row in enumerate(read_rows(data), start=1):
        try:
            if isinstance(row, BadRow):
                raise ModelError(row.reason)
            posts.append(judged_post(row, fields))
        except ModelError as error:
            say(f"{row.place if isinstance(row, BadRow) else f'{data} row {number}'}: {error}")
            bad += 1
    check_judged(posts, fields)
    return posts, bad


def _write(evaluation: Evaluation, folder: Path) -> None:
    from scanner.report.evaluation import write_json
    from scanner.report.evaluation_page import write_html

    if evaluation.trained_on:
        say(f"{evaluation.trained_on} of these posts stand in the training corpus: the figures flatter the model.")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "report.json", evaluation)
    write_html(folder / "report.html", evaluation)
    say(f"Reports: {folder / 'report.html'}, {folder / 'report.json'}.")


def _show(evaluation: Evaluation) -> None:
    from scanner.report.guards import GUARDS

    columns = ["measure", *(str(head.label) for head in evaluation.heads)]
    measures = ("average_precision", "recall_at_precision_90", "roc_auc", "brier", "ece")
    rows = [
        [name.replace("_", " "), *(_interval(getattr(head, name)) for head in evaluation.heads)] for name in measures
    ]
    rows += [
        [f"{name} in queue", *(_interval(getattr(head.queued, name)) for head in evaluation.heads)]
        for name in ("precision", "recall")
    ]
    print_table(f"{evaluation.posts} posts, model {evaluation.versions['model']}", columns, rows)
    neutral = evaluation.neutrality
    others = [["decisions changed by a name", f"{neutral.flips} of {neutral.readings} readings", ""]]
    others += [["largest shift by a name", f"{neutral.largest_shift:.4f}", ""]]
    for guard in evaluation.guards:
        whole = guard.whole
        others.append([GUARDS[guard.name], f"{whole.hits} of {whole.posts}", _interval(whole.interval)])
    print_table("Guards", ["test", "count", "share"], others)


def _interval(one: Interval) -> str:
    return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
