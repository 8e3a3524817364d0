"""Who is due: one look in each slot, whatever the clock, the zone and the timer do; the record alone decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain.flags import Phase
from scanner.domain.runs import SOON, Looks
from scanner.scan.due import Rhythm, find_due, last_look, next_due, slot_at, upcoming

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 20, 3, 7, tzinfo=UTC)
A, B = "mastodon:a@desa.example", "telegram:b"

ZONES = st.sampled_from(
    [
        "Asia/Jakarta",
        "Asia/Makassar",
        "Asia/Jayapura",
        "UTC",
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",
    ]
).map(ZoneInfo)
LENGTHS = st.integers(15, 2 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))


def calm(_at: datetime) -> Phase:
    return Phase.KAMPANYE


def rhythm(interval: timedelta = 3 * HOUR, zone: ZoneInfo = JAKARTA, jitter: float = 0.1) -> Rhythm:
    return Rhythm(interval=interval, zone=zone, phase_at=calm, jitter=jitter)


def fall_silent(at: datetime) -> Phase:
    """Masa tenang from 22 November local time on."""
    return Phase.TENANG if at.astimezone(JAKARTA).day >= 22 else Phase.KAMPANYE


def as_read(looks: list[datetime], now: datetime) -> Looks:
    """Return looks as the record gives them."""
    return Looks(
        past=max((at for at in looks if at <= now), default=None),
        soon=max((at for at in looks if now < at <= now + SOON), default=None),
        ahead=max((at for at in looks if at > now + SOON), default=None),
    )


class Office:
    """Two accounts that are looked at whenever a tick says so."""

    def __init__(self, rhythm: Rhythm) -> None:
        self.rhythm = rhythm
        self.looks: dict[str, list[datetime]] = {A: [], B: []}

    def tick(self, now: datetime) -> list[str]:
        read = {key: as_read(looks, now) for key, looks in self.looks.items()}
        due = [one.account_id for one in find_due(self.rhythm, self.looks, read, now).due]
        for key in due:
            self.looks[key].append(now)
        return due

    def slots(self, key: str) -> Counter[datetime]:
        return Counter(slot_at(self.rhythm, key, at).begin for at in self.looks[key])


@given(LENGTHS, ZONES, MOMENTS, st.floats(0, 0.5), st.sampled_from([A, B]))
def test_slots_follow_on_one_another_and_the_moment_lies_in_them(length, zone, at, jitter, key):
    slot = slot_at(rhythm(length, zone, jitter), key, at)
    assert slot.begin <= at < slot.end
    assert slot.end - slot.begin == length
    assert slot.begin <= slot.moment <= slot.begin + length * jitter
    assert slot_at(rhythm(length, zone, jitter), key, slot.end).begin == slot.end


@given(ZONES, MOMENTS)
def test_the_same_question_gets_the_same_answer_however_the_time_is_told(zone, at):
    told = [slot_at(rhythm(zone=zone), A, at.astimezone(other)) for other in (UTC, zone, ZoneInfo("America/New_York"))]
    assert told[0] == told[1] == told[2]


@settings(max_examples=30, deadline=None)
@given(LENGTHS, ZONES, MOMENTS, st.floats(0, 0.5))
def test_every_slot_is_looked_at_exactly_once_when_the_timer_fires_often(length, zone, begin, jitter):
    office = Office(rhythm(length, zone, jitter))
    every = length / 20
    for number in range(200):
        office.tick(begin + number * every)
    for key in office.looks:
        slots = office.slots(key)
        assert set(slots.values()) == {1}
        assert all(later - earlier == length for earlier, later in pairwise(sorted(slots)))


@settings(max_examples=30, deadline=None)
@given(LENGTHS, ZONES, MOMENTS, st.lists(st.integers(1, 4000), min_size=5, max_size=60))
def test_a_timer_that_fires_late_or_twice_never_looks_twice_in_a_slot(length, zone, begin, gaps):
    office = Office(rhythm(length, zone))
    now = begin
    for minutes in gaps:
        office.tick(now)
        assert office.tick(now) == []
        now += minutes * MINUTE
    assert all(set(office.slots(key).values()) == {1} for key in office.looks)


@given(LENGTHS, ZONES, MOMENTS, st.integers(0, 500))
def test_a_clock_set_back_by_up_to_two_hours_scans_nothing_twice(length, zone, begin, later):
    office = Office(rhythm(length, zone))
    assert sorted(office.tick(begin)) == [A, B]
    for back in (HOUR, SOON):
        now = begin + MINUTE - back
        while now < begin:
            assert office.tick(now) == []
            now += timedelta(minutes=7)
    office.tick(begin + later * MINUTE)
    assert all(set(office.slots(key).values()) == {1} for key in office.looks)


@pytest.mark.parametrize("jump", [DAY, 3650 * DAY], ids=["a day", "ten years"])
@pytest.mark.parametrize("length", [15 * MINUTE, 3 * HOUR, 7 * DAY])
def test_a_clock_that_runs_ahead_brings_one_look_and_when_set_right_things_go_on_as_before(jump, length):
    office = Office(rhythm(length))
    office.tick(NOW)
    ahead = [len(office.tick(NOW + jump + number * MINUTE / 2)) for number in range(10)]
    assert sum(ahead) <= 2
    for number in range(1, 200):
        office.tick(NOW + number * length / 20)
    slots = [begin for begin in office.slots(A) if begin < NOW + jump]
    assert max(office.slots(A).values()) == 1
    if length < DAY:
        wanted = {slot_at(office.rhythm, A, NOW + number * length / 20).begin for number in range(200)}
        assert set(slots) >= {begin for begin in wanted if begin < NOW + min(jump, 9 * length)}


def test_a_look_far_ahead_of_the_clock_does_not_count_and_is_told():
    looks = {A: Looks(past=NOW - 4 * HOUR, ahead=NOW + 9 * DAY), B: Looks(past=NOW - MINUTE)}
    found = find_due(rhythm(), looks, looks, NOW)
    assert found.mistimed == (A,)
    assert [one.account_id for one in found.due] == [A]
    within = Looks(past=NOW - 4 * HOUR, ahead=NOW + HOUR * 2.5)
    assert last_look(rhythm(), A, within, NOW) == within.ahead


def test_power_cut_over_three_due_times_brings_one_late_look_for_each_account():
    office = Office(rhythm())
    office.tick(NOW)
    back = NOW + 10 * HOUR
    read = {key: as_read(looks, back) for key, looks in office.looks.items()}
    found = find_due(office.rhythm, office.looks, read, back)
    assert [one.late for one in found.due] == [True, True]
    assert found.late
    assert len(office.tick(back)) == 2
    assert [office.tick(back + number * MINUTE) for number in range(1, 30)] == [[]] * 29


def test_one_slot_missed_waits_for_no_jitter():
    beats = rhythm(jitter=0.5)
    begin = slot_at(beats, A, NOW).begin
    missed = {A: Looks(past=begin - 4 * HOUR)}
    [late] = find_due(beats, [A], missed, begin + timedelta(seconds=1)).due
    assert late.late
    on_time = {A: Looks(past=begin - HOUR)}
    assert find_due(beats, [A], on_time, begin + timedelta(seconds=1)).due == ()


def test_who_never_was_looked_at_is_due_at_once_and_stale_but_not_late():
    [one] = find_due(rhythm(), [A], {}, NOW).due
    assert not one.late
    assert rhythm().is_stale(A, None, NOW)


def test_who_waits_longest_comes_first():
    looks = {A: Looks(past=NOW - 5 * HOUR), B: Looks(past=NOW - 9 * HOUR)}
    assert [one.account_id for one in find_due(rhythm(), looks, looks, NOW).due] == [B, A]


def test_a_look_is_stale_after_two_intervals():
    assert not rhythm().is_stale(A, NOW - 6 * HOUR, NOW)
    assert rhythm().is_stale(A, NOW - 6 * HOUR - MINUTE, NOW)


def test_where_a_phase_with_a_shorter_interval_begins_nobody_is_stale_who_had_no_turn_yet():
    midnight = datetime(2026, 11, 21, 17, tzinfo=UTC)
    beats = replace(rhythm(), phase_at=fall_silent, phases={Phase.TENANG: HOUR})
    assert not beats.is_stale(A, midnight - 3 * HOUR, midnight + HOUR - MINUTE)
    assert beats.is_stale(A, midnight - 3 * HOUR, midnight + HOUR + MINUTE)


def test_an_accounts_own_interval_goes_before_the_phases_and_that_before_the_usual_one():
    beats = replace(rhythm(), phases={Phase.KAMPANYE: HOUR}, accounts={B: 30 * MINUTE})
    assert beats.interval_of(A, NOW) == HOUR
    assert beats.interval_of(B, NOW) == 30 * MINUTE
    assert replace(beats, phase_at=lambda _: Phase.REKAP).interval_of(A, NOW) == 3 * HOUR


def test_slots_begin_at_midnight_of_the_zone():
    assert slot_at(rhythm(), A, NOW).begin.astimezone(JAKARTA).hour == 9
    midnight = datetime(2026, 11, 20, tzinfo=JAKARTA)
    assert slot_at(rhythm(DAY), A, NOW).begin == midnight


def test_when_a_phase_begins_its_interval_holds_at_once_and_nobody_counts_as_late():
    beats = replace(rhythm(), phase_at=fall_silent, phases={Phase.TENANG: HOUR})
    midnight = datetime(2026, 11, 22, tzinfo=JAKARTA)
    looks = {A: Looks(past=midnight - 2 * HOUR)}
    [one] = find_due(beats, [A], looks, midnight + 7 * MINUTE).due
    assert not one.late
    assert midnight <= next_due(beats, A, midnight - 2 * HOUR, midnight - HOUR) <= midnight + 6 * MINUTE
    assert midnight <= next_due(replace(beats, interval=7 * DAY), A, midnight - HOUR, midnight - HOUR)
    later = list(islice(upcoming(beats, [A], looks, midnight - HOUR), 5))
    assert all(timedelta(minutes=50) < two[0] - one[0] < timedelta(minutes=70) for one, two in pairwise(later))


def test_where_slots_of_a_phase_do_not_begin_at_its_midnight_the_next_due_time_is_still_the_first():
    beats = replace(rhythm(7 * DAY), phase_at=fall_silent, phases={Phase.TENANG: 100 * MINUTE}, jitter=0.0)
    midnight = datetime(2026, 11, 22, tzinfo=JAKARTA)
    last = midnight - MINUTE
    at = next_due(beats, A, last, last)
    minutes = (midnight + number * MINUTE for number in range(24 * 60))
    assert at == next(one for one in minutes if find_due(beats, [A], {A: Looks(past=last)}, one).due)


@settings(max_examples=100, deadline=None)
@given(LENGTHS, MOMENTS, st.integers(0, 5000))
def test_next_due_is_the_first_moment_at_which_somebody_is_due(length, now, ago):
    beats, last = rhythm(length), now - ago * MINUTE
    at = next_due(beats, A, last, now)
    looks = {A: Looks(past=last)}
    assert find_due(beats, [A], looks, at).due
    assert at == now or not find_due(beats, [A], looks, at - timedelta(seconds=1)).due


def test_the_next_due_times_come_in_order_one_for_each_slot():
    times = list(islice(upcoming(rhythm(), [A, B], {A: Looks(past=NOW)}, NOW), 9))
    assert times == sorted(times)
    assert times[0] == (NOW, B)
    assert list(upcoming(rhythm(), [], {}, NOW)) == []


def test_a_days_budget_is_spread_over_its_slots_and_all_of_it_may_be_used_by_the_last():
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    shares = [rhythm().share_of_day((midnight + hours * HOUR).astimezone(JAKARTA)) for hours in (0, 3, 21, 23)]
    assert shares == [3 / 24, 6 / 24, 1.0, 1.0]
