"""The program `scanner`: its verbs, and how errors become one clear line and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Annotated

import typer

from scanner import __version__, logs
from scanner.cli import (
    accounts,
    agreement,
    backfill,
    backup,
    config,
    coverage,
    demo,
    dev,
    doctor,
    erase,
    evaluate,
    evidence,
    export,
    imports,
    init,
    label,
    metrics,
    model,
    notebook,
    notify,
    person,
    platforms,
    purge,
    queue,
    refresh,
    review,
    roster,
    runs,
    scan,
    schedule,
    score,
    serve,
    snapshot,
    status,
    summary,
    train,
    upgrade,
    users,
    verify,
)
from scanner.cli.output import say
from scanner.errors import ScannerError


def _exit(code: int | None, **_: object) -> None:
    """Make what a verb returned the exit code of the program."""
    raise typer.Exit(code or 0)


app = typer.Typer(
    name="scanner",
    help="Watches the election neutrality of listed civil servants' public posts. It puts posts before humans; "
    "it never accuses, ranks people or stores a leaning.",
    epilog="Exit codes: 0 ok, 1 error, 2 usage, 3 partial, 11 locked, 75 try later.",
    no_args_is_help=True,
    result_callback=_exit,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scanner {__version__}")
        raise typer.Exit


@app.callback()
def about(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that concern no verb."""


app.command("init")(init.init)
app.command("demo")(demo.demo)
app.add_typer(roster.app, name="roster")
app.add_typer(person.app, name="person")
app.add_typer(backup.app, name="backup")
app.command("restore")(backup.restore)
app.command("upgrade")(upgrade.upgrade)
app.command("platforms")(platforms.platforms)
app.command("scan")(scan.scan)
app.command("backfill")(backfill.backfill)
app.add_typer(schedule.app, name="schedule")
app.command("erase")(erase.erase)
app.command("refresh")(refresh.refresh)
app.command("purge")(purge.purge)
app.command("import")(imports.import_files)
app.command("score")(score.score)
app.command("queue")(queue.queue)
app.command("label")(label.label)
app.add_typer(review.app, name="review")
app.command("serve")(serve.serve)
app.command("agreement")(agreement.agreement)
app.command("summary")(summary.summary)
app.add_typer(train.app, name="train")
app.add_typer(model.app, name="model")
app.command("evaluate")(evaluate.evaluate)
app.command("coverage")(coverage.coverage)
app.command("accounts")(accounts.accounts)
app.add_typer(runs.app, name="runs")
app.command("status")(status.status)
app.command("metrics")(metrics.metrics)
app.add_typer(notify.app, name="notify")
app.add_typer(config.app, name="config")
app.command("doctor")(doctor.doctor)
app.command("verify")(verify.verify)
app.add_typer(evidence.app, name="evidence")
app.command("export")(export.export)
app.add_typer(users.app, name="users")
app.add_typer(snapshot.app, name="snapshot")
app.command("notebook")(notebook.notebook)
app.add_typer(dev.app, name="dev")


_LONG = frozenset(
    {
        "backfill",
        "backup",
        "evaluate",
        "export",
        "import",
        "notebook",
        "purge",
        "refresh",
        "restore",
        "scan",
        "schedule",
        "snapshot",
    }
)
"""Verbs that work long where nobody waits for each of their steps."""


def main() -> None:
    """Run the program; every error of the scanner becomes one line on stderr and its exit code."""
    if _LONG.intersection(sys.argv[1:2]):
        _step_back()
    try:
        app()
    except ScannerError as error:
        logs.refused(error)
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("stopped", 130)
    except BrokenPipeError:  # whoever read our output has gone: `scanner queue | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:  # full disk, no right to write, a folder where a file should be
        logs.refused(error)
        _fail(f"{error.filename or 'system'}: {error.strerror or error}", 1)
    except Exception as error:
        if not logs.crashed(error):
            raise
        _fail(f"unexpected {type(error).__name__}: a fault of the program; {logs.NAME} says where: report it", 1)
    finally:
        logs.end()


def _step_back() -> None:
    """Let whoever waits at the desk go first: on few cores a backup would make every decision take a second."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, max(10, os.getpriority(os.PRIO_PROCESS, 0)))


def _fail(message: str, code: int) -> None:
    say(f"scanner: {' '.join(message.splitlines())}")
    raise SystemExit(code) from None
