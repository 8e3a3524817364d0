from __future__ import annotations

import contextlib
import json
from pathlib import Path

import duckdb
import pytest

from scanner.errors import StoreDamaged
from scanner.store import audit, captures, evidence, manifest, manifest_check, migrations
from scanner.store.connection import Store
from tests.store.samples import HOUR, NOON, dump, make_evidence


def save(store: Store, *bodies: bytes) -> None:
    with store.lease("save a page") as lease:
        captures.save_captures(lease, [make_evidence(body) for body in bodies])


def anchored(store: Store) -> audit.Head | None:
    return audit.read_anchor(manifest.anchor_path(store.path.parent))


def problems(store: Store) -> tuple[str, ...]:
    with store.lease("verify") as lease:
        return manifest_check.verify(lease).problems


def test_every_saved_page_is_one_link_however_many_captures_it_has(store: Store) -> None:
    save(store, b"a")
    save(store, *(f"item {number}".encode() for number in range(30)))
    with store.lease("read") as lease:
        first, second = manifest.links(lease, 1, 9)
        assert {link: len(leaves) for link, leaves in manifest.leaves_of(lease, 1, 2).items()} == {1: 1, 2: 30}
    assert (first.captures, second.captures, second.prev_hash) == (1, 30, first.hash)
    assert anchored(store) == audit.Head(seq=2, hash=second.hash)


def test_a_page_seen_before_adds_no_link(store: Store) -> None:
    save(store, b"a", b"b")
    save(store, b"a")
    save(store)
    save(store, b"a", b"c")
    with store.lease("read") as lease:
        assert [link.captures for link in manifest.links(lease, 1, 9)] == [2, 1]
    assert problems(store) == ()


def test_several_pages_in_one_lease_are_anchored_once_it_is_committed(store: Store) -> None:
    with store.lease("import") as lease:
        for body in (b"a", b"b", b"c"):
            captures.save_captures(lease, [make_evidence(body)])
        assert anchored(store) == audit.GENESIS
    assert anchored(store) is not None
    assert anchored(store).seq == 3  # type: ignore[union-attr]


def test_a_page_that_was_rolled_back_leaves_bytes_without_row_or_link(store: Store) -> None:
    save(store, b"a")
    with contextlib.suppress(ZeroDivisionError), store.lease("killed") as lease:
        captures.save_captures(lease, [make_evidence(b"b")])
        raise ZeroDivisionError
    folder = evidence.folder_of(store.path.parent)
    assert evidence.read(folder, make_evidence(b"b").capture.sha256) == b"b"
    assert problems(store) == ()
    save(store, b"b")
    assert (problems(store), anchored(store).seq) == ((), 2)  # type: ignore[union-attr]


def test_a_kill_between_commit_and_anchor_is_in_order(store: Store) -> None:
    save(store, b"a")
    with store.lease("killed before anchoring") as lease:
        captures.save_captures(lease, [make_evidence(b"b")])
        lease.after_commit.clear()
    assert (anchored(store).seq, problems(store)) == (1, ())  # type: ignore[union-attr]
    save(store, b"c")
    assert (anchored(store).seq, problems(store)) == (3, ())  # type: ignore[union-attr]


def test_nothing_is_added_where_anchored_links_were_lost(store: Store) -> None:
    save(store, b"a")
    save(store, b"b")
    with store.lease("tamper") as lease:
        lease.execute("DELETE FROM manifest WHERE seq = 2")
    with pytest.raises(StoreDamaged, match=r"link 2, which manifest\.head knows, is not in the database"):
        save(store, b"c")


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_nothing_is_added_where_the_anchor_is_missing_or_broken(store: Store, content: bytes | None) -> None:
    save(store, b"a")
    path = manifest.anchor_path(store.path.parent)
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"manifest\.head"):
        save(store, b"b")


def test_a_known_loss_can_be_accepted_and_stays_on_record(store: Store) -> None:
    for body in (b"a", b"b"):
        save(store, body)
    with store.lease("restore an old backup") as lease:
        lease.execute("DELETE FROM manifest WHERE seq = 2")
        lease.execute("DELETE FROM captures WHERE link = 2")
    with store.lease("accept") as lease:
        manifest.reanchor(lease, actor="joko", reason="cadangan tanggal 19")
        [event] = audit.events(lease)
    assert json.loads(event.detail["anchor_before"])["seq"] == 2
    save(store, b"c")
    assert problems(store) == ()


def test_the_anchor_lies_beside_the_database_and_only_its_owner_reads_it(store: Store) -> None:
    save(store, b"a")
    path = manifest.anchor_path(store.path.parent)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes()) < 512, "smaller than a sector, so it can be written over in place"


def test_what_is_erased_by_law_leaves_a_leaf_and_who_and_why(store: Store) -> None:
    save(store, b"a", b"b")
    digest = make_evidence(b"a").capture.sha256
    with store.lease("erase") as lease:
        before = manifest.leaves_of(lease, 1, 1)
        assert manifest.erase(lease, [digest], by="joko", reason="permintaan pemilik data", at=NOON) == 1
        [event] = audit.events(lease)
        assert manifest.leaves_of(lease, 1, 1) == before
    assert (event.actor, event.detail["reason"]) == ("joko", "permintaan pemilik data")
    assert not evidence.path_of(evidence.folder_of(store.path.parent), digest).exists()
    with store.lease("read") as lease:
        assert problems_and_erased(lease) == ((), 1)
        assert digest not in repr(dump(lease))
    save(store, b"c")
    assert problems(store) == ()


def problems_and_erased(lease) -> tuple[tuple[str, ...], int]:
    report = manifest_check.verify(lease)
    return report.problems, report.erased


def test_erasing_again_removes_bytes_that_a_kill_left_and_tells_nothing_twice(store: Store) -> None:
    save(store, b"a")
    item = make_evidence(b"a")
    for _ in range(2):
        evidence.write(evidence.folder_of(store.path.parent), item)
        with store.lease("erase") as lease:
            manifest.erase(lease, [item.capture.sha256], by="joko", reason="permintaan")
        assert not evidence.path_of(evidence.folder_of(store.path.parent), item.capture.sha256).exists()
    with store.lease("read") as lease:
        assert len(audit.events(lease)) == 1


def test_the_same_bytes_captured_twice_are_erased_from_both_links(store: Store) -> None:
    save(store, b"a")
    with store.lease("again") as lease:
        captures.save_captures(lease, [make_evidence(b"a", captured_at=NOON + HOUR)])
        assert manifest.erase(lease, [make_evidence(b"a").capture.sha256], by="joko", reason="permintaan") == 2
    assert problems(store) == ()


def test_captures_from_before_the_manifest_are_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "scanner.duckdb"
    with duckdb.connect(str(path)) as connection:
        migrations.migrate(connection, migrations.MIGRATIONS[:2])
        connection.execute("""
            INSERT INTO captures (sha256, url, captured_at, size, method, status, media_type, collector, headers)
            SELECT sha256(i::VARCHAR), 'https://desa.example/', '2026-11-01 00:00:00Z', 1, 'GET', 200, 'text/html',
            'web/1', '[["etag","x"]]' FROM range(1500) AS t(i)""")
    store = Store(path)
    assert problems(store) == ()
    save(store, b"a")
    with store.lease("read") as lease:
        assert [link.captures for link in manifest.links(lease, 1, 9)] == [1000, 500, 1]
        lease.execute("DELETE FROM captures WHERE sha256 = sha256('7')")
        assert any("1 of them are gone" in problem for problem in manifest_check.verify(lease).problems)
