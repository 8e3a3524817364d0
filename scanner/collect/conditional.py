"""Conditional requests: ETag and Last-Modified of the last visit, so that nothing new costs almost nothing."""

from __future__ import annotations

from scanner.collect.addresses import at_base
from scanner.collect.interface import Collector
from scanner.collect.response import Response
from scanner.domain.accounts import Account
from scanner.domain.runs import Cursor

_ASKED_WITH = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def get_changed(collector: Collector, account: Account, cursor: Cursor, *, accept: str) -> Response | None:
    """Fetch the address that is the account's handle; None when it has not changed since the last visit (304)."""
    address = at_base(account.handle, collector.options.base_url)
    response = collector.fetch(address, headers=conditional_headers(cursor), accept=accept)
    return None if response.status == 304 else response


def conditional_headers(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """Return the request headers that ask for the address only if it has changed."""
    return tuple((_ASKED_WITH[name], value) for name, value in cursor.validators if name in _ASKED_WITH)


def validators_of(response: Response) -> tuple[tuple[str, str], ...]:
    """Return what to show next time; values that could not stand in a request are left out."""
    found = ((name, response.headers.get(name, "")) for name in _ASKED_WITH)
    return tuple((name, value) for name, value in found if value and value.isascii() and value.isprintable())
