"""What a snapshot costs: publishing beside DuckDB's own COPY of the same rows, the queue meanwhile, and bytes.

    python -m benchmarks.snapshot [POSTS] [TIMES] [FOLDER]

Makes POSTS posts (in FOLDER, where they stay and are used again; else in a temporary one), publishes TIMES times and
copies the rows of all views TIMES times, in turns. The copy reads the same rows from the live file, the same joins
included, and writes them to Parquet (zstd) as they are: no pseudonyms, no groups, no DuckDB file. Wanted at 1,000,000
posts: at most 3 times as long. Then the next 50 items of a reviewer, each in a lease of its own (wanted: p95 50 ms).
"""

from __future__ import annotations

import contextlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import duckdb

from scanner.cli.publishing import office_of
from scanner.demo import many
from scanner.demo.show import open_province
from scanner.domain.users import Role, User
from scanner.report.snapshot import sources
from scanner.report.snapshot.office import Office, Order
from scanner.report.snapshot.publish import Published, publish
from scanner.store import waiting
from scanner.workspace import Workspace

READS = 60


def filled(root: Path, count: int) -> Workspace:
    workspace = open_province(root)
    with workspace.store.lease("benchmark") as lease:
        [(there,)] = lease.rows("SELECT count(*) FROM posts")
    if there < count:
        codes = [code for code, known in workspace.ruleset.codes.items() if known.enabled][:3]
        order = many.Order(
            posts=count - there,
            election=workspace.election,
            codes=codes,
            ruleset=workspace.ruleset.id,
            model=workspace.model.id,
            now=many.now(),
        )
        list(many.make_posts(workspace.store, order, by="benchmark"))
    return workspace


def published(workspace: Workspace, chosen: Office) -> tuple[float, Published]:
    order = Order(by="benchmark", at=datetime.now(UTC), series="benchmark", smallest=10, keep=1)
    began = time.perf_counter()
    done = publish(workspace.store, chosen, order)
    return time.perf_counter() - began, done


def read_alone(workspace: Workspace) -> float:
    """Return for how many seconds publishing holds the record."""
    began = time.perf_counter()
    with workspace.store.lease("benchmark", reading=True) as lease:
        sources.gather(lease, smallest=10, zone="Asia/Jakarta", with_text=False)
    return time.perf_counter() - began


def copied(workspace: Workspace, folder: Path) -> float:
    """Return how long DuckDB takes to copy the rows that a snapshot is made of."""
    config: dict[str, str | bool | int | float | list[str]] = {"threads": 2, "memory_limit": "1GB"}
    known = {"zone": "Asia/Jakarta", "smallest": 10}
    began = time.perf_counter()
    with contextlib.closing(duckdb.connect(str(workspace.store.path), read_only=True, config=config)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        people = connection.sql(sources.ACCOUNTS, params={"smallest": 10, "others": "x"}).to_arrow_table()
        connection.register("cast_", people)
        connection.register("kinds", connection.sql(sources.KINDS).to_arrow_table())
        for name, sql in copies():
            given = {key: value for key, value in known.items() if f"${key}" in sql}
            connection.execute(f"COPY ({sql}) TO '{folder}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)", given)
    return time.perf_counter() - began


def copies() -> Iterator[tuple[str, str]]:
    """Yield name and rows of each table, and of the scores, which are rows of their own in a snapshot."""
    yield "scores", "SELECT s.* FROM scores AS s JOIN posts AS p ON p.version_id = s.version_id"
    for name, sql in sources.WANTED.items():
        yield name, sql.replace("{text}", "")


def next_50(workspace: Workspace) -> list[float]:
    user = User(name="sari", display="Sari", role=Role.REVIEWER, agency="-", created_at=datetime.now(UTC))
    taken = []
    for _ in range(READS):
        began = time.perf_counter()
        with workspace.store.lease("benchmark", reading=True) as lease:
            front = waiting.Front(lease, user, now=datetime.now(UTC), overlap=2, due=_due)
            assert len(front.next(limit=50)) == 50
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _due(_election: str, at: datetime) -> datetime:
    return at + timedelta(days=7)


def size(path: Path) -> float:
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(one.stat().st_size for one in files) / 2**20


def main(count: int = 20_000, times: int = 3, root: Path | None = None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        began = time.perf_counter()
        workspace = filled(root or Path(scratch) / "w", count)
        print(f"{count:,} posts there after {time.perf_counter() - began:.1f} s", flush=True)
        chosen, both = office_of(workspace), []
        for number in range(times):
            seconds, done = published(workspace, chosen)
            both.append((seconds, copied(workspace, Path(scratch))))
            print(f"publish {both[-1][0]:.2f} s  COPY {both[-1][1]:.2f} s", flush=True)
            if number == 0:
                left = sum(done.left_out.values())
                print(f"rows {sum(done.rows.values()):,}, left out {left:,}", flush=True)
        mine, theirs = (median(column) for column in zip(*both, strict=True))
        print(f"publish / COPY {mine / theirs:.2f} (wanted at 1,000,000 posts: 3)")
        print(f"the record is held for {read_alone(workspace):.2f} s of it")
        taken = next_50(workspace)
        print(f"next 50: p50 {median(taken):.1f} ms, p95 {quantiles(taken, n=20)[18]:.1f} ms")
        million = 1e6 / count
        for name, path in (
            ("live file", workspace.store.path),
            ("snapshot.duckdb", done.path / "snapshot.duckdb"),
            ("parquet", done.path / "parquet"),
        ):
            print(f"{name}: {size(path):.1f} MiB, {size(path) * million:.0f} MiB per million posts")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:.0f} MiB")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(*map(int, arguments[:2]), *map(Path, arguments[2:3]))
