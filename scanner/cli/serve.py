"""scanner serve: the review desk in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.logged import begin_log
from scanner.cli.options import WorkspaceOption
from scanner.cli.output import say


def serve(
    workspace: WorkspaceOption = Path(),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0: any that is free.")] = 8000,
    host_name: Annotated[
        list[str] | None, typer.Option(help="Name by which browsers reach the desk. May be given again.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="PEM file of the TLS certificate.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file of its key, mode 0600.")] = None,
    behind_proxy: Annotated[bool, typer.Option(help="A proxy in front of the desk speaks TLS.")] = False,
) -> None:
    """Open the review desk until stopped by Ctrl-C. People sign in with what `scanner users add` gave them.

    While it runs it keeps the database; every other command goes on working through it.
    Example: scanner serve --port 8000
    """
    from scanner.schedule.lookout import LEFT, looking
    from scanner.schedule.tick import utc_now
    from scanner.web.bind import check_bind
    from scanner.web.desk import open_desk
    from scanner.web.serving import serve as run
    from scanner.workspace import open_workspace

    names = host_name or []
    bind = check_bind(host, port, hosts=names, certificate=certificate, key=key, behind_proxy=behind_proxy)
    opened = open_workspace(workspace)
    begin_log(opened, "serve")
    with looking(opened.root, utc_now, lag=LEFT):  # the schedule cannot tell that it is silent
        run(open_desk(opened), bind, ready=lambda address: say(f"Meja telaah: {address}  (Ctrl-C: berhenti)"))
