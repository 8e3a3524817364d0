"""What the X API answers, in the names of before and after August 2026: only the fields that are used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.response import Response

T = TypeVar("T", bound=msgspec.Struct)


class Withheld(msgspec.Struct):
    """The countries whose law keeps something from being seen."""

    country_codes: list[str] | None = None

    @property
    def here(self) -> bool:
        """Tell whether Indonesia is among them; XX and XY are X's codes for everywhere."""
        return not {"ID", "XX", "XY"}.isdisjoint(self.country_codes or ())


class Problem(msgspec.Struct):
    """What X could not or would not do: a whole answer, or beside its data."""

    title: str | None = None
    detail: str | None = None
    type: str | None = None
    parameter: str | None = None
    parameters: dict[str, msgspec.Raw] | None = None
    resource_id: str | None = None
    value: object = None
    errors: list[Problem] | None = None

    @property
    def kind(self) -> str:
        """Last segment of the type: its host is api.twitter.com or api.x.com."""
        return (self.type or "").rpartition("/")[2]

    @property
    def blamed(self) -> list[str]:
        """Names of the parameters that X did not like."""
        own = [*(self.parameters or ()), *([self.parameter] if self.parameter else ())]
        return own + [name for one in self.errors or () for name in one.blamed]


class _Metrics(msgspec.Struct):
    tweet_count: int | None = None
    post_count: int | None = None


class User(msgspec.Struct):
    """An account of X."""

    id: str
    username: str
    protected: bool | None = None
    withheld: Withheld | None = None
    public_metrics: _Metrics | None = None

    @property
    def posts(self) -> int:
        """How many posts there are, shown or not; 0 when X does not tell."""
        metrics = self.public_metrics or _Metrics()
        return metrics.tweet_count or metrics.post_count or 0


class Profile(msgspec.Struct):
    """The answer to the question for one account."""

    data: User | None = None
    errors: list[Problem] | None = None


class Url(msgspec.Struct):
    """An address in a text, shortened there to t.co."""

    url: str | None = None
    expanded_url: str | None = None
    title: str | None = None


class _Entities(msgspec.Struct):
    urls: list[Url] | None = None


class _Long(msgspec.Struct):
    text: str
    entities: _Entities | None = None


class _Reference(msgspec.Struct):
    type: str
    id: str


class _Attachments(msgspec.Struct):
    media_keys: list[str] | None = None
    poll_ids: list[str] | None = None


class Attached(msgspec.Struct):
    """A picture or film."""

    media_key: str
    type: str
    url: str | None = None
    preview_image_url: str | None = None
    alt_text: str | None = None


class _Option(msgspec.Struct):
    label: str


class Poll(msgspec.Struct):
    """A poll, of which only the options are words of its author."""

    id: str
    options: list[_Option] = []


class Shown(msgspec.Struct):
    """A post as one answer shows it."""

    id: str
    text: str
    author_id: str | None = None
    created_at: datetime | None = None
    in_reply_to_user_id: str | None = None
    lang: str | None = None
    entities: _Entities | None = None
    attachments: _Attachments | None = None
    withheld: Withheld | None = None
    edit_history_tweet_ids: list[str] | None = None
    edit_history_post_ids: list[str] | None = None
    referenced_tweets: list[_Reference] | None = None
    referenced_posts: list[_Reference] | None = None
    note_tweet: _Long | None = None
    note_post: _Long | None = None

    @property
    def history(self) -> list[str]:
        """Ids of all versions, oldest first."""
        return self.edit_history_tweet_ids or self.edit_history_post_ids or [self.id]

    @property
    def long(self) -> _Long | None:
        """The whole of a text of more than 280 characters."""
        return self.note_tweet or self.note_post

    @property
    def urls(self) -> list[Url]:
        """The addresses in the text, of which the long one has its own list."""
        entities = self.long.entities if self.long and self.long.entities else self.entities
        return (entities.urls or []) if entities else []

    @property
    def media_keys(self) -> list[str]:
        """Keys of its pictures and films."""
        return (self.attachments.media_keys or []) if self.attachments else []

    @property
    def poll_ids(self) -> list[str]:
        """Ids of its polls."""
        return (self.attachments.poll_ids or []) if self.attachments else []

    @property
    def withheld_here(self) -> bool:
        """Tell whether it cannot be seen in Indonesia."""
        return self.withheld is not None and self.withheld.here

    def refers_to(self, kind: str) -> str | None:
        """Return the id of the post that this one has reposted (retweeted), quoted or replied_to."""
        references = self.referenced_tweets or self.referenced_posts or ()
        return next((one.id for one in references if one.type == kind), None)


class _Includes(msgspec.Struct):
    users: list[msgspec.Raw] | None = None
    media: list[msgspec.Raw] | None = None
    polls: list[msgspec.Raw] | None = None
    tweets: list[msgspec.Raw] | None = None
    posts: list[msgspec.Raw] | None = None


class _Meta(msgspec.Struct):
    next_token: str | None = None


class _Body(msgspec.Struct):
    data: list[msgspec.Raw] | None = None
    includes: _Includes | None = None
    errors: list[Problem] | None = None
    meta: _Meta | None = None


class PostsAnswer:
    """An answer that holds posts, with what stands beside them by id."""

    def __init__(self, response: Response) -> None:
        body, self.repaired = read_json(response, _Body)
        includes = body.includes or _Includes()
        others = [*(includes.tweets or ()), *(includes.posts or ())]
        self.evidence = response.evidence
        self.items = body.data or []
        self.problems = body.errors or []
        self.empty = body.data is None and body.meta is None
        """Neither posts nor word of there being none."""
        self.next_token = body.meta.next_token if body.meta else None
        self.users = {one.id: one for one in _readable(includes.users, User)}
        self.media = {one.media_key: one for one in _readable(includes.media, Attached)}
        self.polls = {one.id: one for one in _readable(includes.polls, Poll)}
        self.others = {one.id: one for one in _readable(others, Shown)}
        self.posts_read = len(self.items) + len(others)
        """What X bills: the posts that others refer to are posts too."""


def _readable(items: Sequence[msgspec.Raw] | None, kind: type[T]) -> list[T]:
    """Decode what stands beside the posts; an unreadable one costs its words, not the page."""
    found = []
    for item in items or ():
        try:
            found.append(msgspec.json.decode(item, type=kind))
        except (ValueError, RecursionError):
            continue
    return found
