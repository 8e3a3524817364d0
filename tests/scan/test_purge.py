"""What is past its days leaves every store and the bytes; killed or without room, it leaves a whole workspace."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.captures import sha256
from scanner.domain.flags import Phase
from scanner.domain.reviews import Verdict
from scanner.errors import StoreFull
from scanner.report.integrity import check_integrity
from scanner.scan.purge import Purge
from scanner.scan.receipt import Receipt
from scanner.scan.run import Summary
from scanner.sections import RetentionSettings
from scanner.store import audit, doubles, erase, gold, leftovers, tombstones
from scanner.store.connection import Store
from scanner.store.gold import Gold
from scanner.store.outdated import Cutoffs
from scanner.store.owner import own
from scanner.store.retention import Election
from tests.scan.canaries import KINDS, LATER, Planted, plant
from tests.scan.conftest import Town
from tests.store.samples import NOON, make_post
from tests.store.test_retention import put

PURGE = """
import sys
from datetime import datetime
from pathlib import Path
from tests.scan.test_purge import purge_of

root, now = sys.argv[1:]
print("begun", flush=True)
purge_of(Path(root), datetime.fromisoformat(now)).run()
"""


def purge_of(root: Path, now: datetime = LATER, **changes: Any) -> Purge:
    before = now - timedelta(days=30)
    values: dict[str, Any] = {
        "store": Store(root / "data" / "scanner.duckdb", wait=30.0),
        "policy": RetentionSettings().policy(),
        "election": Election("pilbup-contoh", "Asia/Jakarta", lambda _: Phase.PRA),
        "holds": frozenset(),
        "cutoffs": Cutoffs(history=before, drafts=before, sessions=before),
        "exports_before": before,
        "logs": root / "logs",
        "by": "operator",
        "now": now,
    }
    return Purge(**{**values, **changes})


FULL = """
import os, subprocess, sys
from pathlib import Path
from scanner.errors import StoreFull
from tests.scan.canaries import plant
from tests.scan.test_purge import purge_of, require_nothing_left, require_whole_after_a_kill

disk, free = Path(sys.argv[1]), int(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], check=True)
planted = plant(disk / "w", 3)
left = os.statvfs(disk)
filler = disk / "penuh"
filler.write_bytes(bytes(left.f_bavail * left.f_frsize - free))
try:
    purge_of(planted.root).run()
except StoreFull as error:
    assert chr(10) not in str(error)
else:
    sys.exit("there was room")
