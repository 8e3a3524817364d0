"""What listed accounts commented under the posts of registered campaign accounts; anybody else is dropped in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scanner.collect import patience
from scanner.collect.interface import Page, Window
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Post
from scanner.domain.runs import PUT_OFF, Coverage, Cursor, Outcome, Tally
from scanner.errors import FetchFailed, OutOfTime
from scanner.scan.endings import cut_by
from scanner.scan.platforms import Platforms
from scanner.scan.scope import in_scope
from scanner.scan.seen import Seen, ending
from scanner.scan.stopping import why
from scanner.store import accounts, bindings, cursors, pages, runs, sightings
from scanner.store.connection import Lease, Store

_SHOWN_AT_HOME = frozenset({Platform.BLUESKY, Platform.MASTODON})
"""Platforms where an account's own page shows what it answers others, comments included."""


@dataclass(frozen=True, slots=True)
class Comments:
    """Gathers comments into the store under one run. The campaign accounts themselves are never stored."""

    store: Store
    platforms: Platforms
    run_id: str
    zone: ZoneInfo
    aside: bool = False
    """A look at a narrower window: the place where each walk stands is neither used nor moved."""
    seconds: float | None = None
    """After these a walk is ended, and the next one goes on from there; None: it takes what it takes."""

    def gather(
        self,
        campaigns: Sequence[tuple[Platform, str]],
        listed: Sequence[Account],
        window: Window,
        stop: threading.Event | None = None,
    ) -> Iterator[Coverage]:
        """Yield the coverage of each campaign account on a platform where accounts are listed and comments given.

        When `stop` is set, walks end behind their page, and campaign accounts that have not begun are not tried.
        """
        stop = stop or threading.Event()
        for platform, handle in campaigns:
            own = [account for account in listed if account.platform is platform]
            if own and self.platforms.gives_comments(platform):
                walk = _Walk(self, platform, handle, {account.id: account for account in own}, window)
                coverage = walk.gather(stop)
                with self.store.lease("comments: save coverage") as lease:
                    runs.save_coverage(lease, [coverage])
                    self.platforms.save(lease, coverage.ended_at)
                yield coverage


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way through the comments under one campaign account."""

    room: Comments
    platform: Platform
    handle: str
    own: Mapping[str, Account]
    """The listed accounts on this platform by id."""
    window: Window

    @property
    def source(self) -> str:
        """What this walk's cursor and coverage are filed under."""
        return source_of(self.platform, self.handle)

    def gather(self, stop: threading.Event) -> Coverage:
        """Walk and save; whatever goes wrong costs this campaign account alone."""
        seen = Seen(started_at=datetime.now(UTC))
        with patience.bounded(self.room.seconds):
            outcome, reason = ending(seen, self._walk(seen, stop))
        run_id, now = self.room.run_id, datetime.now(UTC)
        return Coverage(run_id, self.source, outcome, reason, seen.tally, seen.requests, seen.started_at, now)

    def _walk(self, seen: Seen, stop: threading.Event) -> Exception | tuple[Outcome, str] | None:
        """Save all pages; return what cut the walk short."""
        if stop.is_set():
            return _stopped(seen, stop)
        with self.room.store.lease("comments: where it stands") as lease:
            cursor = Cursor() if self.room.aside else cursors.load_cursor(lease, self.source)
            names = names_of(list(self.own.values()), bindings.load_bindings(lease))
        try:
            collector = self.room.platforms.collector(self.platform)
            for page in collector.comments(self.handle, names, cursor, self.window):
                number = seen.add(page)
                seen.requests = number  # of most answers nothing is kept as evidence, but each page was asked for
                seen.tallies[number] = self._save(page)
                if stop.is_set():
                    return _stopped(seen, stop)
                patience.require()
        except (OutOfTime, FetchFailed) as error:
            return (
                _stopped(seen, stop)
                if stop.is_set()
                else cut_by(error, self.source, self.platform, self.room.platforms)
            )
        except Exception as error:  # a fault of ours in one collector must not cost scores and flags
            return cut_by(error, self.source, self.platform, self.room.platforms)
        return None

    def _save(self, page: Page) -> Tally:
        mine = [post for post in page.posts if self._is_in_scope(post)]
        with self.room.store.lease("comments: save a page") as lease:
            kept = self._not_shown_at_home(lease, mine)
            return pages.save_comments(
                lease,
                run_id=self.room.run_id,
                source=self.source,
                posts=kept,
                captures=page.evidence if kept else (),
                cursor=None if self.room.aside else page.cursor,
                rejected=page.rejected,
                seen_at=datetime.now(UTC),
            )

    def _is_in_scope(self, post: Post) -> bool:
        account = self.own.get(post.account_id)
        return account is not None and in_scope(post, account, self.window, self.room.zone)

    def _not_shown_at_home(self, lease: Lease, mine: Sequence[Post]) -> list[Post]:
        """Return the comments that are not on record already as something their account shows on its own page.

        The author's own page is the better witness: what another server says of a post, or has kept of it, must not
        become the account's words, nor may both take turns as the newest version. Comments on such platforms are read
        all the same, for the own page may refuse us (login, robots.txt); then they alone tell of edits.
        """
        suspended = accounts.suspended_ids(lease)
        mine = [post for post in mine if post.account_id not in suspended]
        known = sightings.known_as(lease, mine)
        places = cursors.load_cursors(lease, {post.account_id for post in mine})
        read = {key for key, cursor in places.items() if cursor != Cursor() and self.platform in _SHOWN_AT_HOME}
        return [
            post
            for post in mine
            if (place := known.get(post.id)) is None or (place == post.id and post.account_id not in read)
        ]


def _stopped(seen: Seen, stop: threading.Event) -> tuple[Outcome, str]:
    """Say how a walk ends in a run that was stopped; one of which nothing was seen is put off and keeps its turn."""
    if seen.pages == 0:
        return Outcome.NOT_TRIED, f"{why(stop)} {PUT_OFF}"
    return Outcome.PARTIAL, f"{why(stop)}; the next one goes on from here"


def source_of(platform: Platform, handle: str) -> str:
    """Return what the walk through the comments under a campaign account is filed under."""
    return f"comments:{platform}:{handle.casefold()}"


def names_of(accounts: Sequence[Account], bound: Mapping[str, str]) -> dict[str, Account]:
    """Return accounts by what an author is known under: the native id (roster or first seen), else the handle.

    A handle can be given to somebody else: where the id is known it alone counts.
    """
    return {account.native_id or bound.get(account.id) or account.handle.casefold(): account for account in accounts}
