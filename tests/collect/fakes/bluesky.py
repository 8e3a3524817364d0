"""The Bluesky network with one account: public view, directory and record server at one address."""

from __future__ import annotations

import json
from dataclasses import replace

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, as_json
from tests.collect.servers import NOT_FOUND, Reply, Request

DID, OTHER = "did:plc:anianianianianianiania22", "did:plc:budibudibudibudibudibu22"
POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"


def tid(moment) -> str:
    """The key of a record that was made at this moment."""
    number = int(moment.timestamp() * 1_000_000) << 10
    return "".join("234567abcdefghijklmnopqrstuvwxyz"[number >> shift & 31] for shift in range(60, -1, -5))


def error(name: str, message: str = "", status: int = 400) -> Reply:
    return replace(as_json({"error": name, "message": message}), status=status)


def document(did: str, handle: str, server: str) -> dict:
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": did,
        "alsoKnownAs": [f"at://{handle}"],
        "verificationMethod": [{"id": f"{did}#atproto", "type": "Multikey", "controller": did}],
        "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server}],
    }


class FakeBluesky(Fake):
    platform = Platform.BLUESKY
    handle = "ani.contoh.example"
    per_visit = 6  # handle, document, status, profile, posts, reposts

    def native_id(self, item: Item) -> str:
        return f"{DID}/{POST}/{tid(item.at)}"

    def drift(self) -> Reply:
        return Reply('{"items": []}', media_type="application/json")

    def answer(self, request: Request) -> Reply:
        match self.mode:
            case "gone":
                return error("HandleNotFound", "Unable to resolve handle")
            case "limited":
                return replace(
                    error("RateLimitExceeded", "Rate Limit Exceeded", 429),
                    headers={"RateLimit-Policy": "3000;w=300", "RateLimit-Reset": "1", "Retry-After": "30"},
                )
            case "private":
                return self.page(request)
        return super().answer(request)

    def page(self, request: Request) -> Reply:
        asked = request.path.removeprefix("/xrpc/")
        match asked:
            case "com.atproto.identity.resolveHandle":
                known = request.query["handle"].lower() == self.handle
                return as_json({"did": DID}) if known else error("HandleNotFound")
            case "com.atproto.sync.getRepoStatus":
                return as_json({"did": DID, "active": True, "rev": self.rev()})
            case "com.atproto.repo.getRecord":
                return self.profile(request)
            case "com.atproto.repo.listRecords":
                return self.records(request)
        return as_json(document(DID, self.handle, f"http://{request.headers['host']}")) if DID in asked else NOT_FOUND

    def rev(self) -> str:
        return f"rev-{abs(hash(json.dumps([[item.text, item.kind] for item in self.items])))}"

    def profile(self, request: Request) -> Reply:
        if (request.query["collection"], request.query["rkey"]) != ("app.bsky.actor.profile", "self"):
            return error("RecordNotFound", "Could not locate record")
        hidden = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]}
        value = {"$type": "app.bsky.actor.profile", "displayName": "Ani Contoh"}
        uri = f"at://{DID}/app.bsky.actor.profile/self"
        return as_json({"uri": uri, "value": value | ({"labels": hidden} if self.mode == "private" else {})})

    def records(self, request: Request) -> Reply:
        """The newest first; the last page with records still has a cursor, and an empty one ends the list."""
        items = reversed(self.items) if request.query["collection"] == POST else ()
        below, limit = request.query.get("cursor", "~"), int(request.query["limit"])
        shown = [item for item in items if tid(item.at) < below][:limit]
        end = {"cursor": tid(shown[-1].at)} if shown else {}
        return as_json({"records": [self.record(item) for item in shown], **end})

    def record(self, item: Item) -> dict:
        author = OTHER if item.kind == "foreign" else DID
        value = {"$type": POST, "createdAt": item.at.isoformat().replace("+00:00", "Z"), "langs": ["id"]}
        return {
            "uri": f"at://{author}/{POST}/{tid(item.at)}",
            "cid": "bafyreicontoh",
            "value": value if item.kind == "bad" else value | {"text": item.text},
        }
