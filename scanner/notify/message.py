"""Messages in words: all that waits for somebody becomes one message of counts, alarms and a link."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache, partial
from pathlib import Path

import yaml

from scanner.domain.users import Language
from scanner.notify.notes import Alarm, Count, Kind, Note
from scanner.notify.outbox import Trouble

_ACCOUNTS = (Count.COMPLETE, Count.PARTIAL, Count.FAILED, Count.NOT_TRIED)
_POSTS = (Count.NEW, Count.CHANGED, Count.MISSING)
MONTHS = {
    Language.ID: ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    Language.EN: ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Style:
    """How messages of a workspace are written."""

    language: Language
    zone: tzinfo
    """In which moments are written."""
    link: str = ""
    """Address of the review desk; empty: none is given."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent."""

    id: str
    """Of the same notes always the same, so that who gets it twice can tell."""
    title: str
    text: str
    notes: tuple[Note, ...]


def compose(notes: Sequence[Note], style: Style) -> Message:
    """Write one message about notes, the oldest first; there is at least one."""
    say = partial(say_in, style.language)
    alarms, over = _standing(notes)
    runs = [note for note in notes if note.kind is Kind.RUN]
    blocks = (
        [say("test")] if any(note.kind is Kind.TEST for note in notes) else [],
        _listed(say("heading_alarm"), [_alarm(note, say, style) for note in alarms]),
        _listed(say("heading_over"), [_over(note, say, style) for note in over]),
        _runs(runs, say, style) if runs else [],
        [say("link", line=style.link)] if style.link else [],
    )
    return Message(
        id=hashlib.sha256(" ".join(sorted(note.id for note in notes)).encode()).hexdigest()[:16],
        title=f"[scanner] {_title(alarms, over, runs, say)}",
        text="\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n",
        notes=tuple(notes),
    )


def say_in(language: Language, key: str, **filled: str | int) -> str:
    """Return a text in one language with its gaps filled."""
    shown = {name: _number(language, value) if isinstance(value, int) else value for name, value in filled.items()}
    return texts()[key][language].format(**shown)


def say_trouble(language: Language, trouble: Trouble | None) -> str:
    """Say why something was not sent; None: nobody tried."""
    return say_in(language, f"trouble_{trouble or 'none'}")


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return all texts by key and language."""
    read: Mapping[str, Mapping[str, str]] = yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text("utf-8"))
    return read


def written(language: Language, zone: tzinfo, at: datetime) -> str:
    """Write a moment: `3 Mar 2026 18.05 WIB`, in English `3 Mar 2026 18:05 WIB`."""
    local = at.astimezone(zone)
    clock = f"{local:%H.%M}" if language is Language.ID else f"{local:%H:%M}"
    return f"{local.day} {MONTHS[language][local.month - 1]} {local.year} {clock} {local:%Z}"


def _standing(notes: Sequence[Note]) -> tuple[list[Note], list[Note]]:
    """Return the alarms that stand by the latest word on each, and those that are over, the gravest first."""
    last: dict[Alarm, Note] = {note.alarm: note for note in notes if note.alarm is not None}
    ordered = [last[alarm] for alarm in Alarm if alarm in last]
    return [one for one in ordered if one.kind is Kind.ALARM], [one for one in ordered if one.kind is Kind.OVER]


def _title(alarms: list[Note], over: list[Note], runs: list[Note], say: Say) -> str:
    if alarms:
        return say("title_alarm", n=len(alarms))
    if over:
        return say("title_over", n=len(over))
    return say("title_run" if runs else "title_test")


def _listed(heading: str, lines: list[str]) -> list[str]:
    return [f"{heading}:", *(f"- {line}" for line in lines)] if lines else []


def _alarm(note: Note, say: Say, style: Style) -> str:
    line = say(f"alarm_{note.alarm}", n=note.number)
    return say("since", line=line, at=written(style.language, style.zone, note.since or note.at))


def _over(note: Note, say: Say, style: Style) -> str:
    return say("over", line=say(f"over_{note.alarm}"), at=written(style.language, style.zone, note.at))


def _runs(runs: list[Note], say: Say, style: Style) -> list[str]:
    """Tell what runs brought, all together."""
    first, last = (written(style.language, style.zone, note.at) for note in (runs[0], runs[-1]))
    head = say("run", until=last) if len(runs) == 1 else say("runs", n=len(runs), since=first, until=last)
    brought = {one: say(one, n=sum(note.counts.get(one, 0) for note in runs)) for one in Count}
    accounts, posts = (", ".join(brought[one] for one in kinds) for kinds in (_ACCOUNTS, _POSTS))
    return [head, say("accounts", line=accounts), say("posts", line=posts)]


def _number(language: Language, value: int) -> str:
    shown = f"{value:,}"
    return shown.replace(",", ".") if language is Language.ID else shown
