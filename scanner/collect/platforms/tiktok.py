"""TikTok through the Research API: films of one account, asked for by a partner who holds that access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.interface import Collector, Found, Page, Window
from scanner.collect.platforms.tiktok_answers import (
    REFUSED,
    Granted,
    SearchLost,
    TokenRefused,
    VideoAnswer,
    check,
    check_token,
)
from scanner.collect.platforms.tiktok_searches import Place, by_month, day_of
from scanner.collect.platforms.tiktok_videos import FilmPage, read_films
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.tokens import Token
from scanner.collect.walk import Step, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Evidence
from scanner.domain.runs import Cursor
from scanner.errors import KeyNeeded

_VIDEOS = "/v2/research/video/query/?fields=id,username,create_time,video_description,voice_to_text,sticker_info_list"
_PROFILE = "/v2/research/user/info/?fields=display_name"
_LATE = timedelta(days=7)
"""Films appear in the interface days after they were posted; so far behind the newest known one is looked again."""
_YEAR = timedelta(days=365)


class TikTokCollector(Collector):
    """Reads /v2/research/video/query/ by username, newest first, in searches of thirty days."""

    platform = Platform.TIKTOK
    version = "1"
    terms = Terms(
        needs_approval=True,
        keys={"client_key": "client key of an approved research project", "client_secret": "its client secret"},
        robots=False,
        unit="records",
        # 100,000 records and 1,000 requests are granted a day: each request counts as a full one, so both caps hold.
        per_request=100,
        daily=100_000,
        interval=1.0,
        refresh_days=15,
        keep_days=30,
        must_erase=True,
        duty="refreshed at least every 15 days; what was deleted or hidden there is deleted here",
        import_instead="Zeeschuimer NDJSON, yt-dlp info.json",
    )
    home = "https://open.tiktokapis.com"
    sees = "public films of adults: description, spoken words where TikTok has them as text, words of stickers"
    misses = (
        "reposts, comments, photo texts, duets and stitches as such, words inside films, private accounts, edits of a "
        "description beyond the overlap, films of the last days (they appear late), anything older than a year where "
        "no begin is set; a username given to somebody else cannot be told, for the interface gives no account id"
    )

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. An account without any film is asked for by name, to tell empty from gone."""
        yield from walk(_Reader(self, account, cursor, window).step, cursor, window, self.options)

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        """Ask for up to a hundred films of one month at a time; what is not shown is deleted or hidden."""
        for place, ids in by_month(native_ids):
            pages, whole = self._all_pages(account, ids, place)
            shown = {post.native_id: post for page in pages for post in page.posts}
            # An unreadable film, or one under another name, is there all the same: then none is called missing.
            sure = whole and not any(page.rejected for page in pages)
            yield Found(
                posts=tuple(shown.values()),
                missing=tuple(one for one in ids if one not in shown) if sure else (),
                evidence=tuple(page.evidence for page in pages),
            )

    def _all_pages(self, account: Account, ids: Sequence[str], place: Place) -> tuple[list[FilmPage], bool]:
        """Return all pages of a search by id, and whether it came to its end."""
        pages: list[FilmPage] = []
        for _ in ids:
            pages.append(page := self.page(account, "video_id", ids, place))
            following = place.after(page.found, floor=place.start)
            if following is None:
                return pages, True
            place = following
        return pages, False

    def page(self, account: Account, field: str, values: Sequence[str], place: Place) -> FilmPage:
        """Ask for one page of films whose `field` is one of the values, and read it."""
        asked = {
            "query": {"and": [{"operation": "IN", "field_name": field, "field_values": list(values)}]},
            "start_date": f"{place.start:%Y%m%d}",
            "end_date": f"{place.end:%Y%m%d}",
            "max_count": min(self.options.page_size, 100),
        }
        going_on = {"cursor": place.cursor, "search_id": place.search_id} if place.search_id else {}
        response = self.post(_VIDEOS, asked | going_on)
        answer, repaired = read_json(response, VideoAnswer)
        return read_films(account, response.evidence, answer.data, repaired=repaired)

    def post(self, path: str, asked: Mapping[str, object]) -> Response:
        """Post a question under the access token; one that ended early is replaced once."""
        token = self._token()
        try:
            return self._post(path, asked, token)
        except TokenRefused:
            return self._post(path, asked, self._token(refused=token))

    def _post(self, path: str, asked: Mapping[str, object], token: str) -> Response:
        url, headers = (self.options.base_url or self.home).rstrip("/") + path, [("Authorization", f"Bearer {token}")]
        return self.fetch(url, headers=headers, check=check, body=msgspec.json.encode(asked))

    def _token(self, refused: str | None = None) -> str:
        return self.client.tokens.get(f"tiktok {self.options.base_url}", self._ask_token, refused=refused)

    def _ask_token(self) -> Token:
        body = self.client.post_form(
            f"{(self.options.base_url or self.home).rstrip('/')}/v2/oauth/token/",
            {name: self.options.keys[name] for name in self.terms.keys} | {"grant_type": "client_credentials"},
            check=check_token,
            interval=self.options.interval,
            in_flight=self.terms.in_flight,
        )
        try:
            granted = msgspec.json.decode(body, type=Granted)
        except ValueError:
            raise KeyNeeded(REFUSED) from None  # the cause may quote the answer
        return Token(granted.access_token, granted.expires_in)


class _Reader:
    """Reads the searches of one account, one after the other."""

    def __init__(self, collector: TikTokCollector, account: Account, cursor: Cursor, window: Window) -> None:
        self._collector = collector
        self._account = account
        last = (window.until - timedelta(microseconds=1)) if window.until else collector.client.now()
        since = (window.since or last - _YEAR).astimezone(UTC).date()
        known = day_of(cursor.high_water) if cursor.high_water else None
        self._floor = max(since, known - _LATE) if known else since
        self._first = Place.ending(max(last.astimezone(UTC).date(), self._floor), self._floor)
        self._seen = cursor.top is not None
        self._restarted = False

    def step(self, token: str | None) -> Step:
        """Return the page at a token; searches that hold nothing are joined to the next one."""
        place = (Place.of(token) if token else None) or self._first
        evidence: list[Evidence] = []
        while True:
            films, place = self._page(place)
            evidence.append(films.evidence)
            following = place.after(films.found, self._floor)
            if films.found.videos or films.found.has_more or following is None:
                break
            place = following
        self._seen = self._seen or bool(films.found.videos)
        if following is None and not self._seen:
            evidence.append(self._collector.post(_PROFILE, {"username": self._account.handle}).evidence)
        return Step(
            posts=tuple((post.native_id, post) for post in films.posts),
            evidence=tuple(evidence),
            next_page=following.token if following else None,
            ids=tuple(post.native_id for post in films.posts),
            rejected=films.rejected,
            token=True,
        )

    def _page(self, place: Place) -> tuple[FilmPage, Place]:
        """Ask for a page. A search that has been forgotten there is begun again, once in a walk."""
        try:
            return self._collector.page(self._account, "username", [self._account.handle], place), place
        except SearchLost:
            if self._restarted or not place.search_id:
                raise
            self._restarted = True
            return self._page(Place(place.start, place.end))
