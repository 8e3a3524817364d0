"""Old logs and half-written files are found, and nothing that is being written or is whole."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.scan.litter import beside, old_logs, parts, remove

NOW = datetime.now(UTC)


def write(path: Path, *, days: float = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("isi")
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))
    return path


def test_a_log_that_is_still_written_to_stays(tmp_path: Path):
    old, _ = write(tmp_path / "scan" / "lama.log", days=8), write(tmp_path / "scan.log", days=6)
    assert old_logs(tmp_path, NOW - timedelta(days=7)) == [old]
    assert old_logs(tmp_path / "tiada", NOW) == []


def test_half_written_files_are_found_by_name_and_age_and_through_no_link(tmp_path: Path):
    data, elsewhere = tmp_path / ".part-workspace" / "data", write(tmp_path / ".part-lain")
    half = write(data / "evidence" / "ab" / ".part-1"), write(data / "snapshots" / ".part-x" / "posts.parquet")
    write(data / "evidence" / "ab" / "utuh")
    (data / ".part-tautan").symlink_to(elsewhere)
    assert parts(data, NOW - timedelta(days=1)) == []
    found = parts(data, NOW + timedelta(hours=1))
    assert sorted(found) == sorted(half)
    assert remove(found) == 2
    assert not any(path.exists() for path in half)


def test_what_a_killed_export_left_is_found_beside_its_target_and_leaves_with_its_folders(tmp_path: Path):
    target = tmp_path / "kiriman.csv"
    left = [write(tmp_path / ".part-kiriman.csv" / "content" / name) for name in ("kiriman.csv", "rows")]
    others = [write(tmp_path / ".part-lain.csv" / "rows"), write(target)]
    assert beside([target], NOW - timedelta(days=1)) == []
    assert beside([tmp_path / "tiada.csv"], NOW + timedelta(hours=1)) == []
    found = beside([target], NOW + timedelta(hours=1))
    assert found == left
    assert remove(found) == 2
    assert not (tmp_path / ".part-kiriman.csv").exists()
    assert all(path.exists() for path in others)


def test_what_running_programs_take_turns_by_stays(tmp_path: Path):
    write(tmp_path / ".__scanner.lock", days=800)
    assert old_logs(tmp_path, NOW) == []
