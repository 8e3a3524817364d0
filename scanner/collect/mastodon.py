"""Mastodon and what speaks its API: public posts of one account, asked of its home instance without login."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urlencode

from scanner.collect.answers import read_json
from scanner.collect.client import Response
from scanner.collect.interface import Collector, Page, Window
from scanner.collect.mastodon_statuses import Profile, StatusReader, split
from scanner.collect.terms import Terms
from scanner.collect.walk import Step, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Cursor
from scanner.errors import FormatDrift, Gone, Private


class MastodonCollector(Collector):
    """Reads /api/v1/accounts/lookup and /statuses of the account's home instance."""

    platform = Platform.MASTODON
    version = "1"
    terms = Terms(least=2, duty="opt-outs (noindex) are respected; what is deleted there is marked missing here")
    sees = "public and unlisted posts, boosts, replies, poll options, picture descriptions, titles of links"
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
