"""Options that several verbs share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.errors import UsageError
from scanner.resources import operator as operator

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Workspace folder.", envvar="SCANNER_WORKSPACE", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON to stdout, for programs.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write and fetch nothing.")]
ReviewerOption = Annotated[
    str, typer.Option(default_factory=operator, help="Name under which judgements are recorded; default: your login.")
]
OverlapOption = Annotated[
    int | None, typer.Option(min=2, help="Judgements wanted per flag; default from scanner.toml.")
]
SinceOption = Annotated[str | None, typer.Option(help="From this time on (ISO 8601, UTC).")]
UntilOption = Annotated[str | None, typer.Option(help="Before this time.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]


def moment(text: str | None, option: str) -> datetime | None:
    """Read an ISO 8601 time; without a zone it is UTC. Raises UsageError naming the option."""
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: '{text}' is not a time like 2026-11-21 or 2026-11-21T08:00:00+07:00") from error
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def span(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Read --since and --until, half open; an open end is None. Raises UsageError when nothing lies between them."""
    first, last = moment(since, "--since"), moment(until, "--until")
    if first and last and first >= last:
        raise UsageError(f"--until {until}: not after --since {since}; nothing lies between them")
    return first, last
