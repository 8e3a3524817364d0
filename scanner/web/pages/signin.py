"""Coming in and going out: name, password and code on one page."""

from __future__ import annotations

import ipaddress

from starlette.responses import Response

from scanner.errors import SignInRefused
from scanner.review.signin import sign_in, sign_out
from scanner.web import cookies
from scanner.web.page import EVERYBODY, Page, Visit

_SLOW_DOWN = 429


def form(visit: Visit) -> Response:
    """Show the form."""
    return visit.html("sign_in.html", refused="", wait=0, name="")


def enter(visit: Visit) -> Response:
    """Let in who proves who they are; what was wrong is not told, only how long to wait."""
    tls = visit.desk.tls
    try:
        signed = sign_in(
            visit.desk.store,
            name=visit.field("name"),
            password=visit.field("password"),
            code=visit.field("code"),
            address=address_of(visit),
            device=cookies.read_cookie(visit.request, cookies.DEVICE, tls=tls),
            now=visit.now,
            replaces=cookies.read_cookie(visit.request, cookies.SESSION, tls=tls),
        )
    except SignInRefused as refused:
        wait = round(refused.retry_after)
        values = {"refused": "sign_in.refused", "wait": wait, "name": visit.field("name")}
        return visit.html("sign_in.html", status=_SLOW_DOWN if wait else 401, **values)
    response = visit.seen("/me?drawn=yes#password" if signed.drawn else "/")
    cookies.keep_signed_in(response, signed, tls=tls)
    return response


def leave(visit: Visit) -> Response:
    """End the session here and in the record."""
    tls = visit.desk.tls
    sign_out(visit.desk.store, cookies.read_cookie(visit.request, cookies.SESSION, tls=tls) or "", visit.now)
    response = visit.seen("/sign-in")
    cookies.sign_off(response, tls=tls)
    return response


def address_of(visit: Visit) -> str:
    """Return who asks: behind a proxy the last address it wrote down, for earlier ones anybody can make up."""
    client = visit.request.client.host if visit.request.client else ""
    if not visit.desk.behind_proxy:
        return client
    told = visit.request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return client


PAGES = (
    Page("/sign-in", form, None),
    Page("/sign-in", enter, None, method="POST"),
    Page("/sign-out", leave, EVERYBODY, method="POST"),
)
