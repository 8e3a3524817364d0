"""One page of an account, saved whole: its raw bytes, its posts, what could not be read, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scanner.domain.accounts import Account
from scanner.domain.captures import Evidence
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Rejected, Tally
from scanner.errors import StoreError
from scanner.store.captures import save_captures
from scanner.store.connection import Lease
from scanner.store.cursors import save_cursor
from scanner.store.posts import save_posts
from scanner.store.quarantine import save_rejected


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
    """Store a page in one lease: all of it is there or nothing, so a kill costs at most one page to read again.

    Storing the same page again changes nothing. `cursor` is None where there is nothing to go on from, as for
    files. StoreError when a post belongs to another account: only listed accounts have rows (guardrail G1).
    """
    if foreign := sorted({post.account_id for post in posts} - {account.id}):
        raise StoreError(f"a page of {account.id} holds posts of {', '.join(foreign)}; valid is {account.id} alone")
    save_captures(lease, captures)
    tally = save_posts(lease, posts, run_id=run_id, seen_at=seen_at)
    save_rejected(lease, rejected, run_id=run_id, seen_at=seen_at)
    if cursor is not None:
        save_cursor(lease, account.id, cursor)
    return tally
