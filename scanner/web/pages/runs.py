"""Runs: what each scan and import did, what it saw of which account, and why not everything."""

from __future__ import annotations

from collections import Counter

from starlette.responses import Response

from scanner.domain.users import Role
from scanner.errors import NotGiven
from scanner.store import audit, quarantine, runs
from scanner.store.covered import count_outcomes, coverage_page
from scanner.web import filters
from scanner.web.page import Page, Visit

READERS = frozenset({Role.ANALYST, Role.AUDITOR, Role.DPO})
SIZE, ACCOUNTS = 50, 200
"""Rows on a page: runs, and of one run accounts."""


def show_all(visit: Visit) -> Response:
    """Show the runs, the latest first."""
    first = filters.offset(visit, SIZE)
    with visit.desk.store.lease("runs: show the list", reading=True) as lease:
        found = runs.last_runs(lease, limit=SIZE + 1, offset=first)
    return visit.html("runs.html", sheet=filters.sheet(visit, found, SIZE))


def show_one(visit: Visit) -> Response:
    """Show one run: how it ended, what it brought, and the coverage of the accounts the person may see (A10).

    Those taken off the list stay out of sight.
    """
    run_id, first = str(visit.request.path_params["id"]), filters.offset(visit, ACCOUNTS)
    with visit.desk.store.lease("runs: show one") as lease:
        run = runs.load_run(lease, run_id)
        if run is None:
            raise NotGiven(f"{run_id}: there is no such run")
        outcomes = count_outcomes(lease, run.id, hidden=visit.who.hidden)
        shown = coverage_page(lease, run.id, hidden=visit.who.hidden, limit=ACCOUNTS + 1, offset=first)
        rejected = quarantine.load_rejected(lease, run_id=run.id)
        audit.append(lease, actor=visit.who.name, action="run.show", subject=run.id, detail={}, at=visit.now)
    return visit.html(
        "run.html",
        run=run,
        outcomes=outcomes,
        sheet=filters.sheet(visit, shown, ACCOUNTS),
        reasons=Counter(one.reason for one in rejected).most_common(),
    )


PAGES = (
    Page("/runs", show_all, READERS, heading="nav.runs"),
    Page("/runs/{id}", show_one, READERS),
)
