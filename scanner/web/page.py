"""What a page is: an address, a view and the roles that may see it; and what a view is given and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanner.domain.users import Language, Role, User
from scanner.errors import UsageError
from scanner.store.sessions import Session
from scanner.web.desk import Desk
from scanner.web.rendering import render

EVERYBODY = frozenset(Role)
"""Whoever is signed in."""

JUDGES = frozenset({Role.REVIEWER, Role.ADJUDICATOR})
"""Who judges posts."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as a view sees it."""

    desk: Desk
    request: Request
    user: User | None
    """Who asks; None on the pages that are open to anybody."""
    language: Language
    now: datetime
    body: bytes = field(default=b"", repr=False)
    session: Session | None = field(default=None, repr=False)
    """By which they are signed in."""

    @property
    def who(self) -> User:
        """Who asks, on a page that nobody sees without having signed in."""
        if self.user is None:
            raise RuntimeError(f"{self.request.url.path} is open to anybody: there may be no user")
        return self.user

    @property
    def fragment(self) -> bool:
        """Tell whether the desk's own script asks, which wants a piece of the page, not a whole one."""
        return self.request.headers.get("x-desk") == "fragment"

    def field(self, name: str) -> str:
        """Return a field of the form; UsageError when it is not there."""
        found = self.fields(name)
        if not found:
            raise UsageError(f"form: the field {name!r} is missing")
        return found[0]

    def fields(self, name: str) -> list[str]:
        """Return all values of a field of the form, none when it is not there."""
        try:
            return parse_qs(self.body.decode(), keep_blank_values=True, max_num_fields=100).get(name, [])
        except ValueError as error:
            raise UsageError(f"form: cannot be read: {error}") from error

    def query(self, name: str, default: str = "") -> str:
        """Return a value from the address."""
        return self.request.query_params.get(name, default)

    def html(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page or a piece of one."""
        return HTMLResponse(render(template, self, **values), status)

    def seen(self, path: str) -> Response:
        """Send the browser on to a page by GET, so that going back sends nothing twice."""
        return RedirectResponse(path, 303)


View: TypeAlias = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """One route of the desk. Without roles it does not come into being; None opens it to anybody on purpose."""

    path: str
    view: View
    roles: frozenset[Role] | None
    method: str = "GET"
    heading: str = ""
    """Key of its name in the navigation; empty: it is not there."""

    def __post_init__(self) -> None:
        if self.roles is not None and not self.roles:
            raise ValueError(f"{self.method} {self.path}: no role may see it; name roles, or None for anybody")

    def may(self, user: User | None) -> bool:
        """Tell whether a person may use this route."""
        return self.roles is None or (user is not None and user.role in self.roles)


Values: TypeAlias = Mapping[str, Any]
