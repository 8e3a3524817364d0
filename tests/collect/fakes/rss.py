"""One RSS feed with validators."""

from __future__ import annotations

import html
from email.utils import format_datetime

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, cached
from tests.collect.servers import Reply, Request


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
        return cached(request, Reply(body, media_type="application/rss+xml; charset=utf-8"))

    def entry(self, item: Item) -> str:
        if item.kind == "bad":
            return "<item><pubDate>kemarin</pubDate><dc:creator>Ani Contoh</dc:creator></item>"
        author = "Orang Lain" if item.kind == "foreign" else "Ani Contoh"
        return (
            f"<item><guid>{self.native_id(item)}</guid><link>{self.native_id(item)}</link><dc:creator>{author}"
            f"</dc:creator><pubDate>{format_datetime(item.at)}</pubDate>"
            f"<description>{html.escape(f'<p>{item.text}</p>')}</description></item>"
        )
