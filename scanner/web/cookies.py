"""The desk's two cookies: whose session it is, and from which browser a person is known."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scanner.review.proof import DEVICE_KEPT
from scanner.review.signin import SignedIn

SESSION, DEVICE = "session", "device"


def cookie_name(kind: str, *, tls: bool) -> str:
    """Return what a cookie is called; the prefix makes browsers insist on Secure, this host and the whole path."""
    return f"__Host-{kind}" if tls else kind


def read_cookie(request: Request, kind: str, *, tls: bool) -> str | None:
    """Return the token in a cookie; None when the browser sent none."""
    return request.cookies.get(cookie_name(kind, tls=tls))


def keep_signed_in(response: Response, signed: SignedIn, *, tls: bool) -> None:
    """Give the browser both tokens; the session's is forgotten when the browser is closed."""
    _set(response, SESSION, signed.token, None, tls=tls)
    _set(response, DEVICE, signed.device, int(DEVICE_KEPT.total_seconds()), tls=tls)


def sign_off(response: Response, *, tls: bool) -> None:
    """Take the session's token back and have the browser forget what it kept of our pages.

    Not all cookies are cleared: a browser that is known stays known.
    """
    _set(response, SESSION, "", 0, tls=tls)
    response.headers["clear-site-data"] = '"cache", "storage"'


def _set(response: Response, kind: str, token: str, seconds: int | None, *, tls: bool) -> None:
    response.set_cookie(
        cookie_name(kind, tls=tls), token, max_age=seconds, path="/", secure=tls, httponly=True, samesite="strict"
    )
