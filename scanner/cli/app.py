"""The program `scanner`: its verbs, and how errors become one clear line and an exit code."""

from __future__ import annotations

import os
import sys

import click
import typer

from scanner.cli import demo, doctor, imports, init, label, queue, roster, scan, score, status, train, verify
from scanner.errors import ScannerError

app = typer.Typer(
    name="scanner",
    help="Watches the election neutrality of listed civil servants' public posts. It puts posts before humans; "
    "it never accuses, ranks people or stores a leaning.",
    epilog="Exit codes: 0 ok, 1 error, 2 usage, 3 partial, 11 locked, 75 try later.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("init")(init.init)
app.command("demo")(demo.demo)
app.add_typer(roster.app, name="roster")
app.command("scan")(scan.scan)
app.command("import")(imports.import_files)
app.command("score")(score.score)
app.command("queue")(queue.queue)
app.command("label")(label.label)
app.command("train")(train.train)
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("verify")(verify.verify)


def main() -> None:
    """Run the program; every error of the scanner becomes one line on stderr and its exit code."""
    try:
        code = app(standalone_mode=False)
    except ScannerError as error:
        _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show(sys.stderr)
        raise SystemExit(error.exit_code) from None
    except click.Abort:
        _fail("stopped", 130)
    except KeyboardInterrupt:
        _fail("stopped", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    else:
        raise SystemExit(code or 0)


def _fail(message: str, code: int) -> None:
    print(f"scanner: {message}", file=sys.stderr)  # noqa: T201
    raise SystemExit(code) from None
