"""What was erased since a backup was made is not in what is restored, however restoring goes (reliability P3)."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pyarrow as pa
import pyrage
import pytest

from scanner.domain.retention import Outcome
from scanner.errors import SettingsError, StoreDamaged, UsageError
from scanner.report.backup import archive, restore, unpack
from scanner.report.integrity import check_integrity
from scanner.store import audit, erase, erasures, person_erase, person_marks, replay
from scanner.store.connection import Store
from scanner.store.tombstones import Tomb
from scanner.workspace import open_workspace
from tests.report.backup.conftest import DAY, House
from tests.store.samples import NOON
from tests.subjects import OTHER, PERSON, THEIRS, post_of

SUBJECT = person_erase.Order(person=PERSON, reason="permintaan", by="dian", at=NOON + DAY, in_spite_of="PUT-1")


def erase_person(house: House) -> None:
    person_erase.erase_person(house.store, SUBJECT)


def store_of(root: Path) -> Store:
    return Store(root / "data" / "scanner.duckdb")


def bytes_of(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()).lower()


def assert_absent(root: Path) -> None:
    body = bytes_of(root)
    for word in (b"kanari-teks", b"page of kanari", b"dinas kanari", b"kanari.akun", b"catatan kanari", b"kanari-7"):
        assert word not in body, word
    assert b"page of sita" in body
    assert check_integrity(store_of(root)).problems == ()


def test_a_restored_workspace_is_as_it_was(house: House, tmp_path: Path):
    made = house.back_up()
    done = house.restore(made.path, tmp_path / "baru")
    assert (done.replayed.accounts, done.replayed.posts) == (0, 0)
    tables = ("posts", "versions", "flags", "judgements", "accounts", "captures")
    for table in tables:
        with house.store.lease("test") as before, store_of(tmp_path / "baru").lease("test") as after:
            assert before.rows(f"FROM {table} ORDER BY ALL") == after.rows(f"FROM {table} ORDER BY ALL")
    assert open_workspace(tmp_path / "baru").root == tmp_path / "baru"
    assert (tmp_path / "baru" / "scanner.toml").read_text() == (house.root / "scanner.toml").read_text()


def test_a_person_erased_since_is_absent(house: House, tmp_path: Path):
    made = house.back_up()
    erase_person(house)
    done = house.restore(made.path, tmp_path / "baru")
    assert (done.replayed.accounts, done.replayed.posts) == (1, 0)
    assert_absent(tmp_path / "baru")
    with store_of(tmp_path / "baru").lease("test") as lease:
        assert person_marks.erased(lease, [THEIRS.id, OTHER.id]) == [THEIRS.id]


def test_posts_erased_since_are_absent_and_do_not_come_back(house: House, tmp_path: Path):
    made = house.back_up()
    gone = {post_of(1).id: Tomb(Outcome.ERASED), post_of(2).id: Tomb(Outcome.UNFLAGGED)}
    with house.store.lease("test") as lease:
        erase.erase_posts(lease, gone, reason="jadwal", by="dian", at=NOON + DAY, tombs=gone)
    erase.finish_erasing(house.store)
    done = house.restore(made.path, tmp_path / "baru")
    assert done.replayed.posts == 2
    with store_of(tmp_path / "baru").lease("test") as lease:
        left = {post for (post,) in lease.rows("SELECT id FROM posts")}
    assert left.isdisjoint(gone)
    assert post_of(3).id in left


def test_an_erasing_is_laid_beside_every_known_backup(house: House):
    house.back_up()
    before = erasures.read_list(house.folder / "erasures.log")
    erase_person(house)
    after = erasures.read_list(house.folder / "erasures.log")
    assert (before.marks, len(after.marks) >= 4, before.key) == (frozenset(), True, after.key)


@pytest.mark.slow
@pytest.mark.parametrize("killed_at", ["unpacked", "prepared", "replayed"])
def test_killed_in_the_middle_no_door_opens_it_and_the_next_call_finishes(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
):
    made, root = house.back_up(), tmp_path / "baru"
    erase_person(house)

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    places = {
        "unpacked": (restore, "_prepare"),
        "prepared": (replay, "replay"),
        "replayed": (restore, "_tell"),
    }
    with monkeypatch.context() as cut:
        cut.setattr(*places[killed_at], kill)
        with pytest.raises(Killed):
            house.restore(made.path, root)
    with pytest.raises(SettingsError, match="is being restored into it"):
        open_workspace(root)
    house.restore(made.path, root)
    assert open_workspace(root).root == root
    assert_absent(root)


def test_without_a_list_it_wants_a_reason_which_is_on_the_chain(house: House, tmp_path: Path):
    made = house.back_up()
    with pytest.raises(UsageError, match="what was erased since it was made would come back"):
        house.restore(made.path, tmp_path / "baru", without_erasures=" ")
    assert not (tmp_path / "baru").exists()
    house.restore(made.path, tmp_path / "baru", without_erasures="daftar hilang bersama gedung")
    with store_of(tmp_path / "baru").lease("test") as lease:
        [event] = [one for one in audit.events(lease) if one.action == "backup.restore"]
    assert event.detail["without_erasures"] == "daftar hilang bersama gedung"


def test_an_expired_backup_is_refused_and_nothing_is_unpacked(house: House, tmp_path: Path):
    made = house.back_up()
    with pytest.raises(UsageError, match="expired on 2026-12-25"):
        house.restore(made.path, tmp_path / "baru", at=NOON + 36 * DAY)
    assert list((tmp_path / "baru").rglob("*")) == []


def test_a_folder_that_is_not_empty_is_left_alone(house: House, tmp_path: Path):
    made = house.back_up()
    (tmp_path / "baru").mkdir()
    (tmp_path / "baru" / "surat.txt").write_text("milik orang")
    with pytest.raises(UsageError, match="is not empty"):
        house.restore(made.path, tmp_path / "baru")
    assert [path.name for path in (tmp_path / "baru").iterdir()] == ["surat.txt"]


def test_a_folder_in_which_a_kill_left_no_marker_yet_is_as_good_as_empty(house: House, tmp_path: Path):
    made = house.back_up()
    (tmp_path / "baru" / "data").mkdir(parents=True)
    (tmp_path / "baru" / "data" / ".part-1").write_bytes(b"")
    assert house.restore(made.path, tmp_path / "baru").checked.files > 0


def test_a_list_made_with_another_key_is_refused(house: House, tmp_path: Path):
    made = house.back_up()
    other = tmp_path / "lain.log"
    other.write_text("key 0123456789abcdef\n" + "a" * 64 + "\n")
    with pytest.raises(UsageError, match="made with another key"):
        house.restore(made.path, tmp_path / "baru", erasures=other)


@pytest.mark.parametrize("body", ["", "a\n", "key x\nnot a mark\n", "key x\n" + "g" * 64 + "\n"])
def test_what_is_no_list_is_refused(tmp_path: Path, body: str):
    (tmp_path / "l").write_text(body)
    with pytest.raises(UsageError, match="no erasure list"):
        erasures.read_list(tmp_path / "l")


def test_the_chain_goes_on_behind_the_head_that_came_with_it(house: House, tmp_path: Path):
    made = house.back_up()
    with house.store.lease("test") as lease:
        later = audit.append(lease, actor="sari", action="item.show", subject="x", detail={})
    done = house.restore(made.path, tmp_path / "baru")
    assert done.head.seq < later.seq
    with store_of(tmp_path / "baru").lease("test") as lease:
        assert audit.verify(lease).problems == ()
        assert lease.rows("SELECT hash FROM audit WHERE seq = ?", [done.head.seq]) == [(done.head.hash,)]


def hostile(path: Path, key: pyrage.x25519.Identity, member: tarfile.TarInfo) -> None:
    """Write an archive as anybody may who has the public key."""
    tarred, packed = io.BytesIO(), pa.BufferOutputStream()
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        days = {"made_at": "2026-11-20T00:00:00+00:00", "expires_at": "2099-01-01T00:00:00+00:00"}
        head = json.dumps({"format": "scanner-backup-1", "version": "1", **days}).encode()
        first = tarfile.TarInfo("backup.json")
        first.size = len(head)
        tar.addfile(first, io.BytesIO(head))
        tar.addfile(member, io.BytesIO(b"x" * member.size))
    with pa.CompressedOutputStream(packed, "zstd") as out:
        out.write(tarred.getvalue())
    path.write_bytes(pyrage.encrypt(packed.getvalue().to_pybytes(), [key.to_public()]))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../luar", tarfile.REGTYPE),
        ("/tmp/luar", tarfile.REGTYPE),
        ("data/../../luar", tarfile.REGTYPE),
        ("data/tautan", tarfile.SYMTYPE),
        ("data/keras", tarfile.LNKTYPE),
        ("data/pipa", tarfile.FIFOTYPE),
        ("data/alat", tarfile.CHRTYPE),
        ("data\\luar", tarfile.REGTYPE),
        ("luar", tarfile.REGTYPE),
        ("data/restoring", tarfile.REGTYPE),
        ("data/" + "a" * 500, tarfile.REGTYPE),
        ("./data/x", tarfile.REGTYPE),
    ],
)
def test_nothing_leads_out_of_the_folder(house: House, tmp_path: Path, name: str, kind: bytes):
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, "/etc/passwd", 1 if kind == tarfile.REGTYPE else 0
    hostile(tmp_path / "jahat", house.key, member)
    with pytest.raises(StoreDamaged):
        house.restore(tmp_path / "jahat", tmp_path / "baru", without_erasures="uji")
    written = [path for path in (tmp_path / "baru").rglob("*") if path.is_file()]
    assert [path.name for path in written] == ["restoring"]
    assert not (tmp_path / "luar").exists()


def test_more_than_the_disk_has_room_for_is_refused(tmp_path: Path):
    with pytest.raises(Exception, match="more than the disk has room for"):
        archive.hashed(unpack._Bounded(io.BytesIO(b"x" * 100), 99, tmp_path / "x"), io.BytesIO())
