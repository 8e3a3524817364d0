"""Notes wait in files that outlive kills, and who does not get them is known."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from scanner.notify import outbox
from scanner.notify.outbox import Stuck, Trouble, Try
from tests.notify.sinks import NOW, alarm, run

MINUTE = timedelta(minutes=1)


def put(data: Path, *notes, channels: tuple[str, ...] = ("mail-1",)) -> None:
    for note in notes:
        outbox.put(data, note, channels, not_before=note.at)


def test_a_note_waits_in_a_private_file_until_everybody_got_it(tmp_path: Path):
    put(tmp_path, run(1, new=3), channels=("mail-1", "hook-1"))
    [path] = (tmp_path / "outbox").iterdir()
    [entry] = outbox.entries(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert entry.note == run(1, new=3)
    outbox.write(tmp_path, replace(entry, to={"hook-1": entry.to["hook-1"]}))
    assert [list(one.to) for one in outbox.entries(tmp_path)] == [["hook-1"]]
    outbox.write(tmp_path, replace(entry, to={}))
    assert (outbox.entries(tmp_path), outbox.waiting(tmp_path)) == ([], 0)


def test_a_note_put_twice_stays_as_it_was_and_one_for_nobody_is_not_kept(tmp_path: Path):
    put(tmp_path, alarm(number=1))
    put(tmp_path, alarm(number=2), channels=("mail-1", "other-1"))
    put(tmp_path, run(1), channels=())
    assert [(one.note.number, set(one.to)) for one in outbox.entries(tmp_path)] == [(1, {"mail-1"})]


def test_notes_come_in_the_order_of_what_they_tell(tmp_path: Path):
    put(tmp_path, run(1, at=NOW), alarm(at=NOW - MINUTE), run(2, at=NOW + MINUTE))
    assert [one.note.id[:5] for one in outbox.entries(tmp_path)] == ["alarm", "run-1", "run-2"]


def test_files_that_are_none_of_ours_stop_nothing_and_stay(tmp_path: Path):
    put(tmp_path, run(1))
    folder = tmp_path / "outbox"
    for name, content in {
        "half.json": b'{"note"', "other.json": (folder / "run-1.json").read_bytes(), ".part-x": b"", "list.json": b"[]"
    }.items():  # fmt: skip
        (folder / name).write_bytes(content)
    assert [one.note.id for one in outbox.entries(tmp_path)] == ["run-1"]
    assert len(list(folder.iterdir())) == 5


def test_nothing_is_stuck_before_anybody_had_the_time_to_send_it(tmp_path: Path):
    put(tmp_path, run(1))
    assert outbox.stuck(tmp_path, NOW + 10 * MINUTE) == ()
    assert outbox.stuck(tmp_path, NOW + 20 * MINUTE) == (Stuck("mail-1", 1, 0, NOW, None),)


def test_what_failed_is_stuck_at_once_with_its_reason_and_since_when(tmp_path: Path):
    put(tmp_path, run(1), run(2, at=NOW + MINUTE), channels=("mail-1", "hook-1"))
    for entry, gone in zip(outbox.entries(tmp_path), (True, False), strict=True):
        tried = Try(NOW + MINUTE, tries=1, trouble=Trouble.REFUSED, given_up=gone)
        outbox.write(tmp_path, replace(entry, to={**entry.to, "mail-1": tried}))
    assert outbox.stuck(tmp_path, NOW) == (Stuck("mail-1", 2, 1, NOW, Trouble.REFUSED),)
