"""scanner model: which models a workspace works with, and another encoder for finding similar posts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.groups import DefaultedGroup
from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, print_table, say
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.workspace import Workspace


class _Model(DefaultedGroup):
    """`scanner model` alone is `scanner model show`."""

    default = "show"
    own = frozenset({"--help"})


app = typer.Typer(cls=_Model, help="The models a workspace works with; alone it shows them.")


@app.command("show")
def show(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show classifier, rules and encoder in use, with their sizes.

    Example: scanner model show
    """
    from scanner.workspace import open_workspace

    found = _in_use(open_workspace(workspace))
    if as_json:
        print_json(found)
        return
    for part, about in found.items():
        rows = [(key, value) for key, value in about.items() if value != "" and key != "files"]
        print_table(part.capitalize(), ("", ""), rows)


@app.command("encoder")
def encoder(
    source: Annotated[
        str | None, typer.Argument(metavar="PATH_OR_NAME", help="Folder, or name on the hub such as owner/model.")
    ] = None,
    revision: Annotated[str | None, typer.Option(help="Commit on the hub, all 40 digits; needed for a name.")] = None,
    prefix: Annotated[
        str | None, typer.Option(help='Put before every text; E5: "query: ". Default: what the model itself names.')
    ] = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Go back to the shipped encoder.")] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Find similar decided posts with another sentence-transformers model, from a folder or the hub.

    It is loaded once to prove that it works, recorded with the SHA-256 of its files, and checked against them ever
    after. Only weights in safetensors are read, and no code of the model is run. Scores and flags do not depend on it.
    Example: scanner model encoder ./multilingual-e5-small --prefix "query: "
    """
    from scanner.classify.swapped import swap_in, use_shipped
    from scanner.workspace import open_workspace

    if shipped == (source is not None) or (shipped and (revision is not None or prefix is not None)):
        raise UsageError("name one encoder, a folder or owner/model with --revision; or --shipped alone to go back")
    opened = open_workspace(workspace)
    if source is None:
        was_swapped = use_shipped(opened.models)
        say(f"The shipped encoder {opened.encoder.id} is in use{'' if was_swapped else ', as before'}.")
        return
    say(f"Trying {source}; the libraries alone take some seconds to start.")
    proof = swap_in(source, opened.models, revision=revision, prefix=prefix)
    say(
        f"{proof.record.id}: {proof.record.dimensions} dimensions, {proof.seconds:.1f} s. Two ways to say the same: "
        f"{proof.likeness:.2f} alike; something else: {proof.contrast:.2f}."
    )
    if proof.contrast >= proof.likeness:
        say("Warning: it holds something else for more alike than the same; it may not know Indonesian.")
    _read_written(opened)


def _read_written(opened: Workspace) -> None:
    """Read the written corpus with the encoder now, so that no reviewer waits for it."""
    from scanner.classify.written import read_written

    started = time.perf_counter()
    written, _ = read_written(opened.corpus, opened.ruleset, opened.encoder, opened.models)
    say(f"{len(written)} written posts read with it in {time.perf_counter() - started:.0f} s and kept; it is in use.")


def _in_use(opened: Workspace) -> dict[str, dict[str, Any]]:
    """Describe the models by their files alone: none is loaded but the classifier."""
    from scanner.classify.swapped import describe_encoder
    from scanner.workspace import model_folder

    folder = model_folder(opened.settings.model, opened.root)
    return {
        "classifier": {"id": opened.model.id, "folder": str(folder), "bytes": _size(folder)},
        "rules": {"id": opened.ruleset.id, "codes": len(opened.ruleset.codes), "trained with": opened.model.ruleset},
        "encoder": describe_encoder(opened.models),
    }


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
