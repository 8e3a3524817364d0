"""An export that comes back changes nothing, and what was altered in it is told row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.report.export.export import Order, export_rows
from scanner.report.export.package import place_of
from scanner.report.export.reading import READ
from scanner.report.export.returned import Returned, is_export, take_back
from scanner.store.connection import Store
from scanner.store.exporting import Rows
from tests.review.desks import LATER, NO, YES, actions, flag, make_desk, say
from tests.store.samples import dump

NOTES = ("=1+1", " 'kutip' \"ganda\" \r\n baris", "\u202eterbalik \x1b[2J", "")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A desk with two settled items and five judgements, one of them taken back."""
    store = make_desk(tmp_path)
    for number, note in enumerate(NOTES):
        say(store, ("sari", "budi")[number % 2], (YES, NO)[number // 2], flag(1 + number // 2), note=note, seconds=9.1)
    return store


def exported(store: Store, name: str) -> Path:
    target = store.path.parent.parent / name
    export_rows(store, Rows.REVIEWS, Order(place_of(target, None), by="ratna", at=LATER))
    return target


def back(store: Store, path: Path) -> Returned:
    return take_back(store, path, by="ratna", at=LATER)


@pytest.mark.parametrize("name", [*(f"telaah.{form}" for form in READ), "telaah", "telaah.jsonl.zip"])
def test_what_is_known_changes_nothing(store: Store, name: str):
    path = exported(store, name)
    with store.lease("test") as lease:
        before = dump(lease)
    assert is_export(path)
    assert back(store, path) == Returned(path, known=4)
    with store.lease("test") as lease:
        assert dump(lease) == before


def altered(path: Path, **changes: str) -> Path:
    """Change cells of the second row."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1].update(changes)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("verdict", "not_violation"),
        ("annotator", "tina"),
        ("note", "lain"),
        ("item_id", flag(3)),
        ("codes", "[]"),
        ("stage", "gold"),
        ("seconds", "0"),
        ("seconds", "nan"),
        ("seq", "99"),
        ("decided_at", "2026-01-01T00:00:00+00:00"),
    ],
)
def test_other_words_under_a_known_id_are_refused_with_their_row(store: Store, column: str, cell: str):
    found = back(store, altered(exported(store, "telaah.csv"), **{column: cell}))
    [refused] = found.refused
    assert (found.known, refused.row, refused.reason) == (3, 2, f"the record says otherwise: {column}")
    assert not found.whole
    assert actions(store, "telaah.csv") == [("ratna", "review.import")]


def test_no_judgement_is_made_by_a_table(store: Store):
    found = back(store, altered(exported(store, "telaah.csv"), id="karangan"))
    [refused] = found.refused
    assert refused.reason.startswith("no such judgement left this workspace")
    with store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM judgements") == [(4,)]


def test_rows_before_one_that_cannot_be_read_are_compared(store: Store):
    found = back(store, altered(exported(store, "telaah.csv"), seq="tujuh"))
    assert found.problem.startswith("not an export of reviews: invalid literal")
    assert not found.whole


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a.jsonl", b'{"text":"a","label":[]}\n', False),
        ("a.jsonl", b"\xff", False),
        ("a.jsonl", b"[" * 100_000, False),
        ("a.json", b"[]", False),
        ("a.xlsx", b"", True),
        ("a.CSV", b"", True),
    ],
)
def test_exports_are_told_from_judgements_made_offline(tmp_path: Path, name: str, body: bytes, expected: bool):
    (tmp_path / name).write_bytes(body)
    assert is_export(tmp_path / name) is expected
    assert not is_export(tmp_path / "tidak-ada.jsonl")


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.write_bytes(b"PK")], ids=["dir", "zip"])
def test_a_folder_or_zip_without_judgements_is_one_line(store: Store, tmp_path: Path, make: Callable[[Path], object]):
    make(tmp_path / "a.zip")
    assert back(store, tmp_path / "a.zip").problem.startswith("not an export of reviews: ")
