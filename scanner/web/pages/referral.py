"""Referring a settled suspicion as an allegation: by the adjudicator, who says so in so many words."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from scanner.domain.users import Role
from scanner.errors import UsageError
from scanner.review.refer import refer
from scanner.web.page import Page, Visit


def send_on(visit: Visit) -> Response:
    """Record that an item is referred; sent twice it is one referral."""
    desk, item = visit.desk, visit.field("item")
    if visit.fields("sure") != ["yes"]:
        raise UsageError("sure: tick that it is referred as an allegation, not as a verdict")
    refer(
        desk.store,
        visit.who,
        item,
        late_because=next(iter(visit.fields("late_because")), ""),
        overlap=desk.overlap,
        clock=desk.clock,
        now=visit.now,
    )
    return visit.seen(f"/review/decided?item={quote(item, safe='')}#referral")


PAGES = (Page("/review/refer", send_on, frozenset({Role.ADJUDICATOR}), method="POST"),)
