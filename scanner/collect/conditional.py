"""Conditional requests: ETag and Last-Modified of the last visit, so that nothing new costs almost nothing."""

from __future__ import annotations

from scanner.collect.client import Response
from scanner.domain.runs import Cursor

_ASKED_WITH = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def conditional_headers(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """Return the request headers that ask for the address only if it has changed."""
    return tuple((_ASKED_WITH[name], value) for name, value in cursor.validators if name in _ASKED_WITH)


def validators_of(response: Response) -> tuple[tuple[str, str], ...]:
    """Return what to show next time; values that could not stand in a request are left out."""
    found = ((name, response.headers.get(name, "")) for name in _ASKED_WITH)
    return tuple((name, value) for name, value in found if value and value.isascii() and value.isprintable())
