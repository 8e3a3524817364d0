"""The one file that leaves: style, script and posts inside it, nothing else allowed by its own policy."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml

from scanner.domain.users import User
from scanner.review.items import Item
from scanner.review.keys import CODE_KEYS, keys_of, open_codes
from scanner.review.offline.seals import Ticket
from scanner.rules.codes import Code
from scanner.rules.ruleset import Ruleset

FORMAT = "scanner-judgements/1"
"""What the file of judgements calls itself that the page gives back."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew for display."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page is made of."""

    user: User
    ticket: Ticket
    items: Sequence[Item]
    seals: Mapping[str, str]
    """By item."""
    pictures: Mapping[tuple[str, int], Picture | None]
    """By version and position; None for one that did not fit."""
    ruleset: Ruleset
    zone: ZoneInfo
    guideline: str


def make_page(shown: Shown) -> str:
    """Return the whole file. The same content gives the same bytes; the policy names the hashes of style and script."""
    style, script = _part("page.css"), _part("page.js")
    return Template(_part("page.html")).substitute(
        language=shown.user.language,
        csp=escape(policy(style, script)),
        title=escape(texts()["title"][shown.user.language]),
        style=style,
        script=script,
        content=embedded(content(shown)),
    )


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: exactly this style and script, pictures from within, no address at all."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def embedded(value: object) -> str:
    """Return JSON that can end no script element and holds no sign that ends a line of script (U+2028)."""
    told = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return told.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return the words of the page by key and language."""
    found: dict[str, dict[str, str]] = yaml.safe_load(_part("texts.yaml"))
    return found


def content(shown: Shown) -> dict[str, Any]:
    """Return what the script is given: nothing of what the machine or anybody else thinks of an item."""
    indonesian, _, english = shown.guideline.partition("\n---\n")
    return {
        "format": FORMAT,
        "export": shown.ticket.id,
        "reviewer": shown.user.name,
        "valid_until": shown.ticket.valid_until.isoformat(),
        "language": shown.user.language,
        "zone": shown.zone.key,
        "keys": dict(keys_of(shown.user)),
        "codes": [_code(key, code) for key, code in zip(CODE_KEYS, open_codes(shown.ruleset), strict=False)],
        "guideline": {"id": indonesian.strip(), "en": english.strip() or indonesian.strip()},
        "texts": texts(),
        "items": [_item(item, shown) for item in shown.items],
    }


def _code(key: str, code: Code) -> dict[str, str]:
    return {"key": key, "code": code.code, "id": code.name, "en": code.name_en, "meaning": code.meaning}


def _item(item: Item, shown: Shown) -> dict[str, Any]:
    post, account = item.post, item.account
    return {
        "item": item.id,
        "seal": shown.seals[item.id],
        "handle": account.handle,
        "platform": account.platform,
        "holder": [part for part in (account.agency, account.unit, account.employment) if part],
        "confidence": account.confidence,
        "role": post.role,
        "phase": item.phase,
        "posted_at": _utc(post.posted_at),
        "captured_at": _utc(item.captured_at),
        "missing_at": _utc(item.missing_at),
        "due": _utc(item.due.at),
        "why": item.why,
        "exculpatory": _exculpatory(item, shown.ruleset),
        "language": post.language or "id",
        "text": post.text,
        "context": post.context,
        "truncated": post.truncated,
        "url": _address(post.url),
        "versions": [{"at": _utc(one.captured_at), "text": one.post.text} for one in item.versions],
        "media": [_medium(item, position, shown) for position in range(len(post.media))],
    }


def _exculpatory(item: Item, ruleset: Ruleset) -> list[dict[str, str]]:
    """Return what speaks for the author, in words of the rules alone: a quote would tell where the machine looked."""
    tags = {tag.tag: tag for tag in ruleset.lexicon.contexts.tags}
    named = dict.fromkeys(one.tag for one in (item.flag.exculpatory if item.flag else ()))
    return [{"id": tags[tag].meaning, "en": tags[tag].meaning_en} for tag in named if tag in tags]


def _medium(item: Item, position: int, shown: Shown) -> dict[str, Any]:
    medium, place = item.post.media[position], (item.post.version_id, position)
    told = {"kind": medium.kind, "text": medium.description}
    if place not in shown.pictures:
        return {**told, "src": None, "left_out": False}
    picture = shown.pictures[place]
    source = picture and f"data:{picture.media_type};base64,{b64encode(picture.body).decode()}"
    return {**told, "src": source, "left_out": picture is None}


def _address(url: str | None) -> str:
    """Return an address to read and copy; the page makes no link of it, as following one tells that somebody reads."""
    try:
        return url or "" if urlsplit(url or "").scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _hash(part: str) -> str:
    return f"sha256-{b64encode(sha256(part.encode()).digest()).decode()}"


@cache
def _part(name: str) -> str:
    return files("scanner.review.offline").joinpath(name).read_text("utf-8")
