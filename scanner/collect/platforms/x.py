"""X through its API v2 with an app-only key: off until the terms' written approval is on record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from scanner.collect.answers import read_json
from scanner.collect.client import Client
from scanner.collect.interface import Collector, Found, Options, Page, Window
from scanner.collect.platforms.x_answers import PostsAnswer, Profile, User
from scanner.collect.platforms.x_names import POST_NAMES, TWEET_NAMES
from scanner.collect.platforms.x_posts import id_at, read_posts
from scanner.collect.platforms.x_refusals import KEY, OtherNames, check, refusal, require_open
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step, order, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift

_HANDLE = re.compile(r"\w{1,15}", re.ASCII)
_ID = re.compile(r"\d{1,19}", re.ASCII)
_LARGEST = 2**63 - 1
_EDITABLE = timedelta(hours=1)
"""An edit is possible for 30 minutes; twice that, for a service that raises it."""
_SHOWN = 3_200
"""So many of the newest posts a timeline shows, the deleted among them counted: from `_NEAR` on we say so."""
_NEAR = 3_000


class XCollector(Collector):
    """Reads /2/users/by/username and /2/users/:id/tweets; looks posts up by /2/tweets."""

    platform = Platform.X
    version = "1"
    terms = Terms(
        needs_approval=True,
        keys={"token": KEY},
        robots=False,
        unit="posts read",
        least=2,
        per_request=0,
        daily=100_000,  # of the 3 million a month that self-serve plans may read
        interval=0.1,  # 10,000 requests for timelines in 15 minutes
        in_flight=5,
        refresh_days=1,
        keep_days=30,  # what X no longer shows us, protected and withheld posts among it, must not stay
        must_erase=True,
        duty=(
            "what is deleted, protected, withheld or changed there must be deleted or changed here as soon as "
            "possible, within 24 hours of a request: hence looked up daily. Government bodies: Enterprise plan, "
            "named to X beforehand; no surveillance, no profiles of political views without X's written approval"
        ),
        import_instead="twarc, snscrape or Zeeschuimer files, where whoever captured them was allowed to",
    )
    home = "https://api.x.com"
    sees = (
        "the newest 3,200 public posts: reposts and long posts in full, quotes, replies with the post they answer, "
        "poll options, picture descriptions, titles of links, the newest version of an edited post"
    )
    misses = (
        "protected accounts; posts beyond the newest 3,200; posts withheld in Indonesia; the body of articles; earlier "
        "versions of an edited post; words inside pictures and films; likes and follows"
    )

    def __init__(self, client: Client, options: Options) -> None:
        super().__init__(client, options)
        self._names: Mapping[str, str] = TWEET_NAMES

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Gone (suspended, unknown), Private (protected), Blocked (withheld)."""
        if _HANDLE.fullmatch(account.handle) is None:
            raise Blocked(f"x: {account.handle!r} is not a handle; valid: 1 to 15 letters, digits, underscores")
        fields = {"user.fields": "protected,public_metrics,withheld"}
        answer = self._send(f"{self.base(account)}/2/users/by/username/{account.handle}", fields)
        user = require_open(account, read_json(answer, Profile)[0])
        timeline = f"{self.base(account)}/2/users/{user.id}/tweets"
        query = {"max_results": str(min(max(self.options.page_size, 5), 100))} | _bounds(cursor, window)
        tokens: dict[str | None, str] = {}
        seen = _NEAR if cursor.next_page else 0  # how many the run that was cut off had read is not known

        def read(below: str | None) -> Step:
            nonlocal seen
            more = {"pagination_token": tokens[below]} if below in tokens else {}
            step, token = _step(account, user, self._ask(timeline, query | more), below)
            seen += len(step.ids)
            if step.next_page and token:
                tokens[step.next_page] = token
                return step
            return replace(step, note="; ".join(filter(None, (step.note, _cut(user, seen)))))

        for number, page in enumerate(walk(read, cursor, window, self.options)):
            yield page if number else replace(page, evidence=(answer.evidence, *page.evidence))

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        """Ask for up to 100 posts at once; of edited ones for the newest version. Protected ones stay unknown."""
        wanted = [native for native in native_ids if _ID.fullmatch(native)]  # a bad id would cost its whole batch
        for start in range(0, len(wanted), 100):
            batch = wanted[start : start + 100]
            found, newer = self._look_up(account, batch)
            yield found
            # Asked for by the id of its first version, a post may be answered as it once was.
            if newer:
                yield self._look_up(account, newer)[0]

    def _look_up(self, account: Account, ids: Sequence[str]) -> tuple[Found, list[str]]:
        """Return what is there as it is now, and the ids of newer versions that have to be asked for."""
        answer = self._ask(f"{self.base(account)}/2/tweets", {"ids": ",".join(ids)})
        if answer.empty and not answer.problems:
            raise FormatDrift(f"x {account.handle}: neither posts nor errors in the answer to a look-up by id")
        reading = read_posts(answer, account, account.native_id or _author(account, answer))
        gone = {str(one.resource_id or one.value) for one in answer.problems if one.kind == "resource-not-found"}
        found = Found(
            posts=tuple(post for native, post in reading.posts.items() if native not in reading.newest),
            missing=tuple(native for native in ids if native in gone),
            evidence=(answer.evidence,),
        )
        return found, list(reading.newest.values())

    def _ask(self, url: str, query: Mapping[str, str]) -> PostsAnswer:
        """Ask for posts in the names X takes, and count those it gave."""
        names = self._names
        try:
            response = self._send(url, {**query, **names})
        except OtherNames:
            if names is POST_NAMES:
                raise
            self._names = POST_NAMES
            response = self._send(url, {**query, **POST_NAMES})
        answer = PostsAnswer(response)
        self.options.meter.count(answer.posts_read)
        return answer

    def _send(self, url: str, query: Mapping[str, str]) -> Response:
        self.options.meter.require_left()
        key = ("Authorization", f"Bearer {self.options.keys['token']}")
        return self.fetch(f"{url}?{urlencode(query)}", headers=(key,), check=check)


