"""The first address: everybody is sent on to the page of their work."""

from __future__ import annotations

from starlette.responses import Response

from scanner.web.page import EVERYBODY, Page, Visit


def home(visit: Visit) -> Response:
    """Send the person on to the first page of their navigation."""
    from scanner.web.pages import navigation

    return visit.seen(next((page.path for page in navigation(visit.who)), "/guideline"))


PAGES = (Page("/", home, EVERYBODY),)
