"""What is asked of a list by its address: words, a day, one of known values, a page. Anything else is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Generic, TypeVar
from urllib.parse import urlencode

from scanner.errors import UsageError
from scanner.web.page import Visit

T = TypeVar("T")
_LONGEST = 300
"""Characters of a value."""
_LAST_PAGE = 10_000
_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)
"""Days that stay days in every time zone."""


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """One page of a list."""

    rows: tuple[T, ...]
    number: int
    """From 1."""
    back: str
    """Address of the page before; empty on the first one."""
    on: str
    """Address of the page behind; empty on the last one."""


def asked(visit: Visit, names: Iterable[str]) -> dict[str, str]:
    """Return what was asked by name, to be shown again in the form."""
    return {name: words(visit, name) for name in names}


def words(visit: Visit, name: str) -> str:
    """Return a value without space around it."""
    value = visit.query(name).strip()
    if len(value) > _LONGEST or any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        raise UsageError(f"{name}: up to {_LONGEST} characters of plain text would be valid")
    return value


def choice(visit: Visit, name: str, known: Collection[str]) -> str:
    """Return one of the known values, or nothing where nothing was chosen."""
    value = words(visit, name)
    if value and value not in known:
        raise UsageError(f"{name}: {value!r} is not known; valid: {', '.join(known)}")
    return value


def period(visit: Visit, first: str = "since", last: str = "until") -> tuple[datetime | None, datetime | None]:
    """Return a period (half open) from two days of the region, both of which belong to it."""
    begins, ends = _day(visit, first), _day(visit, last)
    if begins and ends and ends < begins:
        raise UsageError(f"{last}: {ends} is before {begins}; nothing lies between them")
    return _midnight(visit, begins), _midnight(visit, ends + timedelta(days=1) if ends else None)


def offset(visit: Visit, size: int) -> int:
    """Return how many rows the pages before the one asked for have."""
    return (_number(visit) - 1) * size


def sheet(visit: Visit, found: Sequence[T], size: int) -> Sheet[T]:
    """Return the page asked for. `found` begins at its offset; one row more than `size` tells that there is another."""
    number = _number(visit)
    back = _address(visit, number - 1) if number > 1 else ""
    on = _address(visit, number + 1) if len(found) > size else ""
    return Sheet(rows=tuple(islice(found, size)), number=number, back=back, on=on)


def _number(visit: Visit) -> int:
    value = words(visit, "page") or "1"
    if not (value.isascii() and value.isdecimal() and len(value) <= 5 and 1 <= int(value) <= _LAST_PAGE):
        raise UsageError(f"page: {value!r} is no page; 1 to {_LAST_PAGE} would be valid")
    return int(value)


def _address(visit: Visit, number: int) -> str:
    return f"{visit.request.url.path}?{urlencode([*_kept(visit), ('page', number)])}"


def _kept(visit: Visit) -> Iterator[tuple[str, str]]:
    yield from ((name, value) for name, value in visit.request.query_params.multi_items() if name != "page" and value)


def _day(visit: Visit, name: str) -> date | None:
    value = words(visit, name)
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        day = date.min
    if day is not None and not _FIRST <= day <= _LAST:
        raise UsageError(f"{name}: {value!r} is not a day like 2026-11-21")
    return day


def _midnight(visit: Visit, day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), visit.desk.zone)
