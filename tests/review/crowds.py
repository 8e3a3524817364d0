"""Reviewers as threads of a process: `python -m tests.review.crowds DATABASE BEGAN NAME...`, until it is killed.

The clock runs 20 times as fast as the wall's, from `BEGAN` on (seconds since 1970, which is then `LATER`). Prints
`said ITEM KEY` only after a judgement was committed, and `late ITEM` when it came too late and its words were kept.
Whoever is called `lambat...` reads for longer than an item is kept.
"""

from __future__ import annotations

import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from scanner.domain.users import User
from scanner.errors import TooLate
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.items import Item
from scanner.review.onward import take
from scanner.store.assignments import HOLD
from scanner.store.connection import Store
from tests.review.desks import LATER, NO, drafts_of, make_user, never

SPEED = 20


def clock(began: float) -> datetime:
    """Return what time it is for everybody who began then."""
    return LATER + timedelta(seconds=SPEED * (time.time() - began))


def sit(store: Store, user: User, began: float) -> None:
    """Judge what comes, for ever; one more item is always fetched ahead."""
    while True:
        for item in take(store, user, ahead=1, now=clock(began), chance=never)[:1]:
            if user.name.startswith("lambat"):
                time.sleep(HOLD.total_seconds() / SPEED + 1)
            judge(store, user, item, began)


def judge(store: Store, user: User, item: Item, began: float) -> None:
    """Say something of an item and tell what became of it."""
    key, note = new_key(), f"kata {user.name}"
    said = judgement_of(key, item.id, user.name, NO, note=note, seconds=9.0, now=clock(began))
    try:
        decide(store, said)
    except TooLate:
        if drafts_of(store, user, [item.id])[item.id].note == note:
            print("late", item.id, flush=True)
    else:
        print("said", item.id, key, flush=True)


if __name__ == "__main__":
    database, began, *names = sys.argv[1:]
    shared = Store(Path(database), wait=120.0)
    threads = [threading.Thread(target=sit, args=(shared, make_user(name), float(began))) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
