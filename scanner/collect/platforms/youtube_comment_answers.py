"""The answers of YouTube about comments: their shapes. Only heads are read before an author is found listed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec


class Author(msgspec.Struct):
    """The channel that wrote a comment, by its id."""

    value: str


class Origin(msgspec.Struct, rename="camel"):
    """When a comment was written, and by whom where that is told."""

    published_at: datetime
    author_channel_id: Author | None = None


class Head(msgspec.Struct):
    """Who wrote a comment and when: all that is read of it before its author is found listed."""

    id: str
    snippet: Origin


class Words(Origin, rename="camel"):
    """What a comment says, and under which film."""

    text_display: str = ""
    text_original: str | None = None
    updated_at: datetime | None = None
    video_id: str | None = None
    parent_id: str | None = None


class Comment(msgspec.Struct):
    """A comment in full, read for listed authors alone."""

    id: str
    snippet: Words


class Comments(msgspec.Struct, rename="camel"):
    """An answer of comments.list."""

    kind: Literal["youtube#commentListResponse"]
    items: list[msgspec.Raw] = []
    next_page_token: str | None = None


class Opening(msgspec.Struct, rename="camel"):
    """The first comment of a thread, and how many answer it."""

    top_level_comment: msgspec.Raw
    total_reply_count: int = 0
    video_id: str | None = None


class Replies(msgspec.Struct):
    """The replies that fitted into a thread."""

    comments: list[msgspec.Raw] = []


class Thread(msgspec.Struct):
    """A first comment with replies."""

    id: str
    snippet: Opening
    replies: Replies = msgspec.field(default_factory=Replies)


class Threads(msgspec.Struct, rename="camel"):
    """An answer of commentThreads.list."""

    kind: Literal["youtube#commentThreadListResponse"]
    items: list[msgspec.Raw] = []
    next_page_token: str | None = None