require_whole_after_a_kill(planted)
filler.unlink()
purge_of(planted.root).run()
require_nothing_left(planted)
"""


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    return plant(tmp_path / "w", 3)


def require_nothing_left(planted: Planted) -> None:
    assert planted.in_bytes() == set()
    assert planted.in_tables() == set()
    assert (check_integrity(planted.store).problems, check_integrity(planted.store).unnamed) == ((), 0)
    with planted.store.lease("test") as lease:
        assert leftovers.waiting(lease) == []


def test_of_72_canaries_none_is_left_in_any_byte_or_table(planted: Planted):
    assert planted.in_bytes() | planted.in_tables() == set(planted.every)
    assert len(planted.every) == 3 * len(KINDS) == 72
    purge_of(planted.root).run()
    require_nothing_left(planted)


@pytest.mark.slow
def test_of_1200_canaries_none_is_left_in_any_byte_or_table(tmp_path: Path):
    planted = plant(tmp_path / "w", 50)
    assert len(planted.every) == 1200
    assert planted.in_bytes() | planted.in_tables() == set(planted.every)
    purge_of(planted.root).run()
    require_nothing_left(planted)


def test_the_receipt_counts_by_store_and_outcome_and_the_audit_says_the_same(planted: Planted):
    receipt = purge_of(planted.root).run()
    assert receipt.posts == {"unflagged": 3, "dismissed": 3}
    assert (receipt.pictures, receipt.logs, receipt.leftovers) == (3, 3, 3)
    assert receipt.raw_answers == 9
    assert receipt.rows == {"coverage": 3, "runs": 3, "quarantine": 3, "drafts": 3}
    assert receipt.exports == {"posts": 3, "snapshot": 3}
    with planted.store.lease("test") as lease:
        [event, rows] = audit.events(lease, subject="record")
    assert (event.seq, event.action, event.detail) == (receipt.event, "purge", {"left": receipt.counts, "held": {}})
    assert (rows.action, rows.detail["rows"]) == ("rows.erase", dict(receipt.rows))
    [path] = (planted.root / "data" / "receipts").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    told = json.loads(path.read_text())
    assert (told["event"], told["posts"]) == (receipt.event, {"unflagged": 3, "dismissed": 3})


def test_a_dry_run_tells_the_same_and_changes_nothing(planted: Planted):
    before = {path: path.read_bytes() for path in planted.root.rglob("*") if path.is_file()}
    foreseen = purge_of(planted.root).foresee()
    after = {path: path.read_bytes() for path in planted.root.rglob("*") if path.is_file()}
    assert {path.name for path in before if before[path] != after[path]} <= {"scanner.duckdb"}
    assert before.keys() == after.keys()
    assert planted.in_tables() | planted.in_bytes() == set(planted.every)
    assert replace(purge_of(planted.root).run(), event=None) == foreseen


def test_a_second_time_nothing_leaves_and_nothing_is_told(planted: Planted):
    purge_of(planted.root).run()
    before = planted.store.path.stat().st_ino
    receipt = purge_of(planted.root, LATER + timedelta(seconds=1)).run()
    assert (receipt.counts, receipt.event, planted.store.path.stat().st_ino) == ({}, None, before)
    assert len(list((planted.root / "data" / "receipts").iterdir())) == 1


def test_what_reviewers_decided_can_still_be_reckoned_with(planted: Planted):
    with planted.store.lease("test") as lease:
        before = [one.readings for one in doubles.load_doubles(lease)]
    purge_of(planted.root).run()
    with planted.store.lease("test") as lease:
        after = [one.readings for one in doubles.load_doubles(lease)]
        left = lease.rows("SELECT DISTINCT length(flag_id), note FROM judgements")
        assert lease.rows("SELECT DISTINCT length(item_id), reason FROM adjudications") == [(64, "(purged)")]
    assert sorted(map(repr, after)) == sorted(map(repr, before))
    assert left == [(64, "")]


def test_what_left_is_counted_in_tombstones(planted: Planted):
    purge_of(planted.root).run()
    with planted.store.lease("test") as lease:
        found = {(one.outcome, one.platform, one.phase): one.posts for one in tombstones.count_tombstones(lease)}
    assert found == {("unflagged", "rss", "PRA"): 3, ("dismissed", "mastodon", "KAMPANYE"): 3}


def test_what_is_held_stays_with_its_raw_answers_and_pictures(planted: Planted):
    with planted.store.lease("test") as lease:
        [(item, version)] = lease.rows(
            "SELECT id, capture_sha256 FROM versions WHERE id IN (FROM flags SELECT id) LIMIT 1"
        )
        gold.set_gold(lease, Gold(item, Verdict.NOT_VIOLATION, (), set_by="dewi", set_at=NOON), reason="jelas")
    receipt = purge_of(planted.root).run()
    assert (receipt.held, receipt.posts["dismissed"]) == ({"gold": 1}, 2)
    with planted.store.lease("test") as lease:
        assert lease.rows("SELECT id, capture_sha256 FROM versions") == [(item, version)]
        assert lease.rows("SELECT count(*) FROM media") == [(1,)]
    assert check_integrity(planted.store).problems == ()


def test_a_legal_hold_keeps_flagged_posts_alone(planted: Planted):
    receipt = purge_of(planted.root, holds=frozenset(Platform)).run()
    assert (receipt.held, receipt.posts) == ({"legal_hold": 3}, {"unflagged": 3})


def test_what_is_not_yet_past_its_days_stays(planted: Planted):
    receipt = purge_of(planted.root, NOON + timedelta(days=8)).run()
    assert receipt.posts == {"unflagged": 3}
    with planted.store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM flags") == [(3,)]


def test_an_altered_export_is_left_alone_and_told(planted: Planted):
    path = planted.root / "posts-1.csv"
    path.write_text("diubah")
    receipt = purge_of(planted.root).run()
    assert (receipt.left_alone, receipt.exports["posts"], path.exists()) == ([str(path)], 2, True)


def test_an_export_that_was_not_there_any_more_is_told_of_and_not_counted(planted: Planted):
    path = planted.root / "posts-1.csv"
    path.unlink()
    foreseen = purge_of(planted.root).foresee()
    receipt = purge_of(planted.root).run()
    assert (receipt.missing, receipt.left_alone) == ([str(path)], [])
    assert receipt.exports["posts"] == foreseen.exports["posts"] == 2
    with planted.store.lease("test") as lease:
        assert lease.rows("SELECT path FROM exports WHERE path = ?", [str(path)]) == []


def test_many_posts_leave_in_several_leases(planted: Planted, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("scanner.scan.purge.BATCH", 2)
    assert purge_of(planted.root).run().posts.total() == 6
    require_nothing_left(planted)


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let copying the database meet a disk without room: no file of this process may grow beyond some bytes."""
    import resource

    copy, most = Store.copy_to, [64 * 1024]

    def copy_into(store: Store, fresh: Path) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most[0], before[1]))
        try:
            copy(store, fresh)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(Store, "copy_to", copy_into)
    return lambda: most.__setitem__(0, resource.RLIM_INFINITY)


