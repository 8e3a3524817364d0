"""A reviewer as a process: `python -m tests.review.workers DATABASE NAME`. Judges what comes until nothing does.

Prints `item key` only after the judgement was committed: what is printed must be stored.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scanner.domain.reviews import Verdict
from scanner.errors import TooLate
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.onward import take
from scanner.store.connection import Store
from tests.review.desks import make_user, never


def work(store: Store, name: str) -> None:
    while items := take(store, make_user(name), ahead=1, chance=never):
        key = new_key()
        try:
            decide(
                store,
                judgement_of(key=key, flag_id=items[0].id, reviewer=name, verdict=Verdict.NOT_VIOLATION, seconds=9.0),
            )
        except TooLate:
            continue
        print(items[0].id, key, flush=True)


if __name__ == "__main__":
    work(Store(Path(sys.argv[1]), wait=120.0), sys.argv[2])
