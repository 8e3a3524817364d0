"""How long an answer asks us to wait: Retry-After in all its forms, and the reset times of rate-limit headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3600.0
"""Seconds: no Retry-After binds us for longer."""
_UNSAID_WAIT = 60.0
_RESETS = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")


def wait_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Return how long an answer asks us to wait: by Retry-After, or by the reset time of its rate-limit headers.

    X and Bluesky give the reset as Unix seconds, Mastodon as an ISO time. Nothing said means one minute.
    """
    if "retry-after" in headers:
        return retry_after_seconds(headers["retry-after"], now)
    reset = next((headers[name] for name in _RESETS if name in headers), "")
    try:
        moment = datetime.fromtimestamp(int(reset), UTC) if reset.isdecimal() else datetime.fromisoformat(reset)
        wait = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError, OSError):
        return _UNSAID_WAIT
    return min(wait, LONGEST_WAIT) if wait > 0 else _UNSAID_WAIT


def retry_after_seconds(value: str | None, now: datetime) -> float:
    """Return how long a Retry-After header asks us to wait: seconds or an HTTP date, between 1 s and 1 h.

    Missing, negative, past or unreadable values mean one minute: the platform did ask us to slow down.
    """
    text = (value or "").strip()
    if re.fullmatch(r"\d+", text, re.ASCII):
        return min(max(float(text[:9]), 1.0), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return _UNSAID_WAIT
    wait = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(wait, LONGEST_WAIT) if wait > 0 else _UNSAID_WAIT
