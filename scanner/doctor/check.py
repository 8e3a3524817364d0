"""What a check is, what it finds, and how a table of checks is gone through."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from scanner.doctor.case import Case
from scanner.errors import ScannerError


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"  # works today; somebody should know
    FAILED = "failed"
    UNCHECKED = "unchecked"  # what it builds on has failed


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found."""

    name: str
    state: State
    found: str
    next_step: str = ""
    """What to do next; empty when all is well."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do next: nothing when all is well."""

    found: str
    next_step: str = ""
    urgent: bool = True


def well(found: str) -> Finding:
    """All is well."""
    return Finding(found)


def fix(next_step: str, found: str = "") -> Finding:
    """Something is broken."""
    return Finding(found, next_step)


def mind(next_step: str, found: str = "") -> Finding:
    """Nothing is broken, but somebody should know."""
    return Finding(found, next_step, urgent=False)


class Mode(StrEnum):
    """When a check is made."""

    ALWAYS = "always"
    DEEP = "deep"  # it takes minutes
    PROBE = "probe"  # it asks others on the network


@dataclass(frozen=True, slots=True)
class Named:
    """A check of a table, by its name there."""

    check: Callable[[Case], Finding]
    needs: tuple[str, ...] = ()
    """Checks it builds on; they come before it."""
    mode: Mode = Mode.ALWAYS
    record: bool = False
    """It asks the database: without one there is nothing to find."""


Table = Mapping[str, Named]
"""Checks by name."""


def go_through(table: Table, case: Case) -> Iterator[Check]:
    """Make the checks of a table in order.

    One that cannot run fails with its reason and the others go on; those that build on it are not checked.
    """
    failed: set[str] = set()
    modes = {Mode.ALWAYS} | ({Mode.DEEP} if case.deep else set()) | ({Mode.PROBE} if case.probe else set())
    for name, one in table.items():
        if one.mode not in modes:
            continue
        unmet = [need for need in one.needs if need in failed]
        result = _waiting(name, unmet[0]) if unmet else _made(name, one, case)
        if result.state in (State.FAILED, State.UNCHECKED):
            failed.add(name)
        yield result


def _waiting(name: str, need: str) -> Check:
    return Check(name=name, state=State.UNCHECKED, found="", next_step=f"not checked: first mend {need}")


def _made(name: str, one: Named, case: Case) -> Check:
    try:
        finding = well("no record yet") if one.record and not case.has_record else one.check(case)
    except (ScannerError, OSError) as error:
        finding = fix(str(error))
    except Exception as error:  # one broken check must not end the others
        finding = fix(f"the check itself broke: {_place(error)}; report it")
    state = State.OK if not finding.next_step else State.FAILED if finding.urgent else State.WARNING
    return Check(name, state, case.hidden(finding.found), case.hidden(finding.next_step))


def _place(error: Exception) -> str:
    """Tell kind and place of an error; what it says may be anybody's words."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name} line {last.lineno}"
