"""What waits goes as one message; what fails is tried again for a day; nothing is lost and little is told twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scanner.errors import StoreError
from scanner.notify import outbox
from scanner.notify.deliver import Sender
from scanner.notify.outbox import Trouble
from scanner.store import locking
from tests.collect.servers import Reply, Request, Site
from tests.notify.sinks import NOW, STYLE, Memory, accepting, alarm, run, webhook

TICK, MINUTE, HOUR = timedelta(minutes=6), timedelta(minutes=1), timedelta(hours=1)


def sender(data: Path, *channels, **settings) -> Sender:
    return Sender(data, channels, STYLE, **settings)


def days_of_ticks(one: Sender, until: timedelta, begin: datetime = NOW, *, every: timedelta = TICK) -> list[datetime]:
    """Deliver every six minutes; return when something was tried."""
    moments = (begin + number * every for number in range(until // every + 1))
    return [now for now in moments if one.deliver(now)]


def test_all_that_waits_goes_as_one_message_to_each(tmp_path: Path):
    mail, hook = Memory("mail-1"), Memory("hook-1")
    one = sender(tmp_path, mail, hook)
    for note in (run(1), run(2), alarm()):
        one.put(note, NOW)
    assert [(sent.channel, sent.notes, sent.trouble) for sent in one.deliver(NOW)] == [
        ("mail-1", 3, None),
        ("hook-1", 3, None),
    ]
    assert (len(mail.got), len(hook.got), outbox.waiting(tmp_path)) == (1, 1, 0)
    assert one.deliver(NOW + MINUTE) == ()


def test_one_that_refuses_keeps_nothing_from_another(tmp_path: Path):
    mail, hook = Memory("mail-1", Trouble.REFUSED), Memory("hook-1")
    one = sender(tmp_path, mail, hook)
    one.put(run(1), NOW)
    one.deliver(NOW)
    assert (len(hook.got), [set(entry.to) for entry in outbox.entries(tmp_path)]) == (1, [{"mail-1"}])


def test_tries_come_less_and_less_often_and_once_an_hour_at_least(tmp_path: Path):
    one = sender(tmp_path, Memory(trouble=Trouble.UNREACHABLE))
    one.put(run(1), NOW)
    tried = days_of_ticks(one, 5 * HOUR)
    pauses = [later - sooner for sooner, later in pairwise(tried)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (TICK, HOUR)
    assert len(tried) <= 11


@pytest.mark.slow
def test_an_address_that_is_down_for_24_hours_gets_one_message_with_everything_of_them(tmp_path: Path):
    mail = Memory(trouble=Trouble.UNREACHABLE)
    one = sender(tmp_path, mail)
    for number in range(8):
        now = NOW + number * 3 * HOUR
        one.put(run(number, at=now, new=1), now)
        days_of_ticks(one, 2.5 * HOUR, now, every=HOUR / 2)
    mail.trouble = None
    days_of_ticks(one, 2 * HOUR, NOW + 24 * HOUR)
    [message] = mail.got
    assert {note.id for note in message.notes} == {f"run-{number}" for number in range(8)}
    assert "8 pemindaian" in message.text
    assert outbox.waiting(tmp_path) == 0


def test_after_a_day_it_is_given_up_and_shown_and_goes_along_with_the_next_note(tmp_path: Path):
    mail = Memory(trouble=Trouble.REFUSED)
    one = sender(tmp_path, mail)
    one.put(run(1), NOW)
    days_of_ticks(one, 26 * HOUR, every=2 * HOUR)
    later = NOW + 30 * HOUR
    assert not days_of_ticks(one, 48 * HOUR, later, every=4 * HOUR)
    [stuck] = outbox.stuck(tmp_path, later)
    assert (stuck.messages, stuck.given_up, stuck.since, stuck.trouble) == (1, 1, NOW, Trouble.REFUSED)
    mail.trouble = None
    one.put(run(2, at=later), later)
    one.deliver(later)
    assert [[note.id for note in message.notes] for message in mail.got] == [["run-1", "run-2"]]


def test_in_quiet_hours_everything_waits_and_one_digest_goes_when_they_end(tmp_path: Path):
    mail = Memory()
    one = sender(tmp_path, mail, quiet=(time(21), time(6)))
    evening = NOW + 4 * HOUR  # 22.05 WIB
    for number in range(3):
        one.put(run(number, at=evening + number * HOUR), evening + number * HOUR)
    tried = days_of_ticks(one, 9 * HOUR, evening)
    assert len(tried) == 1
    assert f"{tried[0].astimezone(STYLE.zone):%H:%M}" == "06:05"
    assert len(mail.got[0].notes) == 3


def test_what_fails_before_quiet_hours_is_not_tried_within_them(tmp_path: Path):
    one = sender(tmp_path, Memory(trouble=Trouble.LATE), quiet=(time(21), time(6)))
    one.put(run(1), NOW)
    hours = {now.astimezone(STYLE.zone).hour for now in days_of_ticks(one, 20 * HOUR, every=HOUR / 2)}
    assert hours & {21, 22, 23, 0, 1, 2, 3, 4, 5} == set()
    assert outbox.stuck(tmp_path, NOW + 20 * HOUR)[0].messages == 1


@pytest.mark.parametrize("jump", [-HOUR, timedelta(days=1), timedelta(days=3650)])
def test_a_clock_that_jumps_makes_nobody_wait_for_years_and_loses_nothing(tmp_path: Path, jump: timedelta):
    mail = Memory(trouble=Trouble.UNREACHABLE)
    one = sender(tmp_path, mail)
    one.put(run(1), NOW)
    one.put(run(2, at=NOW + jump), NOW + jump)
    one.deliver(NOW + jump)
    mail.trouble = None
    days_of_ticks(one, 3 * HOUR)
    told = {note.id for message in mail.got for note in message.notes}
    assert "run-2" in told
    assert "run-1" in told or jump > timedelta(days=30)  # the clock said that a month had passed


def test_a_channel_that_is_no_longer_set_is_waited_for_no_more(tmp_path: Path):
    sender(tmp_path, Memory("old-1"), Memory("kept-1")).put(run(1), NOW)
    one = sender(tmp_path, Memory("kept-1", Trouble.LATE))
    one.deliver(NOW)
    assert [set(entry.to) for entry in outbox.entries(tmp_path)] == [{"kept-1"}]


def test_who_may_have_no_way_out_leaves_sending_to_others_for_a_while_and_a_timer_waits_for_nothing(tmp_path: Path):
    mail = Memory(trouble=Trouble.UNREACHABLE)
    one = sender(tmp_path, mail)
    one.put(run(1), NOW)
    assert one.deliver(NOW + MINUTE, lag=2 * MINUTE) == ()
    assert len(one.deliver(NOW + 2 * MINUTE, lag=2 * MINUTE)) == 1
    assert one.deliver(NOW + 2 * MINUTE) == ()
    assert len(one.deliver(NOW + 2 * MINUTE, lag=-HOUR)) == 1


def test_what_could_not_be_sent_for_thirty_days_is_dropped(tmp_path: Path):
    one = sender(tmp_path, Memory(trouble=Trouble.LATE))
    one.put(run(1), NOW)
    one.put(run(2, at=NOW + 20 * 24 * HOUR), NOW)
    one.deliver(NOW + 31 * 24 * HOUR)
    assert [entry.note.id for entry in outbox.entries(tmp_path)] == ["run-2"]


def test_two_processes_never_send_at_once(tmp_path: Path):
    mail = Memory()
    one = sender(tmp_path, mail)
    one.put(run(1), NOW)
    with locking.held(tmp_path / "outbox", "another", wait=0):
        assert one.deliver(NOW) == ()
    assert len(one.deliver(NOW)) == 1


def test_where_no_try_can_be_put_on_record_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    mail = Memory()
    one = sender(tmp_path, mail)
    one.put(run(1), NOW)
    monkeypatch.setattr("scanner.store.files._write", full)
    with pytest.raises(StoreError, match="No space left"):
        one.deliver(NOW)
    assert mail.tried == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from scanner.notify import outbox
from tests.notify.sinks import NOW
from tests.notify.test_deliver import MINUTE, sender
from scanner.notify.channels import Webhook
from tests.collect.servers import plain_config
host, data, when = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
hook = Webhook("webhook-1", f"http://{host}/masuk", "kunci", plain_config(host))
real, times = outbox.write, 0
def write(*args):
    global times
    times += 1
    if when == "marking" and times == 2 or when == "removing" and times == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    real(*args)
outbox.write = write
sender(data, hook).deliver(NOW)
"""


