"""The summary of a period: volumes, precision, time and what is overdue; no names, groups under ten hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from scanner.classify.slices import FEWEST
from scanner.domain.users import Role
from scanner.report.summary import read_summary
from scanner.store.figures import Week
from scanner.web import filters, standing
from scanner.web.page import Page, Visit

READERS = frozenset({Role.ANALYST, Role.ADJUDICATOR, Role.RESEARCHER, Role.AUDITOR, Role.DPO})
VOLUMES = ("gathered", "scored", "flagged", "judged")
"""What is counted by week, in the order in which it follows from each other."""
GROUPS = ("codes", "platforms", "phases", "units")
_WIDTH, _HEIGHT = 320, 64
"""Of one strip of bars, in the units of its own drawing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One week in a strip."""

    week: Week
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One volume over all weeks."""

    name: str
    total: int
    most: int
    bars: tuple[Bar, ...]


def show(visit: Visit) -> Response:
    """Show the summary of a period, by default of everything."""
    desk, (since, until) = visit.desk, filters.period(visit)
    due = desk.clock.at
    found = read_summary(desk.store, due=due, now=visit.now, since=since, until=until)
    return visit.html(
        "summary.html",
        summary=found,
        asked=filters.asked(visit, ("since", "until")),
        strips=tuple(_strip(found.weeks, name) for name in VOLUMES),
        groups=tuple((name, getattr(found, name)) for name in GROUPS),
        codes={code.code: code for code in desk.ruleset.codes.values()},
        width=_WIDTH,
        height=_HEIGHT,
        fewest=FEWEST,
        alarms=standing.alarms(visit),
        unsent=standing.unsent(visit),
    )


def _strip(weeks: Sequence[Week], name: str) -> Strip:
    values = [int(getattr(week, name)) for week in weeks]
    return Strip(name=name, total=sum(values), most=max(values, default=0), bars=tuple(_bars(weeks, values)))


def _bars(weeks: Sequence[Week], values: Sequence[int]) -> Iterator[Bar]:
    step, most = _WIDTH / max(len(weeks), 8), max(max(values, default=0), 1)
    for place, (week, value) in enumerate(zip(weeks, values, strict=True)):
        height = round(_HEIGHT * value / most, 1)
        yield Bar(week, value, round(place * step, 1), _HEIGHT - height, round(0.8 * step, 1), height)


PAGES = (Page("/summary", show, READERS, heading="nav.summary"),)
