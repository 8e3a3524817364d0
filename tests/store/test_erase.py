"""What is erased is gone: from the rows, the raw answers, the pictures and the bytes of the database file."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.captures import sha256
from scanner.domain.runs import Cursor
from scanner.report.integrity import check_integrity
from scanner.store import accounts, audit, captures, erase, evidence, flags, migrations, pages, posts
from scanner.store.connection import Lease, Store
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_post

SECRET = "Pesan yang harus dilupakan sampai ke bita terakhir"


@pytest.fixture
def filled(store: Store) -> Store:
    """Three posts from two answers; the first answer holds the post to be forgotten beside another."""
    first = make_evidence(f'[{{"id": "1", "t": "{SECRET}"}}, {{"id": "2"}}]'.encode())
    again = make_evidence(f'[{{"id": "1", "t": "{SECRET}", "seen": "again"}}]'.encode(), captured_at=NOON + HOUR)
    last = make_evidence(b'[{"id": "desa 3"}]', captured_at=NOON + HOUR)
    made = [
        make_post(1, text=SECRET, capture_sha256=first.capture.sha256),
        make_post(2, text="Tetap ada", capture_sha256=first.capture.sha256),
        make_post(3, text="Tetap ada juga", capture_sha256=last.capture.sha256),
    ]
    with store.lease("fill") as lease:
        accounts.save_accounts(lease, [make_account()])
        for number, (found, raw) in enumerate(((made[:2], [first]), (made[2:], [again, last]))):
            pages.save_page(
                lease,
                run_id=f"run-{number}",
                account=make_account(),
                posts=found,
                captures=raw,
                cursor=Cursor(),
                rejected=(),
                seen_at=NOON,
            )
        flag = make_flag(1, version_id=made[0].version_id, post_id=made[0].id)
        flags.save_flags(lease, [flag])
    return store


def forget(store: Store, *ids: str) -> erase.Erased:
    with store.lease("erase") as lease:
        done = erase.erase_posts(lease, ids, reason="dihapus di sana", by="refresh", at=NOON + HOUR)
    erase.write_anew(store)
    return done


def schema_of(lease: Lease) -> list[tuple[object, ...]]:
    """Columns with types, defaults and comments, keys and checks, views: all that is not data."""
    columns = "table_name, column_name, data_type, column_default, is_nullable::VARCHAR, comment"
    return [
        *lease.rows(f"SELECT {columns} FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"),
        *lease.rows("SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() ORDER BY ALL"),
        *lease.rows("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL"),
    ]


def everything_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_words_are_gone_from_every_byte_of_the_data_folder(filled: Store):
    assert SECRET.encode() in everything_under(filled.path.parent)
    assert forget(filled, make_post(1).id) == erase.Erased(posts=1, captures=2)
    assert SECRET.encode() not in everything_under(filled.path.parent)


def test_deleting_alone_would_leave_them_in_the_file(filled: Store):
    with filled.lease("erase") as lease:
        erase.erase_posts(lease, [make_post(1).id], reason="x", by="y", at=NOON)
    assert SECRET.encode() in filled.path.read_bytes(), "if this fails, DuckDB has learnt to forget by itself"


def test_other_posts_their_schema_and_the_chains_stay_whole(filled: Store):
    with filled.lease("test") as lease:
        before = schema_of(lease)
    forget(filled, make_post(1).id)
    with filled.lease("test") as lease:
        assert lease.rows("SELECT native_id FROM posts ORDER BY 1") == [("desa.example/2",), ("desa.example/3",)]
        assert lease.rows("SELECT count(*) FROM flags") == [(0,)]
        assert lease.rows("SELECT count(*) FROM signals") == [(0,)]
        assert migrations.applied(lease.connection) == [step.__name__ for step in migrations.MIGRATIONS]
        assert schema_of(lease) == before
    assert not list(check_integrity(filled).problems)


def test_what_stays_is_the_reason_and_a_hash_of_the_id(filled: Store):
    forget(filled, make_post(1).id)
    with filled.lease("test") as lease:
        [event] = [one for one in audit.events(lease, subject="posts") if one.action == "post.erase"]
    assert event.detail == {
        "reason": "dihapus di sana",
        "ids": [hashlib.sha256(make_post(1).id.encode()).hexdigest()],
    }


def test_a_second_time_changes_nothing(filled: Store):
    forget(filled, make_post(1).id)
    assert forget(filled, make_post(1).id) == erase.Erased()
    assert forget(filled) == erase.Erased()


def test_old_raw_answers_leave_and_those_of_held_posts_stay(filled: Store):
    with filled.lease("erase") as lease:
        done = erase.erase_old_captures(
            lease,
            "mastodon",
            NOON + timedelta(minutes=1),
            kept=[make_post(2).id],
            reason="30 days",
            by="refresh",
            at=NOON,
        )
        assert done == erase.Erased(), "the only answer old enough holds a post that is held"
        done = erase.erase_old_captures(
            lease, "mastodon", NOON + 2 * HOUR, kept=[], reason="30 days", by="refresh", at=NOON
        )
        assert done == erase.Erased(captures=3)
        assert posts.count_posts(lease) == 3
    assert not list(evidence.folder_of(filled.path.parent).rglob("?" * 64))


def test_captures_of_another_platform_are_not_read(filled: Store):
    other = make_evidence(b"nomor 1 lain", collector="x/1")
    with filled.lease("test") as lease:
        captures.save_captures(lease, [other])
    forget(filled, make_post(1).id)
    assert evidence.path_of(evidence.folder_of(filled.path.parent), sha256(other.body)).exists()


def test_scores_go_with_their_version(filled: Store):
    with filled.lease("test") as lease:
        lease.execute(
            "INSERT INTO scores VALUES (?, 'campaign_support', 'm', 'r', 0.5)", [make_post(1, text=SECRET).version_id]
        )
    forget(filled, make_post(1).id)
    with filled.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM scores") == [(0,)]
