"""How far reviewers agree who read the same post blind: it measures the codebook, and ranks nobody."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from scanner.classify.slices import FEWEST
from scanner.domain.flags import Label
from scanner.domain.users import Role
from scanner.report.spreadsheet import csv_text
from scanner.review.agreement import ENOUGH, Agreements, flat, read_agreement
from scanner.web import filters
from scanner.web.page import Page, Visit

READERS = frozenset({Role.ADJUDICATOR, Role.AUDITOR, Role.RESEARCHER})
_QUESTIONS = frozenset({*Label, "verdict"})
"""What pairs are compared by on the page; the CSV has everything."""


def show(visit: Visit) -> Response:
    """Show all questions over all reviewers, and pairs with enough posts in common."""
    found = _read(visit)
    pairs = [one for one in found.pairs if one.items >= FEWEST and one.question in _QUESTIONS]
    asked = filters.asked(visit, ("since", "until"))
    return visit.html(
        "agreement.html", found=found, pairs=pairs, asked=asked, query=visit.request.url.query, enough=ENOUGH
    )


def download(visit: Visit) -> Response:
    """Send all figures as CSV without formulas."""
    headers = {"content-disposition": 'attachment; filename="agreement.csv"'}
    return Response(csv_text(flat(_read(visit))), media_type="text/csv; charset=utf-8", headers=headers)


def _read(visit: Visit) -> Agreements:
    """Read the figures; a researcher is given no names, so no pairs."""
    since, until = filters.period(visit)
    desk, who = visit.desk, visit.who
    found = read_agreement(desk.store, actor=who.name, ruleset=desk.ruleset, since=since, until=until)
    return replace(found, pairs=()) if who.role is Role.RESEARCHER else found


PAGES = (
    Page("/agreement", show, READERS, heading="nav.agreement"),
    Page("/agreement.csv", download, READERS),
)
