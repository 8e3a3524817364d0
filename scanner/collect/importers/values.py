"""Single values as other tools write them: times, ids, handles, words. Faults never quote the value itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from scanner.domain.posts import Media
from scanner.errors import ImportFailed

_EARLIEST = 1_000_000_000  # September 2001: older numbers are no posting times
_ZONES: Mapping[str, int] = {
    "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "WIB": 7, "WITA": 8, "WIT": 9,
}  # fmt: skip
_NAMED_ZONE = re.compile(r"(.+?) ([A-Z]{1,5})")
_BARE_DATE = re.compile(r"\d{4}-\d\d-\d\d|(?:19|20)\d{6}")
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+|\d{16,}\.0+")
_HANDLE = re.compile(r"(?<![\w@/.])@\w(?:[\w.-]*\w)?(?:@\w(?:[\w.-]*\w)?)?")
_REPOST = re.compile(r"RT @\w{1,15}:? ")
_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}
_NO_LANGUAGE = re.compile(r"und|zxx|art|q[a-t][a-z]")
_NOTES = {"image": "gambar", "video": "video", "audio": "suara", "link": "tautan"}


def dig(value: Any, *path: str | int) -> Any:
    """Follow keys and positions into JSON; None as soon as the path does not hold."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, Mapping) else None
        else:
            value = value[step] if isinstance(value, list) and step < len(value) else None
    return value


def objects(value: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects of a list; nothing when it is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """Return the texts of a list; nothing when it is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def words(value: Any) -> str:
    """Return text as it is, without NUL characters; empty when it is no text."""
    return value.replace("\0", "") if isinstance(value, str) else ""


def unescape(text: str) -> str:
    """Undo the escapes X writes into its texts. Only these: a general unescape eats `&copy=` out of addresses."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mask_handles(text: str) -> str:
    """Hide the handles in other people's words."""
    return _HANDLE.sub("@…", text)


def with_notes(text: str, media: Iterable[Media]) -> str:
    """Append what pictures and links say in words, as the codebook's unit of a post has it."""
    notes = [f"[{_NOTES.get(one.kind, one.kind)}: {one.description}]" for one in media if one.description]
    return "\n".join(filter(None, [text, *notes]))


def strip_repost(text: str) -> str | None:
    """Return the shared words of X's `RT @name: ...`; None when the text is no repost."""
    found = _REPOST.match(text)
    return text[found.end() :] if found else None


def handle(value: Any) -> str | None:
    """Return a handle without @ and blanks; None when there is none."""
    return words(value).strip().lstrip("@").strip() or None if isinstance(value, str) else None


def identifier(value: Any) -> str | None:
    """Return an id as text, digit for digit; None when there is none.

    Raises ImportFailed when digits were lost on the way: a floating number, or `1.7E+18` from a spreadsheet.
    """
    if isinstance(value, str):
        found = words(value).strip()
        if _ROUNDED.fullmatch(found):
            raise ImportFailed("the id was rounded by a spreadsheet: export again with ids as text")
        return found or None
    if isinstance(value, float):
        raise ImportFailed("the id is a floating number, its last digits are lost: export again with ids as text")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def language(value: Any) -> str | None:
    """Return a language code; X's old `in` is Indonesian, `und` and `qme` are none."""
    code = words(value).strip().lower()
    return None if not code or _NO_LANGUAGE.fullmatch(code) else _LANGUAGES.get(code, code)


def truth(value: Any) -> bool:
    """Tell whether a flag is set: true, 1, or a table's yes."""
    return value.strip().lower() in ("yes", "true", "1", "ya") if isinstance(value, str) else value in (True, 1)


def moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """Return a time of any usual writing as UTC; `zone` is meant where none is written.

    Read are Unix seconds, milliseconds, microseconds and nanoseconds, ISO 8601, X's `Wed Oct 10 20:19:24 +0000 2018`
    and `2023-01-31 17:05:09 EST`. None when there is none, and for a bare date: a phase of an election begins at
    an hour. Raises ImportFailed when it is none of these.
    """
    if value is None or value == "" or value == 0 or value == "0":
        return None
    try:
        found = _moment(value, zone)
        return None if found is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ImportFailed("the time cannot be read; read are ISO 8601, Unix seconds or milliseconds") from error


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(value)
    if not isinstance(value, str):
        if isinstance(value, date):
            return None
        raise ValueError("no time")
    text = value.strip()
    if not text or _BARE_DATE.fullmatch(text):
        return None
    if text.replace(".", "", 1).isdecimal():
        return _epoch(float(text) if "." in text else int(text))
    return _written(text, zone)


def _epoch(number: float) -> datetime:
    for unit in (10**9, 10**6, 10**3):  # nanoseconds, microseconds, milliseconds
        if number >= unit * 10**8:
            number = number / unit
            break
    if number < _EARLIEST:
        raise ValueError("before 2001")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number)


def _written(text: str, zone: tzinfo) -> datetime:
    if text[:1].isalpha():
        return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")
    named = _NAMED_ZONE.fullmatch(text)
    if named and named[2] != "Z":
        if named[2] not in _ZONES:
            raise ValueError("unknown zone")
        text, zone = named[1], timezone(timedelta(hours=_ZONES[named[2]]))
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=zone)
