"""The fictional civil servants of Nusa Rimba and what they post, laid out in time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DOMAIN = "nusarimba.example"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One channel of the cast; private citizens among them are not on the roster."""

    key: str
    platform: str
    handle: str
    display_name: str
    person: dict[str, str] | None
    """The civil servant, or None for a private citizen."""


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One post of the cast at its moment."""

    id: int
    """Grows with time, as on real platforms."""
    account: str
    at: datetime
    text: str
    kind: str
    title: str | None
    boost_of: dict[str, str] | None
    edited_at: datetime | None


def load_cast() -> dict[str, DemoAccount]:
    """Return all accounts of the cast by key."""
    raw = json.loads((FOLDER / "cast.json").read_text("utf-8"))
    people = {person["person_id"]: person for person in raw["people"]}
    accounts = [_account(item, people.get(item.get("person_id"))) for item in raw["accounts"] + raw["unlisted"]]
    return {account.key: account for account in accounts}


def load_posts(midnight: datetime, *, second_day: bool) -> list[DemoPost]:
    """Return the posts that exist on the first or the second day of the demo, oldest first.

    `midnight` is the start of the day on which the demo was first shown (UTC moment of the local midnight).
    The first day shows the platform as it was a day earlier; the second adds what was posted and edited since.
    Ids keep their place, so that the second scan differs by nothing else.
    """
    rows = [json.loads(line) for line in (FOLDER / "posts.jsonl").read_text("utf-8").splitlines()]
    rows.sort(key=lambda row: (row["day2"], row["day"]))
    shown = [row for row in rows if second_day or not row["day2"]]
    return [_post(number, row, midnight, second_day) for number, row in enumerate(shown, start=1)]


def _account(item: dict[str, Any], person: dict[str, str] | None) -> DemoAccount:
    return DemoAccount(
        key=item["key"],
        platform=item["platform"],
        handle=item["handle"],
        display_name=item["display_name"],
        person=person,
    )


def _post(number: int, row: dict[str, Any], midnight: datetime, second_day: bool) -> DemoPost:
    edit = row["edit"] if second_day else None
    return DemoPost(
        id=number,
        account=row["account"],
        at=midnight + timedelta(days=row["day"]),
        text=edit["text"] if edit else row["text"],
        kind=row["kind"],
        title=row["title"],
        boost_of=row["boost_of"],
        edited_at=midnight - timedelta(hours=12) if edit else None,
    )
