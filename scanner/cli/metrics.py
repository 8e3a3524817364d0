"""scanner metrics: figures for Prometheus, now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import WorkspaceOption


def metrics(
    workspace: WorkspaceOption = Path(),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.prom", help="Write a file, whole or not at all.")
    ] = None,
) -> None:
    """Tell how the workspace is doing in Prometheus' text format: runs, coverage, queue, backups. Never who.

    docs/metrics.md names each figure and three alerts.
    Example: scanner metrics -o /var/lib/node_exporter/textfile/scanner.prom
    """
    from scanner.report.metrics import render, write_textfile
    from scanner.schedule.metering import figures_of
    from scanner.workspace import open_workspace

    text = render(figures_of(open_workspace(workspace), datetime.now(UTC)))
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_textfile(output, text)
