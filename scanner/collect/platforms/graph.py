"""What the Graph interfaces of Meta share: the key, the error envelope, usage headers, times and opaque paging."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote, urlencode

import msgspec

from scanner.collect.exchange import Answer, Transient
from scanner.collect.interface import Collector, Options, Page, Window
from scanner.collect.response import Response
from scanner.collect.retry_after import LONGEST_WAIT, retry_after_seconds
from scanner.collect.walk import Step, walk
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import Blocked, CollectError, FetchFailed, FormatDrift, KeyNeeded, RateLimited

KEYLESS = "application/json; without key"
"""Media type of a capture from which the key was taken out: its hash is that of the bytes that are kept."""
_LINKS = re.compile(rb'("(?:next|previous)"\s*:\s*)"[^"]*"')
_REPLACED = "\ufffd".encode()
_UNSAID_WAIT = 300.0
"""Seconds. Limits are counted over a rolling hour; the headers do not always say when it has passed."""
_REFUSED_KEYS = {
    458: "its user has removed the app",
    459: "its user must pass a check at the platform first",
    460: "its user has changed the password",
    463: "expired",
    464: "its user is not confirmed",
    467: "revoked",
}


class Error(msgspec.Struct):
    """What Graph says instead of an answer; the HTTP status is 400 or 403 for nearly all of it."""

    code: int = 0
    error_subcode: int | None = None
    message: str = ""
    """Only read, never shown: it may quote the key."""
    is_transient: bool = False


class _Envelope(msgspec.Struct):
    error: Error


class _Usage(msgspec.Struct):
    estimated_time_to_regain_access: float = 0.0
    """Minutes."""


class _Cursors(msgspec.Struct):
    after: str | None = None


class _Paging(msgspec.Struct):
    cursors: _Cursors | None = None
    next: str | None = None
    """Holds the key: neither followed nor kept."""


class Listing(msgspec.Struct):
    """One page of an edge."""

    data: list[msgspec.Raw]
    paging: _Paging | None = None

    def after(self, *, linked: bool = True) -> str | None:
        """Return the token of the next page. The last page has no link to a next one; some edges never have."""
        if self.paging is None or self.paging.cursors is None or not (self.paging.next if linked else self.data):
            return None
        return self.paging.cursors.after


class TokenExpired(FetchFailed):
    """The page token is no longer known."""


class GraphCollector(Collector):
    """A collector that asks Graph with the key in a header, and reads its error envelope."""

    def ask(self, who: str, path: str, query: Mapping[str, str]) -> Response:
        """Ask for one node or edge; `who` names the account in what is raised."""
        base = (self.options.base_url or self.home).rstrip("/")
        key = self.options.keys.get("token", "")
        headers = (("Authorization", f"Bearer {key}"),)
        response = self.fetch(f"{base}/{path}?{urlencode(query)}", headers=headers, check=partial(self._check, who))
        return without_key(response, key)

    def means(self, shown: str, error: Error) -> CollectError | None:
        """Return what an error means on this platform alone; None where it means the same on all."""
        return None

    def _check(self, who: str, answer: Answer) -> None:
        try:
            error = msgspec.json.decode(answer.body, type=_Envelope).error
        except (ValueError, RecursionError):
            return
        subcode = f", subcode {error.error_subcode}" if error.error_subcode else ""
        shown = f"{self.platform} {who}: code {error.code}{subcode}"
        raise self.means(shown, error) or self._common(shown, error, answer)

    def _common(self, shown: str, error: Error, answer: Answer) -> CollectError:
        keys = f"platforms.{self.platform}.keys"
        match error.code:
            case 102 | 104 | 190 | 2500:
                why = _REFUSED_KEYS.get(error.error_subcode or 0, "missing, expired, revoked or wrong")
                return KeyNeeded(f"{shown}: the key is refused ({why}); set a valid token under [{keys}]")
            case 368:  # asking on would make it worse for all accounts: closed like a refused key
                return KeyNeeded(f"{shown}: the app behind [{keys}] is blocked for policy reasons; clear it with Meta")
            case code if code in (4, 17, 32, 341, 613) or 80000 <= code <= 80014:
                wait = _wait(answer)
                return RateLimited(f"{shown}: over the platform's limit; asks us to wait {wait:.0f} s", wait)
            case code if code in (3, 10) or 200 <= code <= 299:
                return Blocked(f"{shown}: the app lacks a permission or a reviewed feature, or may not see the account")
            case 2642:
                return TokenExpired(f"{shown}: the page token is no longer known")
            case 100 if "cursor" in error.message.casefold():
                return TokenExpired(f"{shown}: the page token is no longer known")
            case 100:
                return FormatDrift(f"{shown}: a field or parameter is refused: has the interface changed?")
            case code if code in (1, 2) or error.is_transient:
                return Transient(f"{shown}: the platform failed for a moment")
        return FetchFailed(f"{shown}: not a refusal we know; see Meta's list of error codes")


def without_key(response: Response, key: str) -> Response:
    """Take the key out of an answer: links between pages hold it. Posts are then read from the bytes that are kept."""
    body = _LINKS.sub(rb'\1"left out: holds the key"', response.body)
    for spelling in filter(None, (key, quote(key, safe=""))):
        body = body.replace(spelling.encode(), b"(key)")
    if body == response.body:
        return response
    capture = replace(response.evidence.capture, sha256=sha256(body), size=len(body), media_type=KEYLESS)
    return replace(response, body=body, evidence=Evidence(capture=capture, body=body))


def walk_tokens(read: Callable[[str | None], Step], cursor: Cursor, window: Window, options: Options) -> Iterator[Page]:
    """Walk; where the token of a walk that was cut off has expired, begin again at the newest post."""
    try:
        yield from walk(read, cursor, window, options)
    except TokenExpired:
        if cursor.next_page is None:
            raise
        yield from walk(read, replace(cursor, next_page=None), window, options)


def read_items(
    response: Response,
    data: Sequence[msgspec.Raw],
    read: Callable[[msgspec.Raw], Post],
    *,
    after: str | None,
    repaired: bool = False,
    native_id: str | None = None,
) -> Step:
    """Turn the items of a page into a step. They are counted by their times: Graph's ids do not sort by time."""
    capture = response.evidence.capture
    posts, rejected = [], []
    for item in data:
        try:
            post = read(item)
        except (ValueError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error!s:.200}"
            rejected.append(Rejected(source=capture.url, line=None, reason=reason, raw_sha256=sha256(bytes(item))))
            continue
        damaged = repaired and _REPLACED in bytes(item)
        posts.append((_place(post), replace(post, repaired=damaged, capture_sha256=capture.sha256)))
    return Step(
        posts=tuple(posts),
        evidence=(response.evidence,),
        next_page=after,
        ids=tuple(place for place, _ in posts),
        rejected=tuple(rejected),
        native_id=native_id,
        token=True,
    )


def moment(text: str) -> datetime:
    """Return a Graph time, whose offset is written +0000, in UTC."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _place(post: Post) -> str:
    return str(int(post.posted_at.timestamp())) if post.posted_at else "0"


def _wait(answer: Answer) -> float:
    """Return the seconds until Graph answers again: the longest of the minutes that its usage header names."""
    if "retry-after" in answer.headers:
        return retry_after_seconds(answer.headers["retry-after"], datetime.now(UTC))
    try:
        header = answer.headers.get("x-business-use-case-usage", "{}")
        usage = msgspec.json.decode(header, type=dict[str, list[_Usage]])
    except ValueError:
        return _UNSAID_WAIT
    minutes = max((one.estimated_time_to_regain_access for many in usage.values() for one in many), default=0.0)
    return min(minutes * 60, LONGEST_WAIT) if minutes > 0 else _UNSAID_WAIT
