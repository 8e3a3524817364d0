"""X's API v2 with one account: users/by/username, users/:id/tweets and tweets, in either spelling of its fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scanner.collect.pace import Clock
from scanner.collect.platforms.x_posts import id_at, time_of
from scanner.domain.accounts import Platform
from tests.collect.fakes.base import PAGE, START, Fake, Item, as_json
from tests.collect.servers import Reply, Request

NOW = START + timedelta(days=60)
PROBLEMS = "https://api.x.com/2/problems/"
SPELLINGS = {
    "tweet": {"posts": "tweets", "history": "edit_history_tweet_ids", "count": "tweet_count"},
    "post": {"posts": "posts", "history": "edit_history_post_ids", "count": "post_count"},
}


def problem(title: str, kind: str, detail: str, status: int = 200, **fields) -> Reply:
    """An error document of X: alone where the status says so, in a list of errors where the status is 200."""
    said = {"title": title, "detail": detail, "type": kind if ":" in kind else PROBLEMS + kind, **fields}
    if status == 200:
        return as_json({"errors": [said]})
    return replace(as_json(said | {"status": status}), status=status, media_type="application/problem+json")


class FakeX(Fake):
    platform = Platform.X
    handle = "ani_contoh"
    clock = Clock(now=lambda: NOW)
    """X says by Unix time when to come back."""
    spelling = "tweet"
    """tweet | post: the names X takes; those of the other one it refuses."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.edits: dict[int, list[str]] = {}

    def native_id(self, item: Item) -> str:
        return str(id_at(item.at) + item.number)

    def history(self, item: Item) -> list[str]:
        return [self.native_id(item), *self.edits.get(item.number, ())]

    def edit(self, number: int, text: str) -> None:
        """An edit takes a new id, which is above all others."""
        super().edit(number, text)
        newest = max(int(version) for item in self.items for version in self.history(item))
        self.edits.setdefault(number, []).append(str(id_at(time_of(str(newest)) + timedelta(minutes=10))))

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != "Bearer rahasia-token" or self.mode == "expired":
            return problem("Unauthorized", "about:blank", "Unauthorized", 401)
        match self.mode:
            case "gone":
                missing = f"Could not find user with username: [{self.handle}]."
                return problem("Not Found Error", "resource-not-found", missing, **self.about("username"))
            case "private":
                hidden = "Sorry, you are not authorized to see the user with id: [7]."
                return problem("Authorization Error", "not-authorized-for-resource", hidden, **self.about("id"))
            case "limited":
                reset = str(int(NOW.timestamp()) + 30)
                headers = {"x-rate-limit-limit": "10000", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
                reply = as_json({"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, headers)
                return replace(reply, status=429)
        return super().answer(request)

    def about(self, parameter: str) -> dict[str, str]:
        return {"parameter": parameter, "value": "7", "resource_id": "7", "resource_type": "user", "section": "data"}

    def drift(self) -> Reply:
        return as_json({"items": []})

    def page(self, request: Request) -> Reply:
        if request.path == f"/2/users/by/username/{self.handle}":
            return as_json({"data": self.user()})
        if unknown := [name for name in request.query if name.endswith(".fields") and not self.takes(name)]:
            said = {"errors": [{"message": "not one of", "parameters": {name: ["x"] for name in unknown}}]}
            return problem("Invalid Request", "invalid-request", "Parameters were invalid.", 400, **said)
        if request.path == "/2/users/7/tweets":
            return self.timeline(request.query)
        return self.lookup(request.query["ids"].split(","))

    def takes(self, name: str) -> bool:
        return name in (f"{self.spelling}.fields", "media.fields", "user.fields")

    def timeline(self, query: dict[str, str]) -> Reply:
        assert 5 <= int(query["max_results"]) <= 100
        above, below = int(query.get("since_id", 0)), int(query.get("until_id", 2**63))
        if "pagination_token" in query:
            below = min(below, int(query["pagination_token"].removeprefix("7140dibdn"), 36))
        newest = sorted(self.items, key=lambda item: int(self.history(item)[-1]), reverse=True)
        items = [item for item in newest if above < int(self.history(item)[-1]) < below]
        shown = items[:PAGE]  # fewer than were asked for, as X may
        meta: dict[str, object] = {"result_count": len(shown)}
        if len(items) > PAGE:
            meta["next_token"] = "7140dibdn" + base36(int(self.history(shown[-1])[-1]))
        return as_json(({"data": [self.post(item) for item in shown]} if shown else {}) | {"meta": meta})

    def lookup(self, ids: list[str]) -> Reply:
        """Posts by the id of any version; one that was edited since is shown as it was under that id."""
        known = {version: item for item in self.items for version in self.history(item)}
        found = [self.post(known[one]) | {"id": one} for one in ids if one in known]
        errors = [
            {
                "title": "Not Found Error",
                "type": PROBLEMS + "resource-not-found",
                "detail": f"Could not find tweet with ids: [{one}].",
                "parameter": "ids",
                "value": one,
                "resource_id": one,
                "resource_type": "tweet",
            }
            for one in ids
            if one not in known
        ]
        users = {"includes": {"users": [self.user()]}} if found else {}
        return as_json(({"data": found} if found else {}) | users | ({"errors": errors} if errors else {}))

    def user(self) -> dict:
        metrics = {"followers_count": 1, "following_count": 1, "listed_count": 0}
        metrics[SPELLINGS[self.spelling]["count"]] = len(self.items)
        return {
            "id": "7",
            "name": "Ani",
            "username": self.handle.capitalize(),
            "protected": False,
            "public_metrics": metrics,
        }

    def post(self, item: Item) -> dict:
        post = {
            "id": self.history(item)[-1],
            "text": item.text,
            "author_id": "8" if item.kind == "foreign" else "7",
            "created_at": item.at.isoformat().replace("+00:00", ".000Z"),
            "lang": "in",
            SPELLINGS[self.spelling]["history"]: self.history(item),
        }
        return post | {"created_at": None} if item.kind == "bad" else post


def base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return base36(number // 36) + digits[number % 36] if number >= 36 else digits[number]
