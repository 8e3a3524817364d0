"""YouTube by its Data API v3: public videos of a channel, and listed accounts' comments under campaign channels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from scanner.collect.interface import Collector, Found, Page, Window
from scanner.collect.platforms.youtube_answers import NoPlace, find_channel, require_answer
from scanner.collect.platforms.youtube_comments import CommentReader, find_comments
from scanner.collect.platforms.youtube_videos import MOST, Uploads, find_videos
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Cursor

_VIDEO = re.compile(r"[\w-]{11}", re.ASCII)


class YouTubeCollector(Collector):
    """Asks channels, playlistItems and videos: three units for an account with nothing new."""

    platform = Platform.YOUTUBE
    version = "1"
    terms = Terms(
        keys={"key": "API key of the Data API v3"},
        robots=False,
        unit="units",
        least=3,
        daily=10_000,
        interval=0.2,
        in_flight=5,
        refresh_days=25,
        keep_days=30,
        must_erase=True,
        duty="stored data is refreshed or deleted within 30 days; what is deleted there is deleted here; "
        "nothing outside the interface is read",
        import_instead="yt-dlp info.json or JSONL",
    )
    home = "https://youtube.googleapis.com"
    sees = (
        "titles and descriptions of public videos, shorts, streams and premieres; what listed accounts commented "
        "under the videos of registered campaign channels"
    )
    misses = (
        "words spoken or shown in videos; community posts; live chat; unlisted and private videos; comments under "
        "other people's videos; new answers in threads older than the last visit; times of edits of videos; "
        "likes and subscriptions"
    )

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Gone for an unknown channel, Private for one that is not public."""
        ask = partial(self._ask, account.handle)
        channel, evidence = find_channel(account.handle, ask)
        uploads = Uploads(ask, account, channel, window, self.options.page_size)
        for number, page in enumerate(self._walk(uploads.step, cursor, window)):
            yield page if number else replace(page, evidence=(evidence, *page.evidence))

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        """Ask for videos and comments of `account` by id, fifty at once."""
        ask = partial(self._ask, account.handle)
        videos = [one for one in native_ids if _VIDEO.fullmatch(one)]
        others = [one for one in native_ids if not _VIDEO.fullmatch(one)]
        for start in range(0, len(videos), MOST):
            yield find_videos(ask, account, videos[start : start + MOST])
        for start in range(0, len(others), MOST):
            yield find_comments(ask, account, others[start : start + MOST])

    def comments(self, campaign: str, listed: Mapping[str, Account], cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield what listed accounts commented under all videos of a campaign's channel, by the newest threads."""
        ask = partial(self._ask, campaign)
        channel, _ = find_channel(campaign, ask)
        reader = CommentReader(ask, channel.id, listed, window, self.options.page_size)
        yield from self._walk(reader.step, cursor, window)

    def _walk(self, step: Callable[[str | None], Step], cursor: Cursor, window: Window) -> Iterator[Page]:
        """Walk from where the last run was cut off, or from the top when the interface has forgotten that place."""

        def read(token: str | None) -> Step:
            try:
                return step(token)
            except NoPlace:
                if token is None or token != cursor.next_page:
                    raise
                return step(None)

        yield from walk(read, cursor, window, self.options)

    def _ask(self, whom: str, resource: str, **query: str | None) -> Response:
        base = (self.options.base_url or self.home).rstrip("/")
        told = urlencode({name: value for name, value in query.items() if value})
        key = ("X-Goog-Api-Key", self.options.keys["key"])
        return self.fetch(f"{base}/youtube/v3/{resource}?{told}", headers=(key,), check=partial(require_answer, whom))
