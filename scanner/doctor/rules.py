"""What posts are judged by: keywords, rules, clauses, deadlines, and the election watched."""

from __future__ import annotations

from datetime import date, timedelta

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, mind, well
from scanner.resources import data_folder
from scanner.rules.codes import Code
from scanner.rules.deadlines import load_deadlines
from scanner.rules.ruleset import load_ruleset
from scanner.rules.workdays import is_working
from scanner.settings import CONFIG

OVER = timedelta(days=60)
"""After an election ended, posts about it are no longer watched for."""
_NEEDED = ("penetapan", "kampanye", "tenang", "hari_h")
"""Dates without which a phase never begins."""


def _keywords(_case: Case) -> Finding:
    return well(str(data_folder("keywords")))


def _rules(_case: Case) -> Finding:
    ruleset = load_ruleset()
    return well(f"{ruleset.id}, {len(ruleset.codes)} codes, {len(ruleset.lexicon.entries)} entries")


def _clauses(case: Case) -> Finding:
    ruleset = load_ruleset()

    def stands(code: Code) -> bool:
        cited = (*code.clauses.before_penetapan.primary, *code.clauses.after_penetapan.primary)
        return not cited or any(ruleset.clauses[one].in_force_on(case.today) for one in cited)

    lapsed = [code.code for code in ruleset.codes.values() if code.enabled and not stands(code)]
    unverified = sum(1 for clause in ruleset.clauses.values() if not clause.verified)
    found = f"{len(ruleset.clauses)} clauses, {unverified} not verified by counsel"
    if lapsed:
        return mind(f"{', '.join(lapsed)}: no clause it cites is in force today; ask counsel for the new norm", found)
    return well(found)


def _deadlines(case: Case) -> Finding:
    timers = load_deadlines().timers
    unknown = [year for year in (case.today.year, case.today.year + 1) if is_working(_weekday_holiday(year))]
    if unknown:
        return mind(f"the holidays of {unknown[0]} are not known, so deadlines fall early: update `holidays`")
    return well(f"{len(timers)} timers, holidays known")


def _weekday_holiday(year: int) -> date:
    """Return a national holiday of fixed date that falls on a working day of the week."""
    fixed = [date(year, *day) for day in ((1, 1), (5, 1), (6, 1), (8, 17), (12, 25))]
    return next(day for day in fixed if day.weekday() < 5)


def _election(case: Case) -> Finding:
    election = case.election
    return well(f"{election.id}, {len(election.participants)} participants")


def _calendar(case: Case) -> Finding:
    calendar, phase = case.election.calendar, case.election.phase_at(case.now)
    if missing := [name for name in _NEEDED if getattr(calendar, name) is None]:
        return mind(f"{case.election.id} calendar: {', '.join(missing)} not known, so these phases never begin")
    if calendar.end is not None and case.today > calendar.end + OVER:
        return mind(f"{case.election.id} ended on {calendar.end}: name the next one in {CONFIG} election")
    return well(f"phase {phase}")


CHECKS = {
    "keywords": Named(_keywords),
    "rules": Named(_rules, needs=("keywords",)),
    "clauses": Named(_clauses, needs=("rules",)),
    "deadlines": Named(_deadlines, needs=("keywords",)),
    "election": Named(_election, needs=("settings", "restoring", "keywords")),
    "calendar": Named(_calendar, needs=("election",)),
}
"""Each with those it builds on."""
