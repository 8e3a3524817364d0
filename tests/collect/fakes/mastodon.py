"""A Mastodon server with one account."""

from __future__ import annotations

import html

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, as_json
from tests.collect.servers import NOT_FOUND, Reply, Request


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
            return as_json(self.profile("7", "ani")) if found else NOT_FOUND
        below = int(request.query.get("max_id", 10**9))
        limit = int(request.query["limit"])
        items = [item for item in reversed(self.items) if 1000 + item.number < below]
        shown = items[:limit]
        more = f"{request.path}?limit={limit}&max_id={1000 + shown[-1].number}" if len(items) > limit else None
        link = f'<https://contoh.example{more}>; rel="next", ' if more else ""
        head = f'{link}<https://contoh.example/x?min_id=9>; rel="prev"'
        return as_json([self.status(item) for item in shown], {"Link": head} if shown else {})

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
