"""How long the summary of a period and the agreement of reviewers take.

    python -m benchmarks.figures [POSTS] [TIMES]

Both are read from a record of POSTS posts: all scored, one in twenty flagged, every flag judged by two of ten
reviewers, one in ten of them ruled on by an adjudicator. Each line is the median of TIMES runs, the lease included.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.desk_store import NOW, fill
from scanner.report.summary import read_summary
from scanner.review.agreement import measure_agreement, read_agreement
from scanner.rules.ruleset import load_ruleset
from scanner.store.connection import Store
from scanner.store.doubles import load_doubles

JUDGED = """
    INSERT OR IGNORE INTO scores SELECT id, label, 'm1', 'contoh', 0.5
        FROM versions, (VALUES ('campaign_support'), ('pns_attribute_use')) AS labels(label);
    INSERT INTO judgements (id, seq, flag_id, reviewer, verdict, decided_at, codes, note, stage)
        SELECT concat(id, '#', reading), 2 * number + reading, id,
               concat('penelaah', (number * 7 + reading * (1 + number // 10 % 9)) % 10),
               CASE WHEN number % 2 = 0 OR reading = 1 AND number % 10 = 1 THEN 'suspected' ELSE 'not_violation' END,
               known_at + INTERVAL 3 DAY, '["AJAKAN-BERPIHAK"]', '', 'blind'
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS number FROM flags), range(2) AS readings(reading);
    INSERT INTO judgements (id, seq, flag_id, reviewer, verdict, decided_at, codes, note, stage)
        SELECT concat(flag_id, '#ketua'), 1_000_000 + seq, flag_id, 'ketua', 'not_violation', decided_at, '[]', '',
               'adjudication'
        FROM judgements WHERE seq % 20 = 3;
    UPDATE flags SET settled_at = known_at + INTERVAL 3 DAY"""


def timed(name: str, times: int, work: Callable[[], object]) -> None:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    print(f"{name:42} {median(taken) * 1e3:8.1f} ms", flush=True)


def main(posts: int = 200_000, times: int = 5) -> None:
    ruleset = load_ruleset()
    labels = {code: known.label for code, known in ruleset.codes.items()}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "scanner.duckdb")
        fill(store, posts)
        with store.lease("benchmark") as lease:
            for statement in JUDGED.split(";"):
                lease.execute(statement)
        with store.lease("benchmark") as lease:
            doubles = load_doubles(lease)
        due = lambda _election, known: known + timedelta(days=7)  # noqa: E731
        timed(f"summary of {posts} posts", times, lambda: read_summary(store, due=due, now=NOW))
        timed(
            f"agreement on {len(doubles)} doubles",
            times,
            lambda: read_agreement(store, actor="ketua", ruleset=ruleset),
        )
        some = doubles[:2000]
        pairs = len({tuple(sorted(one.reviewer for one in double.readings)) for double in some})
        timed(f"of it {len(some)} doubles, {pairs} pairs, no store", times, lambda: measure_agreement(some, labels))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
