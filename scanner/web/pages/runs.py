"""Runs: what each scan and import did, what it saw of which account, and why not everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from starlette.responses import Response

from scanner.domain.runs import Coverage
from scanner.domain.users import Role, User
from scanner.errors import NotGiven
from scanner.store import accounts, audit, quarantine, runs
from scanner.store.connection import Lease
from scanner.web import filters
from scanner.web.page import Page, Visit

READERS = frozenset({Role.ANALYST, Role.AUDITOR, Role.DPO})
SIZE, ACCOUNTS = 50, 200
"""Rows on a page: runs, and of one run accounts."""


def show_all(visit: Visit) -> Response:
    """Show the runs, the latest first."""
    first = filters.offset(visit, SIZE)
    with visit.desk.store.lease("runs: show the list", reading=True) as lease:
        found = runs.last_runs(lease, limit=first + SIZE + 1)[first:]
    return visit.html("runs.html", sheet=filters.sheet(visit, found, SIZE))


def show_one(visit: Visit) -> Response:
    """Show one run: versions, exit, and the coverage of every account the person may see."""
    run_id = str(visit.request.path_params["id"])
    with visit.desk.store.lease("runs: show one") as lease:
        run = runs.load_run(lease, run_id)
        if run is None:
            raise NotGiven(f"{run_id}: there is no such run")
        coverage = _open_to(lease, visit.who, runs.coverage_of(lease, run.id))
        rejected = quarantine.load_rejected(lease, run_id=run.id)
        audit.append(lease, actor=visit.who.name, action="run.show", subject=run.id, detail={}, at=visit.now)
    first = filters.offset(visit, ACCOUNTS)
    return visit.html(
        "run.html",
        run=run,
        outcomes=Counter(one.outcome for one in coverage),
        sheet=filters.sheet(visit, coverage[first : first + ACCOUNTS + 1], ACCOUNTS),
        reasons=Counter(one.reason for one in rejected).most_common(),
    )


def _open_to(lease: Lease, user: User, coverage: Iterable[Coverage]) -> list[Coverage]:
    """Return the coverage of the accounts a person may see (A10); those taken off the list stay out of sight."""
    listed = {one.id: one for one in accounts.load_accounts(lease)}
    return [one for one in coverage if one.account_id in listed and not user.is_recused_from(listed[one.account_id])]


PAGES = (
    Page("/runs", show_all, READERS, heading="nav.runs"),
    Page("/runs/{id}", show_one, READERS),
)
