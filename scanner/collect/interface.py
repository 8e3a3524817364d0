"""What every collector is: public posts of one listed account in, pages of records with their evidence out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Evidence
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Rejected

if TYPE_CHECKING:
    from scanner.collect.client import Client


@dataclass(frozen=True, slots=True)
class Options:
    """What an operating body may set for one platform."""

    base_url: str | None = None
    """Where the platform answers, when that is not its usual address (own relay, test server)."""
    terms_approval: str | None = None
    """Reference of the platform's written approval; goes into the provenance of every capture."""
    page_size: int = 40
    overlap: int = 20
    """How many posts beyond the high-water mark are read again, for edits, pins and back-dated posts."""
    max_pages: int = 500
    """Ceiling of one walk: a server that ignores its own cursors must not hold us for ever."""


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of posting times in UTC; None is open. Posts outside are not kept."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether a posting time lies inside. An unknown time is inside: a human will see that it is unknown."""
        if moment is None:
            return True
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a walk, ready to be saved in one unit of work."""

    posts: tuple[Post, ...]
    evidence: tuple[Evidence, ...]
    cursor: Cursor
    """Where to go on after this page has been saved."""
    rejected: tuple[Rejected, ...] = ()
    native_id: str | None = None
    """The immutable id the handle points to now: another one than before means another owner."""
    note: str = ""
    """What this page could not show, in plain words; makes the account's coverage partial."""


class Collector(ABC):
    """Gathers one platform. Stateless between accounts; safe to call from several threads.

    `collect` goes from the newest post back to the high-water mark and yields a page at a time. It resumes
    a walk that was cut off at `cursor.next_page`. It raises CollectError (Gone, Private, Blocked, RateLimited,
    FetchFailed, FormatDrift); pages yielded before stay valid. One unreadable item becomes a Rejected, never
    the end of the account.
    """

    platform: ClassVar[Platform]
    version: ClassVar[str]
    """Changes whenever the same bytes would be read differently."""
    needs_terms_approval: ClassVar[bool] = False
    """The platform's terms forbid this use without written approval: off until its reference is set."""
    sees: ClassVar[str]
    """In plain words, what of an account can be gathered."""
    misses: ClassVar[str]
    """In plain words, what cannot: not observed is not clean."""

    def __init__(self, client: Client, options: Options) -> None:
        self.client = client
        self.options = options

    @property
    def name(self) -> str:
        """Name and version as written into every capture: mastodon/1."""
        return f"{self.platform}/{self.version}"

    @abstractmethod
    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield the pages of public posts of `account` that are new since `cursor`."""
