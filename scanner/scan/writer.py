"""One thread that writes for all accounts: what waits is saved together, because opening the record costs 60 ms.

Accounts are gathered by many threads; if each of them opened the database for each page, opening would take most of
the time, and so would statements for one row each. Items are saved in the order in which they were handed in.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from scanner.errors import StoreDamaged, StoreLocked
from scanner.store.connection import Lease, Store

Item = TypeVar("Item")
Save = Callable[[Lease, Sequence[Item]], Sequence[Any]]

TOGETHER = 200
"""Most items of one transaction."""
PAUSE = 2.0
"""Seconds from the beginning of one transaction to the next: others get their turn, and more items gather."""


class Writer(Generic[Item]):
    """Saves items of many threads. What it has not saved when the process is killed is gathered again.

    `save` stores several items in one lease and returns a result for each. When it raises, its items are saved one
    by one, so that a fault in one costs no other; so it must give the same results when it is called again. `failed`
    is told of an item that cannot be saved before anything behind it is.
    """

    def __init__(
        self, store: Store, save: Save[Item], failed: Callable[[Item, Exception], None], *, pause: float = PAUSE
    ) -> None:
        self._store = store
        self._save = save
        self._failed = failed
        self._pause = pause
        self._queue: queue.Queue[tuple[Item, Future[Any]] | None] = queue.Queue(TOGETHER)
        self._hurried = threading.Event()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def __enter__(self) -> Writer[Item]:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Save what was handed in, then end."""
        self.hurry()
        self._queue.put(None)
        self._thread.join()

    def hurry(self) -> None:
        """Pause no more: nothing much will come."""
        self._hurried.set()

    def submit(self, item: Item) -> Future[Any]:
        """Hand in an item; its future is done once it is saved, or tells why not. Waits when too many wait already."""
        future: Future[Any] = Future()
        self._queue.put((item, future))
        return future

    def _work(self) -> None:
        ended = False
        while not ended:
            handed, began = [self._queue.get()], time.monotonic()
            while len(handed) < TOGETHER and handed[-1] is not None and not self._queue.empty():
                handed.append(self._queue.get())
            ended = handed[-1] is None
            self._store_all([one for one in handed if one is not None])
            self._hurried.wait(self._pause - (time.monotonic() - began))

    def _store_all(self, handed: list[tuple[Item, Future[Any]]]) -> None:
        if not handed:
            return
        try:
            items = [item for item, _ in handed]
            results = self._store.repeat("scan: save what was gathered", lambda lease: self._save(lease, items))
        except Exception as error:
            if len(handed) > 1 and not isinstance(error, StoreLocked | StoreDamaged):
                for one in handed:
                    self._store_all([one])
                return
            for item, future in handed:
                self._failed(item, error)
                future.set_exception(error)
        else:
            for (_, future), result in zip(handed, results, strict=True):
                future.set_result(result)
