"""Named checks of a workspace, each with what to do next. Repairs nothing; never shows a secret."""

from __future__ import annotations

import platform
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scanner.classify.bundle import load_model
from scanner.classify.swapped import describe_encoder
from scanner.errors import ScannerError
from scanner.resources import data_folder
from scanner.roster import refuse_account, refuse_mandate
from scanner.rules.ruleset import load_ruleset
from scanner.settings import CONFIG, SECRETS, load_settings, mandate_of
from scanner.store import audit, locking, remote
from scanner.store.accounts import load_accounts
from scanner.store.connection import Store
from scanner.store.retention import past_days
from scanner.workspace import model_folder, open_workspace

LEAST_FREE = 1 << 30
"""Bytes: a purge rewrites the database and needs its size free."""

DAY = timedelta(days=1)

PATIENCE = 2.0
"""Seconds to wait for the database; whoever holds it longer is named."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found."""

    name: str
    ok: bool | None
    """None: not checked, because a check it builds on has failed."""
    found: str
    next_step: str = ""


Result = tuple[str, str]
"""What was found, and what to do next: empty when all is well."""


def examine(root: Path) -> Iterator[Check]:
    """Run every check on a workspace folder.

    One that cannot run fails with its reason and the others go on; those that build on it are not checked.
    """
    failed: set[str] = set()
    for name, (needs, check) in _CHECKS.items():
        unmet = [need for need in needs if need in failed]
        result = _waiting(name, unmet[0]) if unmet else _checked(name, check, root)
        if not result.ok:
            failed.add(name)
        yield result


def _waiting(name: str, need: str) -> Check:
    return Check(name=name, ok=None, found="", next_step=f"not checked: first mend {need}")


def _checked(name: str, check: Callable[[Path], Result], root: Path) -> Check:
    try:
        found, next_step = check(root)
    except (ScannerError, OSError) as error:
        found, next_step = "", str(error)
    return Check(name=name, ok=not next_step, found=found, next_step=next_step)


def _python(_root: Path) -> Result:
    fits = sys.version_info >= (3, 11)
    return platform.python_version(), "" if fits else "install Python 3.11 or newer"


def _settings(root: Path) -> Result:
    load_settings(root)
    return str(root / CONFIG), ""


def _mandate(root: Path) -> Result:
    mandate = mandate_of(load_settings(root))
    refusal = refuse_mandate(mandate, _today(root))
    return f"{mandate.controller}, DPIA {mandate.dpia_id}", str(refusal) if refusal else ""


def _election(root: Path) -> Result:
    election = open_workspace(root).election
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


def _encoder(root: Path) -> Result:
    about = describe_encoder(open_workspace(root).models)
    return f"{about['id']}, {about['dimensions']} dimensions", about["problem"]


def _secrets(root: Path) -> Result:
    path = root / SECRETS
    if not path.is_file():
        return "none", ""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"mode {mode:04o}", f"others can read it: chmod 600 {path}" if mode & 0o077 else ""


def _data(root: Path) -> Result:
    data = open_workspace(root).data
    if not data.is_dir():
        return "", f"{data}: not there; restore it from a backup, or begin anew with `mkdir -m 700 {data}`"
    mode = stat.S_IMODE(data.stat().st_mode)
    return f"mode {mode:04o}", f"others can read it: chmod 700 {data}" if mode & 0o077 else ""


def _lock(root: Path) -> Result:
    database = _store(root).path
    if keeper := remote.answering(database, PATIENCE):
        return f"kept by {keeper}, which answers", ""
    if database.exists():
        with locking.held(database, "doctor", wait=PATIENCE):
            pass
    return "free", ""


def _database(root: Path) -> Result:
    store = _store(root)
    if store.path.exists():
        with store.lease("doctor") as lease:
            [(posts,)] = lease.rows("SELECT count(*) FROM posts")
        return f"opens, {posts} posts", ""
    anchor = audit.read_anchor(audit.anchor_path(store.path.parent))
    if anchor is not None and anchor.seq:
        return "", f"{store.path}: gone, though {anchor.seq} audit events are anchored; restore it from a backup"
    return "none yet", ""


def _audit(root: Path) -> Result:
    store = _store(root)
    if not store.path.exists():
        return "no events yet", ""
    with store.lease("doctor: audit") as lease:
        report = audit.verify(lease)
    return f"{report.events} events, anchored at {report.anchored}", "; ".join(report.problems[:3])


def _roster(root: Path) -> Result:
    store, today, accounts = _store(root), _today(root), []
    if store.path.exists():
        with store.lease("doctor: roster") as lease:
            accounts = load_accounts(lease)
    if not accounts:
        return "empty", "list accounts with `scanner roster import roster.csv`"
    refused = [refusal for refusal in (refuse_account(account, today) for account in accounts) if refusal]
    return f"{len(accounts)} listed", f"{refused[0]} (and {len(refused) - 1} more)" if refused else ""


def _space(root: Path) -> Result:
    free = shutil.disk_usage(root).free
    database = _store(root).path
    needed = max(LEAST_FREE, database.stat().st_size if database.exists() else 0)
    return f"{free / 2**30:.1f} GiB free", "" if free >= needed else f"free {needed / 2**30:.1f} GiB: purging needs it"


def _retention(root: Path) -> Result:
    workspace, now = open_workspace(root), datetime.now(UTC)
    if not _store(root).path.exists():
        return "no posts yet", ""
    purge = workspace.purge(now, by="doctor")
    with _store(root).lease("doctor: retention", reading=True) as lease:
        # A day late is in order: what is past its days since the last daily purge goes with the next one.
        count = sum(
            one.held is None for one in past_days(lease, purge.policy, purge.election, holds=purge.holds, now=now - DAY)
        )
    return f"{count} posts past their days", f"{count} posts are past their days: run `scanner purge`" if count else ""


def _keywords(_root: Path) -> Result:
    return str(data_folder("keywords")), ""


def _today(root: Path) -> date:
    """Return the day by which a scan would judge; the UTC day while there is no election that can be read."""
    try:
        return open_workspace(root).today()
    except (ScannerError, OSError):
        return datetime.now(UTC).date()


def _store(root: Path) -> Store:
    return Store(open_workspace(root).store.path, wait=PATIENCE)


_CHECKS: dict[str, tuple[tuple[str, ...], Callable[[Path], Result]]] = {
    "python": ((), _python),
    "secrets": ((), _secrets),
    "settings": (("secrets",), _settings),
    "mandate": (("settings",), _mandate),
    "keywords": ((), _keywords),
    "rules": (("keywords",), _rules),
    "election": (("settings", "keywords"), _election),
    "model": (("settings", "rules"), _model),
    "encoder": (("settings",), _encoder),
    "data folder": (("settings",), _data),
    "database lock": (("settings",), _lock),
    "database": (("database lock",), _database),
    "audit chain": (("database",), _audit),
    "roster": (("database",), _roster),
    "retention": (("database", "election"), _retention),
    "free space": (("settings",), _space),
}
"""Each check with those it builds on, which come before it."""
