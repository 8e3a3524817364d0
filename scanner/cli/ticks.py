"""scanner scan --due: one tick of the schedule, as a timer fires it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cli.logged import begin_log
from scanner.cli.output import print_json, print_table, say, shortened
from scanner.cli.scan import plain, show
from scanner.cli.stopping import ending_at_last, stopping
from scanner.errors import StoreError, StoreLocked

if TYPE_CHECKING:
    from scanner.workspace import Workspace

_LATER = 75
"""Exit code of work that was dropped and is done again later."""


def scan_due(workspace: Path, *, dry_run: bool, as_json: bool, quiet: bool) -> int:
    """Scan who is due, then do the day's chores. Nothing due, a pause and another scan under way are exit 0."""
    from scanner.schedule.chores import do_chores
    from scanner.schedule.lookout import look_once, looking
    from scanner.schedule.tick import tick, utc_now
    from scanner.workspace import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    if dry_run:
        return _show_due(workspace, as_json=as_json)
    begin_log(opened, "scan")
    with stopping() as stop, ending_at_last(stop, _LATER), looking(workspace, utc_now):
        with _told_of_damage(opened):
            done = tick(opened, now, stop=stop)
        failed = () if stop.is_set() else do_chores(opened, datetime.now(UTC))
    if done.run_id is None and not stop.is_set():
        look_once(opened, datetime.now(UTC))
    if as_json:
        print_json((plain(done.summary) if done.summary else {}) | {"reason": done.reason, "exit_code": done.exit_code})
    elif done.summary is not None and not quiet:
        show(done.summary)
    for said in (done.reason, *failed):
        if said:
            say(said)
    return done.exit_code


@contextlib.contextmanager
def _told_of_damage(opened: Workspace) -> Iterator[None]:
    """Let those be told whom a timer tells of nothing else: a record that cannot be read lets no run begin."""
    from scanner.schedule.lookout import look_once

    try:
        yield
    except StoreLocked:  # somebody works with it; the next firing tries again
        raise
    except StoreError:
        look_once(opened, datetime.now(UTC))
        raise


def _show_due(workspace: Path, *, as_json: bool) -> int:
    """Show who is due; nothing is fetched or written."""
    from scanner.scan.timetable import read_timetable
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    with opened.store.lease("scan: who is due", reading=True) as lease:
        due = read_timetable(lease, opened.rhythm, datetime.now(UTC)).found.due
    if as_json:
        print_json([{"account": one.account_id, "since": one.since, "late": one.late} for one in due])
        return 0
    rows = [(shortened(one.account_id), f"{one.since:%Y-%m-%d %H:%M}Z", "late" if one.late else "") for one in due]
    print_table(f"{len(due)} accounts are due", ("account", "since", ""), rows)
    return 0
