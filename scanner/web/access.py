"""What the desk was asked for, in the log: the page and its status, never who asked or for whom."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.logs import Word

log = logging.getLogger(__name__)
_METHODS = frozenset(("GET", "HEAD", "POST"))


class Access:
    """Logs each request by the pattern of its page: paths and queries name posts, and the audit chain knows who read.

    What went well is logged at debug, refusals at info, failures of ours as warnings.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and tell how."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            page = getattr(scope.get("route"), "path", "(no page)")
            took = (time.monotonic() - began) * 1000
            method = scope["method"] if scope["method"] in _METHODS else "(other)"
            log.log(_level(status), "%s %s: %d in %.0f ms", Word(method), Word(page), status, took)


def _level(status: int) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.INFO if status >= 400 else logging.DEBUG
