"""What is erased is gone: from the rows, the raw answers, the pictures and the bytes of the database file."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor
from scanner.errors import StoreError
from scanner.report.integrity import check_integrity
from scanner.store import (
    accounts,
    audit,
    captures,
    erase,
    evidence,
    flags,
    leftovers,
    manifest,
    marks,
    media,
    migrations,
    pages,
    posts,
)
from scanner.store.connection import Lease, Store
from scanner.store.leftovers import Kind
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_post

SECRET = "Pesan yang harus dilupakan sampai ke bita terakhir"
FORGOTTEN, NEIGHBOUR = "mastodon:desa.example/900001", "mastodon:desa.example/900002"

KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from scanner.store import connection, erase
from scanner.store.connection import Store

database, post, moment = sys.argv[1:]
die = lambda *_, **__: os._exit(9)
if moment == "committed":
    commit = connection._commit
    connection._commit = lambda lease: (commit(lease), "erase" in "".join(lease.after_commit) and die())[0]
if moment == "half unlinked":
    unlink = Path.unlink
    Path.unlink = lambda path, **given: (unlink(path, **given), len(path.name) == 64 and die())[0]
if moment == "unlinked":
    erase.finish_erasing = die
if moment == "crossed off":
    erase.write_anew = die
replace = Path.replace
if moment == "copied":
    Path.replace = lambda path, target: path.suffix == ".fresh" and die() or replace(path, target)
if moment == "replaced":
    Path.replace = lambda path, target: (replace(path, target), path.suffix == ".fresh" and die())[0]
store = Store(Path(database))
with store.lease("erase") as lease:
    erase.erase_posts(lease, [post], reason="dihapus di sana", by="refresh", at=datetime.now(UTC))
erase.finish_erasing(store)
"""


