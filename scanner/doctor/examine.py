"""All checks of a workspace, subject by subject. Repairs nothing; never shows a secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from scanner.doctor import (
    ground,
    integrity,
    keeping,
    machine,
    models,
    people,
    platforms,
    record,
    rules,
    running,
    setup,
    telling,
)
from scanner.doctor.case import PATIENCE, Case
from scanner.doctor.check import Check, Table, go_through

CHECKS: Table = {
    **machine.CHECKS,
    **setup.CHECKS,
    **ground.CHECKS,
    **rules.CHECKS,
    **models.CHECKS,
    **record.CHECKS,
    **integrity.CHECKS,
    **people.CHECKS,
    **platforms.CHECKS,
    **running.CHECKS,
    **telling.CHECKS,
    **keeping.CHECKS,
}
"""Every check by name, those that others build on before them."""


def examine(
    root: Path,
    *,
    deep: bool = False,
    probe: bool = False,
    now: datetime | None = None,
    patience: float = PATIENCE,
) -> Iterator[Check]:
    """Yield what every check finds in a workspace folder.

    `deep`: look at everything instead of a sample, which may take minutes. `probe`: ask others on the network too;
    without it nothing leaves this machine. `now`: the moment to go by, else the clock's.
    """
    case = Case(root=root, now=now or datetime.now(UTC), deep=deep, probe=probe, patience=patience)
    yield from go_through(CHECKS, case)
