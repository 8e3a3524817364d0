"""What listed accounts commented under the posts of registered campaign accounts; anybody else is dropped in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scanner.collect.interface import Page, Window
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.errors import CollectError
from scanner.scan.platforms import Platforms
from scanner.scan.scope import in_scope
from scanner.store import bindings, cursors, pages, runs, usage
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class Comments:
    """Gathers comments into the store under one run. The campaign accounts themselves are never stored."""

    store: Store
    platforms: Platforms
    run_id: str
    zone: ZoneInfo

    def gather(
        self, campaigns: Sequence[tuple[Platform, str]], listed: Sequence[Account], window: Window
    ) -> Iterator[Coverage]:
        """Yield the coverage of each campaign account on a platform where accounts are listed and comments given."""
        for platform, handle in campaigns:
            own = [account for account in listed if account.platform is platform]
            if own and self.platforms.gives_comments(platform):
                coverage = self._one(platform, handle, own, window)
                with self.store.lease("comments: save coverage") as lease:
                    runs.save_coverage(lease, [coverage])
                    usage.save_usage(lease, coverage.ended_at.date(), self.platforms.spent())
                yield coverage

    def _one(self, platform: Platform, handle: str, own: Sequence[Account], window: Window) -> Coverage:
        source, began = f"comments:{platform}:{handle.casefold()}", datetime.now(UTC)
        tally, requests, notes = Tally(), 0, dict[str, None]()
        outcome, reason = Outcome.COMPLETE, ""
        with self.store.lease("comments: where it stands") as lease:
            cursor, names = cursors.load_cursor(lease, source), names_of(own, bindings.load_bindings(lease))
        try:
            for page in self.platforms.collector(platform).comments(handle, names, cursor, window):
                tally += self._save(source, page, {one.id: one for one in own}, window)
                requests += 1
                notes |= {page.note: None} if page.note else {}
        except CollectError as error:
            outcome, reason = Outcome.PARTIAL if requests else Outcome.NOT_TRIED, str(error)
        if notes and not reason:
            outcome, reason = Outcome.PARTIAL, "; ".join(notes)
        return Coverage(self.run_id, source, outcome, reason, tally, requests, began, datetime.now(UTC))

    def _save(self, source: str, page: Page, own: Mapping[str, Account], window: Window) -> Tally:
        kept = [
            post
            for post in page.posts
            if post.account_id in own and in_scope(post, own[post.account_id], window, self.zone)
        ]
        with self.store.lease("comments: save a page") as lease:
            return pages.save_comments(
                lease,
                run_id=self.run_id,
                source=source,
                posts=kept,
                captures=page.evidence if kept else (),
                cursor=page.cursor,
                rejected=page.rejected,
                seen_at=datetime.now(UTC),
            )


def names_of(accounts: Sequence[Account], bound: Mapping[str, str]) -> dict[str, Account]:
    """Return accounts by what an author is known under: the native id (roster or first seen), else the handle.

    A handle can be given to somebody else: where the id is known it alone counts.
    """
    return {account.native_id or bound.get(account.id) or account.handle.casefold(): account for account in accounts}
