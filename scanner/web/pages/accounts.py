"""Listed accounts: why and how long they may be looked at, what was seen of them, and what was read.

No figure sums up what a person did, and no order is one of persons: agency and handle decide (guardrails G15, PU3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.responses import Response

from scanner.domain.accounts import Account
from scanner.domain.runs import Outcome
from scanner.domain.users import Role, User
from scanner.errors import NotGiven
from scanner.report.health import Health, account_health
from scanner.store import accounts, audit, runs
from scanner.store.connection import Lease
from scanner.store.histories import Removal, captures_of, posts_of, removal_of
from scanner.store.listings import list_accounts
from scanner.web import filters
from scanner.web.page import Page, Visit

READERS = frozenset({Role.ANALYST, Role.ADJUDICATOR, Role.AUDITOR, Role.DPO})
SIZE, POSTS, CAPTURES = 50, 20, 20
"""Rows on a page: accounts, and of one account posts and captures."""
_SHORT, _LONG = 14, 56
"""Days of the calendar strip in the list, and on an account's own page."""
_OVERSEERS = frozenset({Role.AUDITOR, Role.DPO})
"""Who still sees an account that was taken off the list."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was seen of an account on one day (UTC)."""

    day: date
    outcome: str
    """An outcome, or not_observed where no run looked."""


@dataclass(frozen=True, slots=True)
class Row:
    """One account in the list."""

    account: Account
    days: tuple[Day, ...]
    health: Health


def show_all(visit: Visit) -> Response:
    """Show the listed accounts by agency and handle."""
    wanted = filters.words(visit, "name").lower()
    first = filters.offset(visit, SIZE)
    with visit.desk.store.lease("accounts: show the list") as lease:
        listing = list_accounts(lease, visit.who, name=wanted, limit=SIZE + 1, offset=first)
        shown = _rows(lease, listing.accounts, visit)
        detail = {"name": wanted, "accounts": len(shown[:SIZE])}
        audit.append(
            lease, actor=visit.who.name, action="accounts.show", subject="accounts", detail=detail, at=visit.now
        )
    sheet = filters.sheet(visit, shown, SIZE)
    return visit.html(
        "accounts.html", sheet=sheet, asked=filters.asked(visit, ("name",)), outcomes=OUTCOMES, total=listing.total
    )


def show_one(visit: Visit) -> Response:
    """Show one account: listing, coverage, posts with all their texts, captures."""
    account_id = str(visit.request.path_params["id"])
    with visit.desk.store.lease("accounts: show one") as lease:
        account, removal = _require(lease, visit.who, account_id)
        found = posts_of(lease, account.id, limit=POSTS + 1, offset=filters.offset(visit, POSTS))
        captures = captures_of(lease, account.id, limit=CAPTURES)
        seen = runs.coverage_days(lease, _from(visit.now, _LONG), [account.id]).get(account.id, {})
        health = account_health(lease, visit.now, visit.desk.rhythm.is_stale, [account.id])
        audit.append(lease, actor=visit.who.name, action="account.show", subject=account.id, detail={}, at=visit.now)
    return visit.html(
        "account.html",
        account=account,
        removal=removal,
        sheet=filters.sheet(visit, found, POSTS),
        captures=captures,
        days=_strip(seen, visit.now, _LONG),
        health=health[0] if health else None,
        outcomes=OUTCOMES,
        opens_audit=visit.who.role in _OVERSEERS,
    )


OUTCOMES = (*Outcome, "not_observed")
"""What a day of the strip may be, in the order of the legend."""


def _require(lease: Lease, user: User, account_id: str) -> tuple[Account, Removal | None]:
    """Return an account; NotGiven reads the same for one that is not there and one that is not theirs to see (A2)."""
    account, removal = accounts.load_account(lease, account_id), removal_of(lease, account_id)
    hidden = removal is not None and user.role not in _OVERSEERS
    if account is None or hidden or user.is_recused_from(account):
        raise NotGiven(f"{account_id}: there is no such account for you")
    return account, removal


def _rows(lease: Lease, shown: Sequence[Account], visit: Visit) -> list[Row]:
    now, ids = visit.now, [one.id for one in shown]
    seen = runs.coverage_days(lease, _from(now, _SHORT), ids)
    health = {one.account_id: one for one in account_health(lease, now, visit.desk.rhythm.is_stale, ids)}
    return [Row(one, _strip(seen.get(one.id, {}), now, _SHORT), health[one.id]) for one in shown]


def _strip(seen: Mapping[date, Outcome], now: datetime, days: int) -> tuple[Day, ...]:
    shown = (_from(now, days) + timedelta(days=place) for place in range(days))
    return tuple(Day(day, seen.get(day, "not_observed")) for day in shown)


def _from(now: datetime, days: int) -> date:
    return now.date() - timedelta(days=days - 1)


PAGES = (
    Page("/accounts", show_all, READERS, heading="nav.accounts"),
    Page("/accounts/{id:path}", show_one, READERS),
)
