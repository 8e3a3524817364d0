"""The desk as one app: every page behind the same guards, every error as one clear page."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from scanner.domain.users import Language, User
from scanner.errors import NotGiven, ReviewError, ScannerError, SignInRefused, StoreError, TooLate, UsageError
from scanner.review.signin import present
from scanner.web import assets, cookies
from scanner.web.access import Access
from scanner.web.desk import Desk
from scanner.web.guards import Guards
from scanner.web.language import preferred
from scanner.web.page import Page, Visit
from scanner.web.pages import PAGES

SIGN_IN = "/sign-in"
_STATUS: dict[type[ScannerError], int] = {
    NotGiven: 404,
    TooLate: 409,
    UsageError: 400,
    ReviewError: 422,
    SignInRefused: 401,
    StoreError: 503,
}
"""HTTP status by error; the first class that fits."""


def make_app(desk: Desk, hosts: frozenset[str], pages: Iterable[Page] = PAGES) -> ASGIApp:
    """Return the app for one workspace, answering to these host names."""
    routes: list[BaseRoute] = [_route(desk, page) for page in pages]
    routes.append(Route("/static/{name}", assets.serve, methods=["GET"]))
    told = {404: _nowhere, 405: _nowhere, 500: _broken}
    app = Starlette(routes=routes, exception_handlers=told, middleware=[Middleware(Access)])
    return Guards(app, hosts=hosts, tls=desk.tls)


def _route(desk: Desk, page: Page) -> Route:
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, desk, page, request, await request.body())

    return Route(page.path, endpoint, methods=[page.method])


def answer(desk: Desk, page: Page, request: Request, body: bytes) -> Response:
    """Let somebody in who may, and turn what the view refuses into a page that says so.

    Whether there is what was asked for is not looked at before it is known who asks (reliability A2).
    """
    now, token = desk.now(), cookies.read_cookie(request, cookies.SESSION, tls=desk.tls)
    found = present(desk.store, token, now) if token else None
    user, session = (found.user, found.session) if found else (None, None)
    visit = Visit(desk, request, user, _language(user, request), now, body, session)
    if not page.may(user):
        return _closed(visit)
    try:
        return page.view(visit)
    except ScannerError as error:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        return _error(visit, status, _detail(error))


def _language(user: User | None, request: Request) -> Language:
    return user.language if user else preferred(request.headers.get("accept-language", ""))


def _closed(visit: Visit) -> Response:
    """Send a stranger to the door; say to a colleague that this page is not theirs."""
    if visit.user is None and visit.request.method == "GET" and not visit.fragment:
        return RedirectResponse(SIGN_IN, 303)
    return _error(visit, 401 if visit.user is None else 403)


def _error(visit: Visit, status: int, detail: str = "") -> Response:
    template = "error_text.html" if visit.fragment else "error.html"
    return visit.html(template, status=status, title=f"error.{status}", detail=detail)


def _detail(error: ScannerError) -> str:
    """Return what may be told: paths and holders of the database are not a reviewer's business."""
    return "" if isinstance(error, StoreError | NotGiven) else str(error)


async def _nowhere(_request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return PlainTextResponse("Halaman ini tidak ada.\nThere is no such page.\n", status)


async def _broken(_request: Request, _error: Exception) -> Response:
    words = "Terjadi kesalahan; tidak ada yang disimpan.\nSomething went wrong; nothing was saved.\n"
    return PlainTextResponse(words, 500)
