"""What is settled, for the adjudicator: by state and deadline; opening a post tells what was said of it."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from scanner.domain.users import Role
from scanner.review.settled import STATES, list_settled, open_settled
from scanner.review.states import State
from scanner.web import filters
from scanner.web.page import Page, Visit

_ADJUDICATOR = frozenset({Role.ADJUDICATOR})
SIZE = 50
"""Posts on a page."""


def show(visit: Visit) -> Response:
    """Show settled suspicions, or what is settled in one state."""
    desk, state = visit.desk, filters.choice(visit, "state", STATES)
    found = list_settled(
        desk.store,
        visit.who,
        State(state) if state else None,
        size=SIZE,
        offset=filters.offset(visit, SIZE),
        overlap=desk.overlap,
        clock=desk.clock,
        now=visit.now,
    )
    return visit.html("settled.html", sheet=filters.sheet(visit, found, SIZE), asked=state, states=STATES)


def lay_open(visit: Visit) -> Response:
    """Lay one open. By POST: from then on the person knows what was said of it."""
    item = visit.field("item")
    open_settled(visit.desk.store, visit.who, item, overlap=visit.desk.overlap, now=visit.now)
    return visit.seen(f"/review/decided?item={quote(item, safe='')}")


PAGES = (
    Page("/settled", show, _ADJUDICATOR, heading="nav.settled"),
    Page("/settled/open", lay_open, _ADJUDICATOR, method="POST"),
)
