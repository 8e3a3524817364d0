"""What every request must pass and every answer carries, whatever the desk's pages do.

Put around the whole app, outermost, so that its error pages carry the headers too.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MOST = 256 * 1024
"""Bytes of a request's body."""
BODY_SECONDS = 30.0
"""For a body to arrive."""
FIELDS_MOST = 100
"""Fields of a form, and of an address (reliability B9)."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Reliability B2: everything from here, nothing inline, no frames."""

_HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HSTS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"
_BODIES = frozenset({_FORM, "application/json"})
_PAGES = frozenset({"", "text/html", "application/json"})
_IGNORED = frozenset({b"range", b"if-range", b"x-http-method", b"x-http-method-override", b"x-method-override"})
"""Ranges are an attack surface nobody needs here (CVE-2025-62727), method overrides a way around these guards."""
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:]+)(:[0-9]{1,5})?")
_WORDS = {
    400: "Permintaan ini tidak dapat dibaca: nama host tidak dikenal, atau terlalu banyak isian.\n"
    "Bad request: the host name is not one of this desk's, or there are too many fields.\n",
    403: "Permintaan ini tidak datang dari halaman meja telaah sendiri.\n"
    "Forbidden: the request does not come from one of this desk's own pages.\n",
    408: "Permintaan ini terlalu lama tiba.\nThe request took too long to arrive.\n",
    413: "Permintaan ini terlalu besar; paling banyak 256 KiB.\nThe request is too large; at most 256 KiB.\n",
}


class Guards:
    """ASGI middleware: own host names, own pages, small requests in; strict headers out."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], tls: bool) -> None:
        """`hosts` are names without ports, IPv6 in brackets; `tls` also where a proxy does it."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._scheme = "https" if tls else "http"
        self._headers = {**_HEADERS, **(_HSTS if tls else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its body read, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, _dressed(send, self._headers))
        else:  # the desk has no web sockets
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            host = self._require_host(headers)
            _require_few_fields(scope["query_string"])
            if scope["method"] not in _SAFE:
                self._require_own_page(headers, host)
            body = await _read(headers, receive)
        except HTTPException as refused:
            answer = PlainTextResponse(_WORDS[refused.status_code], refused.status_code)
            await answer(scope, receive, send)
        else:
            if body is not None:
                await self._app(_stripped(scope), _replayed(body, receive), send)

    def _require_host(self, headers: Headers) -> str:
        """Answer only to own names: another name that leads here is somebody else's page (DNS rebinding)."""
        given = headers.getlist("host")
        found = _HOST.fullmatch(given[0].lower()) if len(given) == 1 else None
        if found is None or found[1] not in self._hosts:
            raise HTTPException(400)
        return found[0]

    def _require_own_page(self, headers: Headers, host: str) -> None:
        """Refuse what a page elsewhere could make a browser send.

        NOTE: with our own Referrer-Policy browsers send `Origin: null` from our own forms, so the fetch metadata
        decide where there are any; a browser without them must name us as the origin.
        """
        sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
        own = [f"{self._scheme}://{host.removesuffix(':443' if self._scheme == 'https' else ':80')}"]
        fits = origins in ([], ["null"], own) if sites == ["same-origin"] else sites == [] and origins == own
        if not fits:
            raise HTTPException(403)


async def _read(headers: Headers, receive: Receive) -> bytes | None:
    """Return the whole body, None when the client has gone; refuses what is too large, too slow or of another type."""
    declared = headers.get("content-length", "0")
    if len(declared) > 10 or not declared.isdecimal() or int(declared) > BODY_MOST:
        raise HTTPException(413)
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > BODY_MOST:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    if body:
        _require_form(headers, bytes(body))
    return bytes(body)


def _require_form(headers: Headers, body: bytes) -> None:
    """Take forms and JSON only: a page elsewhere can send text/plain unasked, and multipart spools to the disk."""
    given = [value.partition(";")[0].strip().lower() for value in headers.getlist("content-type")]
    if len(given) != 1 or given[0] not in _BODIES:
        raise HTTPException(403)
    if given == [_FORM]:
        _require_few_fields(body)


def _require_few_fields(encoded: bytes) -> None:
    if encoded.count(b"&") >= FIELDS_MOST:
        raise HTTPException(400)


def _stripped(scope: Scope) -> Scope:
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in _IGNORED]}


def _replayed(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _dressed(send: Send, fixed: Mapping[str, str]) -> Send:
    """Set the fixed headers on every answer, and keep pages and data out of every cache."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(fixed)
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind in _PAGES or "cache-control" not in headers:
                headers["cache-control"] = "no-store"
        await send(message)

    return dressed
