"""Posts on record by words, account, platform, period and state of review; never by participant, never with a score."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from scanner.domain.accounts import Platform
from scanner.domain.users import Role, User
from scanner.store import audit
from scanner.store.searches import Sort, State, Wanted, plain_words, search
from scanner.web import filters
from scanner.web.page import JUDGES, Page, Visit

READERS = frozenset({Role.ANALYST, Role.REVIEWER, Role.ADJUDICATOR, Role.AUDITOR, Role.DPO})
SIZE = 50
"""Posts on a page."""
_FIELDS = ("words", "account", "platform", "since", "until", "state", "sort")


def show(visit: Visit) -> Response:
    """Show the form, and what was found once something was asked for."""
    wanted = _wanted(visit)
    sheet = _find(visit, wanted) if visit.request.query_params else None
    return visit.html(
        "search.html",
        asked=filters.asked(visit, _FIELDS),
        sheet=sheet,
        platforms=tuple(Platform),
        states=tuple(State) if _may_see_state(visit.who) else (),
        sorts=tuple(Sort),
        own=visit.who.role is Role.REVIEWER,
        opens_accounts=visit.who.role is not Role.REVIEWER,
    )


def _find(visit: Visit, wanted: Wanted) -> filters.Sheet[object]:
    """Search, and leave what was looked for on the chain (guardrail G17)."""
    who, told = visit.who, {name: str(value) for name, value in asdict(wanted).items() if value}
    with visit.desk.store.lease("search", reading=True) as lease:  # so that it keeps nobody from deciding
        found = search(
            lease,
            who,
            wanted,
            only_judged=who.role is Role.REVIEWER,
            limit=SIZE + 1,
            offset=filters.offset(visit, SIZE),
        )
    detail = {**told, "words": " ".join(wanted.words), "found": len(found[:SIZE])}
    with visit.desk.store.lease("search: note it") as lease:
        audit.append(lease, actor=who.name, action="posts.search", subject="posts", detail=detail, at=visit.now)
    return filters.sheet(visit, found, SIZE)


def _wanted(visit: Visit) -> Wanted:
    since, until = filters.period(visit)
    state = filters.choice(visit, "state", tuple(State) if _may_see_state(visit.who) else ())
    return Wanted(
        words=plain_words(filters.words(visit, "words")),
        account=filters.words(visit, "account"),
        platform=filters.choice(visit, "platform", tuple(Platform)),
        since=since,
        until=until,
        state=State(state) if state else None,
        sort=Sort(filters.choice(visit, "sort", tuple(Sort)) or Sort.NEWEST),
    )


def _may_see_state(user: User) -> bool:
    """Those who judge are not told: that an item is settled tells what others said, or that it is gold."""
    return user.role not in JUDGES


PAGES = (Page("/search", show, READERS, heading="nav.search"),)
