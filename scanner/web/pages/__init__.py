"""All pages of the desk in one list, and what of it each person finds in the navigation."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.domain.users import User
from scanner.web.page import Page
from scanner.web.pages import (
    accounts,
    agreement,
    alike,
    audit,
    decided,
    gold,
    guideline,
    home,
    last,
    me,
    pictures,
    referral,
    rest,
    review,
    runs,
    search,
    session,
    settled,
    signin,
    summary,
)

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *signin.PAGES,
    *review.PAGES,
    *settled.PAGES,
    *decided.PAGES,
    *alike.PAGES,
    *gold.PAGES,
    *referral.PAGES,
    *last.PAGES,
    *rest.PAGES,
    *session.PAGES,
    *pictures.PAGES,
    *summary.PAGES,
    *search.PAGES,
    *accounts.PAGES,
    *runs.PAGES,
    *agreement.PAGES,
    *audit.PAGES,
    *guideline.PAGES,
    *me.PAGES,
)


def navigation(user: User | None) -> Iterator[Page]:
    """Yield the pages that stand in a person's navigation, in order."""
    yield from (page for page in PAGES if page.heading and user is not None and page.may(user))
