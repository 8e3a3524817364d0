"""Marking a settled item as gold, with the reason, and retiring it: for the adjudicator who saw all views."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from scanner.domain.users import Role
from scanner.review.gold import mark_gold, retire_gold
from scanner.web.page import Page, Visit

_ADJUDICATOR = frozenset({Role.ADJUDICATOR})


def mark(visit: Visit) -> Response:
    """Let an item measure reviewers from now on."""
    item, reason = visit.field("item"), visit.field("reason")
    mark_gold(visit.desk.store, visit.who, item, reason=reason, overlap=visit.desk.overlap, now=visit.now)
    return _back(visit)


def retire(visit: Visit) -> Response:
    """Let it measure nobody any more."""
    retire_gold(visit.desk.store, visit.who, visit.field("item"), now=visit.now)
    return _back(visit)


def _back(visit: Visit) -> Response:
    return visit.seen(f"/review/decided?item={quote(visit.field('item'), safe='')}#gold")


PAGES = (
    Page("/review/gold", mark, _ADJUDICATOR, method="POST"),
    Page("/review/gold/retire", retire, _ADJUDICATOR, method="POST"),
)