@pytest.fixture
def filled(store: Store) -> Store:
    """Three posts from two answers; the first answer holds the post to be forgotten beside another."""
    first = make_evidence(f'[{{"id": "900001", "t": "{SECRET}"}}, {{"id": "900002"}}]'.encode())
    again = make_evidence(f'[{{"id": "900001", "t": "{SECRET}", "seen": "again"}}]'.encode(), captured_at=NOON + HOUR)
    last = make_evidence(b'[{"id": "desa 3"}]', captured_at=NOON + HOUR)
    made = [
        make_post(1, text=SECRET, native_id="desa.example/900001", capture_sha256=first.capture.sha256),
        make_post(2, text="Tetap ada", native_id="desa.example/900002", capture_sha256=first.capture.sha256),
        make_post(3, text="Tetap ada juga", native_id="desa.example/900003", capture_sha256=last.capture.sha256),
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
    erase.finish_erasing(store)
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
    assert forget(filled, FORGOTTEN) == erase.Erased(posts=1, captures=2)
    assert SECRET.encode() not in everything_under(filled.path.parent)


def test_deleting_alone_would_leave_them_in_the_file(filled: Store):
    with filled.lease("erase") as lease:
        erase.erase_posts(lease, [FORGOTTEN], reason="x", by="y", at=NOON)
    assert SECRET.encode() in filled.path.read_bytes(), "if this fails, DuckDB has learnt to forget by itself"


def test_other_posts_their_schema_and_the_chains_stay_whole(filled: Store):
    with filled.lease("test") as lease:
        before = schema_of(lease)
    forget(filled, FORGOTTEN)
    with filled.lease("test") as lease:
        assert lease.rows("SELECT native_id FROM posts ORDER BY 1") == [
            ("desa.example/900002",),
            ("desa.example/900003",),
        ]
        assert lease.rows("SELECT count(*) FROM flags") == [(0,)]
        assert lease.rows("SELECT count(*) FROM signals") == [(0,)]
        assert migrations.applied(lease.connection) == [step.__name__ for step in migrations.MIGRATIONS]
        assert schema_of(lease) == before
    assert not list(check_integrity(filled).problems)


def test_what_stays_is_the_reason_and_a_mark_that_nobody_can_guess(filled: Store):
    forget(filled, FORGOTTEN)
    with filled.lease("test") as lease:
        [event] = [one for one in audit.events(lease, subject="posts") if one.action == "post.erase"]
        [stone] = lease.dicts("FROM tombstones")
        key = marks.load_key(lease)
    assert event.detail == {"reason": "dihapus di sana", "outcomes": {"withdrawn": 1}}
    assert (stone["event"], stone["outcome"], stone["platform"]) == (event.seq, "withdrawn", "mastodon")
    assert stone["mark"] == marks.mark(key, marks.Mark.WITHDRAWN, FORGOTTEN)
    assert hashlib.sha256(FORGOTTEN.encode()).hexdigest().encode() not in everything_under(filled.path.parent)


def test_a_second_time_changes_nothing(filled: Store):
    forget(filled, FORGOTTEN)
    assert forget(filled, FORGOTTEN) == erase.Erased()
    assert forget(filled) == erase.Erased()


def test_old_raw_answers_leave_and_those_of_held_posts_stay(filled: Store):
    with filled.lease("erase") as lease:
        done = erase.erase_old_captures(
            lease,
            "mastodon",
            NOON + timedelta(minutes=1),
            kept=[NEIGHBOUR],
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
    other = make_evidence(b"nomor 900001 lain", collector="x/1")
    with filled.lease("test") as lease:
        captures.save_captures(lease, [other])
    forget(filled, FORGOTTEN)
    assert evidence.path_of(evidence.folder_of(filled.path.parent), sha256(other.body)).exists()


def test_scores_go_with_their_version(filled: Store):
    with filled.lease("test") as lease:
        lease.execute(
            "INSERT INTO scores SELECT version_id, 'campaign_support', 'm', 'r', 0.5 FROM posts WHERE id = ?",
            [FORGOTTEN],
        )
    forget(filled, FORGOTTEN)
    with filled.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM scores") == [(0,)]


def killed(store: Store, moment: str) -> None:
    """Erase in a process of its own that ends at once at a moment."""
    asked = [sys.executable, "-c", KILLED, str(store.path), FORGOTTEN, moment]
    assert subprocess.run(asked, check=False).returncode == 9


@pytest.mark.parametrize("moment", ["committed", "half unlinked", "unlinked", "crossed off", "copied", "replaced"])
def test_a_kill_anywhere_is_made_good_by_finishing(filled: Store, moment: str):
    killed(filled, moment)
    [problem] = check_integrity(filled).problems
    assert "an erasing is not finished" in problem
    assert "`scanner purge`" in problem
    erase.finish_erasing(filled)
    assert SECRET.encode() not in everything_under(filled.path.parent)
    assert (check_integrity(filled).problems, check_integrity(filled).unnamed) == ((), 0)
    with filled.lease("test") as lease:
        assert leftovers.waiting(lease) == []
        assert lease.rows("SELECT native_id FROM posts ORDER BY 1") == [
            ("desa.example/900002",),
            ("desa.example/900003",),
        ]


def test_killed_again_while_finishing_it_is_made_good_too(filled: Store):
    killed(filled, "committed")
    for moment in ("half unlinked", "crossed off", "copied", "replaced"):
        killed(filled, moment)
        assert check_integrity(filled).problems != ()
    erase.finish_erasing(filled)
    assert SECRET.encode() not in everything_under(filled.path.parent)
    assert check_integrity(filled).problems == ()


def test_nothing_is_written_anew_when_nothing_waits(filled: Store):
    forget(filled, FORGOTTEN)
    before = filled.path.stat().st_ino
    erase.finish_erasing(filled)
    assert filled.path.stat().st_ino == before


def test_an_erasing_that_begins_while_another_is_finished_is_not_forgotten(
    filled: Store, monkeypatch: pytest.MonkeyPatch
):
    anew = erase.write_anew

    def meanwhile(store: Store) -> None:
        anew(store)
        with store.lease("another") as lease:
            erase.erase_posts(lease, [NEIGHBOUR], reason="x", by="y", at=NOON)

    monkeypatch.setattr(erase, "write_anew", meanwhile)
    forget(filled, FORGOTTEN)
    with filled.lease("test") as lease:
        assert Kind.DATABASE in {kind for kind, _ in leftovers.waiting(lease)}


def test_bytes_that_were_captured_again_meanwhile_stay(filled: Store):
    killed(filled, "committed")
    first = make_evidence(f'[{{"id": "900001", "t": "{SECRET}"}}, {{"id": "900002"}}]'.encode())
    with filled.lease("again") as lease:
        captures.save_captures(lease, [first])
    erase.finish_erasing(filled)
    assert check_integrity(filled).problems == ()


def test_a_file_that_cannot_be_removed_is_named_and_stays_noted(filled: Store, monkeypatch: pytest.MonkeyPatch):
    killed(filled, "committed")

    def refuse(path: Path, **_: bool) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as broken, pytest.raises(StoreError, match=r"cannot be removed \(Permission denied\)"):
        broken.setattr(Path, "unlink", refuse)
        erase.finish_erasing(filled)
    erase.finish_erasing(filled)
    assert SECRET.encode() not in everything_under(filled.path.parent)


def show(lease: Lease, post: Post, raw: bytes, drawn: bytes) -> Path:
    """Put a fetched picture of a post on record; return its file for display."""
    taken = make_evidence(raw, collector="media/1", url=f"https://desa.example/{sha256(raw)}")
    medium = media.Medium(
        post.version_id, 0, "u", media.State.FETCHED, sha256=sha256(raw), display_sha256=sha256(drawn)
    )
    media.save_medium(lease, medium, taken, drawn)
    return media.display_path(lease.folder, sha256(drawn))


def test_a_picture_for_display_stays_as_long_as_any_post_shows_it(store: Store):
    made = [make_post(n, text=f"Gambar {n}", capture_sha256=sha256(b"%d" % n)) for n in (1, 2)]
    with store.lease("fill") as lease:
        accounts.save_accounts(lease, [make_account()])
        pages.save_page(
            lease,
            run_id="run-1",
            account=make_account(),
            posts=made,
            captures=[make_evidence(b"%d" % n, url=f"https://desa.example/{n}") for n in (1, 2)],
            cursor=None,
            rejected=(),
            seen_at=NOON,
        )
        [path, same] = [show(lease, post, raw, b"drawn") for post, raw in zip(made, (b"one", b"two"), strict=True)]
        assert path == same
    forget(store, made[0].id)
    assert path.exists()
    assert check_integrity(store).problems == ()
    forget(store, made[1].id)
    assert not path.exists()
    assert check_integrity(store).problems == ()


def put(store: Store, post: Post, *bodies: bytes, **capture: str) -> list[Path]:
    """Put a post on record, read from the first of several answers; return their files."""
    raw = [make_evidence(body, url=f"https://desa.example/{body!r}", **capture) for body in bodies]
    with store.lease("fill") as lease:
        accounts.save_accounts(lease, [make_account()])
        shown = [Post(**{**fields(post), "capture_sha256": raw[0].capture.sha256})]
        pages.save_page(
            lease,
            run_id="run-1",
            account=make_account(),
            posts=shown,
            captures=raw,
            cursor=None,
            rejected=(),
            seen_at=NOON,
        )
    return [evidence.path_of(evidence.folder_of(store.path.parent), one.capture.sha256) for one in raw]


def fields(post: Post) -> dict[str, object]:
    return {name: getattr(post, name) for name in post.__slots__}


@pytest.mark.parametrize(
    ("platform", "native"),
    [(Platform.X, "5"), (Platform.RSS, "https://a.example/post/"), (Platform.RSS, "https://a.example/berita")],
)
def test_an_id_that_tells_no_post_from_others_finds_only_what_it_was_read_from(
    store: Store, platform: Platform, native: str
):
    post = make_post(1, text=SECRET, platform=platform, native_id=native)
    own, other = put(store, post, b"dari sini", b"5 berita lain / tentang yang lain", collector=f"{platform}/1")
    assert forget(store, post.id) == erase.Erased(posts=1, captures=1)
    assert (own.exists(), other.exists()) == (False, True)


def test_addresses_are_found_as_they_stand_in_a_feed(store: Store):
    post = make_post(1, text=SECRET, platform=Platform.RSS, native_id="https://a.example/?p=1&q=2")
    written = b"<link>https://a.example/?p=1&amp;q=2</link>"
    paths = put(store, post, b"dari sini", written, b"<link>https://a.example/?p=1</link>", collector="rss/1")
    forget(store, post.id)
    assert [path.exists() for path in paths] == [False, False, True]


def test_items_of_imported_files_that_hold_the_post_go_too(store: Store):
    post = make_post(1, text=SECRET, platform=Platform.X, native_id="7000000001")
    bodies = (b'{"id":"7000000001"}', b'{"id":"7000000001","again":1}', b'{"id":"7000000002"}')
    paths = put(store, post, *bodies, collector="twarc/1", method="import")
    forget(store, post.id)
    assert [path.exists() for path in paths] == [False, False, True]


def stray(store: Store, body: bytes) -> Path:
    """Leave a file as a scan does that is killed between bytes and row."""
    return evidence.write(evidence.folder_of(store.path.parent), make_evidence(body))


def test_what_a_killed_scan_left_goes_at_once_when_it_holds_the_post(filled: Store):
    ours, another = stray(filled, f'{{"id": "900001", "t": "{SECRET} sekali lagi"}}'.encode()), stray(filled, b"lain")
    assert check_integrity(filled).unnamed == 2
    forget(filled, FORGOTTEN)
    assert (ours.exists(), another.exists()) == (False, True)
    assert SECRET.encode() not in everything_under(filled.path.parent)


def test_what_a_killed_scan_left_goes_after_a_day_and_the_audit_tells_of_it(filled: Store):
    left, now = stray(filled, b"lain"), datetime.now(UTC)
    half = left.with_name(".part-abc")
    half.write_bytes(b"setengah")
    foreign = left.with_name("catatan.txt")
    foreign.write_text("milik orang lain")
    erase.tidy(filled, now, by="refresh")
    assert (left.exists(), half.exists()) == (True, False), "no other process writes while we hold the lease"
    assert (check_integrity(filled).problems, check_integrity(filled).unnamed) == ((), 1)
    erase.tidy(filled, now + timedelta(days=2), by="refresh")
    assert (left.exists(), foreign.exists(), check_integrity(filled).unnamed) == (False, True, 0)
    with filled.lease("test") as lease:
        [event] = audit.events(lease, subject="evidence")
    assert (event.action, event.detail) == ("evidence.sweep", {"files": 1})
    assert check_integrity(filled).problems == ()


def test_pictures_without_a_row_go_too(store: Store):
    with store.lease("test") as lease:
        path = media.display_path(lease.folder, sha256(b"drawn"))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"drawn")
    assert check_integrity(store).unnamed == 1
    erase.tidy(store, datetime.now(UTC) + timedelta(days=2), by="refresh")
    assert not path.exists()


def test_where_rows_were_lost_files_are_left_alone(filled: Store):
    with filled.lease("test") as lease:
        lease.execute("DELETE FROM captures")
        lease.execute("DELETE FROM manifest")
    files = sorted(manifest.anchor_path(filled.path.parent).parent.rglob("?" * 64))
    assert files
    erase.tidy(filled, datetime.now(UTC) + timedelta(days=2), by="refresh")
    assert sorted(filled.path.parent.rglob("?" * 64)) == files
