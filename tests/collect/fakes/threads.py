"""Threads' profile discovery with one public profile."""

from __future__ import annotations

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, as_json
from tests.collect.fakes.graph import Graph, cut, refusal, when
from tests.collect.servers import Reply, Request


class FakeThreads(Graph, Fake):
    platform = Platform.THREADS
    handle = "ani.contoh"

    def native_id(self, item: Item) -> str:
        return f"DTh-{item.number:04}_x"

    def private(self) -> Reply:
        return refusal(100, message="The user does not exist or is not eligible")

    def drift(self) -> Reply:
        return as_json({"threads": []})

    def page(self, request: Request) -> Reply:
        if request.path != "/v1.0/profile_posts" or "timestamp" not in request.query["fields"].split(","):
            return refusal(100, message="(#100) Tried accessing nonexisting field")
        if request.query["username"].casefold() != self.handle:
            return self.private()
        shown, paging = cut(self.items, int(request.query["limit"]), request.query.get("after"))
        return as_json({"data": [self.post(item) for item in shown]} | ({"paging": paging} if paging else {}))

    def post(self, item: Item) -> dict:
        user = "orang.lain" if item.kind == "foreign" else self.handle
        post = {
            "id": str(18062389453700000 + item.number),
            "shortcode": self.native_id(item),
            "username": user,
            "text": item.text,
            "media_type": "TEXT_POST",
            "permalink": f"https://www.threads.com/@{user}/post/{self.native_id(item)}",
            "timestamp": when(item),
            "is_quote_post": False,
        }
        return post | ({"timestamp": None} if item.kind == "bad" else {})
