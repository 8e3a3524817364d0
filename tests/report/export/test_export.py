"""An export says what it holds and left out, holds no secret, and lets the record go while it is written."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from scanner.errors import UsageError
from scanner.report.export.as_xlsx import write as write_xlsx
from scanner.report.export.export import Order, export_agreement, export_rows
from scanner.report.export.formats import FORMATS, writer_of
from scanner.report.export.kinds import FLAGS, KINDS, POSTS, REVIEWS
from scanner.report.export.package import place_of
from scanner.report.export.readme import dictionary
from scanner.report.export.spool import Spool, spool
from scanner.store import audit, exporting
from scanner.store.connection import Lease, Store
from scanner.store.exporting import Rows, Wanted
from scanner.store.exports import load_exports
from scanner.store.leaving import Removal, remove_export
from tests.people import add_person
from tests.report.export.conftest import row_of
from tests.review.desks import LATER, YES, actions, make_desk, say


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A desk with two people who can sign in, three flags and three judgements."""
    store = make_desk(tmp_path)
    for name in ("sari", "budi"):
        add_person(store, name)
        say(store, name, YES)
    return store


def order(target: Path, chosen: str | None = None, **changes: Any) -> Order:
    return Order(**{"place": place_of(target, chosen), "by": "ratna", "at": LATER, **changes})


@pytest.mark.parametrize("rows", Rows)
def test_the_columns_that_leave_are_those_that_are_documented(store: Store, rows: Rows):
    with store.lease("test", reading=True) as lease:
        [page] = exporting.pages(lease, rows, Wanted())
    kind = KINDS[rows]
    assert sorted(page.schema.names) == sorted(kind.schema.names)
    assert page.select(kind.schema.names).cast(kind.schema).num_rows == page.num_rows
    assert all(column.id and column.en for column in kind.columns)


def test_no_kind_sums_over_a_person_or_names_class_score_or_leaning():
    named = {column.name for kind in (FLAGS, REVIEWS, POSTS) for column in kind.columns}
    assert not {"class_hint", "score", "probability", "count", "rank", "participant", "mentions", "person_id"} & named


def test_the_readme_tells_in_both_languages_what_is_in_it_and_what_is_not(store: Store, tmp_path: Path):
    wanted = Wanted(accounts=("mastodon:budi@desa.example",), posted_since=LATER.replace(year=2020))
    export_rows(store, Rows.REVIEWS, order(tmp_path / "telaah", wanted=wanted, versions={"rules": "2026.11+1a"}))
    told = (tmp_path / "telaah" / "README.md").read_text("utf-8")
    assert "2 baris" in told
    assert "2 rows" in told
    assert "| posted since | 2020-" in told
    assert "| accounts | 1 |" in told
    assert "| rules | 2026.11+1a |" in told
    assert "budi@desa.example" not in told
    assert all(f"| {column.name} |" in told for column in REVIEWS.columns)
    assert (tmp_path / "telaah" / "dictionary.csv").read_bytes().decode() == dictionary(REVIEWS)


@pytest.mark.parametrize("form", FORMATS)
def test_it_is_told_on_the_chain_and_noted_before_it_lies_there(store: Store, tmp_path: Path, form: str):
    done = export_rows(store, Rows.REVIEWS, order(tmp_path / "telaah", form))
    with store.lease("test") as lease:
        [noted] = load_exports(lease)
        assert audit.verify(lease).ok
    assert (noted.sha256, noted.kind, noted.made_by) == (done.sha256, "reviews", "ratna")
    assert actions(store, str(tmp_path / "telaah")) == [("ratna", "export.reviews")]


@pytest.mark.parametrize("name", ["telaah.csv", "telaah", "telaah.zip"])
def test_what_is_purged_is_found_where_it_lies(store: Store, tmp_path: Path, name: str):
    export_rows(store, Rows.REVIEWS, order(tmp_path / "keluar" / name))
    with store.lease("test") as lease:
        [noted] = load_exports(lease)
    assert remove_export(noted) is Removal.REMOVED
    assert not (tmp_path / "keluar" / name).exists()


def test_nothing_lies_there_when_it_cannot_be_told(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    anchor = audit.anchor_path(store.path.parent)
    anchor.write_text("rusak")
    with pytest.raises(Exception, match="not an audit anchor"):
        export_rows(store, Rows.FLAGS, order(tmp_path / "tanda.csv"))
    assert not list(tmp_path.glob("*tanda*"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("rows", Rows)
def test_no_secret_of_anybody_is_in_it(store: Store, tmp_path: Path, rows: Rows, form: str):
    with store.lease("test") as lease:
        secrets = [one for row in lease.rows("SELECT password, totp_secret FROM credentials") for one in row]
        people = [one for (one,) in lease.rows("SELECT DISTINCT person_id FROM accounts")]
    export_rows(store, rows, order(tmp_path / "a", form, wanted=Wanted(unsettled=True)))
    bodies = b"".join(path.read_bytes() for path in (tmp_path / "a").iterdir())
    assert len(secrets) == 4
    assert [one for one in (*secrets, *people) if one.encode() in bodies] == []


def test_the_record_is_free_while_rows_are_written(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    free: list[int] = []

    def write(path: Path, rows: Spool, *, encoding: str) -> tuple[()]:
        with Store(store.path, wait=0.1).lease("test") as lease:
            free.append(_count(lease))
        return write_xlsx(path, rows, encoding=encoding) and ()

    monkeypatch.setattr("scanner.report.export.export.writer_of", lambda _: write)
    export_rows(store, Rows.POSTS, order(tmp_path / "a.xlsx"))
    assert free == [3]


def _count(lease: Lease) -> int:
    [(count,)] = lease.rows("SELECT count(*) FROM versions")
    return int(count)


def test_agreement_takes_no_filter(store: Store, tmp_path: Path):
    with pytest.raises(UsageError, match="takes no filter"):
        export_agreement(store, [], order(tmp_path / "a.csv", wanted=Wanted(unsettled=True)))
    assert export_agreement(store, [], order(tmp_path / "b.csv")).rows == 0


def most_memory(folder: Path, form: str, pages: int) -> int:
    """Return how much Python's objects took at most while so many pages of 2,000 rows were written."""
    page = pa.Table.from_pylist([row_of(REVIEWS, note="catatan " * 12) for _ in range(2_000)], schema=REVIEWS.schema)
    rows = spool(folder / "rows", REVIEWS, (page for _ in range(pages)))
    tracemalloc.start()
    writer_of(form)(folder / f"{pages}.{form}", rows, encoding="utf-8")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_five_times_the_rows_take_no_more_memory(tmp_path: Path, form: str):
    assert most_memory(tmp_path, form, 10) < 1.2 * most_memory(tmp_path, form, 2) + 2**20
