"""One page of an account, saved whole: its raw bytes, its posts, what could not be read, and where to go on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.accounts import Account
from scanner.domain.captures import Evidence
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Rejected, Tally
from scanner.errors import StoreError
from scanner.store import tombstones
from scanner.store.accounts import load_accounts, suspended_ids
from scanner.store.captures import save_captures
from scanner.store.connection import Lease
from scanner.store.cursors import save_cursor, save_cursors
from scanner.store.posts import save_groups
from scanner.store.quarantine import save_rejected

SUSPENDED = "suspended"
"""Why nothing is gathered of an account whose person is suspended, in coverage too."""


def save_comments(
    lease: Lease,
    *,
    run_id: str,
    source: str,
    posts: Sequence[Post],
    captures: Sequence[Evidence],
    cursor: Cursor | None,
    rejected: Sequence[Rejected],
    seen_at: datetime,
) -> Tally:
    """Store what listed accounts commented on one page under a campaign account; `source` names that walk's cursor.

    StoreError when a comment is by somebody who has no row among the accounts (guardrail G1).
    """
    authors = {post.account_id for post in posts}
    if foreign := sorted(authors - {one.id for one in load_accounts(lease)}):
        raise StoreError(f"{source}: a comment by {foreign[0]}, who is not listed; valid are listed accounts alone")
    buried = tombstones.buried(lease, posts)
    save_captures(lease, _showing_more(captures, posts, buried))
    [tally] = save_groups(lease, [posts], run_id=run_id, seen_at=seen_at, buried=buried)
    save_rejected(lease, rejected, run_id=run_id, seen_at=seen_at)
    if cursor is not None:
        save_cursor(lease, source, cursor)
    return tally


@dataclass(frozen=True, slots=True)
class PageRows:
    """One page of an account, as it shall be stored."""

    account: Account
    posts: Sequence[Post]
    captures: Sequence[Evidence]
    cursor: Cursor | None
    """None where there is nothing to go on from, as for files."""
    rejected: Sequence[Rejected] = ()


def save_page(
    lease: Lease,
    *,
    run_id: str,
    account: Account,
    posts: Sequence[Post],
    captures: Sequence[Evidence],
    cursor: Cursor | None,
    rejected: Sequence[Rejected],
    seen_at: datetime,
) -> Tally:
    """Store one page, as `save_pages` does."""
    page = PageRows(account, posts, captures, cursor, rejected)
    return save_pages(lease, [page], run_id=run_id, seen_at=seen_at)[0]


def save_pages(lease: Lease, pages: Sequence[PageRows], *, run_id: str, seen_at: datetime) -> list[Tally]:
    """Store pages in one lease: all of it is there or nothing, so a kill costs these pages, which are read again.

    Storing the same page again changes nothing. Of two pages of one account the later one's cursor counts.
    StoreError when a post belongs to another account, since only listed accounts have rows (guardrail G1), and when
    an account's person is suspended.
    """
    suspended = suspended_ids(lease)
    for page in pages:
        if page.account.id in suspended:
            raise StoreError(f"{page.account.id}: {SUSPENDED}, so nothing more of it is stored")
        if foreign := sorted({post.account_id for post in page.posts} - {page.account.id}):
            raise StoreError(
                f"a page of {page.account.id} holds posts of {', '.join(foreign)}; valid is {page.account.id} alone"
            )
    buried = tombstones.buried(lease, [post for page in pages for post in page.posts])
    save_captures(lease, [item for page in pages for item in _showing_more(page.captures, page.posts, buried)])
    tallies = save_groups(lease, [page.posts for page in pages], run_id=run_id, seen_at=seen_at, buried=buried)
    save_rejected(lease, [item for page in pages for item in page.rejected], run_id=run_id, seen_at=seen_at)
    save_cursors(lease, {page.account.id: page.cursor for page in pages if page.cursor is not None})
    return tallies


def _showing_more(captures: Sequence[Evidence], posts: Sequence[Post], buried: Collection[str]) -> Iterator[Evidence]:
    """Yield the raw answers but for those that nothing was read from except what had to leave."""
    idle = {post.capture_sha256 for post in posts if buried and post.version_id in buried}
    idle -= {post.capture_sha256 for post in posts if buried and post.version_id not in buried}
    yield from (one for one in captures if one.capture.sha256 not in idle)
