"""What all requests to the YouTube Data API share: whose channel it is, times, and what a refusal means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.exchange import Answer
from scanner.collect.response import Response
from scanner.collect.retry_after import LONGEST_WAIT, wait_seconds
from scanner.domain.accounts import Account
from scanner.domain.captures import Evidence
from scanner.errors import (
    Blocked,
    BudgetSpent,
    CollectError,
    FetchFailed,
    FormatDrift,
    Gone,
    KeyNeeded,
    Private,
    RateLimited,
)

Ask = Callable[..., Response]
"""Asks one resource of the interface: its name, then its parameters."""
CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
"""Ids of channels."""
_HANDLE = re.compile(r"[\w.·-]{1,60}")
_SECONDS = re.compile(r"\d{1,6}(?:\.\d+)?(?=s$)", re.ASCII)


def channel_id_of(account: Account) -> str | None:
    """Return the id of an account's channel, where the roster tells."""
    return account.native_id or (account.handle if CHANNEL.fullmatch(account.handle) else None)


def stamp(moment: datetime | None) -> str:
    """Return a time as paging counts it: ids on YouTube have no order."""
    return f"{utc(moment):%Y%m%dT%H%M%SZ}" if moment else ""


def utc(moment: datetime) -> datetime:
    """Return a time in UTC, which the interface speaks."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class NoList(Gone):
    """The list of a channel's uploads is not there: so it is where nothing was ever uploaded."""


class NoPlace(FetchFailed):
    """The interface does not know a page token (any more)."""


_KEY_REASONS = frozenset((
    "keyInvalid", "keyExpired", "accessNotConfigured", "ipRefererBlocked", "authError", "API_KEY_INVALID",
    "API_KEY_SERVICE_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "SERVICE_DISABLED",
    "CONSUMER_INVALID", "CONSUMER_SUSPENDED",
))  # fmt: skip
_QUOTA_REASONS = frozenset(("quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"))
_RATE_REASONS = frozenset(("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"))
_MEANINGS: Mapping[str, tuple[type[CollectError], str]] = {
    "playlistNotFound": (NoList, "the list of its uploads is not there"),
    "channelNotFound": (Gone, "no such channel (any more)"),
    "commentNotFound": (Gone, "no such comment (any more)"),
    "channelClosed": (Gone, "the channel was closed by its owner"),
    "channelSuspended": (Gone, "the channel was suspended by YouTube"),
    "playlistItemsNotAccessible": (Private, "its list of uploads is not public"),
    "commentsDisabled": (Private, "comments are switched off there"),
    "invalidPageToken": (NoPlace, "the page to go on from is not known (any more)"),
    "processingFailure": (NoPlace, "the page cannot be answered"),
}


class _Lists(msgspec.Struct):
    uploads: str


class _ChannelContent(msgspec.Struct, rename="camel"):
    related_playlists: _Lists


class _Statistics(msgspec.Struct, rename="camel"):
    video_count: str = "0"


class Status(msgspec.Struct, rename="camel"):
    """Whether a channel, a place in a list or a video is public."""

    privacy_status: str


class Channel(msgspec.Struct, rename="camel"):
    """A channel as it is now."""

    id: str
    content_details: _ChannelContent
    status: Status
    statistics: _Statistics


class _Channels(msgspec.Struct):
    kind: Literal["youtube#channelListResponse"]
    items: list[Channel] = []


class _Detail(msgspec.Struct, rename="camel"):
    reason: str = ""
    retry_delay: str = ""
    metadata: dict[str, str] = {}


class _Error(msgspec.Struct):
    message: str = ""
    errors: list[_Detail] = []
    details: list[_Detail] = []


class _Failure(msgspec.Struct):
    error: _Error


def find_channel(handle: str, ask: Ask) -> tuple[Channel, Evidence]:
    """Return the channel a handle or id points to now, and what says so."""
    is_id = CHANNEL.fullmatch(handle) is not None
    if not is_id and _HANDLE.fullmatch(handle) is None:
        raise Blocked(f"youtube: {handle!r} is not a handle; valid: the name without @, or the channel's id UC...")
    name = {"id": handle} if is_id else {"forHandle": f"@{handle}"}
    response = ask("channels", part="contentDetails,statistics,status", **name)
    answer, _ = read_json(response, _Channels)
    if not answer.items:
        raise Gone(f"youtube {handle}: no such channel (any more): renamed, closed, or removed by YouTube")
    channel = answer.items[0]
    if is_id and channel.id != handle:
        raise FormatDrift(f"youtube {handle}: answered with another channel than asked for")
    if channel.status.privacy_status != "public":
        raise Private(f"youtube {handle}: the channel is {channel.status.privacy_status!a:.20}, not public")
    return channel, response.evidence


def require_answer(whom: str, answer: Answer) -> None:
    """Raise what a refusal of the interface means. Its message is not told: it may hold the key."""
    if not 400 <= answer.status < 500:
        return
    try:
        error = msgspec.json.decode(answer.body, type=_Failure).error
    except (ValueError, RecursionError):
        return  # not the interface's own words: read by its status
    reasons = [detail.reason for detail in (*error.errors, *error.details) if detail.reason]
    shown = f"youtube {whom}: HTTP {answer.status} {', '.join(reasons)!a:.100}"
    _require_key(answer.status, error, reasons, shown)
    _require_quota(answer, error, reasons, shown)
    for reason in reasons:
        if reason in _MEANINGS:
            kind, meaning = _MEANINGS[reason]
            raise kind(f"{shown}: {meaning}")


def _require_key(status: int, error: _Error, reasons: list[str], shown: str) -> None:
    said = error.message.casefold()
    if status == 401 or "api key" in said or _KEY_REASONS.intersection(reasons):
        state = "has expired" if "expired" in said or "keyExpired" in reasons else "is missing, revoked or refused"
        raise KeyNeeded(
            f"{shown}: the key {state}; valid: a key of a project in which the YouTube Data API v3 is switched on, "
            "set as key under [platforms.youtube.keys] in secrets.toml"
        )


def _require_quota(answer: Answer, error: _Error, reasons: list[str], shown: str) -> None:
    """Tell the day's quota, which comes back at midnight in California, from asking too quickly."""
    a_day = any("perday" in detail.metadata.get("quota_limit", "").casefold() for detail in error.details)
    if a_day or _QUOTA_REASONS.intersection(reasons):
        raise BudgetSpent(f"{shown}: YouTube's quota of the day is used up; it begins again at midnight Pacific time")
    if answer.status == 429 or _RATE_REASONS.intersection(reasons):
        told = next((found for detail in error.details if (found := _SECONDS.match(detail.retry_delay))), None)
        wait = min(float(told[0]), LONGEST_WAIT) if told else wait_seconds(answer.headers, datetime.now(UTC))
        raise RateLimited(f"{shown}: asked too quickly; waiting {wait:.0f} s", retry_after=wait)
