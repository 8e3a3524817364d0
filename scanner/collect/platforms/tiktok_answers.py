"""The answers of TikTok's Research API: their shapes, and what its errors mean."""

from __future__ import annotations

import msgspec

from scanner.collect.exchange import Answer
from scanner.errors import BudgetSpent, CollectError, FetchFailed, Gone, KeyNeeded, Private

REFUSED = "tiktok: the keys are refused; renew platforms.tiktok.keys in secrets.toml"


class Error(msgspec.Struct):
    """What TikTok says with every answer; `ok` is one too."""

    code: str = ""
    message: str = ""


class Envelope(msgspec.Struct):
    """Any answer."""

    error: Error


class Granted(msgspec.Struct):
    """An access token."""

    access_token: str
    expires_in: float = 7200


class Films(msgspec.Struct):
    """One page of a search."""

    has_more: bool
    videos: list[msgspec.Raw] = []
    cursor: int = 0
    search_id: str = ""


class VideoAnswer(msgspec.Struct):
    """An answer to a search."""

    data: Films


class Sticker(msgspec.Struct):
    """Words pasted onto a film."""

    sticker_name: str | None = None


class Video(msgspec.Struct):
    """A film as the search gives it."""

    id: int | str
    username: str
    create_time: int
    video_description: str | None = None
    voice_to_text: str | None = None
    sticker_info_list: list[Sticker] | None = None


class TokenRefused(KeyNeeded):
    """The token has ended before its time."""


class SearchLost(FetchFailed):
    """The interface no longer knows the search a page belongs to."""


def check(answer: Answer) -> None:
    """Raise what an error of the Research API means; rate limits and server trouble are read by their status."""
    error = _error_of(answer)
    said = f"tiktok: {error.code}: {error.message!a:.200}"
    match error.code:
        case "access_token_invalid":
            raise TokenRefused(f"{said}; renew platforms.tiktok.keys in secrets.toml")
        case "scope_not_authorized" | "scope_permission_missed":
            raise KeyNeeded(f"{said}; platforms.tiktok.keys must be those of an approved research project")
        case "daily_quota_limit_exceeded":
            raise BudgetSpent(f"{said}: TikTok's daily quota is used up until 00:00 UTC")
        case "invalid_params":
            raise _meaning(error.message, said)
        case "" if answer.status == 401:
            raise KeyNeeded(REFUSED)
        case code if answer.status == 200 and code not in ("", "ok"):
            raise FetchFailed(said)


def _meaning(message: str, said: str) -> CollectError:
    """Tell apart what TikTok calls invalid_params; its words are the only sign."""
    words = message.lower()
    if "cannot find the user" in words:
        return Gone(f"{said}: no such account (any more)")
    if "cannot return this user" in words:
        return Private(f"{said}: private, under age, or withheld from research")
    if words.startswith("search id") or "invalid count or cursor" in words:
        return SearchLost(said)
    return FetchFailed(said)


def check_token(answer: Answer) -> None:
    """Raise KeyNeeded when keys are refused. What TikTok says of them is not repeated: it may hold them."""
    if 400 <= answer.status < 500 and answer.status != 429:
        raise KeyNeeded(REFUSED)


def _error_of(answer: Answer) -> Error:
    try:
        return msgspec.json.decode(answer.body, type=Envelope).error
    except ValueError:
        return Error()
