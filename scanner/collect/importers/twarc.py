"""twarc v2: JSONL of X API pages, or of posts flattened by `twarc2 flatten`; names of before and after August 2026."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.records import Record, as_json, sightings
from scanner.collect.importers.values import (
    dig,
    handle,
    identifier,
    language,
    mask_handles,
    moment,
    objects,
    strings,
    strip_repost,
    unescape,
    with_notes,
    words,
)  # fmt: skip
from scanner.domain.accounts import Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Rejected

_TIMELINE = re.compile(r"/2/users/(\d+)/(?:tweets|posts)(?:[?#]|$)")
_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}
_POST_FIELDS = (
    "id", "text", "author_id", "created_at", "lang", "conversation_id", "in_reply_to_user_id", "note_tweet",
    "note_post", "referenced_tweets", "referenced_posts", "entities", "attachments", "article", "article_title",
    "edit_history_tweet_ids", "edit_history_post_ids", "withheld",
)  # fmt: skip


class Twarc(Importer):
    """The X API's answers as twarc keeps them. Posts under `includes` are context, never collected posts."""

    name: ClassVar[str] = "twarc"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "twarc2 JSONL: X API v2 pages or flattened posts. Pages asked for without author_id tell the author only "
        "when they are one user's timeline."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell pages by `data` and `__twarc`, flattened posts by `author_id` and `__twarc`."""
        record = head.record
        if "__twarc" not in record:
            return None
        if isinstance(record.get("data"), list | Mapping) or "errors" in record:
            return "pages of the X API with __twarc"
        return "flattened posts of the X API with __twarc" if {"id", "text"} <= record.keys() else None

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the posts of all pages; every post of a page carries the page's line number."""
        return sightings(_posts(path), path.name, _read_post)


def _posts(path: Path) -> Iterator[Record | Rejected]:
    for record in json_records(path):
        if isinstance(record, Rejected) or "id" in record.fields:
            yield record
        elif "data" in record.fields:
            yield from _flatten(path, record)
        elif not record.fields.keys() & {"errors", "meta", "includes"}:  # an empty page has only these
            yield _refuse(path, record.line, "neither a page (data) nor a post (id) of the X API", record.raw)


def _refuse(path: Path, line: int, reason: str, raw: bytes) -> Rejected:
    return Rejected(source=path.name, line=line, reason=reason, raw_sha256=sha256(raw))


def _flatten(path: Path, page: Record) -> Iterator[Record | Rejected]:
    """Join author, media and referenced posts into each post of a page, as `twarc2 flatten` does."""
    data, includes = page.fields["data"], page.fields.get("includes")
    users = {words(user.get("id")): user for user in objects(dig(includes, "users"))}
    media = {words(one.get("media_key")): one for one in objects(dig(includes, "media"))}
    others = objects(dig(includes, "tweets")) + objects(dig(includes, "posts"))
    posts = {words(post.get("id")): _own_fields(post) for post in others}
    timeline = _TIMELINE.search(words(dig(page.fields, "__twarc", "url")))
    for post in data if isinstance(data, list) else [data]:
        if not isinstance(post, Mapping):
            yield _refuse(path, page.line, "no post in the data of this page", as_json(post))
            continue
        author_id = post.get("author_id") or (timeline[1] if timeline else None)
        keys = strings(dig(post, "attachments", "media_keys"))
        flat = {
            **_own_fields(post),
            "author_id": author_id,
            "author": {key: users.get(words(author_id), {}).get(key) for key in ("id", "username", "protected")},
            "attachments": {"media": [media[key] for key in keys if key in media]},
            "referenced_tweets": [{**posts.get(words(one.get("id")), {}), **one} for one in _references(post)],
            "__twarc": page.fields.get("__twarc"),
        }
        yield Record(line=page.line, fields=flat, raw=as_json(flat), repaired=page.repaired)


def _own_fields(post: Mapping[str, Any]) -> dict[str, Any]:
    return {name: post[name] for name in _POST_FIELDS if name in post}


def _references(post: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return objects(post.get("referenced_tweets")) or objects(post.get("referenced_posts"))


def _read_post(post: Mapping[str, Any]) -> Iterable[Sighting]:
    references = {words(one.get("type")): one for one in _references(post)}
    original = references.get("retweeted") or references.get("reposted")
    quoted = references.get("quoted", {})
    shown = original if original and words(original.get("text")) else post
    # Without the original the API gives a repost as "RT @name: ..." and cuts it at 140 characters.
    cut = original is not None and shown is post
    author_handle, native_id = handle(dig(post, "author", "username")), identifier(post.get("id")) or ""
    media = tuple(_media(shown))
    yield Sighting(
        platform=Platform.X,
        native_id=native_id,
        author_handle=author_handle,
        author_id=identifier(post.get("author_id")),
        role=_role(references),
        posted_at=moment(post.get("created_at")),
        text=with_notes((strip_repost(_text(shown)) if cut else None) or _text(shown), media),
        url=f"https://x.com/{author_handle or 'i'}/status/{native_id}",
        language=language(post.get("lang")),
        context="" if original else mask_handles(_text(quoted)),
        media=media,
        truncated=cut,
        public=dig(post, "author", "protected") is not True,
        captured_at=moment(dig(post, "__twarc", "retrieved_at")),
    )


def _role(references: Mapping[str, Any]) -> Role:
    if references.keys() & {"retweeted", "reposted"}:
        return Role.REPOSTED
    if "quoted" in references:
        return Role.QUOTED
    return Role.REPLIED if "replied_to" in references else Role.POSTED


def _text(post: Mapping[str, Any]) -> str:
    note = dig(post, "note_tweet", "text") or dig(post, "note_post", "text")
    return words(note) or unescape(words(post.get("text")))


def _media(post: Mapping[str, Any]) -> Iterator[Media]:
    for one in objects(dig(post, "attachments", "media")):
        kind = _KINDS.get(words(one.get("type")), "image")
        address = words(one.get("url")) or words(one.get("preview_image_url"))
        yield Media(kind=kind, url=address or None, description=words(one.get("alt_text")))
    for link in objects(dig(post, "entities", "urls")):
        if not link.get("media_key"):
            address = words(link.get("unwound_url")) or words(link.get("expanded_url"))
            yield Media(kind="link", url=address or None, description=words(link.get("title")))
