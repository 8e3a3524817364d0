"""One's own last ten decisions, each with a button that takes it back."""

from __future__ import annotations

from starlette.responses import Response

from scanner.errors import ReviewError
from scanner.review.decide import new_key
from scanner.review.last import last_decisions
from scanner.review.undo import undo
from scanner.web.page import JUDGES, Page, Visit
from scanner.web.pages.review import named


def show(visit: Visit) -> Response:
    """Show the list."""
    return _page(visit)


def take_back(visit: Visit) -> Response:
    """Take one decision back: its post comes again, before all others, unless its author has seen others' views."""
    desk = visit.desk
    try:
        undone = undo(
            desk.store,
            key=visit.field("key"),
            flag_id=visit.field("item"),
            reviewer=visit.who.name,
            overlap=desk.overlap,
            now=visit.now,
            clock=desk.clock,
        )
    except ReviewError:
        return _page(visit, status=422)
    return visit.seen("/review" if undone.item else "/review/last?done=yes")


def _page(visit: Visit, *, status: int = 200) -> Response:
    return visit.html(
        "last.html",
        status=status,
        refused=status != 200,
        done=visit.query("done") == "yes",
        decisions=[(one, new_key()) for one in last_decisions(visit.desk.store, visit.who, now=visit.now)],
        names={code.code: named(visit, code) for code in visit.desk.ruleset.codes.values()},
    )


PAGES = (
    Page("/review/last", show, JUDGES),
    Page("/review/last", take_back, JUDGES, method="POST"),
)
