"""Named checks of a workspace, each with what to do next. Reads only; never shows a secret."""

from __future__ import annotations

import platform
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scanner.classify.bundle import load_model
from scanner.errors import ScannerError
from scanner.resources import data_folder
from scanner.roster import refuse_account, refuse_mandate
from scanner.rules.ruleset import load_ruleset
from scanner.settings import CONFIG, SECRETS, load_settings, mandate_of
from scanner.store import locking
from scanner.workspace import Workspace, model_folder, open_workspace

LEAST_FREE = 1 << 30
"""Bytes: a purge rewrites the database and needs its size free."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found."""

    name: str
    ok: bool
    found: str
    next_step: str = ""


def examine(root: Path) -> Iterator[Check]:
    """Run every check on a workspace folder; one that cannot run fails with its reason and the others go on."""
    for name, check in _CHECKS.items():
        try:
            found, next_step = check(root)
        except (ScannerError, OSError) as error:
            found, next_step = "", str(error)
        yield Check(name=name, ok=not next_step, found=found, next_step=next_step)


Result = tuple[str, str]
"""What was found, and what to do next: empty when all is well."""


def _python(_root: Path) -> Result:
    fits = sys.version_info >= (3, 11)
    return platform.python_version(), "" if fits else "install Python 3.11 or newer"


def _settings(root: Path) -> Result:
    load_settings(root)
    return str(root / CONFIG), ""


def _mandate(root: Path) -> Result:
    mandate = mandate_of(load_settings(root))
    refusal = refuse_mandate(mandate, datetime.now(UTC).date())
    return f"{mandate.controller}, DPIA {mandate.dpia_id}", str(refusal) if refusal else ""


def _election(root: Path) -> Result:
    workspace = open_workspace(root)
    election = workspace.election
    phase = election.phase_at(datetime.now(UTC))
    return f"{election.id}, {len(election.participants)} participants, phase {phase}", ""


def _rules(_root: Path) -> Result:
    ruleset = load_ruleset()
    unverified = sum(1 for clause in ruleset.clauses.values() if not clause.verified)
    return f"{ruleset.id}, {len(ruleset.codes)} codes, {unverified} of {len(ruleset.clauses)} clauses not verified", ""


def _model(root: Path) -> Result:
    model = load_model(model_folder(load_settings(root).model, root))
    fits = model.ruleset == load_ruleset().id
    return model.id, "" if fits else f"trained with rules {model.ruleset}; run `scanner train`"


def _secrets(root: Path) -> Result:
    path = root / SECRETS
    if not path.is_file():
        return "none", ""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"mode {mode:04o}", f"others can read it: chmod 600 {path}" if mode & 0o077 else ""


def _data(root: Path) -> Result:
    data = Workspace(root=root, settings=load_settings(root)).data
    mode = stat.S_IMODE(data.stat().st_mode)
    return f"mode {mode:04o}", f"others can read it: chmod 700 {data}" if mode & 0o077 else ""


def _database(root: Path) -> Result:
    workspace = open_workspace(root)
    with workspace.store.lease("doctor") as lease:
        [(posts,)] = lease.rows("SELECT count(*) FROM posts")
    return f"opens, {posts} posts", ""


def _lock(root: Path) -> Result:
    holder = locking.holder(open_workspace(root).store.path)
    return f"held by PID {holder.pid}: {holder.purpose}" if holder else "free", ""


def _audit(root: Path) -> Result:
    from scanner.store import audit

    with open_workspace(root).store.lease("doctor: audit") as lease:
        report = audit.verify(lease)
    return f"{report.events} events, anchored at {report.anchored}", "; ".join(report.problems[:3])


def _roster(root: Path) -> Result:
    from scanner.store.accounts import load_accounts

    today = datetime.now(UTC).date()
    with open_workspace(root).store.lease("doctor: roster") as lease:
        accounts = load_accounts(lease)
    refused = [refusal for refusal in (refuse_account(account, today) for account in accounts) if refusal]
    if not accounts:
        return "empty", "list accounts with `scanner roster import roster.csv`"
    return f"{len(accounts)} listed", f"{refused[0]} (and {len(refused) - 1} more)" if refused else ""


def _space(root: Path) -> Result:
    free = shutil.disk_usage(root).free
    database = root / "data" / "scanner.duckdb"
    needed = max(LEAST_FREE, database.stat().st_size if database.exists() else 0)
    return f"{free / 2**30:.1f} GiB free", "" if free >= needed else f"free {needed / 2**30:.1f} GiB: purging needs it"


def _keywords(_root: Path) -> Result:
    return str(data_folder("keywords").name), ""


_CHECKS: dict[str, Callable[[Path], Result]] = {
    "python": _python,
    "settings": _settings,
    "secrets": _secrets,
    "mandate": _mandate,
    "keywords": _keywords,
    "rules": _rules,
    "election": _election,
    "model": _model,
    "data folder": _data,
    "database lock": _lock,
    "database": _database,
    "audit chain": _audit,
    "roster": _roster,
    "free space": _space,
}
