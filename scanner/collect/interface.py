"""What every collector is: public posts of one listed account in, pages of records with their evidence out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from scanner.collect.meter import Meter
from scanner.collect.terms import Terms
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Evidence
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Rejected

if TYPE_CHECKING:
    from scanner.collect.client import Client
    from scanner.collect.exchange import Answer
    from scanner.collect.response import Response


@dataclass(frozen=True, slots=True)
class Options:
    """What an operating body may set for one platform."""

    base_url: str | None = None
    """Where the platform answers, when that is not its usual address (own relay, test server)."""
    directory: str | None = None
    """Where the documents of immutable ids are read (Bluesky: PLC directory), when not at the usual place."""
    terms_approval: str | None = None
    """Reference of the platform's written approval; goes into the provenance of every capture."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What `terms.keys` asks for. Never logged, never part of a capture."""
    daily_budget: int | None = None
    """Units a day we allow ourselves; None: what the platform grants."""
    canary: str | None = None
    """Handle of the operating body's own account, which must always show posts."""
    legal_hold: str | None = None
    """Reference by which flagged posts stay although the platform wants them erased."""
    meter: Meter = field(default_factory=Meter)
    """Counts what is asked of the platform today; shared by all its accounts."""
    interval: float | None = None
    """Seconds between two requests to one host; None: the client's polite default."""
    page_size: int = 100
    """Posts asked for at once; each collector takes no more than its platform gives."""
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
    unchanged: bool = False
    """The platform says that nothing has changed since the last visit: an empty page that is no silence."""


@dataclass(frozen=True, slots=True)
class Found:
    """What looking posts up by their ids brought."""

    posts: tuple[Post, ...]
    """As they are now."""
    missing: tuple[str, ...]
    """Native ids that the platform, asked for them by id, says are not there."""
    evidence: tuple[Evidence, ...]


class Collector(ABC):
    """Gathers one platform. Stateless between accounts; safe to call from several threads.

    `collect` goes from the newest post back to the high-water mark and yields a page at a time. It resumes
    a walk that was cut off at `cursor.next_page`. It raises CollectError (Gone, Private, Blocked, RateLimited,
    KeyNeeded, BudgetSpent, FetchFailed, FormatDrift); pages yielded before stay valid. One unreadable item becomes
    a Rejected, never the end of the account.
    """

    platform: ClassVar[Platform]
    version: ClassVar[str]
    """Changes whenever the same bytes would be read differently."""
    terms: ClassVar[Terms] = Terms()
    """What the platform demands of those who read it."""
    home: ClassVar[str] = ""
    """Where the platform answers, as https://host; empty: the address stands in the handle."""
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

    def base(self, account: Account) -> str:
        """Return scheme and host that are asked for an account, without a slash at the end."""
        return (self.options.base_url or self.home).rstrip("/")

    def fetch(
        self,
        url: str,
        *,
        accept: str = "application/json",
        headers: Sequence[tuple[str, str]] = (),
        check: Callable[[Answer], None] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """Ask once under the platform's terms: its budget, its pace, robots.txt where that decides.

        `headers` may hold the key. `check` reads an answer the platform's own way and raises what it means; a
        RateLimited from it closes the host for all accounts. With `body`, JSON, the request is a POST.
        """
        self.options.meter.spend(self.terms.per_request)
        return self.client.get(
            url,
            collector=self.name,
            headers=headers,
            terms_approval=self.options.terms_approval,
            robots=self.terms.robots,
            accept=accept,
            check=check,
            body=body,
            with_key=bool(self.terms.keys),
            interval=self.options.interval,
            in_flight=self.terms.in_flight,
        )

    @abstractmethod
    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield the pages of public posts of `account` that are new since `cursor`."""

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        """Ask for posts of `account` by id: are they still there, and unchanged? Yields nothing where that cannot be.

        An id that is in neither list of the answers is unknown, not missing.
        """
        return iter(())

    def comments(self, campaign: str, listed: Mapping[str, Account], cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield what listed accounts commented under the posts of a registered campaign account (its handle).

        `listed` holds the accounts by native id and by case-folded handle. Comments by anybody else are dropped in
        memory: posts, evidence and messages hold none of them. Yields nothing where a platform gives no comments.
        """
        return iter(())
