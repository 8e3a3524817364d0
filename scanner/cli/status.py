"""scanner status: on one screen what ran, what was seen, what needs a hand and what waits."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.cli.accounts import ago
from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say
from scanner.cli.runs import with_states
from scanner.domain.users import Language
from scanner.errors import StoreError

if TYPE_CHECKING:
    from scanner.report.figures import Figures
    from scanner.report.status import Status
    from scanner.scan.timetable import Timetable
    from scanner.store.keepers import Keeper
    from scanner.store.pauses import Pause
    from scanner.workspace import Workspace

_RUNS = 3
_WIDTH, _NOTE = 66, 24
"""Characters of a line beside its heading, and of how a run ended: on 80 columns nothing is folded."""


@dataclass(frozen=True, slots=True)
class _Schedule:
    """How the schedule stands."""

    timetable: Timetable
    pause: Pause | None
    keeper: Keeper | None


def status(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show schedule, last runs, coverage, alarms, queue, disk, backup and purge; which accounts: `scanner accounts`.

    Only --json names accounts, under `gaps`, which is on record; null there: it could not be put on record.

    Example: scanner status --json
    """
    from scanner.report.status import read_status
    from scanner.schedule.metering import figures_of
    from scanner.store.locking import is_under_way
    from scanner.workspace import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    overlap, is_stale = opened.settings.review.overlap, opened.rhythm.is_stale
    found = read_status(opened.store, overlap=overlap, now=now, is_stale=is_stale)
    schedule, figures = _read_schedule(opened, now), figures_of(opened, now)
    versions = {"model": opened.model.id, "rules": opened.ruleset.id, "election": opened.election.id}
    if as_json:
        named = asdict(found) if _on_record(opened, found, now) else asdict(found) | {"gaps": None}
        print_json(named | _plain(schedule, figures) | versions)
        return
    rows = [
        ("schedule", _told(schedule, now)),
        ("last success", _success(figures, now)),
        ("coverage", coverage_line(found)),
        *_problems(found),
        ("alarms", _alarms(found)),
        ("queue", _queue(found, figures, now)),
        ("record", f"{found.posts:,} posts, {found.flagged:,} put before reviewers, {found.quarantined:,} unreadable"),
        *_beside(figures, now),
        *versions.items(),
    ]
    print_table(f"Status, {now:%Y-%m-%d %H:%M} UTC", ("", ""), [(name, _cut(line)) for name, line in rows])
    scanning = is_under_way(opened.store.path.with_name("scan"))
    show_runs(found, scanning=scanning)


def _on_record(workspace: Workspace, found: Status, now: datetime) -> bool:
    """Tell whether it is on record that accounts are named; how a damaged or full record stands must be told too."""
    from scanner.store import audit

    detail = {"accounts": len(found.gaps)}
    try:
        with workspace.store.lease("status: accounts are named") as lease:
            audit.append(lease, actor=operator(), action="status.show", subject="accounts", detail=detail, at=now)
    except StoreError as error:
        say(f"{error}\nSo no account is named: who sees them leaves a trace.")
        return False
    return True


def show_runs(found: Status, *, scanning: bool) -> None:
    """Print the last runs, one line each; a killed run has no end."""
    newest = next((run.id for run in found.runs if run.kind in ("scan", "demo")), None)
    told = list(with_states(found.runs, newest if scanning else None))[:_RUNS]
    rows = [
        (run.id, f"{run.started_at:%m-%d %H:%M}Z", run.trigger, _cut(f"{state} {run.note}", _NOTE))
        for run, state in told
    ]
    print_table("Last runs", ("run", "started", "by", "ended"), rows)


def show_coverage(found: Status) -> None:
    """Print how much of the list was seen."""
    say(f"{found.listed:,} accounts listed: {coverage_line(found)}. Not observed is not clean.")


def coverage_line(found: Status) -> str:
    """Return how many accounts were seen how by their latest look."""
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(found.coverage.items()))
    return f"{counts or 'no account is listed'}; {found.stale:,} stale"


