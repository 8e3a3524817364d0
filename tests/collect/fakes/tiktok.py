"""TikTok's Research API with one account. A search is kept as it was when it began, as there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from scanner.collect.pace import Clock
from scanner.domain.accounts import Platform
from tests.collect.fakes.base import LOGIN, START, Fake, Item
from tests.collect.servers import Reply, Request

FIELDS = {"id", "username", "create_time", "video_description", "voice_to_text", "sticker_info_list"}


class FakeTikTok(Fake):
    platform = Platform.TIKTOK
    handle = "ani.contoh"
    clock = Clock(now=lambda: START + timedelta(days=3))

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.searches: list[list[dict]] = []
        self.granted = 0

    def native_id(self, item: Item) -> str:
        return str((int(item.at.timestamp()) << 32) + item.number)

    def answer(self, request: Request) -> Reply:
        if request.path == "/v2/oauth/token/":
            return self.token(request)
        if request.headers.get("authorization") != f"Bearer clt.rahasia-{self.granted}":
            return error("access_token_invalid", "The access token is invalid or not found in the request.", 401)
        match self.mode:
            case "limited":
                return error("rate_limit_exceeded", "The API rate limit was exceeded.", 429, {"Retry-After": "30"})
            case "login":
                return Reply(LOGIN)
            case "drift":
                return self.drift()
        return self.page(request)

    def token(self, request: Request) -> Reply:
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        if dict(parse_qsl(request.body.decode())) != {**self.keys, "grant_type": "client_credentials"}:
            return reply({"error": "invalid_request", "error_description": "Malformed", "log_id": "2"}, 400)
        if self.mode == "expired":
            return reply(
                {"error": "invalid_client", "error_description": "Client key is incorrect", "log_id": "2"}, 401
            )
        self.granted += 1
        return reply({"access_token": f"clt.rahasia-{self.granted}", "expires_in": 7200, "token_type": "Bearer"})

    def drift(self) -> Reply:
        return reply({"data": {"items": []}, "error": {"code": "ok", "message": "", "log_id": "2"}})

    def page(self, request: Request) -> Reply:
        asked = json.loads(request.body)
        assert request.headers["content-type"] == "application/json"
        if request.path == "/v2/research/user/info/":
            return self.profile(asked["username"])
        assert request.path == "/v2/research/video/query/"
        assert set(request.query["fields"].split(",")) <= FIELDS
        first, last = (datetime.strptime(asked[name], "%Y%m%d").replace(tzinfo=UTC) for name in DAYS)
        if not timedelta() <= last - first <= timedelta(days=30) or not 1 <= asked["max_count"] <= 100:
            return error("invalid_params", "The date range is invalid", 400)
        if "search_id" not in asked:
            self.searches.append(self.search(asked["query"]["and"], first, last + timedelta(days=1)))
        number = int(asked.get("search_id", len(self.searches) - 1))
        if number >= len(self.searches):
            return error("invalid_params", f"Search Id {number} is invalid or expired", 400)
        return found(self.searches[number], asked.get("cursor", 0), asked["max_count"], str(number))

    def search(self, conditions: list[dict], since: datetime, until: datetime) -> list[dict]:
        (condition,) = conditions
        field = {"username": "username", "video_id": "id"}[condition["field_name"]]
        wanted = {value.lower() for value in condition["field_values"]}
        hidden = self.mode in ("gone", "private")
        items = [item for item in reversed(self.items) if since <= item.at < until and not hidden]
        films = [self.film(item) for item in items]
        return [film for film in films if str(film[field]) in wanted or film["username"] != self.handle]

    def profile(self, username: str) -> Reply:
        if self.mode == "gone" or username.lower() != self.handle:
            return error("invalid_params", f"Username {username} is invalid: cannot find the user", 400)
        if self.mode == "private":
            return error("invalid_params", "API cannot return this user's information", 400)
        return reply({"data": {"display_name": "Ani"}, "error": {"code": "ok", "message": "", "log_id": "2"}})

    def film(self, item: Item) -> dict:
        return {
            "id": int(self.native_id(item)),
            "username": "orang.lain" if item.kind == "foreign" else self.handle,
            "create_time": None if item.kind == "bad" else int(item.at.timestamp()),
            "video_description": item.text,
            "voice_to_text": "",
        }


DAYS = ("start_date", "end_date")


def found(films: list[dict], cursor: int, count: int, search_id: str) -> Reply:
    data = {
        "videos": films[cursor : cursor + count],
        "cursor": cursor + count,
        "has_more": len(films) > cursor + count,
        "search_id": search_id,
    }
    return reply({"data": data, "error": {"code": "ok", "message": "", "log_id": "2"}})


def error(code: str, message: str, status: int, headers: dict[str, str] | None = None) -> Reply:
    return reply({"data": {}, "error": {"code": code, "message": message, "log_id": "2"}}, status, headers)


def reply(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps(value), status, "application/json; charset=utf-8", headers or {})
