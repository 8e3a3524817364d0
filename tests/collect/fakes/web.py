"""One page that describes its posts in JSON-LD."""

from __future__ import annotations

import json

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, cached
from tests.collect.servers import Reply, Request


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
        return cached(request, Reply(f"<!DOCTYPE html><html lang=id><head>{script}</head><body></body></html>"))

    def post(self, item: Item) -> dict:
        author = "Orang Lain" if item.kind == "foreign" else "Ani Contoh"
        post = {"@type": "BlogPosting", "author": {"name": author}, "datePublished": item.at.isoformat()}
        return post if item.kind == "bad" else post | {"articleBody": item.text, "url": f"/ani/{item.number}"}
