from __future__ import annotations

import pytest

from scanner.errors import StoreError
from scanner.store import captures, evidence
from scanner.store.connection import Lease, Store
from tests.store.samples import HOUR, NOON, dump, make_evidence


def test_captures_come_back_and_their_bytes_lie_in_the_evidence_folder(lease: Lease) -> None:
    item = make_evidence(b"\x00\xff", terms_approval="X-1")
    captures.save_captures(lease, [item])
    assert captures.load_captures(lease, item.capture.sha256) == [item.capture]
    assert evidence.read(evidence.folder_of(lease.folder), item.capture.sha256) == b"\x00\xff"


def test_saving_twice_changes_nothing(lease: Lease) -> None:
    captures.save_captures(lease, [make_evidence()])
    before = dump(lease)
    captures.save_captures(lease, [make_evidence(), make_evidence()])
    assert dump(lease) == before


def test_the_same_bytes_from_two_places_are_two_captures_of_one_file(lease: Lease) -> None:
    items = [make_evidence(url="file:a.csv", status=None), make_evidence(captured_at=NOON + HOUR)]
    captures.save_captures(lease, items)
    assert captures.load_captures(lease, items[0].capture.sha256) == [item.capture for item in items]
    assert captures.captured_hashes(lease) == [items[0].capture.sha256]


def test_no_row_names_bytes_that_were_not_kept(store: Store) -> None:
    with pytest.raises(StoreError, match="but the bytes are"), store.lease("save") as lease:
        captures.save_captures(lease, [make_evidence(), make_evidence(sha256="0" * 64)])
    with store.lease("read") as lease:
        assert captures.captured_hashes(lease) == []


def test_many_captures_of_one_page_are_all_kept(lease: Lease) -> None:
    items = [make_evidence(f"item {number % 40}".encode(), url=f"file:a#{number}") for number in range(80)]
    captures.save_captures(lease, items)
    hashes = captures.captured_hashes(lease)
    assert len(hashes) == 40
    assert list(evidence.verify(evidence.folder_of(lease.folder), hashes)) == []
    assert lease.rows("SELECT count(*) FROM captures") == [(80,)]