@pytest.mark.slow
@pytest.mark.parametrize("when", ["marking", "removing", "answer"])
def test_a_kill_at_any_moment_of_sending_loses_nothing_and_repeats_at_most_once(tmp_path: Path, when: str):
    def answer(_: Request) -> Reply:
        if when == "answer" and process.poll() is None:
            process.send_signal(signal.SIGKILL)
        return Reply(status=204)

    with Site(answer) as site:
        one = sender(tmp_path, webhook(site))
        for note in (run(1), run(2)):
            one.put(note, NOW)
        process = subprocess.Popen([sys.executable, "-c", KILLED, site.host, tmp_path, when], cwd=Path.cwd())
        assert process.wait(60) == -signal.SIGKILL
        days_of_ticks(one, HOUR)
        assert outbox.waiting(tmp_path) == 0
        assert len(site.pages) == (1 if when == "marking" else 2)
        assert len({request.body.partition(b'"sent_at"')[0] for request in site.pages}) == 1, "the same id both times"


def test_sending_begins_anew_with_one_that_is_set_anew(tmp_path: Path):
    with Site(accepting) as site:
        hook = webhook(site)
        one = sender(tmp_path, replace(hook, url="http://127.0.0.1:9/tutup"))
        one.put(run(1), NOW)
        one.deliver(NOW)
        sender(tmp_path, hook).deliver(NOW + MINUTE)
        assert len(site.pages) == 1
