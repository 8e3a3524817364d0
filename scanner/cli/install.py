"""scanner schedule install: files by which the system runs the scanner by itself."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import WorkspaceOption
from scanner.cli.output import say
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.schedule.units import Place
    from scanner.workspace import Workspace

_OWN_USER = "scanner"
_NEXT = (
    "Next, with the units in /etc/systemd/system: "
    "`systemctl daemon-reload && systemctl enable --now scanner-scan.timer scanner-desk.service`"
)


def install(
    systemd: Annotated[bool, typer.Option("--systemd", help="Units: the scan, its timer, the desk.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="A file for /etc/cron.d instead.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to write into; without it they are printed.")
    ] = None,
    user: Annotated[str, typer.Option(help="As whom it runs; default: whose the workspace is.")] = "",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of the desk, on 127.0.0.1.")] = 8000,
    host_name: Annotated[
        list[str] | None, typer.Option(help="Name by which browsers reach the desk through a proxy; may be repeated.")
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Print or write what makes the system scan by itself: hardened systemd units, or a line for cron.

    The timer only fires; the record decides what is due. Example: scanner schedule install --systemd -o units
    """
    from scanner.schedule.units import CRON, cron_table, systemd_units

    if systemd == cron:
        raise UsageError("scanner schedule install: one of --systemd and --cron would be valid")
    place = _place(workspace, user, port, host_name or [])
    files = systemd_units(place) if systemd else {CRON: cron_table(place)}
    if output is None:
        typer.echo("\n".join(f"# {name}\n{text}" for name, text in files.items()))
        return
    for name, text in files.items():
        _write(output / name, text)
    say(_NEXT if systemd else "Next: it belongs into /etc/cron.d, owned by root.")


def _place(workspace: Path, user: str, port: int, names: list[str]) -> Place:
    from scanner.schedule.units import Place
    from scanner.web.bind import check_bind
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    root = opened.root.resolve()
    check_bind(port=port, hosts=names, behind_proxy=bool(names))
    return Place(
        program=_program(),
        workspace=root,
        user=_user(user, root),
        reads=tuple(map(Path, (sys.prefix, sys.base_prefix, __file__))),
        writes=_written(opened, root),
        port=port,
        host_names=tuple(names),
        just_in_time=any(map(importlib.util.find_spec, ("numba", "torch"))),
    )


def _written(opened: Workspace, root: Path) -> tuple[Path, ...]:
    """Return the folders outside the workspace into which a scan by schedule writes."""
    backups, figures = opened.settings.backups.folder, opened.settings.metrics.textfile
    folders = [root / backups] * bool(backups) + [(root / figures).parent] * bool(figures)
    return tuple(folder for folder in map(Path.resolve, folders) if not folder.is_relative_to(root))


def _program() -> Path:
    """Return where this very installation has its program."""
    own = Path(sysconfig.get_path("scripts")) / "scanner"
    found = str(own) if own.is_file() else shutil.which("scanner")
    if found is None:
        raise UsageError("scanner: the program is not in a folder that units could name; install it into a venv")
    return Path(found).absolute()


def _user(named: str, root: Path) -> str:
    """Return as whom it runs: never as root, who needs none of this."""
    owner = named or _owner(root)
    if named in ("root", "0"):
        raise UsageError(
            f"--user {named}: the scanner needs no such rights; a user of its own, as {_OWN_USER}, would do"
        )
    return _OWN_USER if owner == "root" else owner


def _owner(root: Path) -> str:
    try:
        return root.owner()
    except KeyError:  # a number without a name
        return str(root.stat().st_uid)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o644)
    say(f"{path}: written")
