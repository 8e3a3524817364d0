"""Handing a person everything that is on record about them: read, made plain, noted, written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

from scanner.domain.captures import sha256
from scanner.errors import UsageError
from scanner.report.folders import write_files, zipped
from scanner.report.markup import text
from scanner.report.person.page import ordered, page
from scanner.report.person.pseudonyms import Pseudonyms
from scanner.report.person.texts import README, TABLES
from scanner.store import audit
from scanner.store.connection import Store
from scanner.store.exports import Export, save_export
from scanner.store.person_record import PersonRecord, Rows, read_record

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Handed:
    """What was written."""

    sha256: str
    rows: Mapping[str, int]
    """By table."""


def export_person(store: Store, person: str, target: Path, *, by: str, at: datetime) -> Handed:
    """Write a person's data as a folder, or a zip where the target's name ends so; only the owner may read it.

    The reading is one event on the audit chain under the person's mark, and the file is noted, so that it leaves with
    the data. UsageError for a target that is there and for a person of whom no account is on record.
    """
    if target.exists():
        raise UsageError(f"{target}: is there already; name another file or folder")
    with store.lease("person export") as lease:
        record = read_record(lease, person)
        content = _content(record, at)
        digest = sha256(zipped(content)) if target.suffix.casefold() == ".zip" else sha256(content[SUMS])
        rows = {table: len(found) for table, found in record.tables.items()}
        detail = {"rows": rows, "sha256": digest}
        audit.append(lease, actor=by, action="person.export", subject=record.subject, detail=detail, at=at)
        place = str(target.absolute())
        save_export(lease, Export(place, "person", at, by, digest, identifiable=True, series=record.subject))
    write_files(target, content)
    return Handed(digest, rows)


def _content(record: PersonRecord, at: datetime) -> dict[str, bytes]:
    tables = Pseudonyms.of(record.tables).tables(record.tables)
    told = f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
    data = {"format": "scanner-person-1", "made_at": at.astimezone(UTC).isoformat(), "tables": tables}
    content = {
        "data.json": json.dumps(data, ensure_ascii=False, indent=1, default=_plain).encode(),
        "index.html": page(tables, told).encode("utf-8", "replace"),
        "README.md": _readme(record, tables, told).encode(),
    }
    sums = "".join(f"{sha256(body)}  {name}\n" for name, body in sorted(content.items()))
    return content | {SUMS: sums.encode()}


def _readme(record: PersonRecord, tables: Mapping[str, Rows], at: str) -> str:
    titles = {name: " | ".join(TABLES.get(name, (name, name))) for name in tables}
    lines = (f"| `{name}` | {titles[name]} | {len(tables[name])} |" for name in ordered(tables))
    return Template(README).substitute(accounts=len(record.accounts), at=text(at), tables="\n".join(lines))


def _plain(value: Any) -> str:
    """Write times and days as ISO 8601; times come as UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
