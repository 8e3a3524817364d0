"""Exporting: rows read in one short lease, written at leisure, told on the audit chain, and only then handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from scanner.errors import UsageError
from scanner.report.export.formats import writer_of
from scanner.report.export.kinds import AGREEMENT, KINDS
from scanner.report.export.package import Parcel, Place, building
from scanner.report.export.readme import DICTIONARY, README, Facts, dictionary, readme
from scanner.report.export.spool import Spool, spool
from scanner.store import audit, exporting, exports
from scanner.store.connection import Store
from scanner.store.exporting import LeftOut, Rows, Wanted
from scanner.store.exports import Export


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants what, and where."""

    place: Place
    by: str
    at: datetime
    wanted: Wanted = field(default_factory=Wanted)
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of scanner, rules and model, for the README."""
    excel: bool = False
    """Text formats begin with a byte order mark, by which Excel knows UTF-8."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was written."""

    rows: int
    left_out: Mapping[LeftOut, int]
    sha256: str
    """On the audit chain too."""


def export_rows(store: Store, kind: Rows, order: Order) -> Exported:
    """Write flags, judgements or texts of posts. UsageError when something is at its place already.

    All rows are of one moment; the database is kept only while they are read.
    """
    with building(order.place) as parcel:
        with store.lease(f"export {kind}", reading=True) as lease:
            left_out = exporting.count_left_out(lease, kind, order.wanted)
            rows = spool(parcel.part / "rows", KINDS[kind], exporting.pages(lease, kind, order.wanted))
        return _finish(store, parcel, rows, order, left_out)


def export_agreement(store: Store, figures: Iterable[Mapping[str, Any]], order: Order) -> Exported:
    """Write the figures of agreement, one row for each question and group. UsageError where a filter is given."""
    if order.wanted != Wanted():
        raise UsageError("agreement: takes no filter; it is measured over all that was read twice")
    page = pa.Table.from_pylist([dict(one) for one in figures], schema=AGREEMENT.schema)
    with building(order.place) as parcel:
        return _finish(store, parcel, spool(parcel.part / "rows", AGREEMENT, [page]), order, {})


def _finish(store: Store, parcel: Parcel, rows: Spool, order: Order, left_out: Mapping[LeftOut, int]) -> Exported:
    place = order.place
    data = place.target.name if place.is_file else f"{rows.kind.name}.{place.format}"
    encoding = "utf-8-sig" if order.excel else "utf-8"
    notes = writer_of(place.format)(parcel.content / data, rows, encoding=encoding)
    facts = Facts(
        kind=rows.kind,
        data=data,
        rows=rows.rows,
        left_out=left_out,
        wanted=order.wanted,
        at=order.at,
        by=order.by,
        versions=order.versions,
        notes=notes,
    )
    (parcel.content / README).write_text(readme(facts), "utf-8")
    (parcel.content / DICTIONARY).write_text(dictionary(rows.kind), "utf-8", newline="")
    done = Exported(rows.rows, left_out, parcel.seal())
    _tell(store, rows.kind.name, order, done)
    parcel.leave()
    return done


def _tell(store: Store, kind: str, order: Order, done: Exported) -> None:
    """Note what is about to leave, and tell it on the audit chain: nothing leaves without."""
    path, wanted = str(order.place.target.absolute()), order.wanted
    filters = {name: str(value) for name in Wanted.__slots__ if (value := getattr(wanted, name))}
    detail = {
        "rows": done.rows,
        "left_out": dict(done.left_out),
        "filters": filters | ({"accounts": list(wanted.accounts)} if wanted.accounts else {}),
        "format": order.place.format,
        "sha256": done.sha256,
    }
    with store.lease(f"export {kind}: a file leaves the house") as lease:
        audit.append(lease, actor=order.by, action=f"export.{kind}", subject=path, detail=detail, at=order.at)
        exports.save_export(lease, Export(path, kind, order.at, order.by, done.sha256, identifiable=True))
