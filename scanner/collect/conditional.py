"""Conditional requests: ETag and Last-Modified of the last visit, so that nothing new costs almost nothing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from scanner.collect.addresses import at_base, origin_of
from scanner.collect.interface import Collector, Page, Window
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.domain.accounts import Account
from scanner.domain.runs import Cursor

_ASKED_WITH = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


class AddressCollector(Collector):
    """Reads one address, which is the account's handle, and only when it has changed since the last visit."""

    terms = Terms(lists_all=False, duty="copyright: kept as evidence, never republished")
    accept: ClassVar[str]
    """Media types the address may answer with."""

    def base(self, account: Account) -> str:
        """Return scheme and host of the address that is the handle."""
        return super().base(account) or origin_of(account.handle)

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield what the address holds as one page; when it is unchanged (304), an empty one."""
        address = at_base(account.handle, self.options.base_url)
        response = self.fetch(address, headers=conditional_headers(cursor), accept=self.accept)
        if response.status == 304:
            yield Page(posts=(), evidence=(), cursor=cursor, unchanged=True)
        else:
            yield self.read(account, response, cursor, window)

    @abstractmethod
    def read(self, account: Account, response: Response, cursor: Cursor, window: Window) -> Page:
        """Return what a whole answer holds."""


def conditional_headers(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """Return the request headers that ask for the address only if it has changed."""
    return tuple((_ASKED_WITH[name], value) for name, value in cursor.validators if name in _ASKED_WITH)


def validators_of(response: Response) -> tuple[tuple[str, str], ...]:
    """Return what to show next time; values that could not stand in a request are left out."""
    found = ((name, response.headers.get(name, "")) for name in _ASKED_WITH)
    return tuple((name, value) for name, value in found if value and value.isascii() and value.isprintable())
