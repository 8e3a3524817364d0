"""Ticks again and again as a timer would, in a process of its own, with intervals of seconds."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.scan.due import Rhythm
from scanner.scan.writer import Writer
from scanner.schedule.tick import tick
from scanner.workspace import Workspace, open_workspace

INTERVAL = timedelta(seconds=4)
"""Far below what the settings allow, so that a thousand ticks span many slots."""


def hurried(workspace: Workspace) -> Rhythm:
    """Return the workspace's rhythm with short intervals."""
    return replace(
        workspace.settings.schedule.rhythm(workspace.zone, workspace.election.phase_at), interval=INTERVAL, phases={}
    )


def main(root: str, ticks: str) -> None:
    """Tick so often; print each run, and how often a tick had nothing to do."""
    Workspace.rhythm = property(hurried)  # type: ignore[method-assign, assignment]
    Writer.__init__.__kwdefaults__["pause"] = 0.0
    opened, idle = open_workspace(Path(root)), 0
    for _ in range(int(ticks)):
        done = tick(opened, datetime.now(UTC))
        assert done.exit_code == 0, done.reason
        idle += done.run_id is None
        if done.run_id is None:
            assert done.reason.startswith(("nothing is due", "another scan is under way")), done.reason
    sys.stdout.write(f"{idle}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
