"""Erasing a person: of what is theirs no byte is left in any file; of what is others' everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanner.domain.captures import sha256
from scanner.domain.runs import Rejected
from scanner.domain.users import Role
from scanner.errors import StoreLocked, UsageError
from scanner.store import accounts, audit, erase, locking, manifest_check, person_marks, persons, quarantine, users
from scanner.store.connection import Store
from scanner.store.exports import Export, load_exports, save_export
from scanner.store.person_erase import Order, erase_person, preview
from tests.people import make_user
from tests.store.samples import HOUR, NOON
from tests.subjects import OTHER, PERSON, THEIRS, make_store

ORDER = Order(person=PERSON, reason="permintaan 3/2026", by="dian", at=NOON + HOUR, in_spite_of="PUT-9/2026")
IN_EVENTS = frozenset({"audit"})
"""What is on the chain already stays: ids of accounts and posts, never words."""
WORDS = tuple(
    word.encode()
    for word in (
        *("kanari-teks", "kanari-konteks", "kanari-kutipan", "kanari-alasan", "catatan kanari", "konsep kanari"),
        *("putusan kanari", "page of kanari", "picture of kanari", "foto kanari", "dinas kanari", "bidang kanari"),
        *("kanari-7", "kanari utama", "kanari-asli", "kanari.akun", "kanari.png"),
    )
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


def rows_naming(store: Store, word: str) -> set[str]:
    """Return the tables in which a word stands anywhere."""
    with store.lease("test") as lease:
        names = [name for (name,) in lease.rows("SELECT table_name FROM duckdb_tables()")]
        return {name for name in names if word in repr(lease.rows(f'FROM "{name}"')).lower()}


def files_with(store: Store, *words: bytes) -> list[str]:
    """Return the files of the data folder in which any of these bytes stand."""
    found = [path for path in store.path.parent.rglob("*") if path.is_file()]
    return [path.name for path in found if any(word in path.read_bytes().lower() for word in words)]


def test_nothing_of_them_is_left_in_rows_and_bytes(store: Store):
    before = rows_naming(store, "sita")
    assert rows_naming(store, "kanari") > IN_EVENTS
    done = erase_person(store, ORDER)
    assert (done.accounts, done.posts, done.left) == (1, 3, ())
    assert rows_naming(store, "kanari") <= IN_EVENTS
    assert rows_naming(store, "sita") == before
    words = (
        b"kanari-teks",
        b"kanari-konteks",
        b"kanari-kutipan",
        b"kanari-alasan",
        b"catatan kanari",
        b"konsep kanari",
    )
    words += (b"putusan kanari", b"page of kanari", b"picture of kanari", b"foto kanari", b"dinas kanari", b"kanari-7")
    assert files_with(store, *words, b"kanari utama", b"kanari-asli", b"kanari.akun", b"kanari.png") == []


def test_both_chains_hold_and_others_are_whole(store: Store):
    with store.lease("test") as lease:
        before = lease.rows("FROM versions WHERE contains(id, 'sita') ORDER BY id")
    erase_person(store, ORDER)
    with store.lease("test") as lease:
        assert audit.verify(lease).problems == ()
        assert manifest_check.verify(lease).problems == ()
        assert lease.rows("FROM versions ORDER BY id") == before
        assert accounts.load_accounts(lease) == [OTHER]
        [(said,)] = lease.rows("SELECT count(*) FROM judgements")
        assert said == 10, "verdicts stay, without words and under marks"


def test_the_event_names_nobody_and_counts(store: Store):
    erase_person(store, ORDER)
    with store.lease("test") as lease:
        [event] = [one for one in audit.events(lease) if one.action == "person.erase"]
    assert event.subject.startswith("person:")
    assert event.detail == {"accounts": 1, "posts": 3, "reason": "permintaan 3/2026 (PUT-9/2026)"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"in_spite_of": ""}, "1 of their flags are referred; `--in-spite-of"),
        ({"in_spite_of": " ", "holds": ("mastodon",)}, "and flagged posts stay by the legal hold on mastodon"),
        ({"reason": ""}, "--reason is empty"),
        ({"person": "PEG-9"}, "no account on record"),
    ],
)
def test_what_may_not_be_erased_is_refused_and_nothing_changes(store: Store, changes: dict[str, str], told: str):
    before = rows_naming(store, "kanari")
    for act in (erase_person, preview):
        with pytest.raises(UsageError, match=told):
            act(store, replace(ORDER, **changes))
    assert rows_naming(store, "kanari") == before


def test_a_preview_tells_the_same_and_changes_nothing(store: Store):
    before = rows_naming(store, "kanari")
    would = preview(store, ORDER)
    assert rows_naming(store, "kanari") == before
    assert (would.accounts, would.posts) == (1, 3)


def test_it_waits_for_no_scan(store: Store):
    with locking.held(store.path.with_name("scan"), "scan", wait=0), pytest.raises(StoreLocked):
        erase_person(store, ORDER)


def test_files_handed_out_with_them_leave_and_others_stay(store: Store, tmp_path: Path):
    def hand_out(name: str, kind: str, *, identifiable: bool, later: bool = True, series: str | None = None) -> Path:
        path = tmp_path / name
        path.write_bytes(name.encode())
        at = NOON + HOUR if later else NOON - 400 * HOUR
        noted = Export(str(path), kind, at, "ratna", sha256(path.read_bytes()), identifiable, series=series)
        with store.lease("test") as lease:
            save_export(lease, noted)
        return path

    with store.lease("test") as lease:
        subject = persons.subject_of(lease, PERSON)
    gone = [
        hand_out("telaah.csv", "reviews", identifiable=True),
        hand_out("mereka.zip", "person", identifiable=True, series=subject),
    ]
    stay = [
        hand_out("potret", "snapshot", identifiable=False),
        hand_out("lama.csv", "reviews", identifiable=True, later=False),
        hand_out("lain.zip", "person", identifiable=True, series="person:another"),
    ]
    altered = hand_out("diubah.csv", "posts", identifiable=True)
    altered.write_bytes(b"diubah")
    done = erase_person(store, ORDER)
    assert sorted(done.exports) == sorted(map(str, gone))
    assert done.left == (str(altered),)
    assert [path.exists() for path in (*gone, *stay, altered)] == [False, False, True, True, True, True]
    with store.lease("test") as lease:
        assert {one.path for one in load_exports(lease)} == {str(path) for path in (*stay, altered)}


def test_what_was_killed_behind_the_rows_is_finished_by_the_next(store: Store, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as killed:
        killed.setattr(erase, "finish_erasing", lambda _: None)
        erase_person(store, ORDER)
    assert files_with(store, b"kanari-teks") != []
    erase.tidy(store, NOON + HOUR, by="dian")
    assert files_with(store, b"kanari-teks", b"page of kanari") == []


def test_faults_and_notes_of_somebody_with_a_longer_number_stay(store: Store):
    faults = [Rejected(f"{PERSON}{more}.csv", 1, "rusak", "0" * 64) for more in ("", "0")]
    with store.lease("test") as lease:
        before = {one.source for one in quarantine.load_rejected(lease)}
        quarantine.save_rejected(lease, faults, run_id="run-1", seen_at=NOON)
    erase_person(store, ORDER)
    with store.lease("test") as lease:
        assert {one.source for one in quarantine.load_rejected(lease)} - before == {f"{PERSON}0.csv"}


def test_a_file_that_was_moved_is_told_of(store: Store, tmp_path: Path):
    moved = tmp_path / "telaah.csv"
    noted = Export(str(moved), "reviews", NOON + HOUR, "ratna", "0" * 64, identifiable=True)
    with store.lease("test") as lease:
        save_export(lease, noted)
    done = erase_person(store, ORDER)
    assert (done.exports, done.left, done.missing) == ((), (), (str(moved),))


def test_recusals_from_them_are_forgotten(store: Store):
    with store.lease("test") as lease:
        users.add_user(lease, make_user("sari", role=Role.REVIEWER, recused=(PERSON, "PEG-0002")), by="joko")
    erase_person(store, ORDER)
    with store.lease("test") as lease:
        assert users.require_user(lease, "sari").recused == ("PEG-0002",)


def test_their_accounts_are_known_again_by_marks_until_two_people_relist_them(store: Store):
    erase_person(store, ORDER)
    with store.lease("test") as lease:
        assert person_marks.erased(lease, [THEIRS.id, OTHER.id]) == [THEIRS.id]
        with pytest.raises(UsageError, match="second person"):
            person_marks.relist(lease, THEIRS.id, reason="SK-9", by="dian", approved_by="Dian ", at=NOON)
        with pytest.raises(UsageError, match="was not erased"):
            person_marks.relist(lease, OTHER.id, reason="SK-9", by="dian", approved_by="joko", at=NOON)
        person_marks.relist(lease, THEIRS.id, reason="SK-9", by="dian", approved_by="joko", at=NOON)
        assert person_marks.erased(lease, [THEIRS.id]) == []
