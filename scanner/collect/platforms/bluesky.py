"""Bluesky (AT Protocol): posts and reposts of one account, read as records from the server where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.interface import Collector, Found, Page, Window
from scanner.collect.platforms.bluesky_identity import Identity, NoRecord, check, identify, locate, require_shown, xrpc
from scanner.collect.platforms.bluesky_records import POST, REPOST, Record, post_of, read_record, split_uri, time_of_key
from scanner.collect.platforms.bluesky_views import comments_in, fetch_shared, recent_threads
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Capture, sha256
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import FetchFailed, Gone

_REPLACED = "\ufffd".encode()
_DAY = timedelta(days=1)


class _Listed(msgspec.Struct):
    records: list[msgspec.Raw]
    cursor: str | None = None


class BlueskyCollector(Collector):
    """Reads com.atproto.repo.listRecords on the account's own server (PDS), which needs no login."""

    platform = Platform.BLUESKY
    version = "1"
    terms = Terms(
        least=3,
        interval=0.5,
        in_flight=3,
        duty="who asks to be hidden from logged-out viewers is left out; deleted there is marked missing here",
    )
    home = "https://public.api.bsky.app"
    sees = (
        "posts, replies, quotes and reposts with the words they share, picture and film descriptions, titles of links, "
        "tags; posts that were given an old date; comments of listed accounts under recent posts of campaign accounts"
    )
    misses = (
        "accounts hidden from logged-out viewers; the post a reply answers; words inside pictures and films; times of "
        "edits; posts whose key and date were both set back before the window; comments deep inside very long threads"
    )

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield the posts newest first, then the reposts; one empty page when the repository has not changed."""
        who = identify(self, account)
        if _is_unchanged(cursor, who.rev, window):
            yield Page(posts=(), evidence=who.evidence, cursor=cursor, native_id=who.did, note=who.note, unchanged=True)
            return
        begun = (*who.evidence, *require_shown(self, account, who))
        for number, page in enumerate(self._walks(account, who, cursor, window)):
            yield page if number else replace(page, evidence=(*begun, *page.evidence))

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        """Ask the server for each record; only its own word that there is none makes a post missing."""
        known: dict[str, Identity] = {}
        for native_id in native_ids:
            did, collection, rkey = split_uri(f"at://{native_id}")
            who = known[did] = known.get(did) or locate(self, did)
            url = xrpc(who.server, "com.atproto.repo.getRecord", repo=did, collection=collection, rkey=rkey)
            try:
                response = self.fetch(url, check=check)
            except NoRecord:
                yield Found(posts=(), missing=(native_id,), evidence=())
                continue
            raw, repaired = read_json(response, msgspec.Raw)
            step = _Reader(self, account, who, collection).step(response, _Listed(records=[raw]), repaired=repaired)
            yield Found(posts=tuple(post for _, post in step.posts), missing=(), evidence=step.evidence)

    def comments(self, campaign: str, listed: Mapping[str, Account], cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield what listed accounts wrote under a campaign account's recent posts, one thread to a page."""
        did, uris = recent_threads(self, campaign)
        left = uris[uris.index(cursor.next_page) + 1 :] if cursor.next_page in uris else []
        for uri in left or uris:
            after = replace(cursor, next_page=None if uri == uris[-1] else uri)
            try:
                page = comments_in(self, uri, listed, window)
            except Gone:  # deleted since the list was read
                continue
            yield replace(page, cursor=after, native_id=did)

    def _walks(self, account: Account, who: Identity, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Walk the posts and then the reposts, each from where it was left."""
        if cursor.next_page is None:
            cursor = _begin(cursor, who.rev, window)
        begun = (cursor.next_page or "").partition("/")[0]
        for collection in (REPOST,) if begun == REPOST else (POST, REPOST):
            place = _place(cursor, collection)
            reader = _Reader(self, account, who, collection, place.next_page)
            for page in walk(reader.read, place, window, self.options):
                cursor = _after(cursor, collection, page)
                yield replace(page, cursor=cursor)
            if page.cursor.next_page is not None:  # stopped at the ceiling of pages
                return


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the list of one collection's records into posts."""

    collector: Collector
    account: Account
    who: Identity
    collection: str
    stored: str | None = None
    """Token at which an earlier walk was cut off."""

    def read(self, below: str | None) -> Step:
        try:
            return self._ask({} if below is None else {"cursor": below})
        except FetchFailed:
            if below is None or below != self.stored:
                raise
            return self._ask({})  # the server may know the stored token no longer: begin again from the top

    def _ask(self, token: dict[str, str]) -> Step:
        where = {"repo": self.who.did, "collection": self.collection}
        limit = min(self.collector.options.page_size, 100)
        url = xrpc(self.who.server, "com.atproto.repo.listRecords", limit=limit, **where, **token)
        response = self.collector.fetch(url, check=check)
        listed, repaired = read_json(response, _Listed)
        return self.step(response, listed, repaired=repaired)

    def step(self, response: Response, listed: _Listed, *, repaired: bool) -> Step:
        capture = response.evidence.capture
        records, rejected = _records(listed, self.who.did, self.collection, capture)
        shared, asked, unseen = fetch_shared(self.collector, [record for _, record in records])
        keys = [split_uri(record.uri)[2] for _, record in records]
        posts = [
            post_of(self.account, self.who, record, shared, capture, repaired=repaired and _REPLACED in bytes(raw))
            for raw, record in records
        ]
        return Step(
            posts=tuple(zip(keys, posts, strict=True)),
            evidence=(response.evidence, *asked),
            # The last page that holds records still names a next one; the end is a page without any.
            next_page=listed.cursor if listed.records else None,
            ids=tuple(key for key in keys if _is_made_by(key, capture.captured_at)),
            rejected=rejected,
            native_id=self.who.did,
            note="; ".join(filter(None, (self.who.note, unseen))),
            token=True,
        )


def _records(
    listed: _Listed, did: str, collection: str, capture: Capture
) -> tuple[list[tuple[msgspec.Raw, Record]], tuple[Rejected, ...]]:
    records, rejected = [], []
    for item in listed.records:
        try:
            records.append((item, read_record(item, did, collection)))
        except (ValueError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error!s:.200}"
            rejected.append(Rejected(source=capture.url, line=None, reason=reason, raw_sha256=sha256(bytes(item))))
    return records, tuple(rejected)


def _is_made_by(rkey: str, moment: datetime) -> bool:
    """Tell whether a key holds a believable time: a key its author put into the future must not be the newest."""
    made = time_of_key(rkey)
    return made is not None and made <= moment + _DAY


def _is_unchanged(cursor: Cursor, rev: str | None, window: Window) -> bool:
    """Tell whether the last whole walk saw this state of the repository, as far as the window reaches now."""
    seen = dict(cursor.validators)
    if cursor.next_page is not None or rev is None or seen.get("rev") != rev:
        return False
    until = seen.get("until")
    return until is None or (window.until is not None and window.until.isoformat() <= until)


def _begin(cursor: Cursor, rev: str | None, window: Window) -> Cursor:
    """Note which state of the repository a walk sets out to read, to be its `rev` once both walks have ended."""
    kept = [(name, value) for name, value in cursor.validators if name == "reposts"]
    began = [("began", rev)] if rev is not None else []
    until = [("until", window.until.isoformat())] if window.until is not None else []
    return replace(cursor, validators=(*kept, *began, *until))


def _place(cursor: Cursor, collection: str) -> Cursor:
    """Return where the walk of one collection stands; the token of the one under way carries its name."""
    begun, _, token = (cursor.next_page or "").partition("/")
    known = cursor.high_water if collection == POST else dict(cursor.validators).get("reposts")
    if begun != collection:
        return Cursor(high_water=known)
    return Cursor(high_water=known, next_page=token or None, top=cursor.top)


def _after(cursor: Cursor, collection: str, page: Page) -> Cursor:
    """Return where the account stands behind a page of one collection's walk."""
    place, kept = page.cursor, dict(cursor.validators)
    if page.note:  # something was not seen: the next visit must look again
        kept.pop("began", None)
    if place.next_page is not None:
        token = f"{collection}/{place.next_page}"
        return replace(cursor, next_page=token, top=place.top, validators=tuple(kept.items()))
    if collection == POST:
        high = place.high_water
        return replace(cursor, high_water=high, next_page=f"{REPOST}/", top=None, validators=tuple(kept.items()))
    if place.high_water is not None:
        kept["reposts"] = place.high_water
    if "began" in kept:
        kept["rev"] = kept.pop("began")
    return replace(cursor, next_page=None, top=None, validators=tuple(kept.items()))
