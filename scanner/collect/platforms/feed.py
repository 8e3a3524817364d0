"""RSS and Atom feeds: one listed person's own feed, read from bytes we fetched ourselves."""

from __future__ import annotations

import re
from calendar import timegm
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.sax import SAXException

import feedparser

from scanner.collect.authors import folded, listed_author
from scanner.collect.conditional import AddressCollector, validators_of
from scanner.collect.html import Rendered, join_parts, mask_handles, render, tidy, valid_text
from scanner.collect.interface import Page, Window
from scanner.collect.response import Response
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import FormatDrift

_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_MARKUP = re.compile(r"<(?:\?xml|(?:\w+:)?(?:rss|feed|rdf))", re.IGNORECASE)
_ENCODING = re.compile(r"""(<\?xml[^>]*?)\sencoding\s*=\s*["'][^"']*["']""")
_REFERENCE = re.compile(r"&#(?:([0-9]{1,7})|[xX]([0-9a-fA-F]{1,6}));")
_CUT = re.compile(r"(?:\[?(?:…|\.\.\.)\]?|continue reading|read more|selengkapnya|baca selanjutnya)\W*$", re.IGNORECASE)


class FeedCollector(AddressCollector):
    """Reads one RSS or Atom address; `account.handle` is that address."""

    platform = Platform.RSS
    version = "1"
    accept = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8"
    sees = "the entries a feed holds now: title, text, links, enclosures"
    misses = (
        "entries that left the feed before the first visit, deletions, words inside pictures, cut-off texts, a change "
        "of owner"
    )

    def read(self, account: Account, response: Response, cursor: Cursor, window: Window) -> Page:
        """Return the entries of the feed."""
        return _page(account, response, cursor, window)


def _page(account: Account, response: Response, cursor: Cursor, window: Window) -> Page:
    capture = response.evidence.capture
    feed = _parse(response)
    wanted = listed_author(account, (entry.get("author") for entry in feed.entries))
    entries = [entry for entry in feed.entries if wanted is None or folded(entry.get("author")) == wanted]
    posts: dict[str, Post] = {}
    rejected: list[Rejected] = []
    for entry in entries:
        try:
            post = _post(account, entry, capture.sha256)
        except (ValueError, OverflowError, RecursionError) as error:
            digest = sha256(repr(sorted(entry.items())).encode("utf-8", "replace"))
            rejected.append(Rejected(source=capture.url, line=None, reason=str(error), raw_sha256=digest))
            continue
        _add(posts, post)
    if len(rejected) > 1 and not posts:
        raise FormatDrift(f"{capture.url}: none of {len(rejected)} entries could be read; first: {rejected[0].reason}")
    kept = tuple(post for post in posts.values() if window.holds(post.posted_at))
    # Entries beyond the window's end must be seen again: with validators a 304 would hide them.
    whole = not any(window.until and post.posted_at and post.posted_at >= window.until for post in posts.values())
    return Page(
        posts=kept,
        evidence=(response.evidence,),
        cursor=replace(cursor, validators=validators_of(response) if whole else ()),
        rejected=tuple(rejected),
        note=_note(feed),
    )


def _parse(response: Response) -> Any:
    # NOTE: feedparser opens a file or URL when the content reads like its name; a file object is only read. It guesses
    # another encoding for the whole feed where one byte does not fit, so it is handed over in UTF-8.
    body = BytesIO(_as_utf8(response).encode())
    kind = f"{response.media_type or 'application/xml'}; charset=utf-8"
    feed = feedparser.parse(body, response_headers={"content-type": kind})
    if not feed.version:
        raise FormatDrift(
            f"{response.evidence.capture.url}: answered {response.media_type!a} that is no RSS or Atom "
            "feed: a login or error page?"
        )
    return feed


