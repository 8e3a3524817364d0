"""Comments on YouTube as posts: those of listed accounts are kept, and all others let go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from scanner.collect.answers import extract
from scanner.collect.html import MASK, mask_handles, valid_text
from scanner.collect.interface import Found, Window
from scanner.collect.platforms.youtube_answers import channel_id_of, stamp, utc
from scanner.collect.platforms.youtube_comment_answers import Comment, Head, Thread
from scanner.collect.response import Response
from scanner.collect.walk import Step
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Rejected

_REPLACED = "\ufffd".encode()
_UNDER = f"[komentar di bawah video akun kampanye {MASK}]"
_ANSWERS = f"[membalas komentar {MASK}; komentar itu tidak diambil]"


class Kept:
    """What is kept of one page of threads, or of comments asked for by id."""

    def __init__(self, whose: Callable[[Head], Account | None]) -> None:
        self._whose = whose
        self._posts: dict[str, Post] = {}
        self._evidence: list[Evidence] = []
        self._rejected: list[Rejected] = []
        self._times: list[datetime] = []
        self._seen: set[str] = set()
        self.unread = 0
        """Threads whose further replies were not to be had."""

    def open(self, response: Response, items: list[msgspec.Raw]) -> list[Thread]:
        """Take the threads apart; their times are those of their first comments."""
        threads = []
        for raw in items:
            try:
                thread = msgspec.json.decode(raw, type=Thread)
                head = msgspec.json.decode(thread.snippet.top_level_comment, type=Head)
            except (ValueError, RecursionError) as error:
                self._reject(response, raw, error)
                continue
            self._times.append(utc(head.snippet.published_at))
            threads.append(thread)
        return threads

    def keep(
        self, response: Response, comments: list[tuple[msgspec.Raw, str | None]], repaired: bool, *, whole: bool = True
    ) -> None:
        """Keep the comments of listed accounts, and of the answer only these as evidence. All others are let go."""
        mine = []
        for raw, video_id in comments:
            try:
                head = msgspec.json.decode(raw, type=Head)
            except (ValueError, RecursionError) as error:
                self._reject(response, raw, error)
                continue
            self._seen.add(head.id)
            if (author := self._whose(head)) is not None:
                mine.append((raw, video_id, author))
        if not mine and not whole:
            return
        evidence = extract(response, [bytes(raw) for raw, _, _ in mine])
        self._evidence.append(evidence)
        for raw, video_id, author in mine:
            try:
                post = _read_comment(raw, author, video_id, repaired, evidence.capture.sha256)
            except (ValueError, RecursionError) as error:
                self._reject(response, raw, error)
            else:
                self._posts.setdefault(post.native_id, post)

    def _reject(self, response: Response, raw: msgspec.Raw, error: Exception) -> None:
        """Keep the place of what cannot be read. Whose it is nobody knows: none of its words may be told."""
        reason = f"{type(error).__name__}: a comment of another shape than known"
        source, digest = response.evidence.capture.url, sha256(bytes(raw))
        self._rejected.append(Rejected(source=source, line=None, reason=reason, raw_sha256=digest))

    def found(self, ids: list[str]) -> Found:
        """Return what asking by id brought; after an unreadable item no absence is sure."""
        missing = () if self._rejected else tuple(one for one in ids if one not in self._seen)
        return Found(posts=tuple(self._posts.values()), missing=missing, evidence=tuple(self._evidence))

    def step(self, channel_id: str, token: str | None, window: Window) -> Step:
        """Return the page for the walk, which cannot see the window's start where no listed account commented."""
        over = window.since is not None and bool(self._times) and all(time < window.since for time in self._times)
        return Step(
            posts=tuple((stamp(post.posted_at), post) for post in self._posts.values()),
            evidence=tuple(self._evidence),
            next_page=None if over else token,
            ids=tuple(stamp(time) for time in self._times if window.until is None or time < window.until),
            rejected=tuple(self._rejected),
            native_id=channel_id,
            note=f"the further replies of {self.unread} threads could not be read" if self.unread else "",
            token=True,
        )


def author_of(head: Head, listed: Mapping[str, Account]) -> Account | None:
    """Return the listed account that wrote a comment. Only the channel's id tells: names can be chosen."""
    if head.snippet.author_channel_id is None:
        return None
    native_id = head.snippet.author_channel_id.value
    found = listed.get(native_id) or listed.get(native_id.casefold())
    return found if found is not None and channel_id_of(found) in (None, native_id) else None


def _read_comment(
    raw: msgspec.Raw, account: Account, video_id: str | None, repaired: bool, capture_sha256: str
) -> Post:
    """Return a listed account's comment. Of what it answers nothing is known but that it does."""
    comment = msgspec.json.decode(raw, type=Comment)
    said = comment.snippet
    film = said.video_id or video_id
    posted, edited = utc(said.published_at), utc(said.updated_at or said.published_at)
    # The words as typed where they are given: the displayed ones write titles of films in place of links.
    words = said.text_display if said.text_original is None else said.text_original
    return Post(
        platform=Platform.YOUTUBE,
        native_id=comment.id,
        account_id=account.id,
        role=Role.COMMENTED,
        posted_at=posted,
        text=mask_handles(valid_text(words), {account.handle.lower()}),
        url=f"https://www.youtube.com/watch?v={film}&lc={comment.id}" if film else None,
        edited_at=edited if edited != posted else None,
        context=f"{_UNDER}\n\n{_ANSWERS}" if said.parent_id else _UNDER,
        verifiable=film is not None,
        repaired=repaired and _REPLACED in bytes(raw),
        capture_sha256=capture_sha256,
    )
