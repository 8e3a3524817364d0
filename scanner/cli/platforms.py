"""scanner platforms: what can and what cannot be seen of each platform, and what it needs to be asked at all."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, print_table, say
from scanner.domain.accounts import Platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.report.platforms import PlatformSheet


def platforms(
    platform: Annotated[Platform | None, typer.Argument(help="Tell all about this one.")] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show per platform what can and cannot be seen, its terms and keys, and whether it is ready in this workspace.

    Where no lawful automated way exists, it names the file import that replaces it.
    Example: scanner platforms youtube
    """
    from scanner.report.platforms import platform_sheets

    sheets = [one for one in platform_sheets(_refusal(workspace)) if platform in (None, one.platform)]
    if as_json:
        print_json([asdict(one) for one in sheets])
    elif platform is not None:
        for sheet in sheets:
            _show(sheet)
    else:
        rows = [
            (one.platform, "ready" if one.ready else "off", one.sees, one.state if not one.ready else "")
            for one in sheets
        ]
        print_table("Platforms", ("platform", "can be seen", "here"), rows)
        say("Not observed on any platform: likes and follows. All about one: scanner platforms NAME")


def _refusal(root: Path) -> Callable[[Platform], str]:
    """Return what says why a platform may not be asked: by the settings of the workspace, or as shipped."""
    from scanner.collect.client import Client
    from scanner.collect.client_config import ClientConfig
    from scanner.scan.platforms import Platforms
    from scanner.settings import CONFIG, Settings
    from scanner.workspace import Workspace, open_workspace

    opened = open_workspace(root) if (root / CONFIG).is_file() else Workspace(root=root, settings=Settings())
    disabled = frozenset(name for name, chosen in opened.settings.platforms.items() if not chosen.enabled)
    with Client(ClientConfig()) as client:
        return Platforms(client=client, options=opened.options, disabled=disabled).refusal


def _show(sheet: PlatformSheet) -> None:
    about = {key.replace("_", " "): value for key, value in asdict(sheet).items() if key not in ("platform", "ready")}
    rows = [(key, ", ".join(value) if isinstance(value, tuple) else value) for key, value in about.items() if value]
    print_table(str(sheet.platform), ("", ""), rows)
