from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from scanner.errors import StoreDamaged, StoreError, StoreLocked
from scanner.store import audit, connection, locking
from scanner.store.connection import Lease, Store
from scanner.store.posts import save_posts
from scanner.store.runs import last_runs, start_run
from tests.store.samples import NOON, dump, make_post
from tests.store.test_runs import make_run

ROOT = Path(__file__).parents[2]


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)


def test_it_keeps_what_a_lease_wrote(store: Store) -> None:
    with store.lease("write") as lease:
        start_run(lease, make_run())
    with store.lease("read") as lease:
        assert last_runs(lease) == [make_run()]


def test_it_forgets_everything_of_a_lease_that_raised(store: Store) -> None:
    with contextlib.suppress(ZeroDivisionError), store.lease("write") as lease:
        start_run(lease, make_run())
        raise ZeroDivisionError
    with store.lease("read") as lease:
        assert last_runs(lease) == []


def test_it_follows_up_only_after_a_commit(store: Store) -> None:
    done: list[str] = []
    with store.lease("write") as lease:
        lease.after_commit["x"] = lambda: done.append("committed")
        assert done == []
    with contextlib.suppress(ZeroDivisionError), store.lease("write") as lease:
        lease.after_commit["x"] = lambda: done.append("rolled back")
        raise ZeroDivisionError
    assert done == ["committed"]


def test_it_makes_private_files(store: Store) -> None:
    with store.lease("write"):
        pass
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in store.path.parent.iterdir()} == {0o600}


def test_it_names_the_process_and_purpose_that_hold_the_database(store: Store) -> None:
    hurried = Store(store.path, wait=0.05)
    with store.lease("scan"), pytest.raises(StoreLocked, match=rf"PID {os.getpid()} \(scan, since 20.*waited 0.05 s"):
        hurried.lease("review").__enter__()


def test_it_names_a_notebook_that_does_not_queue(store: Store) -> None:
    with store.lease("make"):
        pass
    code = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as notebook:
        assert notebook.stdout is not None
        assert notebook.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match=rf"held by PID {notebook.pid}, which does not queue"):
            Store(store.path, wait=0.2).lease("scan").__enter__()
        notebook.communicate()
    with store.lease("scan") as lease:
        assert lease.rows("SELECT 1") == [(1,)]


def test_it_names_this_process_when_it_has_the_file_open_itself(store: Store) -> None:
    with store.lease("make"):
        pass
    with duckdb.connect(str(store.path)), pytest.raises(StoreLocked, match="this very process"):
        store.lease("scan").__enter__()


def test_it_lets_go_when_the_holder_is_killed(store: Store) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from scanner.store.connection import Store
with Store(Path(sys.argv[1])).lease("doomed"):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run_python(code, store.path).returncode == -9
    assert locking.holder(store.path) is not None, "the dead process cannot wipe its name"
    with store.lease("next"):
        pass
    assert locking.holder(store.path) is None


@pytest.mark.parametrize("size", [0, 50, 50_000])
def test_it_says_that_a_file_which_is_no_database_cannot_be_trusted(store: Store, size: int) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(b"x" * size)
    with pytest.raises(StoreDamaged, match=r"scanner\.duckdb: cannot be trusted.*Delete nothing: move the file"):
        store.lease("scan").__enter__()
    assert store.path.read_bytes() == b"x" * size


def test_it_notices_flipped_bits(store: Store) -> None:
    with store.lease("write") as lease:
        save_posts(lease, [make_post()], run_id="r1", seen_at=NOON)
    body = bytearray(store.path.read_bytes())
    for place in (4_100, 8_200, 12_300):
        body[place] ^= 4
    store.path.write_bytes(body)
    with pytest.raises(StoreDamaged, match="checksum"):
        store.lease("read").__enter__()


def test_it_says_so_when_the_folder_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file: the data folder cannot be made: File exists"):
        Store(tmp_path / "file" / "scanner.duckdb").lease("scan").__enter__()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "ATTACH '/tmp/other.duckdb'",
        "COPY runs TO '/tmp/runs.csv'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_sql_cannot_reach_out_of_the_database(lease: Lease, sql: str) -> None:
    with pytest.raises(StoreError, match=r"disabled|locked|configuration"):
        lease.execute(sql)


