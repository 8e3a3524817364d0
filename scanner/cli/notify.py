"""scanner notify: try the addresses that are told of runs and alarms, and see what waits for them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say
from scanner.domain.users import Language
from scanner.errors import SettingsError

if TYPE_CHECKING:
    from scanner.notify.outbox import Stuck, Trouble

app = typer.Typer(no_args_is_help=True, help="Who is told of runs and alarms.")


@app.command("test")
def send_test(workspace: WorkspaceOption = Path()) -> int:
    """Send one message to each address now, quiet hours or not, and say what came of it; exit 3 when one failed.

    Example: scanner notify test -w kantor
    """
    from scanner.schedule.telling import sender_of, try_channels
    from scanner.settings import SECRETS
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    sender = sender_of(opened)
    if not sender.channels:
        raise SettingsError(
            f"{opened.root / SECRETS} [notifications]: neither urls nor webhook is set; nobody can be told"
        )
    found = try_channels(opened.store, sender, by=operator(), now=datetime.now(UTC))
    print_table("Sent", ("address", "what happened"), [(name, _told(trouble)) for name, trouble in found.items()])
    return 3 if any(found.values()) else 0


@app.command("show")
def show(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show what waits to be sent, what does not get through and since when.

    Example: scanner notify show
    """
    from scanner.notify import outbox
    from scanner.workspace import open_workspace

    data = open_workspace(workspace).data
    waiting, stuck = outbox.waiting(data), outbox.stuck(data, datetime.now(UTC))
    if as_json:
        print_json({"waiting": waiting, "stuck": [asdict(one) for one in stuck]})
        return
    if stuck:
        columns = ("address", "#messages", "#given up", "since", "why")
        print_table("Not getting through", columns, [_row(one) for one in stuck])
    say(
        f"{waiting} messages wait."
        + (" Given up: they go along with the next message that is sent." * any(one.given_up for one in stuck))
    )


def _row(one: Stuck) -> tuple[object, ...]:
    from scanner.notify.message import say_trouble

    why = say_trouble(Language.EN, one.trouble)
    return one.channel, one.messages, one.given_up, f"{one.since:%Y-%m-%d %H:%M}Z", why


def _told(trouble: Trouble | None) -> str:
    from scanner.notify.message import say_trouble

    return "sent" if trouble is None else say_trouble(Language.EN, trouble)