def _as_utf8(response: Response) -> str:
    """Return the feed as text: by UTF-8 where its bytes are that, else as header or prolog say, else with U+FFFD.

    Which of them is right shows in the markup: UTF-16 read from UTF-8 bytes has none.
    """
    declared = _DECLARED.search(response.body[:200])
    named = (response.charset, declared[1].decode("ascii") if declared else None, "utf-16", "utf-16-le", "utf-16-be")
    text = response.body.decode("utf-8-sig", "replace")
    for name in ("utf-8-sig", *filter(None, named)):
        try:
            found = response.body.decode(name)
        except (LookupError, ValueError):
            continue
        if _MARKUP.search(found[:1000]):
            text = found
            break
    return _REFERENCE.sub(_whole, _ENCODING.sub(r"\1", valid_text(text), count=1))


def _whole(reference: re.Match[str]) -> str:
    """Replace a reference to half a surrogate pair, which stands for no sign and which feedparser cannot bear."""
    number = int(reference[1]) if reference[1] else int(reference[2], 16)
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else reference[0]


def _note(feed: Any) -> str:
    broken = feed.bozo and isinstance(feed.bozo_exception, SAXException)
    return "the feed is not well-formed: entries after the break may be missing" if broken else ""


def _add(posts: dict[str, Post], post: Post) -> None:
    """Keep a post; a guid used for two different entries is told apart by the link."""
    known = posts.setdefault(post.native_id, post)
    if known.text != post.text and post.url is not None:
        posts.setdefault(post.url, replace(post, native_id=post.url))


def _post(account: Account, entry: Any, capture_sha256: str) -> Post:
    body = _body(entry)
    text = _words(entry, body)
    posted, updated = _moment(entry, "published_parsed"), _moment(entry, "updated_parsed")
    url = _link(entry)
    return Post(
        platform=Platform.RSS,
        native_id=_native_id(account, entry, text),
        account_id=account.id,
        role=Role.POSTED,
        posted_at=posted or updated,
        text=mask_handles(text, ()),
        url=url,
        edited_at=updated if posted and updated and updated > posted else None,
        language=_language(entry),
        media=_media(entry, body),
        truncated="content" not in entry and bool(_CUT.search(body.text)),
        verifiable=url is not None,
        repaired="\ufffd" in text,
        capture_sha256=capture_sha256,
    )


def _link(entry: Any) -> str | None:
    link = entry.get("link", "")
    return link if link.startswith(("http://", "https://")) else None


def _body(entry: Any) -> Rendered:
    parts = entry.get("content") or [entry.get("summary_detail") or {}]
    return _render(max(parts, key=lambda part: len(part.get("value", ""))))


def _render(part: Any) -> Rendered:
    """Return the words of a title or text: feedparser says whether it took it for HTML."""
    value = part.get("value", "")
    return Rendered(tidy(valid_text(value))) if part.get("type") == "text/plain" else render(value)


def _words(entry: Any, body: Rendered) -> str:
    """Title and text; micro-blogs repeat the text as its own title."""
    title = _render(entry.get("title_detail") or {}).text
    text = body.text if title and body.text.startswith(title.rstrip("….")) else join_parts(title, body.text)
    if not text:
        raise ValueError("entry without title and text")
    return text


def _native_id(account: Account, entry: Any, text: str) -> str:
    """Return guid, link or a hash. A guid that is no URI (`12`) is unique only within its feed."""
    guid = valid_text(entry.get("id", "")).strip()
    if guid and ":" not in guid:
        return f"{account.handle}#{guid}"
    return guid or _link(entry) or sha256(f"{account.handle}\0{text}".encode())


def _moment(entry: Any, key: str) -> datetime | None:
    # NOTE: feedparser's own `get` answers `updated` with `published`, and warns.
    parsed = dict.get(entry, key)
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError):
        return None


def _language(entry: Any) -> str | None:
    detail = (entry.get("content") or [entry.get("summary_detail") or {}])[0]
    return detail.get("language") or None


def _media(entry: Any, body: Rendered) -> tuple[Media, ...]:
    enclosures = [
        Media(kind=kind, url=item.get("href"))
        for item in entry.get("enclosures", ())
        if (kind := item.get("type", "").partition("/")[0]) in ("image", "video", "audio")
    ]
    return (*enclosures, *(Media(kind="link", url=href) for href in body.links))
