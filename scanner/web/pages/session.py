"""Using a session so that it goes on."""

from __future__ import annotations

from starlette.responses import Response

from scanner.web.page import EVERYBODY, Page, Visit


def go_on(visit: Visit) -> Response:
    """Do nothing: that somebody came is what lets their session go on."""
    return Response(status_code=204) if visit.fragment else visit.seen("/")


PAGES = (Page("/session", go_on, EVERYBODY, method="POST"),)
