"""data/status.json for those who watch a workspace that is offline: when it ran, what stands, never who.

docs/notifications.md names each field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from scanner.domain.runs import Outcome
from scanner.store import files

STATUS = "status.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class LastRun:
    """One run."""

    id: str
    kind: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a workspace is doing, as the file says it; None: not known."""

    written_at: datetime
    last_run: LastRun | None
    """The newest one, ended or not."""
    last_success: datetime | None
    next_due: datetime | None
    paused: bool | None
    accounts: Mapping[Outcome, int] = field(default_factory=dict)
    """Listed accounts by what the latest look at them brought."""
    waiting: int | None = None
    """Items that wait for reviewers."""
    overdue: int | None = None
    """Of these: past their legal deadline."""
    alarms: Mapping[str, datetime] = field(default_factory=dict)
    """Alarms that stand, and since when."""
    outbox: int = 0
    """Messages that were not sent yet."""
    outbox_since: datetime | None = None
    """Since when messages do not get through; None: all do."""
    ping: str | None = None
    """Why the last ping failed; None: it did not, or none is set."""
    versions: Mapping[str, str] = field(default_factory=dict)


def write_status(data: Path, standing: Standing) -> None:
    """Write the file, whole or not at all, for its owner alone (0600). StoreError when the disk refuses."""
    said = json.dumps({"format": FORMAT} | asdict(standing), indent=2, default=_plain)
    files.write_durably(data / STATUS, f"{said}\n".encode(), mode=0o600)


def last_ping(data: Path) -> str | None:
    """Return what the file says of the last ping, for whoever writes it and did not ping."""
    try:
        said = json.loads((data / STATUS).read_bytes())["ping"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said if isinstance(said, str) else None


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
