"""scanner notebook: the researchers' notebooks, opened in Jupyter on the latest snapshot."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import WorkspaceOption
from scanner.cli.output import say
from scanner.errors import UsageError

SHIPPED = ("*.ipynb", "charts.py", "reading.py", "sample_labels.csv", "README.md")
_PROGRAMS = ("jupyterlab", "notebook")


def notebook(
    workspace: WorkspaceOption = Path(),
    print_only: Annotated[bool, typer.Option("--print", help="Write the command to stdout; start nothing.")] = False,
) -> int:
    """Open the notebooks in Jupyter, on the latest snapshot. They lie in notebooks/ of the workspace, to be changed.

    What you changed there stays; a notebook that you delete is brought back the next time.
    Example: scanner notebook
    """
    from scanner.report.snapshot.folders import LATEST, folder_of
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    snapshot = folder_of(opened.data) / LATEST
    if not snapshot.is_dir():
        raise UsageError(f"{snapshot}: no snapshot yet; `scanner snapshot publish -w {opened.root}` makes one")
    folder = opened.root.resolve() / "notebooks"
    copied = copy_notebooks(folder)
    # Not `latest` itself: what is published meanwhile must not change figures between two cells.
    chosen = str(snapshot.resolve())
    if print_only:
        program = next((name for name in _PROGRAMS if find_spec(name)), _PROGRAMS[0])
        typer.echo(f"SCANNER_SNAPSHOT={shlex.quote(chosen)} {shlex.join(_command(program, folder))}")
        return 0
    program = _installed()
    say(f"{folder}: {copied} files brought there. Snapshot: {chosen}. Ctrl-C ends Jupyter.")
    return subprocess.run(_command(program, folder), env={**os.environ, "SCANNER_SNAPSHOT": chosen}).returncode  # noqa: S603


def copy_notebooks(folder: Path) -> int:
    """Copy what is not there yet of the shipped notebooks; return how many files that were."""
    from scanner.resources import data_folder

    shipped = data_folder("notebooks")
    folder.mkdir(exist_ok=True)
    missing = [path for pattern in SHIPPED for path in shipped.glob(pattern) if not (folder / path.name).exists()]
    for path in missing:
        shutil.copyfile(path, folder / path.name)
    return len(missing)


def _installed() -> str:
    for name in _PROGRAMS:
        if find_spec(name):
            return name
    raise UsageError("Jupyter is not installed; `pip install 'scanner[notebooks]'` brings it")


def _command(program: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", program, str(folder)]
