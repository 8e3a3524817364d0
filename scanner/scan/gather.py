"""Gathering: accounts side by side in threads, each page saved whole by one writer, in order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scanner.domain.runs import Coverage
from scanner.scan.account import AccountWalk
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.scan.saving import Handed, not_saved, save_together
from scanner.scan.writer import Writer
from scanner.store.connection import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Gathers planned accounts into the store under one run."""

    store: Store
    platforms: Platforms
    run_id: str
    zone: ZoneInfo
    """Local days of the region decide whether a post was written in service (guardrail G5)."""
    workers: int = 5
    account_seconds: float | None = None
    """After these a look at one account is ended; None: it takes what it takes."""

    def gather(self, planned: Sequence[Planned], stop: threading.Event | None = None) -> Iterator[Coverage]:
        """Gather accounts side by side and yield the coverage of each as it ends; it is saved by then.

        One account's failure never stops the others. Once `stop` is set, accounts end after their current page
        and accounts not begun are not tried.
        """
        stop = stop or threading.Event()
        with (
            Writer(self.store, save_together, not_saved) as writer,
            ThreadPoolExecutor(max_workers=self.workers, thread_name_prefix="gather") as pool,
        ):
            suspended = set[str]()
            walks = [
                AccountWalk(
                    self.store, self.platforms, self.run_id, self.zone, writer, item, suspended, self.account_seconds
                )
                for item in planned
            ]
            waiting = [pool.submit(walk.gather, stop) for walk in walks]
            _hurry_behind(waiting, writer)
            try:
                for done in as_completed(waiting):
                    covered = done.result().result()
                    log_ending(covered)
                    yield covered
            except BaseException:
                stop.set()
                raise


def log_ending(covered: Coverage) -> None:
    """Write how an account ended; its id becomes a hash there, and why stands in the ledger."""
    took = (covered.ended_at - covered.started_at).total_seconds()
    log.info(
        "%s is %s: %d new, %d changed, %d requests in %.1f s",
        covered.account_id,
        covered.outcome,
        covered.tally.new,
        covered.tally.changed,
        covered.requests,
        took,
    )


def _hurry_behind(waiting: Sequence[Future[Future[Coverage]]], writer: Writer[Handed]) -> None:
    """Let the writer pause no more once the last walk has ended: nothing else will gather."""
    going = set(waiting)

    def done(walk: Future[Future[Coverage]]) -> None:
        going.discard(walk)
        if not going:
            writer.hurry()

    for walk in waiting:
        walk.add_done_callback(done)
