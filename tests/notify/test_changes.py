"""Alarms are told once when they begin and once when they are over, through kills and clocks and two processes."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.notify import outbox
from scanner.notify.changes import Told, changes, load_told, tell_changes, updated
from scanner.notify.deliver import Sender
from scanner.notify.notes import Alarm, Kind
from scanner.store import files, locking
from tests.notify.sinks import NOW, STYLE, Memory

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    return Sender(tmp_path, (Memory(),), STYLE)


def told(sender: Sender, *conditions: dict[Alarm, int | None]) -> list[str]:
    """Tell one condition after the other, a minute apart."""
    notes = [tell_changes(sender, one, NOW + number * MINUTE) for number, one in enumerate(conditions)]
    return [f"{note.kind} {note.alarm}" for found in notes for note in found]


def test_an_alarm_is_told_once_however_long_it_lasts_and_once_when_it_is_over(sender: Sender):
    low, fine = {Alarm.DISK_LOW: 900}, {Alarm.DISK_LOW: 0}
    assert told(sender, fine, low, {Alarm.DISK_LOW: 400}, low, fine, fine) == ["alarm disk_low", "over disk_low"]


def test_what_is_not_known_changes_nothing(sender: Sender):
    unknown: dict[Alarm, int | None] = {Alarm.CHAIN_BROKEN: None}
    assert told(sender, unknown, {Alarm.CHAIN_BROKEN: 1}, unknown, {}, {Alarm.CHAIN_BROKEN: 2}) == [
        "alarm chain_broken"
    ]


def test_what_stands_is_kept_in_a_private_file_with_its_beginning(sender: Sender):
    told(sender, {Alarm.CANARY: 2}, {Alarm.CANARY: 3})
    standing = load_told(sender.data).alarms[Alarm.CANARY]
    assert (standing.since, standing.number) == (NOW, 2)
    assert stat.S_IMODE((sender.data / "told.json").stat().st_mode) == 0o600


def test_what_is_told_after_a_restore_is_no_repeat_of_what_was_told_before(sender: Sender):
    [before] = tell_changes(sender, {Alarm.CANARY: 2}, NOW)
    (sender.data / "told.json").unlink()  # it is in no backup
    [after] = tell_changes(sender, {Alarm.CANARY: 2}, NOW + MINUTE)
    assert before.id != after.id


def test_without_anybody_to_tell_alarms_stand_for_status_all_the_same(tmp_path: Path):
    tell_changes(Sender(tmp_path, (), STYLE), {Alarm.BACKUP_OLD: 30}, NOW)
    assert set(load_told(tmp_path).alarms) == {Alarm.BACKUP_OLD}
    assert outbox.waiting(tmp_path) == 0


def test_a_channel_that_is_set_while_alarms_stand_is_told_them_once_with_their_beginning(sender: Sender):
    old, new = sender.channels[0], Memory("memory-2")
    told(sender, {Alarm.DISK_LOW: 9}, {Alarm.CANARY: 2, Alarm.BACKUP_OLD: 30})
    sender.deliver(NOW)
    both, later = replace(sender, channels=(old, new)), NOW + 40 * DAY
    for number in range(3):
        tell_changes(both, {Alarm.DISK_LOW: 5, Alarm.CANARY: 0}, later + number * MINUTE)
        both.deliver(later + number * MINUTE)
    [first], [message] = old.got[1:], new.got
    assert [(note.kind, note.alarm) for note in first.notes] == [(Kind.OVER, Alarm.CANARY)]
    stood = {note.alarm: (note.number, note.since) for note in message.notes if note.kind is Kind.ALARM}
    assert stood == {Alarm.DISK_LOW: (5, NOW), Alarm.BACKUP_OLD: (30, NOW + MINUTE)}
    assert "tersisa 5 MB (sejak 22 Nov 2026 18.05 WIB)" in message.text


def test_the_first_channel_ever_is_told_what_stands_too(tmp_path: Path):
    nobody, first = Sender(tmp_path, (), STYLE), Memory()
    told(nobody, {Alarm.DISK_LOW: 9})
    one = replace(nobody, channels=(first,))
    told(one, {}, {})
    one.deliver(NOW)
    assert [[note.alarm for note in message.notes] for message in first.got] == [[Alarm.DISK_LOW]]


def test_what_earlier_releases_kept_makes_nobody_new_and_neither_does_a_process_without_channels(sender: Sender):
    told(sender, {Alarm.DISK_LOW: 9})
    kept = json.loads((sender.data / "told.json").read_text())
    del kept["channels"]
    (sender.data / "told.json").write_text(json.dumps(kept))
    sender.deliver(NOW)
    for one in (sender, replace(sender, channels=()), sender):
        told(one, {})
    assert outbox.waiting(sender.data) == 0


def test_a_kill_before_it_is_kept_that_it_was_told_makes_no_second_note(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
):
    write, low = files.write_durably, {Alarm.DISK_LOW: 9}
    tell_changes(sender, {}, NOW)

    def killed(path: Path, body: bytes, *, mode: int) -> None:
        if path.name == "told.json":
            raise KeyboardInterrupt
        write(path, body, mode=mode)

    monkeypatch.setattr(files, "write_durably", killed)
    with pytest.raises(KeyboardInterrupt):
        tell_changes(sender, low, NOW)
    monkeypatch.setattr(files, "write_durably", write)
    assert len(tell_changes(sender, low, NOW + MINUTE)) == 1
    assert outbox.waiting(sender.data) == 1


def test_while_another_process_tells_nothing_is_told_twice(sender: Sender):
    with locking.held(sender.data / "told", "another", wait=0):
        assert tell_changes(sender, {Alarm.DISK_LOW: 9}, NOW) == ()
    assert len(tell_changes(sender, {Alarm.DISK_LOW: 9}, NOW)) == 1


def test_a_file_that_cannot_be_read_tells_alarms_again_rather_than_never(sender: Sender):
    told(sender, {Alarm.DISK_LOW: 9})
    (sender.data / "told.json").write_text('{"alarms": {"no": 1}}')
    assert told(sender, {Alarm.DISK_LOW: 9}) == ["alarm disk_low"]


conditions = st.dictionaries(st.sampled_from(list(Alarm)), st.one_of(st.none(), st.integers(0, 3)))


@given(st.lists(conditions, max_size=30))
def test_of_each_alarm_beginnings_and_ends_alternate_and_every_note_has_its_own_id(found: list[dict[Alarm, int]]):
    state, notes = Told(), []
    for number, one in enumerate(found):
        new = tuple(changes(state, one, NOW + number * MINUTE))
        state, notes = updated(state, new), [*notes, *new]
    for alarm in Alarm:
        kinds = [note.kind for note in notes if note.alarm is alarm]
        assert kinds == [Kind.ALARM, Kind.OVER] * (len(kinds) // 2) + [Kind.ALARM] * (len(kinds) % 2)
        assert (len(kinds) % 2 == 1) == (alarm in state.alarms)
    assert len({note.id for note in notes}) == len(notes)
