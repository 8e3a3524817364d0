"""`scanner purge`: told before, done, told again; and what it answers where something is in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.errors import StoreFull
from scanner.store import audit, exports, marks
from scanner.store.connection import Store
from scanner.store.exports import Export
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.store.samples import NOON


@pytest.fixture
def overdue(office: Path) -> Path:
    """The office, where everything came in a year and a day ago."""
    with open_workspace(office).store.lease("test") as lease:
        lease.execute("UPDATE versions SET captured_at = captured_at - INTERVAL 366 DAYS")
        lease.execute("UPDATE flags SET known_at = known_at - INTERVAL 366 DAYS")
    return office


def posts_of(store: Store) -> int:
    with store.lease("test") as lease:
        return int(lease.rows("SELECT count(*) FROM posts")[0][0])


def test_it_tells_what_would_leave_and_changes_nothing(run: Run, overdue: Path):
    ended = run("purge", "--dry-run", "-w", overdue)
    assert (ended.code, ended.err) == (0, "")
    assert "Would leave" in ended.out
    assert "posts, unsettled" in ended.out
    assert posts_of(open_workspace(overdue).store) == 4
    assert not (overdue / "data" / "receipts").exists()
    assert not marks.key_path(overdue / "data").exists()


def test_it_erases_and_leaves_a_receipt(run: Run, overdue: Path):
    ended = run("purge", "--json", "-w", overdue)
    told = json.loads(ended.out)
    assert (ended.code, told["posts"]) == (0, {"unsettled": 3, "unflagged": 1})
    assert posts_of(open_workspace(overdue).store) == 0
    [receipt] = (overdue / "data" / "receipts").iterdir()
    assert json.loads(receipt.read_text()) == told
    assert run("verify", "-w", overdue).code == 0
    assert "nothing" in run("purge", "-w", overdue).out


def test_on_screen_it_names_the_event_and_what_was_left_alone(run: Run, overdue: Path, tmp_path: Path):
    altered = tmp_path / "posts.csv"
    altered.write_text("diubah")
    with open_workspace(overdue).store.lease("test") as lease:
        exports.save_export(lease, Export(str(altered), "posts", NOON, "sari", "0" * 64, identifiable=True))
    ended = run("purge", "-w", overdue)
    assert ended.code == 3
    assert f"{altered}: altered since it was exported" in ended.refusal
    assert "Told by audit event" in ended.err
    assert altered.exists()


def test_what_stays_though_past_its_days_is_told(run: Run, overdue: Path):
    config = overdue / "scanner.toml"
    config.write_text(f'{config.read_text()}\n[platforms.x]\nlegal_hold = "SK-9"\n')
    with open_workspace(overdue).store.lease("test") as lease:
        lease.execute("UPDATE posts SET platform = 'x'")
    ended = run("purge", "--dry-run", "-w", overdue)
    assert "legal_hold" in ended.out
    assert "posts, unsettled" not in ended.out


def test_without_room_it_says_so_in_one_line(run: Run, overdue: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise StoreFull("no room")

    monkeypatch.setattr("scanner.store.anew._require_room", full)
    ended = run("purge", "-w", overdue)
    assert (ended.code, ended.err) == (75, "scanner: no room\n")


def test_a_lost_key_is_given_up_with_a_reason(run: Run, overdue: Path):
    run("purge", "-w", overdue)
    store = open_workspace(overdue).store
    marks.key_path(overdue / "data").unlink()
    assert "say how the key was lost" in run("purge", "--new-key", " ", "-w", overdue).refusal
    assert run("purge", "--new-key", "cakram rusak", "-w", overdue).code == 0
    with store.lease("test") as lease:
        assert audit.events(lease, subject="tombstones")[0].detail == {"reason": "cakram rusak"}


def test_the_doctor_asks_for_it_a_day_after_posts_are_due(run: Run, office: Path, overdue: Path):
    assert "4 posts are past their days: run `scanner purge`" in " ".join(run("doctor", "-w", overdue).out.split())
    run("purge", "-w", overdue)
    assert "0 posts past their days" in run("doctor", "-w", overdue).out


def test_a_clock_far_ahead_of_all_that_happened_erases_nothing_until_somebody_says_it_is_right(run: Run, overdue: Path):
    store = open_workspace(overdue).store
    with store.lease("test") as lease:
        lease.execute("UPDATE audit SET happened_at = happened_at - INTERVAL 61 DAYS")
    ended = run("purge", "-w", overdue)
    assert ended.code == 1
    assert "61 days after the last event on record: set it if it is wrong" in ended.err
    assert posts_of(store) == 4
    assert run("purge", "--dry-run", "-w", overdue).code == 0
    assert run("purge", "--after-pause", "-w", overdue).code == 0
    assert posts_of(store) == 0


def test_what_was_exported_is_found_where_it_lies_now_when_the_workspace_has_moved(run: Run, overdue: Path):
    name = "2026-01-01T000000Z.identifiable"
    (overdue / "data" / "snapshots" / name).mkdir(parents=True)
    with open_workspace(overdue).store.lease("test") as lease:
        exports.save_export(lease, Export(f"/dahulu/{name}", "snapshot", NOON, "sari", "0" * 64, identifiable=True))
    ended = run("purge", "-w", overdue)
    assert ended.code == 3
    assert str(overdue / "data" / "snapshots" / name) in " ".join(ended.err.split())
