"""What the look-alikes of Meta's platforms share: who may ask, how they refuse, and how they page."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from tests.collect.fakes.base import Item, as_json
from tests.collect.servers import Reply, Request

KEY = "rahasia-token"
LIMITED = {"17841400000000001": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 2}]}


def refusal(code: int, subcode: int | None = None, message: str = "", status: int = 400, **headers: str) -> Reply:
    """The error envelope; the HTTP status says little."""
    error = {"message": message or f"(#{code}) Refused", "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    reply = as_json({"error": error | ({"error_subcode": subcode} if subcode else {})})
    return replace(reply, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def token_of(number: int) -> str:
    """An opaque cursor that points to one item."""
    return base64.urlsafe_b64encode(f"item:{number}".encode()).decode().rstrip("=")


def number_of(token: str) -> int:
    return int(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().removeprefix("item:"))


def when(item: Item) -> str:
    return item.at.strftime("%Y-%m-%dT%H:%M:%S+0000")


class Graph:
    """Goes before Fake: refuses by key and limit as Graph does, and cuts pages by cursors."""

    wait = 120.0

    def answer(self, request: Request) -> Reply:
        assert "access_token" not in request.query, "the key belongs into the header"
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return refusal(190, 467, "Invalid OAuth access token.", 401)
        match self.mode:
            case "limited":
                return refusal(4, status=403, X_Business_Use_Case_Usage=json.dumps(LIMITED))
            case "expired":
                return refusal(190, 463, f"Error validating access token: {KEY} has expired", 401)
        return super().answer(request)


def cut(items: list[Item], limit: int, after: str | None, *, linked: bool = True) -> tuple[list[Item], dict | None]:
    """Newest first, below a cursor; the link to a next page holds the key."""
    left = [item for item in reversed(items) if after is None or item.number < number_of(after)]
    shown = left[:limit]
    if not shown:
        return [], None
    paging: dict = {"cursors": {"before": token_of(shown[0].number), "after": token_of(shown[-1].number)}}
    if linked and len(left) > limit:
        after = token_of(shown[-1].number)
        paging["next"] = f"https://graph.facebook.com/v25.0/x/y?access_token={KEY}&limit={limit}&after={after}"
    return shown, paging
