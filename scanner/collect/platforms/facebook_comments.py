"""Comments under a campaign's Facebook posts: only what listed accounts wrote there leaves this module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from scanner.collect.answers import extract, read_json
from scanner.collect.html import MASK, mask_handles, valid_text
from scanner.collect.interface import Window
from scanner.collect.platforms.graph import Listing, moment
from scanner.collect.response import Response
from scanner.collect.walk import Step
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Rejected
from scanner.errors import Gone

_UNDER = f"[komentar di bawah unggahan akun kampanye {MASK}]"
_SLACK = timedelta(days=1)
"""Comments that came under one post while another was read are older than the newest one known."""
_MOST_PAGES = 500


class _Author(msgspec.Struct):
    id: str


class _Head(msgspec.Struct):
    """Who wrote a comment and when: all that is read of it before its author is found listed."""

    created_time: str
    author: _Author | None = msgspec.field(default=None, name="from")
    """Only there for those whom the app may see."""


class _Comment(msgspec.Struct):
    id: str
    created_time: str
    message: str = ""


class _Post(msgspec.Struct):
    id: str
    created_time: str


class CommentReader:
    """Turns the comments under one campaign Page's posts into posts of listed accounts."""

    def __init__(
        self,
        posts: Callable[[str | None], Response],
        replies: Callable[[str, str | None], Response],
        page_id: str,
        listed: Mapping[str, Account],
        high_water: str | None,
        window: Window,
    ) -> None:
        self._posts = posts
        self._replies = replies
        self._page_id = page_id
        self._listed = listed
        self._known = datetime.fromtimestamp(int(high_water), UTC) - _SLACK if high_water else None
        self._window = window

    def step(self, after: str | None) -> Step:
        """Read the comments under one page of the campaign's posts; at the start of the window the walk ends."""
        response = self._posts(after)
        listing, _ = read_json(response, Listing)
        kept = _Kept(self._listed, self._window)
        posts = kept.open(response, listing.data)
        since = self._window.since
        inside = [post_id for post_id, time in posts if since is None or time >= since]
        for post_id in inside:
            self._read_under(post_id, kept)
        return kept.step(self._page_id, listing.after() if inside or not posts else None)

    def _read_under(self, post_id: str, kept: _Kept) -> None:
        """Read the comments under one post, newest first, back to what is known; a post that is gone has none."""
        after, asked = None, set[str | None]()
        while after not in asked and len(asked) < _MOST_PAGES:
            asked.add(after)
            try:
                response = self._replies(post_id, after)
            except Gone:
                return
            listing, repaired = read_json(response, Listing)
            times = kept.keep(response, listing.data, repaired)
            after = listing.after()
            if after is None or self._is_known(times):
                return

    def _is_known(self, times: list[datetime]) -> bool:
        """Tell whether older pages hold nothing new; where the order asked for is not kept, nobody can tell."""
        known = self._known
        return known is not None and times == sorted(times, reverse=True) and all(time < known for time in times)


class _Kept:
    """What is kept of the comments under one page of posts."""

    def __init__(self, listed: Mapping[str, Account], window: Window) -> None:
        self._listed = listed
        self._window = window
        self._posts: dict[str, Post] = {}
        self._evidence: list[Evidence] = []
        self._rejected: list[Rejected] = []
        self._times: list[datetime] = []

    def open(self, response: Response, data: list[msgspec.Raw]) -> list[tuple[str, datetime]]:
        """Return ids and times of the campaign's posts."""
        posts = []
        for raw in data:
            try:
                post = msgspec.json.decode(raw, type=_Post)
                posts.append((post.id, moment(post.created_time)))
            except (ValueError, RecursionError) as error:
                self._reject(response, raw, error)
        return posts

    def keep(self, response: Response, data: list[msgspec.Raw], repaired: bool) -> list[datetime]:
        """Keep the comments of listed accounts, and of the answer only these as evidence. Return all times."""
        times, mine = [], []
        for raw in data:
            try:
                head = msgspec.json.decode(raw, type=_Head)
                times.append(moment(head.created_time))
            except (ValueError, RecursionError) as error:
                self._reject(response, raw, error)
                continue
            # Only the number tells who it is: names can be chosen, and the answer holds no handle.
            if head.author is not None and head.author.id in self._listed:
                mine.append((raw, self._listed[head.author.id]))
        self._times += times
        if not mine:
            return times
        evidence = extract(response, [bytes(raw) for raw, _ in mine])
        self._evidence.append(evidence)
        for raw, account in mine:
            try:
                post = _read(raw, account, evidence.capture.sha256, repaired)
            except (ValueError, RecursionError) as error:
                self._reject(response, raw, error)
                continue
            if self._window.holds(post.posted_at):
                self._posts.setdefault(post.native_id, post)
        return times

    def step(self, page_id: str, after: str | None) -> Step:
        """Return what was kept."""
        until = self._window.until
        return Step(
            posts=tuple((_stamp(post.posted_at), post) for post in self._posts.values() if post.posted_at),
            evidence=tuple(self._evidence),
            next_page=after,
            ids=tuple(_stamp(time) for time in self._times if until is None or time < until),
            rejected=tuple(self._rejected),
            native_id=page_id,
            token=True,
        )

    def _reject(self, response: Response, raw: msgspec.Raw, error: Exception) -> None:
        """Keep the place of what cannot be read; whose it is nobody knows, so none of its words."""
        reason = f"{type(error).__name__}: of another shape than known"
        source = response.evidence.capture.url
        self._rejected.append(Rejected(source=source, line=None, reason=reason, raw_sha256=sha256(bytes(raw))))


def _read(raw: msgspec.Raw, account: Account, capture_sha256: str, repaired: bool) -> Post:
    comment = msgspec.json.decode(raw, type=_Comment)
    post_id, _, number = comment.id.rpartition("_")
    return Post(
        platform=Platform.FACEBOOK,
        native_id=comment.id,
        account_id=account.id,
        role=Role.COMMENTED,
        posted_at=moment(comment.created_time),
        text=mask_handles(valid_text(comment.message), {account.handle.casefold()}),
        url=f"https://www.facebook.com/{post_id}?comment_id={number}" if post_id else None,
        context=_UNDER,
        verifiable=bool(post_id),
        repaired=repaired and "\ufffd".encode() in bytes(raw),
        capture_sha256=capture_sha256,
    )


def _stamp(time: datetime) -> str:
    return str(int(time.timestamp()))