def _bounds(cursor: Cursor, window: Window) -> dict[str, str]:
    """Return the ids between which posts are asked for: every post that is read is paid for, so none is read twice.

    An id holds the time of its post. Nothing is back-dated or pinned into a timeline, so that below the high-water
    mark only edits are new: each takes a new id, and X does not say whether it is listed by that or by the first
    one. An hour below the mark holds all that could still be edited then; the `overlap` of other platforms would be
    paid daily. Restored and missing posts are what full walks and look-ups are for.
    """
    since = [id_at(window.since) - 1] if window.since else []
    if cursor.high_water and _ID.fullmatch(cursor.high_water):
        since.append(int(cursor.high_water) - _span(_EDITABLE))
    until = window.until + _EDITABLE if window.until else None
    # A walk that was cut off goes on by id: a stored token would have expired, and all before it be paid again.
    below = cursor.next_page or (str(id_at(until)) if until and until < datetime.now(UTC) else None)
    after = max(since, default=0)
    return ({"since_id": str(after)} if after > 0 else {}) | ({"until_id": below} if below else {})


def _span(time: timedelta) -> int:
    return (time // timedelta(milliseconds=1)) << 22


def _step(account: Account, user: User, answer: PostsAnswer, below: str | None) -> tuple[Step, str | None]:
    """Return a page of the timeline and the token of the next. A page with a token may be short, even empty."""
    # A timeline we may not see comes with status 200 too, like an empty one, but with errors and nothing else.
    if answer.empty or (answer.problems and not answer.items and not answer.next_token):
        raise refusal(account, answer.problems)
    reading = read_posts(answer, account, user.id)
    lowest = min((*reading.versions, str(int(below or _LARGEST) - 1)), key=order)
    step = Step(
        posts=tuple(reading.posts.items()),
        evidence=(answer.evidence,),
        next_page=lowest if answer.next_token else None,
        ids=tuple(reading.ids),
        rejected=tuple(reading.rejected),
        native_id=user.id,
        note=reading.note,
    )
    return step, answer.next_token


def _cut(user: User, seen: int) -> str:
    """Say so when a walk ended because X shows no more, not because there is no more."""
    full = seen >= _NEAR and user.posts > _SHOWN
    return f"X shows only the newest {_SHOWN:,} posts: older ones may exist that were not shown" if full else ""


def _author(account: Account, answer: PostsAnswer) -> str | None:
    """Return who has the handle now, among the authors of an answer."""
    name = account.handle.casefold()
    return next((user.id for user in answer.users.values() if user.username.casefold() == name), None)
