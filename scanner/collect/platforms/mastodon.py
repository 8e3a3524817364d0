"""Mastodon and what speaks its API: public posts of one account, asked of its home instance without login."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

from scanner.collect.answers import read_json
from scanner.collect.interface import Collector, Found, Page, Window
from scanner.collect.platforms.mastodon_comments import CommentReader, full_name
from scanner.collect.platforms.mastodon_statuses import REPLACED, Profile, Status, StatusReader, is_public, split
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift, Gone, Private


class MastodonCollector(Collector):
    """Reads /api/v1/accounts/lookup and /statuses of the account's home instance."""

    platform = Platform.MASTODON
    version = "1"
    terms = Terms(least=2, duty="opt-outs (noindex) are respected; what is deleted there is marked missing here")
    sees = (
        "public and unlisted posts, boosts, replies, poll options, picture descriptions, titles of links; comments "
        "under a campaign account's posts, as far as its server shows them without login"
    )
    misses = (
        "followers-only posts; the post a reply answers; words inside pictures; instances that demand a login "
        "(GoToSocial), forbid robots, or live at another address than the handle's host; boosts on snac2"
    )

    def base(self, account: Account) -> str:
        """Return the account's home instance."""
        return self._server(split(account.handle)[1])

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Private when the account asked not to be indexed."""
        answer, profile = self._profile(account.handle)
        moved = _require_open(account.handle, profile)
        reader = StatusReader(account, split(account.handle)[1], profile.id)

        def read(below: str | None) -> Step:
            return reader.step(self._statuses(account.handle, profile, below), moved)

        for number, page in enumerate(walk(read, cursor, window, self.options)):
            yield page if number else replace(page, evidence=(answer.evidence, *page.evidence))

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        """Ask for statuses one by one, each where its id is from. A server that refuses leaves all its own unknown."""
        closed: set[str] = set()
        for native_id in native_ids:
            host, _, number = native_id.partition("/")
            if host in closed:
                continue
            try:
                response = self.fetch(f"{self._server(host)}/api/v1/statuses/{quote(number, safe='')}")
            except Gone:
                yield Found(posts=(), missing=(native_id,), evidence=())
            except (Private, Blocked):
                closed.add(host)
            else:
                yield from _found(account, host, response)

    def comments(self, campaign: str, listed: Mapping[str, Account], cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield what listed accounts answered in the threads under a campaign account's recent statuses."""
        _, profile = self._profile(campaign)
        _require_open(campaign, profile)
        host = split(campaign)[1]

        def context(status_id: str) -> Response:
            return self.fetch(f"{self._server(host)}/api/v1/statuses/{quote(status_id, safe='')}/context")

        reader = CommentReader(host, profile.id, listed, window, context)

        def read(below: str | None) -> Step:
            return reader.step(self._statuses(campaign, profile, below))

        yield from walk(read, cursor, window, self.options)

    def _server(self, host: str) -> str:
        return (self.options.base_url or f"https://{host}").rstrip("/")

    def _profile(self, handle: str) -> tuple[Response, Profile]:
        user, host = split(handle)
        answer = self.fetch(f"{self._server(host)}/api/v1/accounts/lookup?acct={quote(user)}")
        return answer, read_json(answer, Profile)[0]

    def _statuses(self, handle: str, profile: Profile, below: str | None) -> Response:
        query = {"limit": str(min(self.options.page_size, 40))} | ({"max_id": below} if below else {})
        place = f"{self._server(split(handle)[1])}/api/v1/accounts/{quote(profile.id, safe='')}/statuses"
        return self.fetch(f"{place}?{urlencode(query)}")


def _require_open(handle: str, profile: Profile) -> str:
    """Check that this is the account and that it is open to us; return a note when it has moved."""
    if profile.username.casefold() != split(handle)[0].casefold():
        raise FormatDrift(f"{handle}: the server answered with the account of somebody else")
    if profile.suspended:
        raise Gone(f"{handle}: suspended by its server")
    if profile.noindex:
        raise Private(f"{handle}: asked not to be indexed (noindex)")
    return "the account says that it has moved to another one" if profile.moved else ""


def _found(account: Account, host: str, response: Response) -> Iterator[Found]:
    """Yield a status that was asked for by id, when it is the account's and open to us; else nothing is known."""
    status, repaired = read_json(response, Status)
    mine = full_name(status.account, host) == account.handle.casefold()
    if not (mine and is_public(status)) or status.account.noindex:
        return
    damaged = repaired and REPLACED in response.body
    post = StatusReader(account, host, status.account.id).post(status, damaged, response.evidence.capture.sha256)
    yield Found(posts=(post,), missing=(), evidence=(response.evidence,))
