"""Publishing a snapshot: read from a copy of one moment, make everything beside, then appear at once under its name.

Killed anywhere it leaves snapshots whole and the record whole; what is half made goes at the next publishing.
"""

from __future__ import annotations

import contextlib
import shutil
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.errors import UsageError
from scanner.report.snapshot import folders, naming, prune, telling
from scanner.report.snapshot.generalise import Told
from scanner.report.snapshot.office import Office, Order, agreement, tables
from scanner.report.snapshot.pseudonyms import key_for, key_path, load_key
from scanner.report.snapshot.shaping import shape, write
from scanner.report.snapshot.sources import Gathered, gather
from scanner.report.snapshot.views import views
from scanner.store import audit, exports
from scanner.store.connection import Store
from scanner.store.snapshot import FILE, PARQUET, build_file, workbench
from scanner.store.twin import twin


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot that is there."""

    path: Path
    rows: dict[str, int]
    left_out: dict[str, int]
    """Rows no group was large enough for, by table."""
    pruned: tuple[Path, ...]
    """Older ones that left."""


def publish(store: Store, office: Office, order: Order) -> Published:
    """Publish a snapshot. UsageError where words are wanted and nobody says why and under which agreement."""
    _require_ground(order)
    data = store.path.parent
    key_path(data, order.series)
    with folders.alone(data) as folder, ThreadPoolExecutor(1) as beside:
        gathered = _gather(store, office, order, beside)
        key = key_for(load_key(data, order.series), gathered.people)
        name = folders.free_name(folder, order.at, identifiable=order.with_text)
        part, target = folder / f"{folders.PART}{name}", folder / name
        try:
            told = _build(part, gathered, office, order, key, beside)
            _note(store, target, folders.seal(part), order, told["rows"])
            part.rename(target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        if not order.with_text:
            folders.point_latest(folder, name)
        pruned = prune.prune(store, order.series, keep=order.keep, by=order.by, at=order.at)
    left_out = {table: one["left_out"] for table, one in told["told"].items()}
    return Published(target, told["rows"], left_out, pruned)


def file_name(*, identifiable: bool) -> str:
    """Return the name of the DuckDB file: one that holds words says so."""
    return FILE.replace(".", ".identifiable.") if identifiable else FILE


def _require_ground(order: Order) -> None:
    if not order.with_text:
        return
    for option, value in (("--reason", order.reason), ("--agreement", order.agreement)):
        if not value.strip():
            raise UsageError(f"{option}: empty; words leave only for a reason and under a written agreement")


def _gather(store: Store, office: Office, order: Order, beside: Executor) -> Gathered:
    """Read the record from a copy, which goes while others work: to remove so many bytes takes a second."""
    with contextlib.ExitStack() as stack:
        lease = stack.enter_context(stack.enter_context(twin(store, "snapshot")).lease("snapshot: read", reading=True))
        gathered = gather(lease, smallest=order.smallest, zone=office.zone, with_text=order.with_text)
        beside.submit(stack.pop_all().close)
        return gathered


def _build(
    part: Path, gathered: Gathered, office: Office, order: Order, key: bytes, beside: Executor
) -> dict[str, Any]:
    """Make all files of a snapshot in a folder; return what snapshot.json says."""
    (part / PARQUET).mkdir(mode=0o755, parents=True)
    if order.with_text:
        people = naming.know(gathered.names, office.public)
        gathered.tables["posts"] = naming.mask_names(gathered.tables["posts"], people)
    counts, told = _write(part, gathered, office, order, key, beside)
    shutil.rmtree(part / ".spill", ignore_errors=True)
    shown = views(with_text=order.with_text)
    comments = {view.name: (view.row, {one.name: one.meaning for one in view.columns}) for view in shown}
    file = file_name(identifiable=order.with_text)
    build_file(part / file, part / PARQUET, comments)
    about = telling.about(order, office, counts, told, gathered.left_out)
    written = {
        telling.ABOUT: telling.dumped(about),
        telling.DICTIONARY: telling.dumped(telling.dictionary(shown)),
        telling.DICTIONARY_PAGE: telling.dictionary_page(shown, identifiable=order.with_text).encode(),
        telling.README: telling.readme(about, file).encode(),
    }
    for name, body in written.items():
        (part / name).write_bytes(body)
    return about


def _write(
    part: Path, gathered: Gathered, office: Office, order: Order, key: bytes, beside: Executor
) -> tuple[dict[str, int], dict[str, Told]]:
    """Write the views as Parquet; return how many rows each has, and how exactly it could be told."""
    with workbench(part) as bench:
        measured = beside.submit(agreement, office, gathered.doubles)  # in Python, while the database works
        for name, table in tables(office, gathered).items():
            bench.register(name, table)
        told = shape(bench, gathered, key, smallest=order.smallest, with_text=order.with_text)
        bench.register("agreement", measured.result())
        return write(bench, part / PARQUET, smallest=order.smallest, with_text=order.with_text), told


def _note(store: Store, target: Path, digest: str, order: Order, rows: dict[str, int]) -> None:
    """Put the snapshot on record before it can be seen: none leaves without its event."""
    with store.lease("snapshot: note") as lease:
        exports.save_export(
            lease,
            exports.Export(
                path=str(target.absolute()),
                kind="snapshot",
                made_at=order.at,
                made_by=order.by,
                sha256=digest,
                identifiable=order.with_text,
                series=order.series,
                reason=order.reason,
                agreement=order.agreement or None,
            ),
        )
        detail = {"series": order.series, "sha256": digest, "identifiable": order.with_text, "rows": rows}
        detail |= {"reason": order.reason, "agreement": order.agreement} if order.with_text else {}
        audit.append(lease, actor=order.by, action="snapshot.publish", subject=target.name, detail=detail, at=order.at)
