"""Instagram's business_discovery with one professional account."""

from __future__ import annotations

import re

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, as_json
from tests.collect.fakes.graph import KEY, Graph, cut, refusal, when
from tests.collect.servers import Reply, Request

OURS = "17841405309211844"
_FIELDS = re.compile(
    r"business_discovery\.username\((?P<handle>[\w.]+)\)\{id,username,"
    r"media\.limit\((?P<limit>\d+)\)(?:\.after\((?P<after>[\w-]+)\))?\{(?P<fields>[\w,{}]+)\}\}"
)


class FakeInstagram(Graph, Fake):
    platform = Platform.INSTAGRAM
    handle = "ani.contoh"

    @property
    def keys(self) -> dict[str, str]:
        return {"token": KEY, "user_id": OURS}

    def native_id(self, item: Item) -> str:
        return f"DAbc-{item.number:04}_x"

    def private(self) -> Reply:
        return refusal(110, 2207013, "Invalid user id")

    def drift(self) -> Reply:
        return as_json({"items": []})

    def page(self, request: Request) -> Reply:
        asked = _FIELDS.fullmatch(request.query["fields"])
        if asked is None or request.path != f"/v25.0/{OURS}":
            return refusal(100, message="(#100) Tried accessing nonexisting field")
        if asked["handle"].casefold() != self.handle:
            return self.private()
        shown, paging = cut(self.items, int(asked["limit"]), asked["after"], linked=False)
        profile: dict = {"id": "17841401441775531", "username": self.handle}
        if shown:
            profile["media"] = {"data": [self.media(item) for item in shown], "paging": paging}
        return as_json({"business_discovery": profile, "id": OURS})

    def media(self, item: Item) -> dict:
        media = {
            "id": str(17858843269216389 + item.number),
            "shortcode": self.native_id(item),
            "username": "orang.lain" if item.kind == "foreign" else self.handle,
            "caption": item.text,
            "media_type": "IMAGE",
            "media_url": "https://scontent.example/1.jpg",
            "permalink": f"https://www.instagram.com/p/{self.native_id(item)}/",
            "timestamp": when(item),
        }
        return media | ({"timestamp": None} if item.kind == "bad" else {})
