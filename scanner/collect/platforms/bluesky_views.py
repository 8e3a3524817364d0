"""What Bluesky's public view (AppView) adds: words that were shared, and comments under campaign posts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec

from scanner.collect.answers import extract, read_json
from scanner.collect.interface import Collector, Page, Window
from scanner.collect.platforms.bluesky_identity import HIDDEN, Identity, Label, check, resolve_handle, xrpc
from scanner.collect.platforms.bluesky_records import POST, Record, Value, post_of, shared_uri, split_uri
from scanner.domain.accounts import Account
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Role
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import Blocked, FetchFailed, FormatDrift, Gone, Private

_BATCH = 25
"""Most posts that may be asked for at once by address."""
_UNSEEN = "the words of some shared or quoted posts could not be fetched"
_REPLACED = "\ufffd".encode()
T = TypeVar("T")


class _Author(msgspec.Struct):
    did: str
    handle: str = ""
    labels: list[Label] = []

    @property
    def hidden(self) -> bool:
        return any(label.val == HIDDEN for label in self.labels)


class _Authored(msgspec.Struct):
    author: _Author


class _View(msgspec.Struct):
    uri: str
    author: _Author
    record: Value


class _Views(msgspec.Struct):
    posts: list[msgspec.Raw]


class _Counted(msgspec.Struct, rename="camel"):
    uri: str
    author: _Author
    reply_count: int = 0


class _Entry(msgspec.Struct):
    post: _Counted


class _Feed(msgspec.Struct):
    feed: list[_Entry]


class _Node(msgspec.Struct):
    post: msgspec.Raw = msgspec.Raw()
    replies: list[_Node] = []


class _Thread(msgspec.Struct):
    thread: _Node


def appview(collector: Collector) -> str:
    """Return where the public view is asked."""
    return (collector.options.base_url or collector.home).rstrip("/")


def fetch_shared(collector: Collector, records: Sequence[Record]) -> tuple[dict[str, Value], list[Evidence], str]:
    """Fetch the posts that these records share or quote; return them by address, their evidence, and what failed.

    Who asks to be hidden from logged-out viewers is left out. That a post of others cannot be had costs no post of
    the account; only a platform that asks us to wait does.
    """
    uris = list(dict.fromkeys(uri for record in records if (uri := shared_uri(record)) is not None))
    shared: dict[str, Value] = {}
    evidence: list[Evidence] = []
    for start in range(0, len(uris), _BATCH):
        batch = uris[start : start + _BATCH]
        try:
            response = collector.fetch(xrpc(appview(collector), "app.bsky.feed.getPosts", uris=batch), check=check)
            views, _ = read_json(response, _Views)
        except (Blocked, FetchFailed, FormatDrift, Gone, Private):
            return shared, evidence, _UNSEEN
        read = [(raw, view) for raw in views.posts if (view := _maybe(raw, _View)) is not None]
        kept = [(raw, view) for raw, view in read if view.uri in batch and not view.author.hidden]
        shared |= {view.uri: view.record for _, view in kept}
        evidence.append(extract(response, [bytes(raw) for raw, _ in kept]))
    return shared, evidence, ""


def recent_threads(collector: Collector, campaign: str) -> tuple[str, list[str]]:
    """Return the id of a campaign account and its newest posts that somebody answered."""
    base = appview(collector)
    did, _ = resolve_handle(collector, base, campaign)
    limit = min(collector.options.page_size, 100)
    url = xrpc(base, "app.bsky.feed.getAuthorFeed", actor=did, limit=limit, filter="posts_no_replies")
    feed, _ = read_json(collector.fetch(url, check=check), _Feed)
    own = [entry.post for entry in feed.feed if entry.post.author.did == did]
    if any(post.author.hidden for post in own):
        raise Private(f"{campaign}: asks to be hidden from logged-out viewers ({HIDDEN})")
    return did, [post.uri for post in own if post.reply_count]


def comments_in(collector: Collector, uri: str, listed: Mapping[str, Account], window: Window) -> Page:
    """Return what listed accounts wrote in one thread; what anybody else wrote there is dropped here."""
    url = xrpc(appview(collector), "app.bsky.feed.getPostThread", uri=uri, depth=100, parentHeight=0)
    response = collector.fetch(url, check=check)
    thread, repaired = read_json(response, _Thread)
    kept = [(raw, account) for raw in _replies(thread) if (account := _writer(raw, listed)) is not None]
    evidence = extract(response, [bytes(raw) for raw, _ in kept])
    read, rejected = [], []
    for raw, account in kept:
        try:
            view = msgspec.json.decode(raw, type=_View)
            if split_uri(view.uri)[:2] != (view.author.did, POST):
                raise ValueError("address of another author")
            read.append((raw, account, Record(uri=view.uri, value=view.record)))
        except (ValueError, RecursionError) as error:
            reason = f"{type(error).__name__}: of another shape than known"
            source, digest = evidence.capture.url, sha256(bytes(raw))
            rejected.append(Rejected(source=source, line=None, reason=reason, raw_sha256=digest))
    shared, asked, unseen = fetch_shared(collector, [record for _, _, record in read])
    posts = [
        post_of(
            account,
            Identity(did=split_uri(record.uri)[0], server="", rev=None, evidence=()),
            record,
            shared,
            evidence.capture,
            repaired=repaired and _REPLACED in bytes(raw),
        )
        for raw, account, record in read
    ]
    return Page(
        posts=tuple(replace(post, role=Role.COMMENTED) for post in posts if window.holds(post.posted_at)),
        evidence=(evidence, *asked),
        cursor=Cursor(),
        rejected=tuple(rejected),
        note=unseen,
    )


def _replies(thread: _Thread) -> Iterator[msgspec.Raw]:
    """Yield every post below the first, at any depth."""
    pending = list(thread.thread.replies)
    while pending:
        node = pending.pop()
        pending += node.replies
        if bytes(node.post):  # none where a post was deleted or its author blocked somebody
            yield node.post


def _writer(raw: msgspec.Raw, listed: Mapping[str, Account]) -> Account | None:
    """Return whose comment this is: by immutable id, or by handle where the roster knows no id."""
    view = _maybe(raw, _Authored)
    if view is None or view.author.hidden:
        return None
    found = listed.get(view.author.did) or listed.get(view.author.handle.casefold())
    return found if found is not None and found.native_id in (None, view.author.did) else None


def _maybe(raw: msgspec.Raw, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, RecursionError):
        return None
