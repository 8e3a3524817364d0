"""The summary of a period: volumes, precision, dismissals, reversals, time and what is overdue, without names.

A share or a group is told of ten or more only (guardrail G16), and a group of accounts needs ten people behind it.
Volumes, and what is overdue, are the office's own work and told as they are. There is neither person nor participant
in it (G15).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scanner.classify.evaluate import Interval
from scanner.classify.slices import FEWEST, wilson
from scanner.store.connection import Store
from scanner.store.figures import By, Due, Group, Week, load_figures


@dataclass(frozen=True, slots=True)
class Share:
    """A share of some cases."""

    cases: int | None
    """None: fewer than ten."""
    share: Interval | None
    """With its 95 % interval by Wilson; None: of fewer than ten."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group of flags. None: fewer than ten, or not told so that another one's number cannot be reckoned from it."""

    name: str
    """Empty: all groups of people that are not told, together."""
    flagged: int | None
    suspected: Share
    """Settled as suspected, of those settled."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is to say about a period (half open)."""

    since: datetime | None
    until: datetime | None
    now: datetime
    weeks: tuple[Week, ...]
    """Every week from the first in which anything happened to the last."""
    flagged: int
    suspected: Share
    """Settled as to be followed up, of those settled: precision of what is put before reviewers."""
    dismissed: Share
    reversed: Share
    """Adjudicated against the first judgement, of those adjudicated."""
    days_median: float | None
    """From first knowledge to settling, in days; None: fewer than ten are settled."""
    days_p90: float | None
    overdue: int
    late: int
    missed: Share
    """Suspected, of the unflagged posts that were drawn at random and settled."""
    codes: tuple[Row, ...]
    """By what the machine cited: a flag with two codes stands in both."""
    platforms: tuple[Row, ...]
    phases: tuple[Row, ...]
    units: tuple[Row, ...]


def read_summary(
    store: Store, *, due: Due, now: datetime, since: datetime | None = None, until: datetime | None = None
) -> Summary:
    """Read the summary in one lease. `due` tells by election and moment of first knowledge when a flag is due."""
    with store.lease("summary") as lease:
        found = load_figures(lease, since=since, until=until, due=due, now=now)
    course, audited, groups = found.course, found.audited, found.groups
    enough = course.settled >= FEWEST
    return Summary(
        since=since,
        until=until,
        now=now,
        weeks=tuple(_every_week(found.weeks)),
        flagged=course.flagged,
        suspected=_share(course.suspected, course.settled),
        dismissed=_share(course.settled - course.suspected, course.settled),
        reversed=_share(course.reversed, course.adjudicated),
        days_median=course.days_median if enough else None,
        days_p90=course.days_p90 if enough else None,
        overdue=course.overdue,
        late=course.late,
        missed=_share(audited.suspected, audited.settled),
        codes=group_rows(groups[By.CODE]),
        platforms=group_rows(groups[By.PLATFORM]),
        phases=group_rows(groups[By.PHASE]),
        units=group_rows(groups[By.UNIT]),
    )


def _share(hits: int, cases: int) -> Share:
    return Share(cases, wilson(hits, cases)) if cases >= FEWEST else Share(None, None)


def group_rows(groups: Sequence[Group]) -> tuple[Row, ...]:
    """Return what may be told of groups, in their order.

    Of people not even the name of a small group is told: that a unit of two is among those flagged all but names them.
    """
    hidden = {group.name for group in _hidden(groups)}
    unnamed = {group.name for group in groups if group.name in hidden and group.people is not None}
    told = tuple(
        Row(group.name, None, Share(None, None))
        if group.name in hidden
        else Row(group.name, group.flagged, _share(group.suspected, group.settled))
        for group in groups
        if group.name not in unnamed
    )
    return (*told, Row("", None, Share(None, None))) if unnamed else told


def _hidden(groups: Iterable[Group]) -> list[Group]:
    """Return the groups not to be told: small ones, and with them so many others that none follows from the total."""
    ordered = sorted(groups, key=lambda group: (group.flagged, group.name))
    hidden = [
        group for group in ordered if min(group.flagged, FEWEST if group.people is None else group.people) < FEWEST
    ]
    others = (group for group in ordered if group not in hidden)
    while len(hidden) == 1 or 0 < sum(group.flagged for group in hidden) < FEWEST:
        if (further := next(others, None)) is None:
            break
        hidden.append(further)
    return hidden


def _every_week(weeks: Sequence[Week]) -> Iterator[Week]:
    """Yield the weeks in order, those in which nothing happened included."""
    known = {week.monday: week for week in weeks}
    monday: date = min(known, default=date.max)
    while monday <= max(known, default=date.min):
        yield known.get(monday, Week(monday=monday, gathered=0, scored=0, flagged=0, judged=0))
        monday += timedelta(days=7)
