"""One thread that writes for all accounts: what waits is saved together, because opening the record costs 60 ms.

Accounts are gathered by many threads; if each of them opened the database for each page, opening would take most of
the time. A unit of work is a function of a lease. Units run in the order in which they were handed in.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from scanner.errors import StoreError
from scanner.store.connection import Lease, Store

T = TypeVar("T")
Unit = Callable[[Lease], Any]

TOGETHER = 100
"""Most units of one transaction."""
PAUSE = 0.25
"""Seconds from the beginning of one transaction to the next: others get their turn, and more units gather."""
_WAITING = 200


@dataclass(frozen=True, slots=True)
class _Handed:
    unit: Unit
    future: Future[Any]


class Writer:
    """Saves units of work of many threads. What it has not saved when the process is killed is gathered again."""

    def __init__(self, store: Store, *, pause: float = PAUSE) -> None:
        self._store = store
        self._pause = pause
        self._queue: queue.Queue[_Handed | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Save what was handed in, then end."""
        self._queue.put(None)
        self._thread.join()

    def submit(self, unit: Callable[[Lease], T]) -> Future[T]:
        """Hand in a unit; its future is done once it is saved, or tells why not. Waits when too many wait already.

        A unit may be run twice when another one of its transaction fails: it must give the same result both times.
        """
        future: Future[T] = Future()
        self._queue.put(_Handed(unit, future))
        return future

    def _work(self) -> None:
        ended = False
        while not ended:
            first, began = self._queue.get(), time.monotonic()
            handed = [] if first is None else [first, *self._more()]
            ended = first is None or handed[-1:] == [None]
            self._save([one for one in handed if one is not None])
            if not ended:
                time.sleep(max(0.0, self._pause - (time.monotonic() - began)))

    def _more(self) -> list[_Handed | None]:
        """Take what waits behind the first unit."""
        found: list[_Handed | None] = []
        while len(found) < TOGETHER - 1 and found[-1:] != [None]:
            try:
                found.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return found

    def _save(self, handed: list[_Handed]) -> None:
        if not handed:
            return
        try:
            results = self._transact(handed)
        except StoreError as error:
            for one in handed:
                one.future.set_exception(error)
        except Exception as error:  # what one unit raises is its own; the others are saved without it
            if len(handed) == 1:
                handed[0].future.set_exception(error)
                return
            for one in handed:
                self._save([one])
        else:
            for one, result in zip(handed, results, strict=True):
                one.future.set_result(result)

    def _transact(self, handed: list[_Handed]) -> list[Any]:
        with self._store.lease("scan: save what was gathered") as lease:
            return [one.unit(lease) for one in handed]
