"""In which order what is told of a group is made coarser until enough people share it: for each table its steps.

A row stays at the first step at which its group is large enough; what is in no such group after the last is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.report.snapshot.sources import OTHERS


@dataclass(frozen=True, slots=True)
class Step:
    """One way to tell less: what the columns become."""

    name: str
    columns: Mapping[str, str]
    """Column and the SQL of what takes its place."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The columns of a table by which somebody could be told apart, and the steps down."""

    columns: tuple[str, ...]
    steps: tuple[Step, ...]
    outcome: str | None = None
    """Column by which a group must not be known to have come to one end alone (l-diversity 2)."""
    settled: str = ""
    """SQL of the end to which the outcome came; several values may be one end. NULL: to none, or it is not told."""

    def place(self, name: str) -> int:
        """Return the number of a step."""
        return [step.name for step in self.steps].index(name)


AS_IT_IS = Step("as it is", {})
_AGENCY = Step(f"agency -> {OTHERS}", {"agency": f"'{OTHERS}'"})
_COARSE = "list_transform(scores, lambda s: CAST(100 * (s // 100) + 5 * round((s % 100) / 5) AS INTEGER))"


def _longer(period: str) -> Step:
    start = f"CAST(date_trunc('{period}', period_start) AS DATE)"
    return Step(f"period -> {period}", {"period_start": start, "period": f"if(period IS NULL, NULL, '{period}')"})


def _withheld(*columns: str) -> Step:
    # Not NULL alone: the column keeps its type.
    return Step(f"{', '.join(columns)} withheld", {name: f"nullif({name}, {name})" for name in columns})


_RULING = "list_filter(said, lambda one: one.stage = 'adjudication')[1].verdict"
_MORE = (
    "len(list_filter(said, lambda one: one.verdict = 'suspected')) "
    "- len(list_filter(said, lambda one: one.verdict = 'not_violation'))"
)
_NO_PERIOD = _withheld("period_start", "period")
LADDERS = {
    "accounts": Ladder(
        columns=("platform", "agency", "employment"),
        steps=(AS_IT_IS, _AGENCY, _withheld("employment"), _withheld("platform")),
    ),
    "posts": Ladder(
        columns=(
            *("platform", "agency", "role", "language", "phase", "period_start", "period", "chosen", "outcome"),
            *("election", "codes", "ruleset", "model", "scores"),
        ),
        steps=(
            AS_IT_IS,
            _AGENCY,
            Step("scores in steps of 0.25", {"scores": _COARSE}),
            _longer("month"),
            _longer("quarter"),
            _NO_PERIOD,
            _withheld("language"),
            _withheld("role"),
            _withheld("scores"),
            _withheld("codes", "ruleset", "model", "election"),
            _withheld("outcome"),
            _withheld("platform"),
            _withheld("phase"),
        ),
        outcome="outcome",
        settled="nullif(nullif(outcome, 'waiting'), 'not_asked')",
    ),
    "signals": Ladder(
        columns=(
            *("code", "weight", "channel", "language", "object_kind", "negated", "quoted"),
            *("platform", "phase"),
        ),
        steps=(
            AS_IT_IS,
            _withheld("negated", "quoted"),
            _withheld("language"),
            _withheld("platform"),
            _withheld("phase"),
            _withheld("channel"),
            _withheld("object_kind"),
            _withheld("weight"),
            _withheld("code"),
        ),
    ),
    "reviews": Ladder(
        columns=("platform", "phase", "period_start", "period", "chosen", "said", "codes", "seconds"),
        steps=(
            AS_IT_IS,
            _withheld("seconds"),
            _longer("month"),
            _longer("quarter"),
            _NO_PERIOD,
            _withheld("codes"),
            _withheld("platform"),
            _withheld("phase"),
        ),
        outcome="said",
        settled=f"coalesce({_RULING}, CASE sign({_MORE}) WHEN 1 THEN 'suspected' WHEN -1 THEN 'not_violation' END)",
    ),
    "coverage": Ladder(
        columns=("period_start", "period", "platform", "outcome"),
        steps=(
            AS_IT_IS,
            _longer("month"),
            _longer("quarter"),
            _withheld("outcome"),
            _withheld("platform"),
            _NO_PERIOD,
        ),
    ),
}
