"""Reviewers are people too: in what a person is given they are R1, R2 ... and their judgements J1, J2 ..."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.domain.users import folded
from scanner.store.person_record import Rows

NAMED = (
    *("reviewer", "person", "actor", "first_reviewer", "second_reviewer", "adjudicator", "set_by"),
    *("requested_by", "approved_by", "removed_by", "suspended_by", "by", "made_by"),
)
"""Columns, and keys in the details of events, in which somebody who works here stands."""
_JUDGED = ("judgement_id", "first_judgement", "second_judgement")


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """What stands for the names of those who work here, and for the keys of judgements; the same throughout."""

    people: Mapping[str, str]
    judgements: Mapping[str, str]
    theirs: Collection[str]
    """Ids of the person's own items: those of others are nobody's to hand out."""

    @classmethod
    def of(cls, tables: Mapping[str, Rows]) -> Pseudonyms:
        """Number everybody and every judgement in the order in which they come."""
        judgements = [row["id"] for row in sorted(tables.get("judgements", ()), key=lambda row: row["seq"])]
        return cls(
            people=_numbered("R", (folded(name) for rows in tables.values() for row in rows for name in _names(row))),
            judgements=_numbered("J", judgements),
            theirs={row["id"] for row in tables.get("versions", ())},
        )

    def tables(self, tables: Mapping[str, Rows]) -> dict[str, Rows]:
        """Return tables with pseudonyms."""
        return {table: [dict(self._row(table, row)) for row in rows] for table, rows in tables.items()}

    def _row(self, table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for column, value in row.items():
            if value is not None and column in NAMED:
                yield column, self.people[folded(value)]
            elif column in _JUDGED or (table, column) == ("judgements", "id"):
                yield column, self.judgements.get(value)
            elif column == "before_id":
                yield column, value if value in self.theirs else None
            elif (table, column) == ("audit", "detail"):
                yield column, json.dumps(self._plain(json.loads(value)), ensure_ascii=False)
            else:
                yield column, value

    def _plain(self, value: Any) -> Any:
        """Return the detail of an event with pseudonyms; of a list what is theirs."""
        if isinstance(value, dict):
            return {key: self._plain(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._plain(one) for one in value if one in self.theirs or one in self.judgements]
        if not isinstance(value, str):
            return value
        return self.judgements.get(value) or self.people.get(folded(value), value)


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (row[column] for column in NAMED if row.get(column))
    if "happened_at" in row:
        detail = json.loads(row["detail"])
        yield from (detail[key] for key in NAMED if isinstance(detail.get(key), str))


def _numbered(letter: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{letter}{number}" for number, name in enumerate(dict.fromkeys(names), start=1)}
