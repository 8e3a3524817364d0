"""Small look-alikes of the platforms, one per collector, all with the same posts and the same ways to misbehave."""

from __future__ import annotations

import html
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

from scanner.collect.collectors import collector_class
from scanner.domain.accounts import Account, Confidence, Employment, Platform
from tests.collect.servers import NOT_FOUND, Reply, Request

START = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
LOGIN = "<!DOCTYPE html><html><head><title>Masuk</title></head><body><form><input type=password></form></body></html>"
PAGE = 3


def account_of(platform: Platform, handle: str, **extra: str) -> Account:
    """A fictional listed civil servant."""
    return Account(
        platform=platform,
        handle=handle,
        person_id="ASN-001",
        agency="Dinas Contoh",
        unit="Sekretariat",
        employment=Employment.PNS,
        service_from=date(2010, 1, 1),
        service_until=None,
        confidence=Confidence.A,
        legal_basis="SK contoh",
        decree_number="1/2026",
        requested_by="pemohon",
        approved_by="penyetuju",
        listed_from=date(2026, 1, 1),
        listed_until=None,
        extra=extra,
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One post of the look-alikes."""

    number: int
    text: str
    kind: str = "good"
    """good | bad (unreadable) | foreign (somebody else's)"""

    @property
    def at(self) -> datetime:
        return START + timedelta(hours=self.number)


class Fake(ABC):
    """Answers like one platform; `mode` is how it behaves now."""

    platform: Platform
    handle: str

    def __init__(self, count: int) -> None:
        self.items = [Item(number, f"Kabar nomor {number} dari kantor") for number in range(1, count + 1)]
        self.mode = "ok"

    @property
    def account(self) -> Account:
        return account_of(self.platform, self.handle, author="Ani Contoh")

    def add(self, text: str, kind: str = "good") -> None:
        self.items.append(Item(len(self.items) + 1, text, kind))

    @property
    def keys(self) -> dict[str, str]:
        """Keys as an operating body would set them."""
        return {name: f"rahasia-{name}" for name in collector_class(self.platform).terms.keys}

    def edit(self, number: int, text: str) -> None:
        self.items[number - 1] = replace(self.items[number - 1], text=text)

    def expected(self) -> dict[str, str]:
        """Native id and text of every post that is the account's."""
        return {self.native_id(item): item.text for item in self.items if item.kind == "good"}

    def answer(self, request: Request) -> Reply:
        match self.mode:
            case "gone":
                return NOT_FOUND
            case "limited":
                return Reply("slow down", status=429, headers={"Retry-After": "30"})
            case "login":
                return Reply(LOGIN)
            case "private":
                return self.private()
            case "drift":
                return self.drift()
        return self.page(request)

    def private(self) -> Reply:
        return Reply("no", status=401)

    @abstractmethod
    def native_id(self, item: Item) -> str: ...

    @abstractmethod
    def page(self, request: Request) -> Reply: ...

    @abstractmethod
    def drift(self) -> Reply: ...


class FakeMastodon(Fake):
    platform = Platform.MASTODON
    handle = "ani@contoh.example"

    def native_id(self, item: Item) -> str:
        return f"contoh.example/{1000 + item.number}"

    def drift(self) -> Reply:
        return Reply('{"items": []}', media_type="application/json")

    def page(self, request: Request) -> Reply:
        if request.path == "/api/v1/accounts/lookup":
            found = request.query["acct"] == "ani"
            return _json(self.profile("7", "ani")) if found else NOT_FOUND
        below = int(request.query.get("max_id", 10**9))
        limit = int(request.query["limit"])
        items = [item for item in reversed(self.items) if 1000 + item.number < below]
        shown = items[:limit]
        more = f"{request.path}?limit={limit}&max_id={1000 + shown[-1].number}" if len(items) > limit else None
        link = f'<https://contoh.example{more}>; rel="next", ' if more else ""
        head = f'{link}<https://contoh.example/x?min_id=9>; rel="prev"'
        return _json([self.status(item) for item in shown], {"Link": head} if shown else {})

    def profile(self, native_id: str, user: str) -> dict:
        return {"id": native_id, "username": user, "acct": user, "noindex": False, "indexable": False, "locked": True}

    def status(self, item: Item) -> dict:
        author = self.profile("8", "lain") if item.kind == "foreign" else self.profile("7", "ani")
        return {
            "id": str(1000 + item.number),
            "created_at": None if item.kind == "bad" else item.at.isoformat().replace("+00:00", "Z"),
            "visibility": "public",
            "content": f"<p>{html.escape(item.text)}</p>",
            "account": author,
            "media_attachments": [],
        }


class FakeTelegram(Fake):
    platform = Platform.TELEGRAM
    handle = "kanal_contoh"

    def native_id(self, item: Item) -> str:
        return f"kanal_contoh/{item.number}"

    def private(self) -> Reply:
        return Reply('<html><body class="x"><div class="tgme_page">Contact @kanal_contoh</div></body></html>')

    def drift(self) -> Reply:
        return Reply("<html><body><section class=new_history></section></body></html>")

    def page(self, request: Request) -> Reply:
        below = int(request.query.get("before", 10**9))
        items = [item for item in self.items if item.number < below]
        shown = items[-PAGE:]
        before = shown[0].number if len(items) > PAGE else None
        more = f'<a class="tme_messages_more js-messages_more" data-before="{before}"></a>' if before else ""
        words = "".join(map(self.message, shown)) or '<div class="tme_no_messages_found">No posts found</div>'
        body = f'<section class="tgme_channel_history js-message_history">{more}{words}</section>'
        return Reply(f"<!DOCTYPE html><html><body>{body}</body></html><!-- 1ms -->")

    def message(self, item: Item) -> str:
        channel = "kanal_lain" if item.kind == "foreign" else "kanal_contoh"
        post = "" if item.kind == "bad" else f'data-post="{channel}/{item.number}"'
        return (
            f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div {post} data-view="eyJjIjotMTIzfQ"'
            f' class="tgme_widget_message text_not_supported_wrap js-widget_message">'
            f'<div class="tgme_widget_message_text js-message_text" dir="auto">{html.escape(item.text)}</div>'
            f'<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date">'
            f'<time datetime="{item.at.isoformat()}"></time></a></span></div></div>'
        )


class FakeFeed(Fake):
    platform = Platform.RSS
    handle = "https://blog.contoh.example/ani/feed.xml"

    def native_id(self, item: Item) -> str:
        return f"https://blog.contoh.example/ani/{item.number}"

    def drift(self) -> Reply:
        return Reply('{"version": "https://jsonfeed.org/version/9"}', media_type="application/json")

    def page(self, request: Request) -> Reply:
        body = (
            '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>Ani</title>{''.join(map(self.entry, reversed(self.items)))}</channel></rss>"
        )
        return _cached(request, Reply(body, media_type="application/rss+xml; charset=utf-8"))

    def entry(self, item: Item) -> str:
        if item.kind == "bad":
            return "<item><pubDate>kemarin</pubDate><dc:creator>Ani Contoh</dc:creator></item>"
        author = "Orang Lain" if item.kind == "foreign" else "Ani Contoh"
        return (
            f"<item><guid>{self.native_id(item)}</guid><link>{self.native_id(item)}</link><dc:creator>{author}"
            f"</dc:creator><pubDate>{format_datetime(item.at)}</pubDate>"
            f"<description>{html.escape(f'<p>{item.text}</p>')}</description></item>"
        )


class FakeWeb(Fake):
    platform = Platform.WEB
    handle = "https://contoh.example/ani"

    def native_id(self, item: Item) -> str:
        return f"https://contoh.example/ani/{item.number}"

    def drift(self) -> Reply:
        return Reply("<html><body><div id=app></div></body></html>")

    def page(self, request: Request) -> Reply:
        blog = {"@type": "Blog", "blogPost": [self.post(item) for item in reversed(self.items)]}
        script = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
        return _cached(request, Reply(f"<!DOCTYPE html><html lang=id><head>{script}</head><body></body></html>"))

    def post(self, item: Item) -> dict:
        author = "Orang Lain" if item.kind == "foreign" else "Ani Contoh"
        post = {"@type": "BlogPosting", "author": {"name": author}, "datePublished": item.at.isoformat()}
        return post if item.kind == "bad" else post | {"articleBody": item.text, "url": f"/ani/{item.number}"}


FAKES: dict[Platform, type[Fake]] = {kind.platform: kind for kind in (FakeMastodon, FakeTelegram, FakeFeed, FakeWeb)}


def _json(value: object, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps(value), media_type="application/json; charset=utf-8", headers=headers or {})


def _cached(request: Request, reply: Reply) -> Reply:
    etag = f'"{hash(reply.body)}"'
    if request.headers.get("if-none-match") == etag:
        return Reply(status=304)
    return replace(reply, headers={"ETag": etag})
