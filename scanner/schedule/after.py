"""Who is told that a scheduled run begins and how it ended. A failure here never changes how the run ended."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.notify.notes import Count, Kind, Note
from scanner.schedule.condition import FINE, chain_faults
from scanner.schedule.lookout import SOON, look, safely
from scanner.schedule.telling import ping_of, sender_of
from scanner.store import runs

if TYPE_CHECKING:
    from scanner.domain.runs import Run
    from scanner.notify.outbox import Trouble
    from scanner.schedule.tick import Tick
    from scanner.workspace import Workspace

log = logging.getLogger(__name__)


def before_run(workspace: Workspace, now: datetime) -> None:
    """Tell the dead man's switch that a run begins."""
    with safely("the ping"):
        _ping(workspace, "start")


def after_run(workspace: Workspace, tick: Tick, now: datetime) -> None:
    """Tell how a run ended: the ping, a digest of what it brought, alarms, status.json and the figures."""
    code, trouble = tick.exit_code, None
    with safely("the ping"):
        trouble = _ping(workspace, "" if code in FINE else str(code))
    with safely("the digest"):
        _put_digest(workspace, tick, now)
    with safely("the look at alarms"):
        look(workspace, now, faults=chain_faults(workspace), failed=int(code not in FINE), ping=trouble, lag=SOON)


def is_news(run: Run) -> bool:
    """Tell whether a run brought or lost any post."""
    return any(getattr(run, one) for one in (Count.NEW, Count.CHANGED, Count.MISSING))


def digest_of(run: Run, now: datetime) -> Note:
    """Return what is told of a run: counts alone."""
    counts = {one: getattr(run, one) for one in Count if getattr(run, one) is not None}
    name = "".join(char if char.isascii() and char.isalnum() else "-" for char in run.id)
    return Note(id=f"{Kind.RUN}-{name}", kind=Kind.RUN, at=run.ended_at or now, counts=counts)


def _put_digest(workspace: Workspace, tick: Tick, now: datetime) -> None:
    chosen = workspace.settings.notifications.digest
    if tick.run_id is None or chosen == "never":
        return
    with workspace.store.lease("notifications: the run", reading=True) as lease:
        run = runs.load_run(lease, tick.run_id)
    if run is not None and (chosen == "always" or is_news(run)):
        sender_of(workspace).put(digest_of(run, now), now)


def _ping(workspace: Workspace, suffix: str) -> Trouble | None:
    """Ping where an address is set; return why that failed."""
    trouble = ping_of(workspace, suffix)
    if trouble is not None:
        log.warning("the ping was not heard: %s", trouble)
    return trouble
