"""What a snapshot is told from outside the record: who wants it and why, the calendar, the model and the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from scanner.classify.model import Model
from scanner.report.snapshot.about_work import AGREEMENT, MODELS, RULES
from scanner.report.snapshot.columns import View
from scanner.report.snapshot.sources import Gathered
from scanner.rules.ruleset import Ruleset
from scanner.store.doubles import Double

_ARROW = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "UUID": pa.string(),  # the name, of which the workbench makes a pseudonym
}


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants a snapshot, and of what kind."""

    by: str
    at: datetime
    series: str
    smallest: int
    """People below which a group is not told apart."""
    keep: int
    """Snapshots of the series that stay."""
    with_text: bool = False
    reason: str = ""
    agreement: str = ""
    """Reference of the written agreement with who gets the words."""


@dataclass(frozen=True, slots=True)
class Office:
    """What the office works with."""

    zone: str
    """Of the election's region: by its clock days are told."""
    phase_on: Callable[[date], str]
    election: str
    ruleset: Ruleset
    model: Model
    measure: Callable[[Sequence[Double]], Iterable[Mapping[str, Any]]]
    """Measures agreement, one row for each question and pair, as the view has it."""
    public: tuple[str, ...] = ()
    """Names of those who take part in the election: in words that leave they stay."""


def tables(office: Office, gathered: Gathered) -> dict[str, pa.Table]:
    """Return the tables that do not come out of the record: calendar, models, rules."""
    days = {day for table in gathered.tables.values() if "day" in table.column_names for day in _days(table)}
    calendar = [(day, str(office.phase_on(day))) for day in sorted(days)]
    return {
        "calendar": pa.table(
            {"day": pa.array([day for day, _ in calendar], pa.date32()), "phase": [phase for _, phase in calendar]}
        )
        if calendar
        else pa.schema([("day", pa.date32()), ("phase", pa.string())]).empty_table(),
        "models": _table(MODELS, _models(office.model, gathered)),
        "rules": _table(RULES, _rules(office.ruleset)),
    }


def agreement(office: Office, doubles: Sequence[Double]) -> pa.Table:
    """Return how far reviewers agree, as the view has it but for their names."""
    return _table(AGREEMENT, office.measure(doubles))


def _days(table: pa.Table) -> Iterable[date]:
    return (day for day in table["day"].unique().to_pylist() if day is not None)


def _table(view: View, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    schema = pa.schema([(column.name, _ARROW[column.type]) for column in view.columns])
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def _models(model: Model, gathered: Gathered) -> Iterable[dict[str, Any]]:
    known = {(row["model"], row["label"]) for row in gathered.tables["kinds"].to_pylist()}
    known |= {(model.id, str(label)) for label in model.thresholds}
    for name, label in sorted(known):
        row: dict[str, Any] = {"model": name, "label": label, "current": name == model.id}
        for head, threshold in model.thresholds.items():
            if row["current"] and str(head) == label:
                row |= {"threshold_named": threshold.at(named=True), "threshold_unnamed": threshold.at(named=False)}
        yield row


def _rules(ruleset: Ruleset) -> Iterable[dict[str, Any]]:
    for code, known in ruleset.codes.items():
        clauses = {*known.clauses.before_penetapan.ids, *known.clauses.after_penetapan.ids}
        yield {
            "ruleset": ruleset.id,
            "code": code,
            "name": known.name,
            "name_en": known.name_en,
            "label": None if known.label is None else str(known.label),
            "enabled": known.enabled,
            "clauses": sorted(clauses),
        }
