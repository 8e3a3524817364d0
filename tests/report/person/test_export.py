"""Access: a person gets every row that is about them, of every table there is, and no reviewer's name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from scanner.errors import UsageError
from scanner.report.person.export import export_person
from scanner.report.person.texts import TABLES
from scanner.store import audit, person_record, persons
from scanner.store.connection import Store
from scanner.store.exports import load_exports
from tests.store.samples import NOON
from tests.subjects import OTHER, PERSON, THEIRS, make_store

REVIEWERS = ("sari.penelaah", "budi.penelaah", "tina.ketua", "ratna.penelaah", "rina", "joko")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


def handed(store: Store, folder: Path) -> dict[str, list[dict[str, Any]]]:
    export_person(store, PERSON, folder, by="dian", at=NOON)
    return dict(json.loads((folder / "data.json").read_text("utf-8"))["tables"])


def test_every_table_that_can_name_somebody_is_looked_through(store: Store):
    with store.lease("test") as lease:
        linked = person_record.linked_tables(lease)
        every = {name for (name,) in lease.rows("SELECT table_name FROM duckdb_tables()")}
    assert linked.keys() | person_record.APART.keys() == every, "say of a new table how it is looked through"
    assert not linked.keys() & person_record.APART.keys()
    assert linked.keys() <= TABLES.keys(), "a new table needs a title"


def test_each_row_about_them_is_in_and_no_row_about_anybody_else(store: Store, tmp_path: Path):
    found = handed(store, tmp_path / "akses")
    with store.lease("test") as lease:
        for table, columns in person_record.linked_tables(lease).items():
            counts = lease.rows(f'SELECT count(*) FROM "{table}"')[0][0]
            theirs = len(found.get(table, ()))
            assert (theirs, counts) == (counts // 2, 2 * (counts // 2)), (table, columns)
            assert theirs > 0, f"{table}: the sample has no row of it"
    assert OTHER.handle not in json.dumps(found)
    assert "sita" not in json.dumps(found).replace("sari", "")


def test_captures_faults_runs_mandates_and_events_are_in(store: Store, tmp_path: Path):
    found = handed(store, tmp_path / "akses")
    assert {one["url"] for one in found["captures"]} == {
        "https://desa.example/api/kanari",
        "https://desa.example/kanari.png",
    }
    assert [one["reason"] for one in found["quarantine"]] == [f"{THEIRS.handle}: tanpa waktu"]
    assert [len(found[name]) for name in ("runs", "mandates")] == [1, 1]
    assert {"judgement.append", "gold.set", "flag.refer"} <= {one["action"] for one in found["audit"]}


def test_reviewers_have_pseudonyms_throughout(store: Store, tmp_path: Path):
    found = handed(store, tmp_path / "akses")
    for path in (tmp_path / "akses").iterdir():
        for name in REVIEWERS:
            assert name not in path.read_text("utf-8"), (path.name, name)
    who = {one["id"]: one["reviewer"] for one in found["judgements"]}
    assert set(who) == {"J1", "J2", "J3", "J4", "J5"}
    [ruling] = found["adjudications"]
    assert who[ruling["judgement_id"]] == ruling["adjudicator"]
    assert {one["person"] for one in found["assignments"]} >= set(who.values())


def test_an_event_about_several_people_tells_of_them_alone(store: Store, tmp_path: Path):
    with store.lease("test") as lease:
        items = [item for (item,) in lease.rows("SELECT id FROM flags ORDER BY id")]
        detail = {"items": items}
        audit.append(lease, actor="sari.penelaah", action="decisions.show", subject="sari.penelaah", detail=detail)
        theirs = next(item for item in items if "kanari" in item)
        audit.append(lease, actor="sari.penelaah", action="duplicates.show", subject=theirs, detail=detail)
    events = {one["action"]: one for one in handed(store, tmp_path / "akses")["audit"]}
    assert (events["decisions.show"]["subject"], events["decisions.show"]["detail"]) == ("", "{}")
    assert all("kanari" in item for item in json.loads(events["duplicates.show"]["detail"])["items"])


def test_the_page_shows_every_row_as_text_and_fetches_nothing(store: Store, tmp_path: Path):
    with store.lease("test") as lease:
        lease.execute("UPDATE versions SET text = '<script>alert(1)</script> kanari' WHERE contains(text, 'kanari')")
    found = handed(store, tmp_path / "akses")
    page = BeautifulSoup((tmp_path / "akses" / "index.html").read_text("utf-8"), "html.parser")
    assert page.select("script, img, link, iframe") == []
    assert "<script>alert(1)</script> kanari" in page.get_text()
    assert len(page.select("article")) == sum(map(len, found.values()))


def test_the_folder_says_what_it_holds_and_is_sealed(store: Store, tmp_path: Path):
    done = export_person(store, PERSON, tmp_path / "akses", by="dian", at=NOON)
    readme = (tmp_path / "akses" / "README.md").read_text("utf-8")
    assert all(f"| `{table}` |" in readme for table in done.rows)
    sums = (tmp_path / "akses" / "SHA256SUMS").read_text("utf-8")
    for line in sums.splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "akses" / name).read_bytes()).hexdigest() == digest
    assert (tmp_path / "akses" / "data.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["akses", "akses.zip"])
def test_the_handing_over_is_on_the_chain_by_mark_and_the_file_is_known(store: Store, tmp_path: Path, name: str):
    done = export_person(store, PERSON, tmp_path / name, by="dian", at=NOON)
    with store.lease("test") as lease:
        [event] = audit.events(lease, subject=persons.subject_of(lease, PERSON))
        [noted] = load_exports(lease)
    assert (event.actor, event.action, event.detail["sha256"]) == ("dian", "person.export", done.sha256)
    assert (noted.path, noted.kind, noted.identifiable, noted.sha256) == (
        str(tmp_path / name),
        "person",
        True,
        done.sha256,
    )
    with pytest.raises(UsageError, match="is there already"):
        export_person(store, PERSON, tmp_path / name, by="dian", at=NOON)


def test_somebody_suspended_has_access_all_the_same(store: Store, tmp_path: Path):
    with store.lease("test") as lease:
        persons.suspend(lease, PERSON, reason="keberatan", by="dian", at=NOON)
    found = handed(store, tmp_path / "akses")
    assert found["accounts"][0]["suspended_reason"] == "keberatan"
    assert "person.suspend" in {one["action"] for one in found["audit"]}


def test_nobody_who_is_not_on_record_is_exported(store: Store, tmp_path: Path):
    with pytest.raises(UsageError, match="no account on record"):
        export_person(store, "PEG-9999", tmp_path / "akses", by="dian", at=NOON)
