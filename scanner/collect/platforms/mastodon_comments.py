"""Comments under a campaign's statuses: only what listed accounts wrote there leaves this module."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import msgspec

from scanner.collect.answers import extract, read_json
from scanner.collect.interface import Window
from scanner.collect.platforms.mastodon_statuses import (
    PUBLIC,
    REPLACED,
    Profile,
    Status,
    StatusReader,
    next_page,
    split,
    utc,
)
from scanner.collect.response import Response
from scanner.collect.walk import Step
from scanner.domain.accounts import Account
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Rejected
from scanner.errors import Gone

_T = TypeVar("_T")
_HOME = re.compile(r"https?://([^/]+)/(?:ap/users/\d+/statuses|users/([^/]+)/statuses|@([^/]+)(?:/statuses)?)/(\w+)")
"""Addresses that Mastodon and GoToSocial give their own statuses: with the id they have at home."""
_SHOWN = 60
"""Answers that Mastodon shows under one status without login."""


class _Post(msgspec.Struct):
    """A status of the campaign: all that is read of it."""

    id: str
    created_at: datetime
    visibility: str
    reblog: msgspec.Raw | None = None


class _Head(msgspec.Struct):
    """Who wrote a comment: all that is read of it before its author is found listed."""

    account: Profile
    visibility: str


class _Context(msgspec.Struct):
    descendants: list[msgspec.Raw]


def full_name(profile: Profile, host: str) -> str:
    """Return user@host in lower case; a server leaves out its own name."""
    name = profile.acct or profile.username
    return (name if "@" in name else f"{name}@{host}").casefold()


def native_id_at_home(status: Status, handle: str) -> str | None:
    """Return the id of a status on its author's own server, as its address tells it; another server has its own."""
    user, home = split(handle.casefold())
    for address in (status.uri, status.url):
        found = _HOME.fullmatch(address or "")
        if found and found[1].casefold() == home and (found[2] or found[3] or user).casefold() == user:
            return f"{home}/{found[4]}"
    return None


class CommentReader:
    """Turns the threads under one campaign account's statuses into posts of listed accounts."""

    def __init__(
        self,
        host: str,
        profile_id: str,
        listed: Mapping[str, Account],
        window: Window,
        context: Callable[[str], Response],
    ) -> None:
        self._host = host
        self._profile_id = profile_id
        self._listed = {account.handle.casefold(): account for account in listed.values()}
        self._ids = {account.id: key for key, account in listed.items() if key != account.handle.casefold()}
        self._window = window
        self._context = context

    def step(self, response: Response) -> Step:
        """Read the threads under one page of the campaign's statuses; at the start of the window the walk ends."""
        kept = _Kept()
        raw, _ = read_json(response, list[msgspec.Raw])
        statuses = [post for item in raw if (post := kept.read(response, item, _Post)) is not None]
        since, until = self._window.since, self._window.until
        recent = [post for post in statuses if since is None or utc(post.created_at) >= since]
        inside = [post for post in recent if until is None or utc(post.created_at) < until]
        for post in inside:
            if post.visibility in PUBLIC and post.reblog is None:
                self._read_under(post.id, kept)
        link = response.headers.get("link")
        return Step(
            posts=tuple((post.native_id, post) for post in kept.posts.values()),
            evidence=tuple(kept.evidence),
            next_page=next_page(link, [post.id for post in statuses]) if recent else None,
            ids=tuple(post.id for post in inside),
            rejected=tuple(kept.rejected),
            native_id=self._profile_id,
            note=kept.note,
        )

    def _read_under(self, status_id: str, kept: _Kept) -> None:
        """Keep the comments of listed accounts, and of the answer only these as evidence. All others are let go."""
        try:
            response = self._context(status_id)
        except Gone:
            return
        answer, repaired = read_json(response, _Context)
        if len(answer.descendants) >= _SHOWN:
            kept.note = f"only the first {_SHOWN} answers under a status are shown without login"
        heads = [(raw, kept.read(response, raw, _Head)) for raw in answer.descendants]
        mine = [(raw, account) for raw, head in heads if head and (account := self._author(head)) is not None]
        if not mine:
            return
        evidence = extract(response, [bytes(raw) for raw, _ in mine])
        kept.evidence.append(evidence)
        for raw, account in mine:
            status = kept.read(response, raw, Status)
            if status is not None and self._window.holds(utc(status.created_at)):
                damaged = repaired and REPLACED in bytes(raw)
                post = self._post(status, account, damaged, evidence.capture.sha256)
                kept.posts.setdefault(post.native_id, post)

    def _post(self, status: Status, account: Account, damaged: bool, capture_sha256: str) -> Post:
        """Return a comment with id and context it has in its author's own list: seen there too, it is one version."""
        post = StatusReader(account, self._host, status.account.id).post(status, damaged, capture_sha256)
        at_home = None if self._is_home(account) else native_id_at_home(status, account.handle)
        return replace(post, native_id=at_home or post.native_id, role=Role.COMMENTED)

    def _author(self, head: _Head) -> Account | None:
        """Return the listed account whose public words these are."""
        account = self._listed.get(full_name(head.account, self._host))
        if account is None or head.visibility not in PUBLIC or head.account.noindex:
            return None
        # Ids hold on one server: they are compared where the account is at home there.
        known = self._ids.get(account.id) if self._is_home(account) else None
        return account if known in (None, head.account.id) else None

    def _is_home(self, account: Account) -> bool:
        return account.handle.casefold().endswith(f"@{self._host.casefold()}")


class _Kept:
    """What is kept of the threads under one page of statuses."""

    def __init__(self) -> None:
        self.posts: dict[str, Post] = {}
        self.evidence: list[Evidence] = []
        self.rejected: list[Rejected] = []
        self.note = ""

    def read(self, response: Response, raw: msgspec.Raw, kind: type[_T]) -> _T | None:
        """Read an item; of one that cannot be read nobody knows whose it is, so none of its words are told."""
        try:
            return msgspec.json.decode(raw, type=kind)
        except (ValueError, RecursionError) as error:
            reason = f"{type(error).__name__}: of another shape than known"
            source, digest = response.evidence.capture.url, sha256(bytes(raw))
            self.rejected.append(Rejected(source=source, line=None, reason=reason, raw_sha256=digest))
            return None
