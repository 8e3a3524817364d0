from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain.captures import sha256
from scanner.domain.runs import Rejected
from scanner.store.connection import Lease, Store
from scanner.store.quarantine import count_rejected, load_rejected, save_rejected
from tests.store.samples import HOUR, NOON

BAD = Rejected(source="ekspor.csv", line=7, reason="kolom posted_at kosong", raw_sha256=sha256(b"a;b;"))


def test_a_rejected_item_is_kept_once_with_place_and_reason(lease: Lease) -> None:
    network = Rejected(source="https://desa.example/api", line=None, reason="bukan JSON", raw_sha256=sha256(b"<html>"))
    assert save_rejected(lease, [BAD, network, BAD], run_id="r1", seen_at=NOON) == 2
    assert save_rejected(lease, [BAD], run_id="r2", seen_at=NOON + HOUR) == 0
    assert count_rejected(lease) == 2
    assert load_rejected(lease) == [BAD, network]
    assert load_rejected(lease, run_id="r2") == []
    assert load_rejected(lease, run_id="r1", limit=1) == [BAD]


def test_the_content_of_an_item_whose_author_is_unknown_is_not_stored(lease: Lease) -> None:
    save_rejected(lease, [BAD], run_id="r1", seen_at=NOON)
    assert "a;b;" not in repr(lease.rows("FROM quarantine"))


@settings(max_examples=10, deadline=None)
@given(wild=st.text(st.characters(exclude_categories=()), max_size=30))
def test_no_name_or_reason_is_too_broken_to_be_kept(wild: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Store(tmp_path_factory.mktemp("wild") / "x.duckdb").lease("save") as lease:
        item = Rejected(source=wild, line=1, reason=wild, raw_sha256=sha256(b""))
        save_rejected(lease, [item], run_id="r1", seen_at=NOON)
        assert load_rejected(lease)[0].reason == wild.encode("utf-8", "backslashreplace").decode()
