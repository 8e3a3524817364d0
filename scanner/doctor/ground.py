"""The lawful ground: mandate, impact assessment, and who is listed under them."""

from __future__ import annotations

from datetime import timedelta

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.roster import refuse_mandate
from scanner.settings import CONFIG, mandate_of

SOON = timedelta(days=14)
"""Before a mandate or listing ends, somebody should renew it."""
_NO_REFERENCE = frozenset({"-", "?", "tbd", "todo", "xxx", "n/a", "belum", "none"})
"""What people write where they have no reference yet."""


def _dpia(case: Case) -> Finding:
    given = case.settings.mandate.dpia_id.strip()
    if not given or given.lower() in _NO_REFERENCE:
        step = "name the impact assessment (UU 27/2022 art. 34); nothing is fetched without"
        return fix(f"{CONFIG} mandate.dpia_id: missing: {step}", given)
    return well(given)


def _mandate(case: Case) -> Finding:
    settings = case.settings
    if not settings.mandate.dpia_id:  # which is told by its own check
        settings = settings.model_copy(update={"mandate": settings.mandate.model_copy(update={"dpia_id": "-"})})
    mandate = mandate_of(settings)
    refusal = refuse_mandate(mandate, case.today)
    return fix(str(refusal)) if refusal else well(f"{mandate.controller}, {mandate.decree_number}")


def _mandate_end(case: Case) -> Finding:
    until = case.settings.mandate.valid_until
    if until is not None and until - case.today < SOON:
        return mind(f"the mandate ends on {until}: renew it in time, or scans stop", f"until {until}")
    return well(f"until {until}")


CHECKS = {
    "DPIA": Named(_dpia, needs=("settings",)),
    "mandate": Named(_mandate, needs=("settings",)),
    "mandate end": Named(_mandate_end, needs=("mandate",)),
}
