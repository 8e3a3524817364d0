"""scanner evidence: bundles for one flag, their check, and timestamps of the heads of the chains."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, say
from scanner.errors import ScannerError

if TYPE_CHECKING:
    from scanner.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Evidence that leaves the house, and who vouches for what stays.")


CaFile = Annotated[
    Path | None, typer.Option(help="Root certificate (PEM) of the time-stamping authority, from the authority itself.")
]


@app.command("export")
def export(
    flag: Annotated[str, typer.Argument(help="Id of the flag as `scanner queue --json` shows it.")],
    reason: Annotated[str, typer.Option(help="What the bundle is for; kept in it and in the audit log.")],
    workspace: WorkspaceOption = Path(),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder or .zip to write; default: bukti-<flag>.zip here.")
    ] = None,
) -> None:
    """Write the evidence of one flag: raw captures, a page for people, the chain, and how to check it all.

    Example: scanner evidence export mastodon:desa.id/1@0f3a --reason "laporan ke Bawaslu" -o bukti.zip
    """
    from scanner.report.bundle import Order, export_bundle
    from scanner.report.bundle_page import Shown
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    done = export_bundle(
        opened.store,
        flag,
        output or Path(f"bukti-{re.sub(r'[^a-z0-9]+', '-', flag.casefold()).strip('-')[:80]}.zip"),
        Order(by=operator(), reason=reason, at=datetime.now(UTC)),
        lambda election: Shown(opened.ruleset, ZoneInfo(opened.load_election(election).region.tz)),
    )
    say(f"{done.path}: {done.files} files. SHA-256 of manifest.json: {done.manifest_sha256}; it is in the audit log.")
    say("It holds personal data. Whoever gets it checks it with `scanner evidence verify`, or see VERIFIKASI.txt.")


@app.command("verify")
def verify(
    bundle: Annotated[Path, typer.Argument(help="Folder or zip that `scanner evidence export` wrote.")],
    ca_file: CaFile = None,
    as_json: JsonOption = False,
) -> int:
    """Check a bundle offline, anywhere, without a workspace. Exit 1 when anything does not agree.

    Example: scanner evidence verify bukti.zip --ca-file akar.pem
    """
    from scanner.report.bundle_check import check_bundle

    report = check_bundle(bundle, ca_file)
    if as_json:
        print_json(asdict(report))
        return 1 if report.problems else 0
    say(f"{report.files} files and {report.captures} captures checked. SHA-256 of manifest.json:")
    say(f"{report.manifest_sha256} (compare it with what the body that made the bundle has on its audit chain)")
    if report.stamped_at:
        unsure = "" if report.signature_checked else "; whose signature it is was not checked, give --ca-file for that"
        say(f"Timestamp: {report.stamped_at}{unsure}.")
    for problem in report.problems:
        say(problem)
    say("Everything agrees." if not report.problems else f"{len(report.problems)} problems.")
    return 1 if report.problems else 0


@app.command("timestamp")
def timestamp(workspace: WorkspaceOption = Path()) -> None:
    """Let the authority of scanner.toml [timestamps] vouch for everything captured and done so far (RFC 3161).

    Only a hash is sent. `scanner verify` checks the answer offline. Example: scanner evidence timestamp
    """
    from scanner.workspace import open_workspace

    told = open_workspace(workspace).stamp(by=operator())
    say(f"Timestamp {told.name}: the heads of both chains were there at {told.at:%Y-%m-%d %H:%M:%S} UTC.")


def stamp_after_scan(opened: Workspace) -> None:
    """Ask for a timestamp where an authority is set; that it failed is told and fails nothing."""
    if opened.authority is None:
        return
    try:
        told = opened.stamp(by="scan")
    except (ScannerError, OSError) as error:
        say(f"No timestamp was given: {error}. Nothing is lost; `scanner evidence timestamp` asks again.")
    else:
        say(f"Timestamp {told.name} given at {told.at:%Y-%m-%d %H:%M:%S} UTC.")