def _read_schedule(opened: Workspace, now: datetime) -> _Schedule:
    from scanner.scan.timetable import read_timetable
    from scanner.store import keepers, pauses

    with opened.store.lease("status: the schedule", reading=True) as lease:
        timetable = read_timetable(lease, opened.rhythm, now)
        return _Schedule(timetable, pauses.current(lease, now), keepers.load_keeper(lease))


def _told(schedule: _Schedule, now: datetime) -> str:
    due = schedule.timetable.found.due
    counted = f"{len(due):,} due now, {sum(one.late for one in due):,} overdue"
    if (pause := schedule.pause) is not None:
        ends = f" until {pause.until:%Y-%m-%d %H:%M}Z" if pause.until else ""
        return f"PAUSED{ends}: {pause.reason}; {counted}"
    at = schedule.timetable.next_due
    when = "nobody is listed" if at is None else f"next {at:%Y-%m-%d %H:%M}Z"
    keeper = schedule.keeper
    seen = f"kept {ago(max(now - keeper.seen_at, timedelta()))} ago" if keeper else "kept by nobody"
    return f"{when}, {counted}; {seen}"


def _success(figures: Figures, now: datetime) -> str:
    at = figures.record.succeeded_at if figures.record else None
    return f"{at:%Y-%m-%d %H:%M}Z, {ago(max(now - at, timedelta()))} ago" if at else "never: no scan ran to its end"


def _problems(found: Status) -> Iterator[tuple[str, str]]:
    """Yield what is most often in the way, in plain words; the rest in one line."""
    from scanner.web.language import say as words

    problems = list(found.problems.items())
    for problem, count in problems[:4]:
        yield "", f"{count:,}: {words(Language.EN, f'health.{problem}')}"
    if rest := sum(count for _, count in problems[4:]):
        yield "", f"{rest:,}: otherwise"


def _alarms(found: Status) -> str:
    return ", ".join(f"{one.signal} {one.platform} ({one.accounts:,})" for one in found.alarms) or "none"


def _queue(found: Status, figures: Figures, now: datetime) -> str:
    record = figures.record
    waiting = sum(map(len, record.waiting.values())) if record else 0
    oldest = f", oldest {ago(max(now - record.oldest, timedelta()))}" if record and record.oldest else ""
    judged = f"{found.judged_once:,} judged once, {found.judged:,} by all"
    return f"{waiting:,} wait{oldest}, {figures.overdue or 0:,} past deadline; {judged}"


def _beside(figures: Figures, now: datetime) -> Iterator[tuple[str, str]]:
    yield "disk", f"{_size(figures.free_bytes)} free, database {_size(figures.database_bytes)}"
    made = figures.record.backed_up_at if figures.record else None
    yield "backup", f"{made:%Y-%m-%d %H:%M}Z, {ago(max(now - made, timedelta()))} ago" if made else "never"
    lag = figures.purge_lag_days
    yield "purge", "not known" if lag is None else f"{lag} days late or more" if lag else "nothing is late"
    if figures.outbox:
        yield "messages", f"{figures.outbox} could not be sent yet"


def _plain(schedule: _Schedule, figures: Figures) -> dict[str, Any]:
    record, due = figures.record, schedule.timetable.found.due
    return {
        "schedule": {
            "paused": asdict(schedule.pause) if schedule.pause else None,
            "next_due": schedule.timetable.next_due,
            "due": len(due),
            "overdue": sum(one.late for one in due),
            "seen_at": schedule.keeper.seen_at if schedule.keeper else None,
        },
        "last_success": record.succeeded_at if record else None,
        "queue": {
            "waiting": sum(map(len, record.waiting.values())) if record else None,
            "oldest": record.oldest if record else None,
            "past_deadline": figures.overdue,
            "held": record.held if record else None,
        },
        "free_bytes": figures.free_bytes,
        "database_bytes": figures.database_bytes,
        "backed_up_at": record.backed_up_at if record else None,
        "purge_lag_days": figures.purge_lag_days,
        "outbox": figures.outbox,
    }


def _size(size: int | None) -> str:
    return "not known" if size is None else f"{size / 1e9:,.1f} GB"


def _cut(line: str, width: int = _WIDTH) -> str:
    return textwrap.shorten(line, width, placeholder=" ...")