def test_sql_cannot_read_python_variables(lease: Lease) -> None:
    secret = pa.table({"a": [1]})
    assert secret.num_rows == 1
    with pytest.raises(StoreError, match="secret does not exist"):
        lease.rows("FROM secret")


def test_it_reads_tuples_dictionaries_and_tables(lease: Lease) -> None:
    lease.register("numbers", pa.table({"n": [1, 2]}))
    assert lease.rows("SELECT n, n * 2 FROM numbers WHERE n > $least", {"least": 1}) == [(2, 4)]
    assert lease.dicts("FROM numbers ORDER BY n") == [{"n": 1}, {"n": 2}]
    assert lease.arrow("FROM numbers").num_rows == 2
    assert lease.rows("FROM numbers WHERE n > 5") == []


def test_times_come_back_in_utc(lease: Lease) -> None:
    [(found,)] = lease.rows("SELECT $at::TIMESTAMPTZ", {"at": NOON})
    assert found == NOON
    assert str(found.tzinfo) == "UTC"


def test_errors_name_the_file_in_one_line(lease: Lease) -> None:
    with pytest.raises(StoreError, match=r"scanner\.duckdb: Catalog Error: .*nothing_here.*\Z") as caught:
        lease.rows("FROM nothing_here")
    assert "\n" not in str(caught.value)


class FullDisk:
    """Commits durably and raises nevertheless, as DuckDB does when the checkpoint after a commit finds no space."""

    def __init__(self, real: duckdb.DuckDBPyConnection) -> None:
        self._real = real

    def commit(self) -> None:
        self._real.commit()
        raise duckdb.FatalException("COMMIT succeeded and is durable, but the autocheckpoint failed: No space left")


def test_a_durable_commit_that_reports_a_full_disk_is_told_and_still_followed_up(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as real:
        lease = Lease(connection=FullDisk(real), path=tmp_path / "x.duckdb")  # type: ignore[arg-type]
        anchored: list[bool] = []
        lease.after_commit["audit.head"] = lambda: anchored.append(True)
        real.begin()
        steps = connection._transaction(lease)
        next(steps)
        real.execute("CREATE TABLE kept (n INTEGER)")
        with pytest.raises(StoreError, match="saved, nothing is lost, but the disk is full"):
            next(steps)
        assert anchored == [True]
        assert real.execute("FROM kept").fetchall() == []


def test_a_disk_that_fills_up_loses_nothing_and_a_retry_stores_once(store: Store) -> None:
    with store.lease("make"):
        pass
    code = """
import resource, sys
from pathlib import Path
from scanner.errors import StoreError
from scanner.store import audit
from scanner.store.connection import Store
from scanner.store.posts import save_posts
from tests.store.samples import NOON, make_post
import random
random.seed(1)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, resource.RLIM_INFINITY))
store = Store(Path(sys.argv[1]))
for page in range(30):
    text = lambda: "".join(random.choices("abcdefghijklmnopqrstuvwxyz ", k=4000))
    posts = [make_post(page * 50 + n, text=text()) for n in range(50)]
    try:
        with store.lease("scan") as lease:
            save_posts(lease, posts, run_id="r1", seen_at=NOON)
            audit.append(lease, actor="scan", action="page", subject=str(page), detail={})
        print(page, flush=True)
    except StoreError as error:
        print(error, file=sys.stderr)
        break
"""
    done = run_python(code, store.path)
    acked = [int(line) for line in done.stdout.split()]
    assert acked, done.stderr
    assert "repeating it is safe" in done.stderr or "File too large" in done.stderr, done.stderr
    with store.lease("retry") as lease:
        stored = {page for (page,) in lease.rows("SELECT DISTINCT subject::INTEGER FROM audit")}
        assert set(acked) <= stored
        assert lease.rows("SELECT count(*) FROM posts") == [(50 * len(stored),)]
        assert audit.verify(lease).ok
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_reading_changes_nothing(store: Store) -> None:
    with store.lease("read") as lease:
        before = dump(lease)
    with store.lease("read") as lease:
        assert dump(lease) == before
