"""scanner schedule: scans that run by themselves: run, preview, pause, resume, and what makes the system start them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from scanner.cli import install
from scanner.cli.logged import begin_log
from scanner.cli.options import JsonOption, QuietOption, WorkspaceOption, moment, operator
from scanner.cli.output import print_json, print_table, say, shortened
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.scan.timetable import Timetable
    from scanner.schedule.tick import Tick

app = typer.Typer(no_args_is_help=True, help="Scans that run by themselves.")
app.command("install")(install.install)


@app.command("run")
def run(workspace: WorkspaceOption = Path(), quiet: QuietOption = False) -> None:
    """Keep the schedule until stopped by Ctrl-C or SIGTERM: look every minute at who is due, purge and back up daily.

    One process of one machine may; another one refuses (exit 11). Stopped, it saves what was read and ends within
    ten seconds. Example: scanner schedule run -w kantor
    """
    from scanner.cli.stopping import ending_at_last, stopping
    from scanner.schedule.lookout import looking
    from scanner.schedule.metering import told
    from scanner.schedule.service import Service
    from scanner.schedule.tick import utc_now
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    begin_log(opened, "schedule")
    said = ""

    def tell(done: Tick) -> None:
        nonlocal said
        if not quiet and (told := _told(done)) != said:
            said = told
            say(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z {told}")

    with stopping() as stop, ending_at_last(stop), told(opened, utc_now), looking(workspace, utc_now):
        Service(workspace, stop, tell=tell).run()


def _told(done: Tick) -> str:
    if done.summary is None:
        return done.reason
    tally, run = done.summary.tally, done.summary.run
    return f"run {run.id} ({run.trigger}): exit {done.exit_code}, {tally.new} new posts, {tally.changed} changed"


@app.command("preview")
def preview(
    workspace: WorkspaceOption = Path(),
    count: Annotated[int, typer.Option("--next", min=1, max=10_000, help="So many due times.")] = 10,
    by_platform: Annotated[
        bool, typer.Option("--by-platform", help="Together what is due on one platform within the same hour.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the next due times, in the zone of the schedule and in UTC. Nothing is fetched.

    Example: scanner schedule preview --next 10
    """
    from scanner.scan.timetable import read_timetable
    from scanner.store import audit, pauses
    from scanner.workspace import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    with opened.store.lease("schedule: preview", reading=by_platform) as lease:
        timetable = read_timetable(lease, opened.rhythm, now)
        pause = pauses.current(lease, now)
        rows = _by_platform(timetable, count) if by_platform else _by_account(timetable, count)
        if not by_platform:
            detail = {"times": len(rows)}
            audit.append(lease, actor=operator(), action="schedule.preview", subject="schedule", detail=detail, at=now)
    if as_json:
        print_json([row | {"local": row["at"].astimezone(opened.zone)} for row in rows])
    else:
        _show(rows, opened.zone)
    for account in sorted(timetable.rhythm.accounts.keys() - timetable.listed.keys()):
        say(f"[schedule.accounts] {account}: not on the list, so it changes nothing")
    if pause is not None:
        say(f"Paused: {pause.reason}. Nothing starts before `scanner schedule resume`" + _until(pause.until) + ".")


def _by_account(timetable: Timetable, count: int) -> list[dict[str, Any]]:
    return [
        {
            "at": at,
            "platform": timetable.listed[account],
            "account": account,
            "phase": timetable.rhythm.phase_at(at),
            "minutes": timetable.rhythm.interval_of(account, at).total_seconds() / 60,
        }
        for at, account in islice(timetable.upcoming(), count)
    ]


def _by_platform(timetable: Timetable, count: int) -> list[dict[str, Any]]:
    """Count what is due on one platform within the same hour; the last hour is shown whole."""
    found: dict[tuple[datetime, str], dict[str, Any]] = {}
    for at, account in timetable.upcoming():
        platform = timetable.listed[account]
        key = (at.replace(minute=0, second=0, microsecond=0), platform)
        if key not in found and len(found) == count:
            break
        one = found.setdefault(key, {"at": at, "platform": platform, "accounts": 0})
        one["accounts"] += 1
    return list(found.values())


def _show(rows: list[dict[str, Any]], zone: ZoneInfo) -> None:
    last = ("#accounts",) if rows and "accounts" in rows[0] else ("account", "phase", "#every")
    cells = [
        (
            f"{row['at'].astimezone(zone):%Y-%m-%d %H:%M:%S %Z}",
            f"{row['at']:%Y-%m-%d %H:%M:%S}Z",
            row["platform"],
            *((row["accounts"],) if "accounts" in row else _account_cells(row)),
        )
        for row in rows
    ]
    print_table("Next due", (str(zone), "UTC", "platform", *last), cells)


def _account_cells(row: dict[str, Any]) -> tuple[str, str, str]:
    return shortened(row["account"]), str(row["phase"]).lower(), f"{row['minutes']:g} min"


@app.command("pause")
def pause(
    reason: Annotated[str, typer.Option(help="Why; kept in the audit chain and shown by `status`. Name nobody.")],
    until: Annotated[str | None, typer.Option(help="It ends by itself then (ISO 8601; UTC without a zone).")] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Stop everything that is scanned by schedule: nothing begins, and a scan under way ends behind its page.

    Purge and backups go on. Example: scanner schedule pause --reason "perintah ketua" --until 2026-11-28
    """
    from scanner.store import pauses
    from scanner.workspace import open_workspace

    now, ends = datetime.now(UTC), moment(until, "--until")
    if not reason.strip():
        raise UsageError("--reason: say why the schedule is paused")
    if ends is not None and ends <= now:
        raise UsageError(f"--until {until}: has passed; a later time would be valid")
    with open_workspace(workspace).store.lease("schedule: pause") as lease:
        pauses.pause(lease, until=ends, reason=reason.strip(), by=operator(), at=now)
    say(f"Paused until `scanner schedule resume`{_until(ends)}. A scan under way by schedule ends within 10 seconds.")


@app.command("resume")
def resume(workspace: WorkspaceOption = Path()) -> None:
    """Let the schedule go on; whoever is due by now is looked at once.

    Example: scanner schedule resume
    """
    from scanner.store import pauses
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("schedule: resume") as lease:
        lifted = pauses.resume(lease, by=operator(), at=datetime.now(UTC))
    say("The schedule goes on." if lifted else "The schedule was not paused.")


def _until(ends: datetime | None) -> str:
    return f" or {ends:%Y-%m-%d %H:%M} UTC" if ends else ""
