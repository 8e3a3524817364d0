"""Public videos of a YouTube channel: its list of uploads, and the videos that stand there."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.html import mask_handles, valid_text
from scanner.collect.interface import Found, Window
from scanner.collect.platforms.youtube_answers import Ask, Channel, NoList, Status, channel_id_of, stamp, utc
from scanner.collect.response import Response
from scanner.collect.walk import Step
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Rejected
from scanner.errors import FetchFailed

MOST = 50
"""Videos in one answer."""
_PLACEHOLDERS = ("Deleted video", "Private video")
_REPLACED = "\ufffd".encode()


class _EntryContent(msgspec.Struct, rename="camel"):
    video_id: str
    video_published_at: datetime | None = None


class _EntrySnippet(msgspec.Struct, rename="camel"):
    title: str = ""
    video_owner_channel_id: str | None = None


class _Entry(msgspec.Struct, rename="camel"):
    """A place in the list of uploads."""

    content_details: _EntryContent
    snippet: _EntrySnippet
    status: Status | None = None

    @property
    def is_open(self) -> bool:
        """Removed and private videos keep their place under a title that is nobody's words."""
        removed = self.snippet.title in _PLACEHOLDERS and self.content_details.video_published_at is None
        return not removed and (self.status is None or self.status.privacy_status == "public")


class _Entries(msgspec.Struct, rename="camel"):
    kind: Literal["youtube#playlistItemListResponse"]
    items: list[msgspec.Raw] = []
    next_page_token: str | None = None


class _VideoSnippet(msgspec.Struct, rename="camel"):
    published_at: datetime
    channel_id: str
    title: str
    description: str = ""
    default_language: str | None = None
    default_audio_language: str | None = None


class _Video(msgspec.Struct):
    id: str
    snippet: _VideoSnippet
    status: Status


class _VideoList(msgspec.Struct):
    kind: Literal["youtube#videoListResponse"]
    items: list[msgspec.Raw] = []


class Uploads:
    """Turns the list of a channel's uploads into posts."""

    def __init__(self, ask: Ask, account: Account, channel: Channel, window: Window, size: int) -> None:
        self._ask = ask
        self._account = account
        self._channel = channel
        self._window = window
        self._size = min(size, MOST)

    def step(self, token: str | None) -> Step:
        """Read one page: the places in the list, and the videos that stand there."""
        try:
            listing = self._ask(
                "playlistItems",
                part="snippet,contentDetails,status",
                playlistId=self._channel.content_details.related_playlists.uploads,
                maxResults=str(self._size),
                pageToken=token,
            )
        except NoList:
            return self._nothing()
        answer, _ = read_json(listing, _Entries)
        videos = _Videos(self._account, self._channel.id)
        places = self._open_places(listing, answer.items, videos)
        early = [place for place in places if self._is_early(place)]
        videos.look(self._ask, [place.video_id for place in places if place not in early])
        posts = tuple((stamp(post.posted_at), post) for post in videos.posts)
        return Step(
            posts=posts,
            evidence=(listing.evidence, *videos.evidence),
            next_page=answer.next_page_token if not early or len(early) < len(places) else None,
            # A place behind which there is no post must not become the high-water mark.
            ids=(*(place for place, _ in posts), *(stamp(place.video_published_at) for place in early)),
            rejected=tuple(videos.rejected),
            native_id=self._channel.id,
            token=True,
        )

    def _is_early(self, place: _EntryContent) -> bool:
        """Tell whether a video is known to be from before the window: it costs no unit then."""
        time, since = place.video_published_at, self._window.since
        return time is not None and since is not None and utc(time) < since

    def _nothing(self) -> Step:
        """A channel without uploads has no list of them; one that counts videos must have it."""
        count = self._channel.statistics.video_count
        if count != "0":
            raise FetchFailed(f"youtube {self._account.handle}: counts {count!a:.20} videos, but lists none")
        return Step(posts=(), evidence=(), next_page=None, ids=(), native_id=self._channel.id, token=True)

    def _open_places(self, listing: Response, items: list[msgspec.Raw], videos: _Videos) -> list[_EntryContent]:
        """Return the places of videos that are said to be public; what cannot be read is rejected."""
        found = []
        for raw in items:
            try:
                entry = msgspec.json.decode(raw, type=_Entry)
                if entry.snippet.video_owner_channel_id not in (None, self._channel.id):
                    raise ValueError("video of another channel in the list of this one")
            except (ValueError, RecursionError) as error:
                videos.reject(listing, raw, error)
                continue
            if entry.is_open:
                found.append(entry.content_details)
        return found


class _Videos:
    """Public videos of one account, read from answers of videos.list."""

    def __init__(self, account: Account, channel_id: str | None) -> None:
        self._account = account
        self._channel_id = channel_id
        self.posts: list[Post] = []
        self.evidence: list[Evidence] = []
        self.rejected: list[Rejected] = []

    def look(self, ask: Ask, ids: list[str]) -> None:
        """Ask for videos by id. Those that are not there, or not public, are not among the posts."""
        if not ids:
            return
        response = ask("videos", part="snippet,status", id=",".join(ids))
        answer, repaired = read_json(response, _VideoList)
        self.evidence.append(response.evidence)
        for raw in answer.items:
            try:
                video = msgspec.json.decode(raw, type=_Video)
                if self._channel_id not in (None, video.snippet.channel_id):
                    raise ValueError("video of another channel than asked for")
            except (ValueError, RecursionError) as error:
                self.reject(response, raw, error)
                continue
            if video.status.privacy_status == "public":
                self.posts.append(self._post(video, repaired and _REPLACED in bytes(raw), response.evidence))

    def reject(self, response: Response, raw: msgspec.Raw, error: Exception) -> None:
        """Keep the place of an item that cannot be read."""
        reason = f"{type(error).__name__}: {error!s:.200}"
        source, digest = response.evidence.capture.url, sha256(bytes(raw))
        self.rejected.append(Rejected(source=source, line=None, reason=reason, raw_sha256=digest))

    def _post(self, video: _Video, repaired: bool, evidence: Evidence) -> Post:
        said = video.snippet
        text = "\n".join(filter(None, [valid_text(said.title), valid_text(said.description)]))
        url = f"https://www.youtube.com/watch?v={video.id}"
        return Post(
            platform=Platform.YOUTUBE,
            native_id=video.id,
            account_id=self._account.id,
            role=Role.POSTED,
            posted_at=utc(said.published_at),
            text=mask_handles(text, {self._account.handle.lower()}),
            url=url,
            language=said.default_language or said.default_audio_language,
            media=(Media(kind="video", url=url),),
            repaired=repaired,
            capture_sha256=evidence.capture.sha256,
        )


def find_videos(ask: Ask, account: Account, ids: list[str]) -> Found:
    """A video that is answered but not public is missing too; after an unreadable item no absence is sure."""
    videos = _Videos(account, channel_id_of(account))
    videos.look(ask, ids)
    shown = {post.native_id for post in videos.posts}
    missing = () if videos.rejected else tuple(one for one in ids if one not in shown)
    return Found(posts=tuple(videos.posts), missing=missing, evidence=tuple(videos.evidence))
