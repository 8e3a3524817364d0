"""A backup is one encrypted file, read back before it counts, and it leaves when its days are over."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from scanner.errors import StoreDamaged, UsageError
from scanner.report.backup import archive, backup, keys
from scanner.report.backup.archive import Member
from scanner.report.backup.backup import check
from scanner.store import audit
from scanner.store.exports import load_exports
from scanner.store.owner import own
from tests.report.backup.conftest import DAY, House
from tests.store.samples import NOON


def names(made: Path, key: pyrage.x25519.Identity) -> set[str]:
    found = set[str]()
    with made.open("rb") as source:
        archive.read(source, key, lambda name, _: found.add(name))
    return found


def test_it_holds_the_record_what_it_names_and_the_settings_and_no_more(house: House):
    (house.root / "data" / "keys").mkdir(exist_ok=True)
    (house.root / "data" / "keys" / "tahunan.key").write_bytes(b"of a series, which must be destroyable")
    (house.root / "data" / "snapshots").mkdir()
    (house.root / "data" / "snapshots" / "posts.parquet").write_bytes(b"x")
    made = house.back_up()
    found = names(made.path, house.key)
    assert {"data/scanner.duckdb", "data/audit.head", "data/manifest.head", "data/keys/tombstones.key"} <= found
    assert {"scanner.toml", "backup.json", "manifest.json"} <= found
    assert sum(name.startswith("data/evidence/") for name in found) == 4
    assert sum(name.startswith("data/media/") for name in found) == 2
    assert not any("snapshots" in name or "tahunan" in name or "erasures" in name for name in found)
    assert "secrets.toml" not in found


def test_secrets_go_in_only_when_they_are_asked_for(house: House):
    assert "secrets.toml" in names(house.back_up(secrets=True).path, house.key)


def test_nothing_of_it_can_be_read_without_the_key(house: House):
    made = house.back_up(secrets=True)
    body = made.path.read_bytes()
    assert b"kanari" not in body
    assert made.path.stat().st_mode & 0o077 == 0
    with pytest.raises(StoreDamaged, match="cannot be read with this key"):
        check(made.path, pyrage.x25519.Identity.generate())


def test_the_making_is_on_the_chain_and_nothing_half_written_stays(house: House):
    made = house.back_up()
    with house.store.lease("test") as lease:
        [event] = audit.events(lease, subject=made.path.name)
        [noted] = load_exports(lease)
    assert (event.actor, event.action, event.detail["sha256"]) == ("ratna", "backup.make", made.sha256)
    assert (noted.path, noted.kind) == (str(made.path), "backup")
    assert {path.name for path in house.folder.iterdir()} == {made.path.name, "erasures.log"}
    assert list(house.store.path.parent.glob(".part-*")) == []


def test_it_is_made_while_the_desk_keeps_the_record(house: House):
    with own(house.store):
        made = house.back_up()
    assert check(made.path, house.key).files == made.checked.files


def test_those_past_their_days_leave_with_the_next(house: House):
    first = house.back_up(keep_days=1)
    second = house.back_up(NOON + 2 * DAY)
    assert second.pruned == (first.path.name,)
    assert not first.path.exists()
    (house.folder / "catatan.tar.zst.age").write_bytes(b"not ours to judge")
    assert backup.prune(house.folder, NOON + 1000 * DAY) == [second.path.name]


@pytest.mark.parametrize("harm", ["cut", "flipped", "appended", "empty"])
def test_a_damaged_one_is_told_from_a_whole_one(house: House, harm: str):
    made = house.back_up().path
    body = bytearray(made.read_bytes())
    body[len(body) // 2] ^= harm == "flipped"
    made.write_bytes({"cut": body[:-300], "appended": body + b"x" * 99, "empty": b""}.get(harm, bytes(body)))
    with pytest.raises(StoreDamaged):
        check(made, house.key)


def test_a_manifest_that_does_not_fit_is_told(house: House, tmp_path: Path):
    made = tmp_path / "x"
    with made.open("wb") as target:
        head = {"format": "scanner-backup-0", "version": "1"}
        archive.write(target, head, [Member("a", b"1")], [house.key.to_public()])
    with pytest.raises(StoreDamaged, match="no head or no manifest that this scanner knows"):
        check(made, house.key)
    with pytest.raises(StoreDamaged, match="2 files are not what its manifest says, as a"):
        archive.require({"a": "1", "b": "2"}, {"a": "2", "c": "2", "b": "2"})


def test_a_fault_while_packing_is_raised_and_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(archive, "_add", fails)
    with pytest.raises(Exception, match="Input/output error"):
        house.back_up()
    assert [path.name for path in house.folder.iterdir()] == []


@pytest.mark.parametrize("text", ["age1nonsense", "tidak-ada.key"])
def test_what_is_no_key_is_refused(text: str, tmp_path: Path):
    with pytest.raises(UsageError):
        keys.recipient_of(text)
    (tmp_path / "k").write_text("bukan kunci\n")
    with pytest.raises(UsageError, match="does not stand in it"):
        keys.identity_of(tmp_path / "k")
