"""What the desk's own work costs: showing the next item, fetching ahead, deciding, undoing, counting.

    python -m benchmarks.desk_queue [POSTS] [TIMES]

On POSTS posts, one in twenty flagged and half of the flags settled by two reviewers, in the process that keeps the
database, one person at a time: p50 and p95 in milliseconds of the clock, and the least of the processor, which tells
more on a busy machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from benchmarks.desk_store import NOW, fill
from scanner.domain.reviews import Verdict
from scanner.domain.users import Role, User
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.onward import take
from scanner.review.progress import progress
from scanner.review.queue import take_next
from scanner.review.undo import undo
from scanner.store.connection import Store
from scanner.store.owner import OwnedStore, own

SARI = User(name="sari", display="Sari", role=Role.REVIEWER, agency="Bawaslu Contoh", created_at=NOW)

SETTLED = (
    "CREATE TEMP TABLE done AS SELECT id, row_number() OVER (ORDER BY md5(id)) AS number FROM flags",
    "DELETE FROM done WHERE 2 * number > (SELECT count(*) FROM flags)",
    """INSERT INTO judgements SELECT id || who, 2 * number + (who = 'rina')::INT, id, who, 'not_violation', now(), '[]',
       '', 9.0, 'blind' FROM done, (VALUES ('budi'), ('rina')) AS people(who)""",
    """INSERT INTO assignments BY NAME SELECT flag_id AS item_id, reviewer AS person, stage, decided_at AS taken_at,
       decided_at AS held_until, id AS judgement_id, verdict, true AS closed FROM judgements""",
    "UPDATE flags SET settled_at = now() WHERE id IN (SELECT id FROM done)",
)


def settle_half(store: Store) -> None:
    with store.lease("benchmark") as lease:
        for statement in SETTLED:
            lease.execute(statement)


def measure(store: OwnedStore, times: int) -> dict[str, list[tuple[float, float]]]:
    """Return by unit of work seconds of the clock and of the processor, each time."""
    taken: dict[str, list[tuple[float, float]]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began, used = time.perf_counter(), time.process_time()
        work()
        taken.setdefault(name, []).append((time.perf_counter() - began, time.process_time() - used))

    for _ in range(times):
        timed("next", lambda: take_next(store, SARI))
        timed("next and two ahead", lambda: take(store, SARI))
        item = take(store, SARI)[0].id
        said = {"flag_id": item, "reviewer": "sari", "verdict": Verdict.NOT_VIOLATION}
        timed("decide", lambda said=said: decide(store, judgement_of(key=new_key(), **said)))
        timed("undo", lambda: undo(store, key=new_key(), reviewer="sari"))
        decide(store, judgement_of(key=new_key(), **said))
        timed("progress", lambda: look_around(store))
    return taken


def look_around(store: OwnedStore) -> None:
    with store.lease("benchmark", reading=True) as lease:
        progress(lease, SARI)


def main() -> None:
    posts, times = (int(text) for text in (sys.argv[1:] + ["200000", "40"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "data" / "scanner.duckdb")
        fill(store, posts)
        settle_half(store)
        with own(store) as owned:
            taken = measure(owned, times)
    print(f"{posts} posts, {posts // 20} flags, {times} times: p50, p95 and least processor time in ms")
    for name, each in taken.items():
        cuts = quantiles([clock for clock, _ in each], n=20)
        print(f"{name:20} {1000 * cuts[9]:7.1f} {1000 * cuts[18]:7.1f} {1000 * min(used for _, used in each):7.1f}")


if __name__ == "__main__":
    main()
