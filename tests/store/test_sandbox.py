"""Reliability A9: SQL of a careless or hostile researcher reads one snapshot and reaches nothing else."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import duckdb
import pytest

from scanner.errors import UsageError
from scanner.store.sandbox import SECONDS, query

CANARY = "rahasia-kenari"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A snapshot in miniature, beside a live file and others that must not be read."""
    path = tmp_path / "snapshot.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE posts AS SELECT range AS n, 'x' || range AS name FROM range(2000)")
    path.chmod(0o444)
    with duckdb.connect(str(tmp_path / "live.duckdb")) as live:
        live.execute(f"CREATE TABLE accounts AS SELECT '{CANARY}' AS handle")
        live.execute(f"COPY accounts TO '{tmp_path}/live.parquet'")
    for name in ("live.csv", "live.json", "live.txt"):
        (tmp_path / name).write_text(f'"{CANARY}"', "utf-8")
    return path


def test_what_is_asked_is_answered(file: Path):
    answer = query(file, "SELECT count(*) AS posts, max(n) FROM posts", rows=10)
    assert (answer.columns, answer.rows, answer.cut) == (("posts", "max(n)"), ((2000, 1999),), False)


def test_more_rows_than_wanted_are_told_of(file: Path):
    answer = query(file, "SELECT n FROM posts ORDER BY n", rows=3)
    assert (answer.rows, answer.cut) == (((0,), (1,), (2,)), True)


@pytest.mark.parametrize("sql", ["", "SELEKT 1", "SELECT 1; SELECT 2", "-- nothing", "SELECT nix FROM posts"])
def test_what_is_no_question_is_refused_in_one_line(file: Path, sql: str):
    with pytest.raises(UsageError) as refused:
        query(file, sql, rows=10)
    assert "\n" not in str(refused.value)


def test_a_refusal_is_short_whatever_the_query_makes_of_it(file: Path):
    with pytest.raises(UsageError) as refused:
        query(file, "SELECT error(repeat('x', 5000000))", rows=1)
    assert len(str(refused.value)) < 400


def test_exactly_as_many_rows_as_wanted_are_all(file: Path):
    answer = query(file, "SELECT n FROM posts", rows=2000)
    assert (len(answer.rows), answer.cut) == (2000, False)


def test_texts_that_duckdb_does_not_count_take_no_more_memory_than_may_be_taken(file: Path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with pytest.raises(UsageError):
        query(file, "SELECT repeat('x', 3000000) FROM range(1000)", rows=1000)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 2**20 + 2**18)  # KiB


def test_dates_lists_and_wild_text_come_back(file: Path):
    sql = "SELECT DATE '2026-11-16', ['a', 'b'], 'tab\there \"quoted\" 😅', NULL, 1.5::DOUBLE"
    assert query(file, sql, rows=1).rows == (("2026-11-16", ["a", "b"], 'tab\there "quoted" 😅', None, 1.5),)


HOSTILE = (
    "ATTACH '{dir}/live.duckdb' AS live",
    "ATTACH '{dir}/live.duckdb' AS live (READ_ONLY)",
    "ATTACH ':memory:' AS other",
    "FROM read_csv('/etc/passwd')",
    "FROM read_csv('{dir}/live.csv')",
    "FROM read_text('{dir}/live.txt')",
    "FROM read_blob('{dir}/live.duckdb')",
    "FROM read_json('{dir}/live.json')",
    "FROM read_parquet('{dir}/live.parquet')",
    "FROM '{dir}/live.csv'",
    "FROM '{dir}/live.duckdb'",
    "FROM glob('{dir}/*')",
    "FROM glob('/etc/*')",
    "FROM sniff_csv('{dir}/live.csv')",
    "FROM parquet_metadata('{dir}/live.parquet')",
    "FROM read_csv('https://example.org/x.csv')",
    "COPY posts TO '{dir}/out.csv'",
    "COPY posts TO '/dev/stdout'",
    "COPY posts FROM '{dir}/live.csv'",
    "COPY FROM DATABASE snapshot TO memory",
    "EXPORT DATABASE '{dir}/out'",
    "IMPORT DATABASE '{dir}/out'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{dir}/evil.duckdb_extension'",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET threads = 64",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "PRAGMA database_list",
    "CREATE TABLE mine AS FROM posts",
    "CREATE TEMP TABLE mine AS FROM posts",
    "INSERT INTO posts VALUES (1, 'x')",
    "DELETE FROM posts",
    "DROP TABLE posts",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "CALL pragma_version()",
    "USE memory",
    "CHECKPOINT",
    "VACUUM",
    "SELECT getenv('HOME')",
    "SELECT * FROM posts; ATTACH '{dir}/live.duckdb'",
    "EXPLAIN ANALYZE COPY posts TO '{dir}/out.csv'",
    "PREPARE p AS COPY posts TO '{dir}/out.csv'",
    "FROM query('ATTACH ''{dir}/live.duckdb''')",
    "FROM query_table('{dir}/live.csv')",
)


@pytest.mark.parametrize("sql", HOSTILE)
def test_what_reaches_for_anything_else_is_refused(file: Path, sql: str):
    before = sorted(file.parent.iterdir()), file.read_bytes()
    with pytest.raises(UsageError) as refused:
        query(file, sql.format(dir=file.parent), rows=100)
    assert CANARY not in str(refused.value)
    assert (sorted(file.parent.iterdir()), file.read_bytes()) == before


BOMBS = (
    "SELECT count(*) FROM range(100000000000) a, range(1000) b WHERE a.range % 7 = b.range",
    "SELECT list(a.n || b.n || c.n) FROM posts a, posts b, posts c",
    "SELECT repeat('x', 4000000000)",
    "SELECT length(repeat(repeat('x', 1000000), 1000000))",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "SELECT array_agg(range) FROM range(2000000000)",
    "SELECT * FROM range(10000000000) ORDER BY hash(range) DESC",
    "SELECT repeat('x', 1000000) FROM range(1000)",
)


@pytest.mark.parametrize("sql", [BOMBS[0], *(pytest.param(sql, marks=pytest.mark.slow) for sql in BOMBS[1:])])
def test_what_would_take_all_time_or_memory_is_ended(file: Path, sql: str):
    began = time.monotonic()
    with pytest.raises(UsageError):
        query(file, sql, rows=1000)
    assert time.monotonic() - began < 3 * SECONDS


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_secrets()", "SHOW ALL TABLES"]
)
def test_what_it_tells_of_itself_is_nothing_of_its_surroundings(file: Path, sql: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_PLATFORMS__YOUTUBE__KEYS__KEY", CANARY)
    try:
        said = str(query(file, sql, rows=1000))
    except UsageError as refused:
        said = str(refused)
    assert CANARY not in said
    assert "live" not in said


def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path):
    (tmp_path / "snapshot.duckdb").write_text("nothing", "utf-8")
    with pytest.raises(UsageError):
        query(tmp_path / "snapshot.duckdb", "SELECT 1", rows=1)
