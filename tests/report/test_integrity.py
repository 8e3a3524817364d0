"""Every captured byte and every audit event is checked, and what does not agree is named, never repaired."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.domain.captures import sha256
from scanner.report.integrity import check_integrity
from scanner.store import accounts, audit, erase, evidence, media, pages
from scanner.store.connection import Store
from tests.store.samples import NOON, make_account, make_evidence, make_post


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
        for body in (b"page", b"other page"):
            pages.save_page(
                lease,
                run_id="scan-1",
                account=make_account(),
                posts=[make_post()] if body == b"page" else [],
                captures=[make_evidence(body)],
                cursor=None,
                rejected=(),
                seen_at=NOON,
            )
        for number in range(3):
            audit.append(lease, actor="joko", action="test", subject=str(number), detail={})
    return store


def stored(store: Store, body: bytes) -> Path:
    return evidence.path_of(evidence.folder_of(store.path.parent), make_evidence(body).capture.sha256)


def damage(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def test_a_whole_record_has_no_problem(store: Store):
    report = check_integrity(store)
    assert (report.captures, report.problems) == (2, ())
    assert report.events >= 3


def test_an_empty_record_has_no_problem(tmp_path: Path):
    report = check_integrity(Store(tmp_path / "data" / "scanner.duckdb"))
    assert (report.captures, report.events, report.problems) == (0, 0, ())


def test_a_changed_capture_is_named(store: Store):
    damage(stored(store, b"page"), b"other words")
    [problem] = check_integrity(store).problems
    assert make_evidence(b"page").capture.sha256 in problem


def test_a_missing_capture_is_named(store: Store):
    stored(store, b"other page").unlink()
    [problem] = check_integrity(store).problems
    assert make_evidence(b"other page").capture.sha256 in problem


def test_an_altered_event_is_named(store: Store):
    with store.lease("test") as lease:
        lease.execute("UPDATE audit SET actor = 'orang lain' WHERE subject = '1'")
    [problem] = check_integrity(store).problems
    assert "was altered" in problem


def test_events_and_captures_are_named_together_and_nothing_is_repaired(store: Store):
    stored(store, b"page").unlink()
    with store.lease("test") as lease:
        lease.execute("DELETE FROM audit WHERE subject = '2'")
    first, second = check_integrity(store), check_integrity(store)
    assert len(first.problems) == 2
    assert first == second


def show_picture(store: Store, captured: bytes = b"raw") -> Path:
    """Put a fetched picture on record; return its file for display."""
    fetched = media.Medium(
        version_id=make_post().version_id,
        position=0,
        url="https://desa.example/a.jpg",
        state=media.State.FETCHED,
        sha256=sha256(b"raw"),
        display_sha256=sha256(b"drawn"),
    )
    with store.lease("test") as lease:
        media.save_medium(lease, fetched, make_evidence(captured), b"drawn")
        return media.display_path(lease.folder, sha256(b"drawn"))


def test_pictures_are_checked_as_they_came_and_as_they_are_shown(store: Store):
    path = show_picture(store)
    assert check_integrity(store).problems == ()
    damage(path, b"redrawn")
    [problem] = check_integrity(store).problems
    assert f"{path} was altered" in problem
    path.unlink()
    [problem] = check_integrity(store).problems
    assert f"{path} is missing" in problem


def test_a_picture_whose_bytes_were_changed_is_named(store: Store):
    show_picture(store)
    damage(stored(store, b"raw"), b"other")
    [problem] = check_integrity(store).problems
    assert sha256(b"raw") in problem


def test_a_picture_of_unknown_origin_is_named(store: Store):
    show_picture(store, captured=b"another")
    [problem] = check_integrity(store).problems
    assert problem == f"picture {sha256(b'raw')}: no capture tells where it came from"


def test_files_without_a_row_are_counted_and_are_no_problem(store: Store):
    """A killed scan leaves them: bytes are written before the row that names them."""
    evidence.write(evidence.folder_of(store.path.parent), make_evidence(b"never saved"))
    assert (check_integrity(store).unnamed, check_integrity(store).problems) == (1, ())


def test_an_erasing_that_was_not_finished_is_named_until_it_is(store: Store):
    with store.lease("test") as lease:
        erase.erase_posts(lease, [make_post().id], reason="permintaan", by="joko", at=NOON)
    [problem] = check_integrity(store).problems
    assert problem == (
        "an erasing is not finished: 1 files are to be removed and the database must be written anew; "
        "`scanner purge` does it"
    )
    erase.finish_erasing(store)
    assert (check_integrity(store).problems, check_integrity(store).erased) == ((), 1)
