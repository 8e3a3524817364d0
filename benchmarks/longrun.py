"""A long run: JSONL of a million posts to flagged rows in DuckDB, beside DuckDB's own reading of the same file.

    python -m benchmarks.longrun [POSTS]

Prints where the time goes, the ratio to `read_json` into a table in memory in the same run, and the most memory held.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import msgspec

from benchmarks.posts import timeline
from scanner.classify.bundle import load_model
from scanner.detect.reader import Reader
from scanner.domain.flags import Phase
from scanner.resources import data_folder
from scanner.rules.election_files import load_election
from scanner.rules.ruleset import load_ruleset
from scanner.scan.scoring import score_table


def timed(label: str, step: Callable[[], object], count: int) -> float:
    began = time.perf_counter()
    step()
    seconds = time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{label:<34}{seconds:>9.1f} s{count / seconds:>12,.0f} posts/s{most:>9,.0f} MiB at most so far")
    return seconds


def main(count: int) -> None:
    election = load_election("pilgub-lampung-2024")
    reader = Reader(ruleset=load_ruleset(), model=load_model(data_folder("models") / "default"), elections=(election,))
    with tempfile.TemporaryDirectory() as name:
        source, target, base = Path(name, "posts.jsonl"), Path(name, "scored.jsonl"), Path(name, "flags.duckdb")
        with source.open("wb") as file:
            file.writelines(msgspec.json.encode(row) + b"\n" for row in timeline(count, election, reader.matcher))
        print(f"{count:,} posts, {source.stat().st_size / 1e6:,.0f} MB of JSONL")
        scored = timed(
            "score", lambda: list(score_table(str(source), str(target), reader, phase=Phase.KAMPANYE)), count
        )
        store = duckdb.connect(base, config={"threads": 1})
        flagged = f"SELECT * FROM read_json('{target}') WHERE flag_campaign_support OR flag_pns_attribute_use"
        stored = timed("flagged rows into DuckDB", lambda: store.execute(f"CREATE TABLE flags AS {flagged}"), count)
        (rows,) = store.execute("SELECT count(*) FROM flags").fetchone() or (0,)
        memory = duckdb.connect(config={"threads": 1})
        read = f"CREATE TABLE posts AS SELECT * FROM read_json('{source}')"
        own = timed("DuckDB's read_json into memory", lambda: memory.execute(read), count)
    print(f"{rows:,} rows flagged; the whole takes {(scored + stored) / own:.1f} times as long as read_json alone")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
