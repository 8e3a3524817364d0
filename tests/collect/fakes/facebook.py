"""Facebook's Graph with one public Page."""

from __future__ import annotations

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, as_json
from tests.collect.fakes.graph import Graph, cut, refusal, when
from tests.collect.servers import Reply, Request

PAGE_ID = "104857600000001"


class FakeFacebook(Graph, Fake):
    platform = Platform.FACEBOOK
    handle = "ani.contoh"

    def answer(self, request: Request) -> Reply:
        if self.mode == "gone":
            return refusal(803, message="(#803) Some of the aliases you requested do not exist: ani.contoh", status=404)
        return super().answer(request)

    def native_id(self, item: Item) -> str:
        return f"{PAGE_ID}_{122100000000000000 + item.number}"

    def private(self) -> Reply:
        return refusal(803, message="(#803) Cannot query users by their username (ani.contoh)", status=404)

    def drift(self) -> Reply:
        return as_json({"items": []})

    def page(self, request: Request) -> Reply:
        if request.path.casefold() in (f"/v25.0/{self.handle}", f"/v25.0/{PAGE_ID}"):
            return as_json({"id": PAGE_ID})
        if request.path == f"/v25.0/{PAGE_ID}/posts":
            shown, paging = cut(self.items, int(request.query["limit"]), request.query.get("after"))
            return as_json({"data": [self.post(item) for item in shown]} | ({"paging": paging} if paging else {}))
        for item in self.items:
            if request.path == f"/v25.0/{self.native_id(item)}":
                return as_json(self.post(item))
        return refusal(100, 33, "Unsupported get request. Object with ID does not exist")

    def post(self, item: Item) -> dict:
        post = {
            "id": self.native_id(item),
            "from": {"id": "998877" if item.kind == "foreign" else PAGE_ID},
            "message": item.text,
            "created_time": when(item),
            "permalink_url": f"https://www.facebook.com/{PAGE_ID}/posts/{122100000000000000 + item.number}",
            "status_type": "mobile_status_update",
        }
        return post | ({"created_time": None} if item.kind == "bad" else {})
