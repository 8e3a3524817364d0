"""Posts on record by words, account, platform, period and state of review.

There is no parameter and no column for a participant, a score or what anybody said of a post (guardrails G8, G15).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from scanner.domain.users import User
from scanner.store.connection import Lease


class State(StrEnum):
    """How far the review of a text is; flagged and drawn ones are the same here."""

    WAITING = "waiting"
    SETTLED = "settled"
    NONE = "none"  # never put before anybody


class Sort(StrEnum):
    """Orders of what is found."""

    NEWEST = "newest"
    OLDEST = "oldest"
    CAPTURED = "captured"


_ORDER: Mapping[Sort, str] = {
    Sort.NEWEST: "v.posted_at DESC NULLS LAST, v.id",
    Sort.OLDEST: "v.posted_at NULLS LAST, v.id",
    Sort.CAPTURED: "v.captured_at DESC, v.id",
}

_SEARCH = """
    SELECT v.id, p.account_id, a.handle, a.agency, p.platform, p.url, v.posted_at, v.captured_at, v.text,
           v.language, p.missing_at, v.id <> p.version_id AS replaced,
           CASE WHEN i.id IS NULL THEN 'none' WHEN i.settled_at IS NULL THEN 'waiting' ELSE 'settled' END AS state
    FROM versions AS v JOIN posts AS p ON p.id = v.post_id JOIN listed AS a ON a.id = p.account_id
    LEFT JOIN items AS i ON i.id = v.id
    WHERE NOT list_contains($hidden::VARCHAR[], lower(trim(a.agency)))
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.person_id)))
      AND ($judged_by IS NULL OR EXISTS (
          FROM assignments AS s WHERE s.item_id = v.id AND s.person = $judged_by AND s.judgement_id IS NOT NULL))
      AND ($platform = '' OR p.platform = $platform)
      AND ($account = '' OR contains(lower(a.handle), $account) OR a.id = $account)
      AND ($since IS NULL OR v.posted_at >= $since) AND ($until IS NULL OR v.posted_at < $until)
      AND ($state = '' OR state = $state)"""
_MARKS = r"\pM*"
"""Accents that stand behind their letter."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; whatever is empty does not count."""

    words: tuple[str, ...] = ()
    """As `plain_words` makes them: all of them must stand in the text, anywhere."""
    account: str = ""
    """A part of a handle, or a whole account id."""
    platform: str = ""
    since: datetime | None = None
    """Of posting; half open."""
    until: datetime | None = None
    state: State | None = None
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True, slots=True)
class Found:
    """One text of one post."""

    id: str
    """versions.id"""
    account_id: str
    handle: str
    agency: str
    platform: str
    url: str | None
    posted_at: datetime | None
    captured_at: datetime
    text: str
    language: str | None
    missing_at: datetime | None
    replaced: bool
    """The author has edited it since."""
    state: State


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a search as texts are compared: lower case, without accents."""
    apart = unicodedata.normalize("NFD", text).lower()
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return tuple(dict.fromkeys(bare.split()))


def pattern_of(word: str) -> str:
    """Return a regular expression of RE2 for a word of `plain_words`, that lets any letter bear any accents.

    Folding 200,000 texts instead, each time somebody searches, takes 15 to 25 times as long.
    """
    return "".join(f"[{re.escape(char)}{_accented().get(char, '')}]{_MARKS}" for char in word)


@cache
def _accented() -> Mapping[str, str]:
    """Return by plain letter all that are this one with accents, as one character each."""
    found: dict[str, str] = defaultdict(str)
    for char in map(chr, range(0x80, 0x10000)):
        bare = "".join(plain_words(char))
        if len(bare) == 1 and bare != char.lower():
            found[bare] += char
    return found


def search(lease: Lease, user: User, wanted: Wanted, *, only_judged: bool, limit: int, offset: int = 0) -> list[Found]:
    """Return the texts that fit, but none of accounts off the list or suspended, and none the user is recused from.

    `only_judged`: only what the user has judged themself.
    """
    params: dict[str, Any] = {
        "hidden": sorted(user.hidden),
        "judged_by": user.name if only_judged else None,
        "platform": wanted.platform,
        "account": wanted.account.lower(),
        "since": wanted.since,
        "until": wanted.until,
        "state": wanted.state or "",
        "limit": limit,
        "offset": offset,
    }
    words = {f"word{number}": pattern_of(word) for number, word in enumerate(wanted.words)}
    fits = "".join(f" AND regexp_matches(v.text, ${name}, 'i')" for name in words)
    found = f"{_SEARCH}{fits} ORDER BY {_ORDER[wanted.sort]} LIMIT $limit OFFSET $offset"
    rows = lease.dicts(found, params | words)
    return [Found(**{**row, "state": State(row["state"])}) for row in rows]
