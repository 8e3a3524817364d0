"""What needs a hand, as it stands on the first page of those who watch the operation: alarms, and who was not told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.domain.users import Role
from scanner.notify import outbox
from scanner.notify.changes import load_told
from scanner.notify.message import say_in, say_trouble
from scanner.notify.notes import Alarm
from scanner.web.page import Visit

WATCHERS = frozenset({Role.ANALYST, Role.AUDITOR, Role.DPO})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that needs a hand."""

    text: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Unsent:
    """Messages that do not get through to one channel."""

    channel: str
    messages: int
    since: datetime
    why: str


def alarms(visit: Visit) -> list[Line]:
    """Return the alarms that stand, the gravest first; none for who does not watch the operation."""
    if visit.who.role not in WATCHERS:
        return []
    told = load_told(visit.desk.store.path.parent).alarms
    found = ((alarm, told[alarm]) for alarm in Alarm if alarm in told)
    return [Line(say_in(visit.language, f"alarm_{alarm}", n=one.number), one.since) for alarm, one in found]


def unsent(visit: Visit) -> list[Unsent]:
    """Return the channels that messages do not get through to; none for who does not watch the operation."""
    if visit.who.role not in WATCHERS:
        return []
    found = outbox.stuck(visit.desk.store.path.parent, visit.now)
    return [Unsent(one.channel, one.messages, one.since, say_trouble(visit.language, one.trouble)) for one in found]
