"""What every look-alike of a platform has: the same posts, and the same ways to misbehave."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from scanner.collect.collectors import collector_class
from scanner.collect.pace import Clock
from scanner.domain.accounts import Account, Confidence, Employment, Platform
from tests.collect.servers import NOT_FOUND, Reply, Request

START = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
LOGIN = "<!DOCTYPE html><html><head><title>Masuk</title></head><body><form><input type=password></form></body></html>"
PAGE = 3


def account_of(platform: Platform, handle: str, **extra: str) -> Account:
    """A fictional listed civil servant."""
    return Account(
        platform=platform,
        handle=handle,
        person_id="ASN-001",
        agency="Dinas Contoh",
        unit="Sekretariat",
        employment=Employment.PNS,
        service_from=date(2010, 1, 1),
        service_until=None,
        confidence=Confidence.A,
        legal_basis="SK contoh",
        decree_number="1/2026",
        requested_by="pemohon",
        approved_by="penyetuju",
        listed_from=date(2026, 1, 1),
        listed_until=None,
        extra=extra,
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One post of the look-alikes."""

    number: int
    text: str
    kind: str = "good"
    """good | bad (unreadable) | foreign (somebody else's)"""

    @property
    def at(self) -> datetime:
        return START + timedelta(hours=self.number)


class Fake(ABC):
    """Answers like one platform; `mode` is how it behaves now."""

    platform: Platform
    handle: str
    per_visit = 2
    """Requests of a visit that finds something new on the first page."""
    wait = 30.0
    """Seconds it asks for when `limited`; platforms that speak of minutes ask for more."""
    clock: Clock | None = None
    """For platforms that are asked for days: the time it is there."""

    def __init__(self, count: int) -> None:
        self.items = [Item(number, f"Kabar nomor {number} dari kantor") for number in range(1, count + 1)]
        self.mode = "ok"

    @property
    def account(self) -> Account:
        return account_of(self.platform, self.handle, author="Ani Contoh")

    def add(self, text: str, kind: str = "good") -> None:
        self.items.append(Item(len(self.items) + 1, text, kind))

    @property
    def keys(self) -> dict[str, str]:
        """Keys as an operating body would set them."""
        return {name: f"rahasia-{name}" for name in collector_class(self.platform).terms.keys}

    def edit(self, number: int, text: str) -> None:
        self.items[number - 1] = replace(self.items[number - 1], text=text)

    def expected(self) -> dict[str, str]:
        """Native id and text of every post that is the account's."""
        return {self.native_id(item): item.text for item in self.items if item.kind == "good"}

    def answer(self, request: Request) -> Reply:
        match self.mode:
            case "gone":
                return NOT_FOUND
            case "limited":
                return Reply("slow down", status=429, headers={"Retry-After": "30"})
            case "login":
                return Reply(LOGIN)
            case "private":
                return self.private()
            case "drift":
                return self.drift()
        return self.page(request)

    def private(self) -> Reply:
        return Reply("no", status=401)

    @abstractmethod
    def native_id(self, item: Item) -> str: ...

    @abstractmethod
    def page(self, request: Request) -> Reply: ...

    @abstractmethod
    def drift(self) -> Reply: ...


def as_json(value: object, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps(value), media_type="application/json; charset=utf-8", headers=headers or {})


def cached(request: Request, reply: Reply) -> Reply:
    etag = f'"{hash(reply.body)}"'
    if request.headers.get("if-none-match") == etag:
        return Reply(status=304)
    return replace(reply, headers={"ETag": etag})
