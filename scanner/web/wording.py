"""Days, counts and shares as people write them in either language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from scanner.domain.users import Language

if TYPE_CHECKING:
    from scanner.classify.evaluate import Interval

MONTHS: Mapping[Language, tuple[str, ...]] = {
    Language.ID: ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    Language.EN: ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def words_for(language: Language) -> dict[str, Callable[..., str]]:
    """Return what templates write days and figures with."""
    return {
        one.__name__: partial(one, language) for one in (day, day_of_month, lasted, count, number, percent, interval)
    }


def day(language: Language, one: date) -> str:
    """Write a day: `3 Mar 2026`."""
    return f"{day_of_month(language, one)} {one.year}"


def day_of_month(language: Language, one: date) -> str:
    """Write a day of a year that is known: `3 Mar`."""
    return f"{one.day} {MONTHS[language][one.month - 1]}"


def lasted(language: Language, time: timedelta) -> str:
    """Write how long something took: 42 dtk, 3 mnt 5 dtk, 2 j 10 mnt; in English 42 s, 3 min 5 s, 2 h 10 min."""
    hour, minute, second = ("j", "mnt", "dtk") if language is Language.ID else ("h", "min", "s")
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, hour), (minutes, minute), (seconds, second)]
    shown = [f"{value} {unit}" for value, unit in (parts[:2] if hours else parts) if value]
    return " ".join(shown) or f"0 {second}"


def count(language: Language, value: int) -> str:
    """Write a whole number: 12.345, or in English 12,345."""
    written = f"{value:,}"
    return written.replace(",", ".") if language is Language.ID else written


def number(language: Language, value: float, digits: int = 2) -> str:
    """Write a figure: 0,81, or in English 0.81."""
    written = f"{value:z.{digits}f}"  # z: what rounds to nothing has no sign
    return written.replace(".", ",") if language is Language.ID else written


def percent(language: Language, share: float) -> str:
    """Write a share from 0 to 1: 81 %, or in English 81%."""
    sign = "\u00a0%" if language is Language.ID else "%"
    return f"{100 * share:.0f}{sign}"


def interval(language: Language, one: Interval) -> str:
    """Write a figure with its 95 % interval: 0,81 (0,74 – 0,88)."""
    value, low, high = (number(language, part) for part in (one.value, one.low, one.high))
    return f"{value} ({low} – {high})"