def test_without_room_it_says_so_and_leaves_everything_whole(planted: Planted, tight: Callable[[], None]):
    with pytest.raises(StoreFull, match="no room to write it anew") as refused:
        purge_of(planted.root).run()
    assert (refused.value.exit_code, "\n" in str(refused.value)) == (75, False)
    assert planted.in_tables() == set()
    assert not list((planted.root / "data").glob("*.fresh*"))
    [problem] = check_integrity(planted.store).problems
    assert "must be written anew" in problem
    tight()
    purge_of(planted.root).run()
    require_nothing_left(planted)


def test_a_disk_with_less_room_than_the_database_needs_is_not_filled(planted: Planted, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(StoreFull, match="MiB are needed and 0 MiB are free"):
        purge_of(planted.root).run()
    monkeypatch.undo()
    erase.finish_erasing(planted.store)
    require_nothing_left(planted)


@pytest.mark.slow
@pytest.mark.parametrize("free", [0, 64 * 1024, 1024 * 1024])
def test_on_a_disk_that_is_really_full_everything_stays_whole(tmp_path: Path, free: int):
    if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mount namespace here: a small disk cannot be made")
    asked = ["unshare", "-rm", sys.executable, "-c", FULL, str(tmp_path), str(free)]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_purges_a_record_that_the_desk_keeps_open(planted: Planted):
    with own(planted.store):
        asked = [sys.executable, "-c", PURGE, str(planted.root), LATER.isoformat()]
        done = subprocess.run(asked, check=False, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    require_nothing_left(planted)


def kill_after(planted: Planted, seconds: float) -> int:
    """Purge in a process of its own that is killed some time after it began; return how it ended."""
    asked = [sys.executable, "-c", PURGE, str(planted.root), LATER.isoformat()]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait()


def require_whole_after_a_kill(planted: Planted) -> None:
    problems = check_integrity(planted.store).problems
    assert [one for one in problems if "an erasing is not finished" not in one] == []


@pytest.mark.slow
def test_killed_it_leaves_a_whole_workspace_and_the_next_call_finishes(planted: Planted):
    kill_after(planted, 0.1)
    require_whole_after_a_kill(planted)
    purge_of(planted.root).run()
    require_nothing_left(planted)


@pytest.mark.slow
@pytest.mark.parametrize("step", range(25))
def test_killed_at_25_moments_it_leaves_a_whole_workspace(tmp_path: Path, step: int):
    planted = plant(tmp_path / "w", 3)
    kill_after(planted, step * 0.05)
    require_whole_after_a_kill(planted)
    purge_of(planted.root).run()
    require_nothing_left(planted)


def test_beside_a_scan_it_leaves_the_raw_answer_of_what_may_yet_be_flagged(tmp_path: Path):
    body, later = b'["desa.example/1", "desa.example/2"]', NOON + timedelta(days=8)
    old, new = make_post(1), make_post(2, capture_sha256=sha256(body))
    purge = purge_of(tmp_path, later + timedelta(minutes=1))
    with purge.store.lease("test") as lease:
        put(lease, old)
        put(lease, old, new, at=later, body=body)
    assert purge.run().posts == {"unflagged": 1}
    with purge.store.lease("test") as lease:
        assert lease.rows("SELECT sha256 FROM captures") == [(sha256(body),)]
    purge_of(tmp_path, later + timedelta(days=8)).run()
    assert not list((tmp_path / "data" / "evidence").rglob("?" * 64))


def test_what_becomes_gold_meanwhile_stays(planted: Planted, monkeypatch: pytest.MonkeyPatch):
    delete, names = Purge._delete_rows, list[str]()

    def meanwhile(purge: Purge, receipt: Receipt) -> None:
        delete(purge, receipt)
        with purge.store.lease("test") as lease:
            [(item,)] = lease.rows("SELECT id FROM flags LIMIT 1")
            gold.set_gold(lease, Gold(item, Verdict.NOT_VIOLATION, (), set_by="dewi", set_at=NOON), reason="jelas")
            names.append(item)

    monkeypatch.setattr(Purge, "_delete_rows", meanwhile)
    receipt = purge_of(planted.root).run()
    assert (receipt.held, receipt.posts["dismissed"]) == ({"gold": 1}, 2)
    with planted.store.lease("test") as lease:
        assert [one for (one,) in lease.rows("SELECT id FROM flags")] == names


def test_a_scan_of_the_same_pages_brings_nothing_back(town: Town):
    def scan() -> Summary:
        with town.workspace.scan() as prepared:
            return prepared.run(prepared.plan(datetime.now(UTC)))

    scan()
    done = town.workspace.purge(datetime.now(UTC) + timedelta(days=5000), by="operator").run()
    assert done.posts.total() == len(town.expected())
    with town.workspace.store.lease("test") as lease:
        lease.execute("DELETE FROM cursors")
    again = scan()
    assert (again.tally.new, again.tally.unchanged, again.exit_code) == (0, len(town.expected()), 0)
    with town.workspace.store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM posts") == [(0,)]
    assert check_integrity(town.workspace.store).problems == ()
