"""A calm line on the review page when a break would do good; for nobody but oneself."""

from __future__ import annotations

from starlette.responses import Response

from scanner.review.rest import wants_rest
from scanner.store.connection import Lease
from scanner.web.page import JUDGES, Page, Visit


def rest(visit: Visit) -> Response:
    """Give the line, or nothing, to the desk's script, which asks while somebody goes on judging."""
    if not visit.fragment:
        return visit.seen("/review")
    with visit.desk.store.lease("review: time for a break", reading=True) as lease:
        return visit.html("rest.html", tired=tired(visit, lease))


def tired(visit: Visit, lease: Lease) -> bool:
    """Tell whether whoever asks has judged for long in this session."""
    since = visit.session.began_at if visit.session else visit.now
    return wants_rest(lease, visit.who, since=since, now=visit.now)


PAGES = (Page("/review/rest", rest, JUDGES),)
