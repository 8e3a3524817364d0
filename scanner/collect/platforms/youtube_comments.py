"""Comments under a campaign's YouTube channel: only what listed accounts wrote there leaves these modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.interface import Found, Window
from scanner.collect.platforms.youtube_answers import Ask, NoPlace, channel_id_of
from scanner.collect.platforms.youtube_comment_answers import Comments, Thread, Threads
from scanner.collect.platforms.youtube_comment_posts import Kept, author_of
from scanner.collect.walk import Step
from scanner.domain.accounts import Account
from scanner.errors import Gone, Private

_MOST = 100
"""Comments in one answer."""


class CommentReader:
    """Turns the threads of one campaign channel into posts of listed accounts."""

    def __init__(self, ask: Ask, channel_id: str, listed: Mapping[str, Account], window: Window, size: int) -> None:
        self._ask = ask
        self._channel_id = channel_id
        self._listed = listed
        self._window = window
        self._size = min(size, _MOST)

    def step(self, token: str | None) -> Step:
        """Read one page of threads, newest first, with all their replies."""
        response = self._ask(
            "commentThreads",
            part="snippet,replies",
            allThreadsRelatedToChannelId=self._channel_id,
            order="time",
            textFormat="plainText",
            maxResults=str(self._size),
            pageToken=token,
        )
        answer, repaired = read_json(response, Threads)
        page = Kept(lambda head: author_of(head, self._listed))
        threads = page.open(response, answer.items)
        page.keep(response, [comment for thread in threads for comment in _shown(thread)], repaired)
        for thread in threads:
            if thread.snippet.total_reply_count > len(thread.replies.comments):
                self._read_rest(thread, page)
        return page.step(self._channel_id, answer.next_page_token, self._window)

    def _read_rest(self, thread: Thread, page: Kept) -> None:
        """Ask for the replies that did not fit into the thread; one that is gone by now has none."""
        token, asked = None, set[str | None]()
        while token not in asked:
            asked.add(token)
            query = {"parentId": thread.id, "maxResults": str(_MOST), "textFormat": "plainText", "pageToken": token}
            try:
                response = self._ask("comments", part="snippet", **query)
            except Gone:
                return
            except (Private, NoPlace):
                page.unread += 1
                return
            answer, repaired = read_json(response, Comments)
            page.keep(response, [(raw, thread.snippet.video_id) for raw in answer.items], repaired, whole=False)
            token = answer.next_page_token


def find_comments(ask: Ask, account: Account, ids: list[str]) -> Found:
    """Ask for comments of `account` by id; one that is somebody else's is neither there nor missing."""
    response = ask("comments", part="snippet", id=",".join(ids), textFormat="plainText")
    answer, repaired = read_json(response, Comments)
    own = channel_id_of(account)
    kept = Kept(lambda head: account if own is None else author_of(head, {own: account}))
    kept.keep(response, [(raw, None) for raw in answer.items], repaired)
    return kept.found(ids)


def _shown(thread: Thread) -> Iterator[tuple[msgspec.Raw, str | None]]:
    yield thread.snippet.top_level_comment, thread.snippet.video_id
    yield from ((raw, thread.snippet.video_id) for raw in thread.replies.comments)
