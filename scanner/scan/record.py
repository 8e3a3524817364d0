"""The record of one run: that it began, how it ended, and what it brought. Only a killed run has no end."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime

from scanner import __version__
from scanner.collect.client import Client
from scanner.collect.interface import Window
from scanner.collect.traffic import Traffic
from scanner.detect.local import Detector
from scanner.domain.runs import Brought, Run, Tally
from scanner.errors import ScannerError, StoreError
from scanner.logs import Word
from scanner.resources import operator
from scanner.scan.flagging import Flagged
from scanner.store import audit, runs
from scanner.store.connection import Store

log = logging.getLogger(__name__)

_EVERY_TIME = Window()


@contextlib.contextmanager
def recorded(
    store: Store,
    kind: str,
    detector: Detector,
    trigger: str = "hand",
    *,
    window: Window = _EVERY_TIME,
    client: Client | None = None,
) -> Iterator[Run]:
    """Put a new run on record, and its end too when it fails. The client is the one it asks with, if it asks."""
    run = start(store, kind, detector, trigger, window=window)
    if client is not None:
        client.traffic.take()  # what was asked before belongs to another run
    try:
        yield run
    except Exception as error:
        code = error.exit_code if isinstance(error, ScannerError) else 1
        with contextlib.suppress(StoreError):  # what failed may be the store itself
            _end(store, run, Brought(), client, exit_code=code, note=str(error), detail={})
        raise


def start(store: Store, kind: str, detector: Detector, trigger: str = "hand", *, window: Window = _EVERY_TIME) -> Run:
    """Put a new run on record; `trigger` is what began it: hand, schedule, catch_up or backfill."""
    now = datetime.now(UTC)
    run = Run(
        id=f"{kind}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        kind=kind,
        started_at=now,
        ended_at=None,
        exit_code=None,
        versions=f"scanner {__version__}, rules {detector.ruleset.id}, model {detector.model.id}",
        trigger=trigger,
        started_by=operator(),
        since=window.since,
        until=window.until,
    )
    with store.lease(f"{kind}: start") as lease:
        runs.start_run(lease, run)
        audit.append(lease, actor=kind, action="run.start", subject=run.id, detail={"versions": run.versions})
    log.info("run %s began: %s", Word(run.id), Word(trigger))
    return run


def finish(
    store: Store,
    run: Run,
    tally: Tally,
    flagged: Flagged,
    *,
    exit_code: int,
    missing: int | None = None,
    client: Client | None = None,
) -> Run:
    """Put the end of a run on record with what it brought, and return it as ended.

    `missing` are posts found gone, where the caller knows better than the record: it may have erased them.
    """
    brought = Brought(new=tally.new, changed=tally.changed, missing=missing)
    detail = {"new": tally.new, "changed": tally.changed, "flagged": flagged.flagged}
    return _end(store, run, brought, client, exit_code=exit_code, note="", detail=detail)


def _end(
    store: Store,
    run: Run,
    known: Brought,
    client: Client | None,
    *,
    exit_code: int,
    note: str,
    detail: Mapping[str, int],
) -> Run:
    now = datetime.now(UTC)
    traffic = Traffic() if client is None else client.traffic.take()
    with store.lease(f"{run.kind}: finish") as lease:
        brought = runs.count_brought(lease, run).but(known).but(Brought(**asdict(traffic)))
        runs.finish_run(lease, run.id, ended_at=now, exit_code=exit_code, note=note, brought=brought)
        event = {**detail, "exit": exit_code}
        audit.append(lease, actor=run.kind, action="run.finish", subject=run.id, detail=event)
    told = ", ".join(f"{name} {count}" for name, count in asdict(brought).items() if count is not None)
    log.info("run %s ended: exit %d, %s", Word(run.id), exit_code, Word(told))
    return replace(run, ended_at=now, exit_code=exit_code, note=note, **asdict(brought))
