"""The desk's cookies: out of scripts' reach, for this host and site alone, and gone after signing off."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from starlette.requests import Request
from starlette.responses import Response

from scanner.review.signin import SignedIn
from scanner.web.cookies import DEVICE, SESSION, cookie_name, keep_signed_in, read_cookie, sign_off
from tests.people import make_user

SIGNED = SignedIn(token="tanda-sesi", user=make_user(), device="tanda-peramban")
TLS = pytest.mark.parametrize("tls", [True, False])


def cookies(response: Response) -> SimpleCookie:
    found: SimpleCookie = SimpleCookie()
    for value in response.headers.getlist("set-cookie"):
        found.load(value)
    return found


def request(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", cookie.encode())]})


@TLS
def test_both_cookies_are_strict_and_under_tls_bound_to_the_host(tls: bool):
    response = Response()
    keep_signed_in(response, SIGNED, tls=tls)
    found = cookies(response)
    assert set(found) == ({"__Host-session", "__Host-device"} if tls else {"session", "device"})
    for cookie in found.values():
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "strict"
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert bool(cookie["secure"]) is tls


@TLS
def test_the_session_ends_with_the_browser_and_the_browser_is_known_for_ninety_days(tls: bool):
    response = Response()
    keep_signed_in(response, SIGNED, tls=tls)
    found = cookies(response)
    session, device = (found[cookie_name(kind, tls=tls)] for kind in (SESSION, DEVICE))
    assert (session.value, session["max-age"]) == ("tanda-sesi", "")
    assert (device.value, device["max-age"]) == ("tanda-peramban", str(90 * 86400))


@TLS
def test_what_was_set_is_read_back_and_under_tls_nothing_else_is(tls: bool):
    name = cookie_name(SESSION, tls=tls)
    assert read_cookie(request(f"a=1; {name}=tanda-sesi"), SESSION, tls=tls) == "tanda-sesi"
    assert read_cookie(request("lain=x"), SESSION, tls=tls) is None
    assert read_cookie(request("session=dipasang-subdomain"), SESSION, tls=True) is None


@TLS
def test_signing_off_takes_the_session_back_and_clears_what_the_browser_kept(tls: bool):
    response = Response()
    sign_off(response, tls=tls)
    [(name, cookie)] = cookies(response).items()
    assert name == cookie_name(SESSION, tls=tls)
    assert (cookie.value, cookie["max-age"], bool(cookie["secure"])) == ("", "0", tls)
    assert response.headers["clear-site-data"] == '"cache", "storage"'
