"""The audit chain for those who oversee: who did and read what, whether it is whole, and its anchored head."""

from __future__ import annotations

import contextlib
from dataclasses import asdict

from starlette.responses import Response

from scanner.domain.users import Role
from scanner.errors import StoreDamaged
from scanner.store import audit, trails
from scanner.store.audit import Event, Head
from scanner.store.connection import Lease
from scanner.store.trails import Wanted
from scanner.web import filters
from scanner.web.page import Page, Visit

READERS = frozenset({Role.AUDITOR, Role.DPO})
SIZE = 100
"""Events on a page."""
_FIELDS = ("actor", "action", "subject", "since", "until")


def show(visit: Visit) -> Response:
    """Show the chain, the newest event first. A chain that cannot be added to is told as what it is."""
    found: list[Event] | None = None
    with visit.desk.store.lease("audit: what there is", reading=True) as lease:
        actors, actions, head = trails.actors(lease), trails.actions(lease), _anchor(lease)
    wanted = _wanted(visit, actors, actions)
    with contextlib.suppress(StoreDamaged), visit.desk.store.lease("audit: show the chain") as lease:
        told = {name: str(value) for name, value in asdict(wanted).items() if value}
        audit.append(lease, actor=visit.who.name, action="audit.show", subject="audit", detail=told, at=visit.now)
        found = trails.events_like(lease, wanted, limit=SIZE + 1, offset=filters.offset(visit, SIZE))
    return visit.html(
        "audit.html",
        asked=filters.asked(visit, _FIELDS),
        sheet=None if found is None else filters.sheet(visit, found, SIZE),
        actors=actors,
        actions=actions,
        head=head,
        report=None,
    )


def check(visit: Visit) -> Response:
    """Check every event against its hash, its predecessor and the anchor, and show what was found."""
    with visit.desk.store.lease("audit: check the chain", reading=True) as lease:
        report, head = audit.verify(lease), _anchor(lease)
        problems = tuple(one.replace(f"{lease.folder}/", "") for one in report.problems)
    with contextlib.suppress(StoreDamaged), visit.desk.store.lease("audit: note the check") as lease:
        detail = {"events": report.events, "whole": report.ok}
        audit.append(lease, actor=visit.who.name, action="audit.verify", subject="audit", detail=detail, at=visit.now)
    return visit.html("audit_check.html", head=head, report=report, problems=problems)


def _wanted(visit: Visit, actors: list[str], actions: list[str]) -> Wanted:
    since, until = filters.period(visit)
    return Wanted(
        actor=filters.choice(visit, "actor", actors),
        action=filters.choice(visit, "action", actions),
        subject=filters.words(visit, "subject"),
        since=since,
        until=until,
    )


def _anchor(lease: Lease) -> Head | None:
    """Return the head as it is kept outside the database; None where there is none that can be read."""
    with contextlib.suppress(StoreDamaged):
        return audit.read_anchor(audit.anchor_path(lease.folder))
    return None


PAGES = (
    Page("/audit", show, READERS, heading="nav.audit"),
    Page("/audit/check", check, READERS, method="POST"),
)
