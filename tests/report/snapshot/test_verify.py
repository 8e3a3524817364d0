"""A snapshot is checked by its folder alone, and nothing altered passes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from scanner.errors import UsageError
from scanner.report.snapshot import folders
from scanner.report.snapshot.publish import Published
from scanner.report.snapshot.verify import check_snapshot
from scanner.store import audit
from scanner.workspace import Workspace


@pytest.fixture
def folder(published: Published, tmp_path: Path) -> Path:
    """A copy somewhere else, that may be changed; there is no workspace around it."""
    copy = Path(shutil.copytree(published.path, tmp_path / "years later"))
    for path in (*copy.rglob("*"), copy):
        path.chmod(0o755)
    return copy


def reseal(folder: Path) -> None:
    """Write the hashes anew, as somebody who wants to hide a change would."""
    (folder / "SHA256SUMS").unlink()
    folders.seal(folder)


def test_an_untouched_one_agrees_without_a_workspace(folder: Path, published: Published):
    checked = check_snapshot(folder)
    assert checked.problems == ()
    assert checked.rows == sum(published.rows.values())
    assert (checked.series, checked.identifiable) == ("uji", False)


def flip(folder: Path) -> None:
    path = folder / "parquet" / "posts.parquet"
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def put_in(folder: Path) -> None:
    (folder / "names.csv").write_text("budi", "utf-8")


def take_out(folder: Path) -> None:
    (folder / "parquet" / "flags.parquet").unlink()


def link_out(folder: Path) -> None:
    path = folder / "README.md"
    path.unlink()
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (flip, "parquet/posts.parquet: was altered"),
        (put_in, "names.csv: is not in SHA256SUMS"),
        (take_out, "parquet/flags.parquet: is missing"),
        (link_out, "README.md: was altered"),
    ],
)
def test_what_was_changed_is_named(folder: Path, change: Callable[[Path], None], told: str):
    change(folder)
    assert check_snapshot(folder).problems == (told,)


def fewer_rows(folder: Path) -> None:
    path = folder / "parquet" / "runs.parquet"
    duckdb.sql(f"COPY (FROM '{path}' LIMIT 3) TO '{path}.new' (FORMAT parquet)")
    Path(f"{path}.new").rename(path)


def other_rows(folder: Path) -> None:
    path = folder / "parquet" / "runs.parquet"
    duckdb.sql(f"COPY (SELECT * REPLACE ('scan!' AS kind) FROM '{path}') TO '{path}.new' (FORMAT parquet)")
    Path(f"{path}.new").rename(path)


def undocumented(folder: Path) -> None:
    path = folder / "dictionary.json"
    told = json.loads(path.read_bytes())
    told["runs"]["columns"].pop()
    path.write_text(json.dumps(told), "utf-8")


def hidden(folder: Path) -> None:
    with duckdb.connect(str(folder / "snapshot.duckdb")) as connection:
        connection.execute("CREATE SCHEMA x; CREATE TABLE x.posts AS SELECT 'budi' AS name")


def view(folder: Path) -> None:
    with duckdb.connect(str(folder / "snapshot.duckdb")) as connection:
        connection.execute("CREATE VIEW people AS SELECT 'budi' AS name")


def no_view(folder: Path) -> None:
    with duckdb.connect(str(folder / "snapshot.duckdb")) as connection:
        connection.execute("DROP TABLE rules")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (fewer_rows, "runs: 3 rows in the Parquet file"),
        (other_rows, "runs: the rows of DuckDB file and Parquet file differ"),
        (undocumented, "runs: columns"),
        (no_view, "the dictionary"),
        (hidden, "holds x.posts"),
        (view, "holds people"),
    ],
)
def test_what_no_longer_agrees_is_named_even_under_new_hashes(folder: Path, change: Callable[[Path], None], told: str):
    change(folder)
    reseal(folder)
    problems = check_snapshot(folder).problems
    assert problems
    assert told in problems[0]


def test_a_pipe_is_named_and_not_waited_for(folder: Path):
    (folder / "README.md").unlink()
    os.mkfifo(folder / "README.md")
    os.mkfifo(folder / "pipe")
    assert check_snapshot(folder).problems == ("pipe: is not in SHA256SUMS", "README.md: was altered")


def test_who_writes_all_of_it_anew_cannot_keep_its_hash(folder: Path, live: Workspace, published: Published):
    with live.store.lease("test") as lease:
        [event] = audit.events(lease, subject=published.path.name)
    assert check_snapshot(folder).sha256 == event.detail["sha256"]
    (folder / "README.md").write_text("anything", "utf-8")
    reseal(folder)
    forged = check_snapshot(folder)
    assert forged.problems == ()
    assert forged.sha256 != event.detail["sha256"]


def test_a_folder_that_is_no_snapshot_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="no snapshot"):
        check_snapshot(tmp_path)


def test_a_format_of_tomorrow_is_refused_in_one_line(folder: Path):
    path = folder / "snapshot.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "format": "scanner-snapshot/9"}), "utf-8")
    with pytest.raises(UsageError, match="valid: scanner-snapshot/1"):
        check_snapshot(folder)


@pytest.mark.parametrize("name", ["snapshot.json", "dictionary.json"])
@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"format": "scanner-snapshot/1", "rows": {"posts": "many"}}', "{", "\\xff", "[" * 100_000]
)
def test_what_lacks_what_it_must_say_is_refused_or_named_in_one_line(folder: Path, name: str, body: str):
    (folder / name).write_text(body, "utf-8")
    reseal(folder)
    try:
        assert check_snapshot(folder).problems
    except UsageError as refused:
        assert "\n" not in str(refused)


def test_folders_of_others_among_the_snapshots_are_passed_over(tmp_path: Path):
    for name, body in (("a", "[]"), ("b", "{}"), ("c", "no JSON")):
        (tmp_path / "snapshots" / name).mkdir(parents=True)
        (tmp_path / "snapshots" / name / "snapshot.json").write_text(body, "utf-8")
    assert folders.list_snapshots(tmp_path) == []
