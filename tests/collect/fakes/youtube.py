"""The YouTube Data API with one channel, its videos, and comment threads under them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import Fake, Item, as_json
from tests.collect.servers import NOT_FOUND, Reply, Request

OWN, OTHER = "UCani-contoh_00000000001", "UClain_orang-00000000002"
UPLOADS = "UU" + OWN[2:]


class FakeYouTube(Fake):
    platform = Platform.YOUTUBE
    handle = "anicontoh"
    per_visit = 3

    def native_id(self, item: Item) -> str:
        return video_id(item.number)

    def answer(self, request: Request) -> Reply:
        if (refusal := self.refusal(request)) is not None:
            return refusal
        if self.mode == "gone":
            return listing("channel", [])
        return super().answer(request)

    def refusal(self, request: Request) -> Reply | None:
        """What Google answers before anything is looked at."""
        if request.headers.get("x-goog-api-key") != self.keys["key"]:
            return failure(403, "forbidden", "The request is missing a valid API key.", status="PERMISSION_DENIED")
        if self.mode == "expired":
            info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
            message = "API key expired. Please renew the API key."
            return failure(400, "badRequest", message, info | {"domain": "googleapis.com"}, status="INVALID_ARGUMENT")
        if self.mode == "limited":
            again = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "30s"}
            return failure(429, "rateLimitExceeded", "Quota exceeded.", again, status="RESOURCE_EXHAUSTED")
        return None

    def private(self) -> Reply:
        return listing("channel", [channel(privacy="private")])

    def drift(self) -> Reply:
        return as_json({"kind": "youtube#channelListResponse", "items": {"0": channel()}})

    def page(self, request: Request) -> Reply:
        match request.path.removeprefix("/youtube/v3/"):
            case "channels":
                known = (
                    OWN in request.query.get("id", "") or request.query.get("forHandle", "").lstrip("@") == "anicontoh"
                )
                return listing("channel", [channel(videos=len(self.items))] if known else [])
            case "playlistItems" if request.query["playlistId"] == UPLOADS and self.items:
                return self.uploads(request)
            case "playlistItems":
                return failure(404, "playlistNotFound", "The playlist cannot be found.")
            case "videos":
                asked = request.query["id"].split(",")
                return listing("video", [self.film(item) for item in self.items if video_id(item.number) in asked])
        return NOT_FOUND

    def uploads(self, request: Request) -> Reply:
        below, size = place_of(request.query.get("pageToken")), int(request.query["maxResults"])
        items = [item for item in reversed(self.items) if item.number < below]
        more = token_of(items[size - 1].number) if len(items) > size else None
        return listing("playlistItem", [self.entry(item) for item in items[:size]], more)

    def entry(self, item: Item) -> dict:
        owner = OTHER if item.kind == "foreign" else OWN
        made = entry(video_id(item.number), at=stamp(item), owner=owner, title=item.text)
        if item.kind == "bad":
            del made["contentDetails"]["videoId"]
        return made

    def film(self, item: Item) -> dict:
        return film(video_id(item.number), at=stamp(item), title=item.text)


def video_id(number: int) -> str:
    return f"vid-{number:07d}"


def stamp(item: Item) -> str:
    return item.at.isoformat().replace("+00:00", "Z")


def token_of(number: int) -> str:
    return urlsafe_b64encode(f"PT:{number}".encode()).decode().rstrip("=")


def place_of(token: str | None) -> int:
    if token is None:
        return 10**9
    return int(urlsafe_b64decode(token + "=" * (-len(token) % 4)).partition(b":")[2])


def listing(kind: str, items: list[dict], more: str | None = None) -> Reply:
    """An answer of <kind>s.list; an empty channel list has no items at all."""
    body: dict = {"kind": f"youtube#{kind}ListResponse", "etag": "e", "pageInfo": {"totalResults": len(items)}}
    if items or kind != "channel":
        body["items"] = items
    return as_json(body | ({"nextPageToken": more} if more else {}))


def failure(code: int, reason: str, message: str = "", *details: dict, status: str = "") -> Reply:
    """Google's envelope of an error."""
    error: dict = {"code": code, "message": message}
    error["errors"] = [{"message": message, "domain": "youtube.x", "reason": reason}]
    error |= ({"status": status} if status else {}) | ({"details": list(details)} if details else {})
    return replace(as_json({"error": error}), status=code)


def channel(native_id: str = OWN, privacy: str = "public", videos: int = 1) -> dict:
    return {
        "kind": "youtube#channel",
        "etag": "e",
        "id": native_id,
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + native_id[2:]}},
        "statistics": {"viewCount": "9007199254740993", "hiddenSubscriberCount": False, "videoCount": str(videos)},
        "status": {"privacyStatus": privacy, "isLinked": True, "longUploadsStatus": "longUploadsUnspecified"},
    }


def entry(native_id: str, *, at: str | None = "2026-03-01T10:00:00Z", owner: str | None = OWN, **given: str) -> dict:
    """A place in the list of uploads; without `at` and `owner` it is what remains of a removed video."""
    snippet = {"publishedAt": at or "2026-03-01T09:00:00Z", "channelId": OWN, "title": "Judul", "description": ""}
    snippet |= {"playlistId": UPLOADS, "position": 0, "resourceId": {"kind": "youtube#video", "videoId": native_id}}
    snippet |= {"videoOwnerChannelId": owner} if owner else {}
    snippet |= {name: value for name, value in given.items() if name != "privacy"}
    return {
        "kind": "youtube#playlistItem",
        "etag": "e",
        "id": f"VVU{native_id}",
        "snippet": snippet,
        "contentDetails": {"videoId": native_id} | ({"videoPublishedAt": at} if at else {}),
        "status": {"privacyStatus": given.get("privacy", "public")},
    }


def film(native_id: str, *, at: str = "2026-03-01T10:00:00Z", privacy: str = "public", **given: str) -> dict:
    snippet = {"publishedAt": at, "channelId": OWN, "title": "Judul", "description": "", "channelTitle": "Ani"}
    snippet |= {"liveBroadcastContent": "none", "categoryId": "25", "tags": ["kata kunci"]}
    return {
        "kind": "youtube#video",
        "etag": "e",
        "id": native_id,
        "snippet": snippet | given,
        "status": {"uploadStatus": "processed", "privacyStatus": privacy, "license": "youtube"},
    }


def comment(native_id: str, author: str | None, text: str, *, name: str = "@seseorang", **given: object) -> dict:
    snippet = {"channelId": OTHER, "videoId": "filmkampany", "textDisplay": text, "textOriginal": text}
    snippet |= {"authorDisplayName": name, "authorProfileImageUrl": "https://yt3.example/x", "canRate": True}
    snippet |= {"authorChannelUrl": f"http://www.youtube.com/{name}", "viewerRating": "none", "likeCount": 3}
    snippet |= {"publishedAt": "2026-03-01T10:00:00Z", "updatedAt": "2026-03-01T10:00:00Z"}
    snippet |= {"authorChannelId": {"value": author}} if author else {}
    return {"kind": "youtube#comment", "etag": "e", "id": native_id, "snippet": snippet | given}


def thread(top: dict, *replies: dict, total: int | None = None) -> dict:
    snippet = {"channelId": OTHER, "videoId": "filmkampany", "topLevelComment": top, "canReply": True}
    snippet |= {"totalReplyCount": len(replies) if total is None else total, "isPublic": True}
    made = {"kind": "youtube#commentThread", "etag": "e", "id": top["id"], "snippet": snippet}
    return made | ({"replies": {"comments": list(replies)}} if replies else {})
