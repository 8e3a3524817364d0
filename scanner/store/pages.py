"""One page of an account, saved whole: its raw bytes, its posts, what could not be read, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scanner.domain.accounts import Account
from scanner.domain.captures import Evidence
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Rejected, Tally
from scanner.errors import StoreError
from scanner.store.accounts import load_accounts
from scanner.store.captures import save_captures
from scanner.store.connection import Lease
from scanner.store.cursors import save_cursor
from scanner.store.posts import save_posts
from scanner.store.quarantine import save_rejected


def save_comments(
    lease: Lease,
    *,
    run_id: str,
    source: str,
    posts: Sequence[Post],
    captures: Sequence[Evidence],
    cursor: Cursor,
    rejected: Sequence[Rejected],
    seen_at: datetime,
) -> Tally:
    """Store what listed accounts commented on one page under a campaign account; `source` names that walk's cursor.

    StoreError when a comment is by somebody who has no row among the accounts (guardrail G1).
    """
    authors = {post.account_id for post in posts}
    if foreign := sorted(authors - {one.id for one in load_accounts(lease)}):
        raise StoreError(f"{source}: a comment by {foreign[0]}, who is not listed; valid are listed accounts alone")
    save_captures(lease, captures)
    tally = save_posts(lease, posts, run_id=run_id, seen_at=seen_at)
    save_rejected(lease, rejected, run_id=run_id, seen_at=seen_at)
    save_cursor(lease, source, cursor)
    return tally


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
