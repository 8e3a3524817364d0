"""What waits for a reviewer: the post, what speaks for its author, and the time left; never score or other views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scanner.domain.accounts import Account
from scanner.domain.flags import Flag
from scanner.domain.posts import Post
from scanner.errors import StoreError, UsageError
from scanner.store import accounts, audit, judgements, posts
from scanner.store.connection import Lease, Store

REPORT_WITHIN = timedelta(days=7)
"""Calendar days from first knowledge to a report: UU 1/2015 art. 134, and the earlier reading of UU 7/2017
art. 454(6) with Perbawaslu 7/2022 art. 8(3); keywords/rules/deadlines.yaml, LAPOR-PILKADA and LAPOR-PEMILU."""


@dataclass(frozen=True, slots=True)
class Item:
    """One flag as a reviewer sees it before deciding."""

    flag: Flag
    """Blind: without scores and class hints."""
    post: Post
    captured_at: datetime
    account: Account

    @property
    def due(self) -> datetime:
        """When a report must have been filed, on the safe reading."""
        return self.flag.known_at + REPORT_WITHIN


def waiting(store: Store, *, reviewer: str, overlap: int, limit: int) -> list[Item]:
    """Return what waits for this reviewer, the nearest deadline first, then in random order.

    That somebody read the posts is recorded in the audit chain (guardrail G17).
    """
    _require_name(reviewer)
    with store.lease("review: read the queue") as lease:
        items = _items(lease, judgements.open_flags(lease, reviewer=reviewer, overlap=overlap, limit=limit))
        if items:
            detail = {"flags": len(items)}
            audit.append(lease, actor=reviewer, action="queue.show", subject="queue", detail=detail)
        return items


def show_next(store: Store, *, reviewer: str, overlap: int) -> Item | None:
    """Return the next item for this reviewer, or None; the reading is recorded in the audit chain."""
    _require_name(reviewer)
    with store.lease("review: show a flag") as lease:
        items = _items(lease, judgements.open_flags(lease, reviewer=reviewer, overlap=overlap, limit=1))
        for item in items:
            audit.append(lease, actor=reviewer, action="flag.show", subject=item.flag.id, detail={})
    return items[0] if items else None


def count_waiting(store: Store, *, reviewer: str, overlap: int) -> int:
    """Count what waits for this reviewer."""
    with store.lease("review: count the queue") as lease:
        return judgements.count_open_flags(lease, reviewer=reviewer, overlap=overlap)


def _items(lease: Lease, flags: list[Flag]) -> list[Item]:
    versions = posts.load_versions(lease, (flag.version_id for flag in flags))
    return [_item(lease, flag, versions[flag.version_id]) for flag in flags]


def _item(lease: Lease, flag: Flag, version: posts.Version) -> Item:
    account = accounts.load_account(lease, flag.account_id)
    if account is None:
        raise StoreError(f"flag {flag.id} belongs to {flag.account_id}, which never was on the roster")
    return Item(flag=flag, post=version.post, captured_at=version.captured_at, account=account)


def _require_name(reviewer: str) -> None:
    if not reviewer.strip():
        raise UsageError("reviewer: empty; give the name under which the judgement is recorded")
