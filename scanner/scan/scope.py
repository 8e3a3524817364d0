"""Which posts may be kept of an account that may be looked at."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from scanner.collect.interface import Window
from scanner.domain.accounts import Account
from scanner.domain.posts import Post


def in_scope(post: Post, account: Account, window: Window, zone: ZoneInfo) -> bool:
    """Tell whether a post may be kept: written in service and inside the window (guardrails G5, G6).

    A post of unknown time is kept, but it is never flagged.
    """
    if post.posted_at is None:
        return True
    return window.holds(post.posted_at) and account.in_service_on(post.posted_at.astimezone(zone).date())
