"""What leaves is what may be shown, page by page, and what stays behind is counted by its reason."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.store import accounts, exporting
from scanner.store.connection import Store
from scanner.store.erase import erase_posts
from scanner.store.exporting import LeftOut, Rows, Wanted, count_left_out, pages
from scanner.store.owner import own
from tests.review.desks import NO, YES, add_flags, flag, make_desk, say
from tests.store.samples import HOUR, NOON, make_account

OTHER = make_account("sari@desa.example", person_id="PEG-0002")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three flags of one account, the first of them settled, and two of another."""
    store = make_desk(tmp_path)
    with store.lease("test") as lease:
        add_flags(lease, range(11, 13), OTHER)
    say(store, "sari", YES, note="=1+1")
    say(store, "budi", YES)
    say(store, "sari", NO, flag(2))
    return store


def read(store: Store, rows: Rows, *, most: int = 2, **wanted: Any) -> list[dict[str, Any]]:
    with store.lease("test", reading=True) as lease:
        return [row for page in pages(lease, rows, Wanted(**wanted), most=most) for row in page.to_pylist()]


def left(store: Store, rows: Rows, **wanted: Any) -> dict[LeftOut, int]:
    with store.lease("test", reading=True) as lease:
        return count_left_out(lease, rows, Wanted(**wanted))


@pytest.mark.parametrize("most", [1, 2, 5, 100])
@pytest.mark.parametrize(("rows", "count"), [(Rows.FLAGS, 5), (Rows.POSTS, 5), (Rows.REVIEWS, 3)])
def test_every_row_leaves_once_and_in_order_whatever_the_page(store: Store, rows: Rows, count: int, most: int):
    key = "seq" if rows is Rows.REVIEWS else "id"
    found = [row[key] for row in read(store, rows, most=most, unsettled=True)]
    assert found == sorted(set(found))
    assert len(found) == count


def test_a_flag_tells_its_codes_clauses_and_quotes_and_neither_class_score_nor_participant(store: Store):
    [one, *_] = read(store, Rows.FLAGS)
    assert json.loads(one["codes"]) == ["AJAKAN-PILIH", "LAYANAN-PILIH"]
    assert json.loads(one["clauses"]) == ["SKB22:D2"]
    assert [signal["quote"] for signal in json.loads(one["signals"])] == ["Coblos nomor 9"]
    assert [context["tag"] for context in json.loads(one["exculpatory"])] == ["X-BERITA"]
    assert one["text"].startswith("Coblos nomor 9")
    assert not {"class_hint", "probability", "score", "mentions", "person_id"} & one.keys()
    assert not {"class_hint", "ref", "object_kind"} & {
        key for part in ("findings", "signals") for key in json.loads(one[part])[0]
    }


def test_judgements_leave_with_those_taken_back_once_their_item_is_settled(store: Store):
    found = read(store, Rows.REVIEWS)
    assert [(one["annotator"], one["verdict"], one["note"]) for one in found] == [
        ("sari", "suspected", "=1+1"),
        ("budi", "suspected", ""),
    ]
    assert left(store, Rows.REVIEWS) == {LeftOut.UNSETTLED: 1}
    assert left(store, Rows.REVIEWS, unsettled=True) == {}


def test_filters_are_half_open_and_a_post_without_a_date_fits_none(store: Store):
    posted = NOON - HOUR
    assert len(read(store, Rows.POSTS, posted_since=posted)) == 5
    assert read(store, Rows.POSTS, posted_until=posted) == []
    assert left(store, Rows.POSTS, posted_until=posted) == {LeftOut.FILTERED: 5}
    assert len(read(store, Rows.POSTS, captured_since=NOON, captured_until=NOON + timedelta(seconds=1))) == 5
    assert len(read(store, Rows.FLAGS, accounts=(OTHER.id,))) == 2
    with store.lease("test") as lease:
        lease.execute("UPDATE versions SET posted_at = NULL")
    assert read(store, Rows.POSTS, posted_since=posted) == []
    assert len(read(store, Rows.POSTS)) == 5


@pytest.mark.parametrize("rows", Rows)
def test_accounts_off_the_list_and_suspended_people_are_not_in_it_but_counted(store: Store, rows: Rows):
    with store.lease("test") as lease:
        accounts.remove_account(lease, OTHER.id, reason="keliru", by="rina", approved_by="joko", at=NOON)
        lease.execute("UPDATE accounts SET suspended_at = now() WHERE id <> ?", [OTHER.id])
    assert read(store, rows, unsettled=True) == []
    suspended = 3
    removed = {} if rows is Rows.REVIEWS else {LeftOut.REMOVED: 2}
    assert left(store, rows, unsettled=True) == removed | {LeftOut.SUSPENDED: suspended}


def test_judgements_of_erased_posts_are_counted(store: Store):
    with store.lease("test") as lease:
        [(post,)] = lease.rows("SELECT post_id FROM flags WHERE id = ?", [flag(1)])
        erase_posts(lease, [post], reason="uji", by="rina", at=NOON)
    assert read(store, Rows.REVIEWS) == []
    assert left(store, Rows.REVIEWS) == {LeftOut.ERASED: 2, LeftOut.UNSETTLED: 1}


def test_an_empty_record_gives_one_empty_page_with_its_columns(tmp_path: Path):
    store = Store(tmp_path / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        for rows in Rows:
            [page] = pages(lease, rows, Wanted())
            assert (page.num_rows, "account_id" in page.schema.names) == (0, True)


def test_what_was_said_is_found_by_id(store: Store):
    with store.lease("test") as lease:
        [(known,)] = lease.rows("SELECT id FROM judgements WHERE seq = 1")
        assert exporting.judged(lease, [known, "karangan"])[known]["codes"] == ["AJAKAN-PILIH"]
        assert exporting.judged(lease, []) == {}


def test_it_is_the_same_while_the_desk_keeps_the_database(store: Store):
    alone = read(store, Rows.FLAGS)
    with own(store):
        assert read(Store(store.path), Rows.FLAGS) == alone
