"""What [schedule] means: intervals by account and phase, named zones, platforms that come first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from scanner.domain.accounts import Platform
from scanner.domain.flags import Phase
from scanner.sections import ScheduleSettings

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def interval(phase: Phase, account: str = "telegram:b", **given: object) -> timedelta:
    rhythm = ScheduleSettings(**given).rhythm(ZoneInfo("Asia/Jakarta"), lambda _: phase)
    return rhythm.interval_of(account, NOW)


@pytest.mark.parametrize("moment", ["02:00Z", "02:00+07:00", 7200])
@pytest.mark.parametrize("key", ["purge_at", "backup_at"])
def test_a_time_of_day_has_no_zone_of_its_own(key: str, moment: object):
    with pytest.raises(ValidationError, match="02:00 would be valid"):
        ScheduleSettings(**{key: moment})


def test_it_looks_often_in_masa_tenang_and_seldom_outside_the_stages_unless_told_otherwise():
    assert interval(Phase.KAMPANYE) == 180 * MINUTE
    assert interval(Phase.TENANG) == interval(Phase.HARI_H) == 60 * MINUTE
    assert interval(Phase.NON) == 720 * MINUTE
    assert interval(Phase.TENANG, phases={"tenang": 30}) == 30 * MINUTE
    assert interval(Phase.HARI_H, phases={"tenang": 30}) == 60 * MINUTE
    assert interval(Phase.TENANG, accounts={"telegram:b": 45}) == 45 * MINUTE


@pytest.mark.parametrize(
    ("zone", "hours"), [("", 7), ("WIB", 7), ("WITA", 8), ("WIT", 9)], ids=["of the region", "WIB", "WITA", "WIT"]
)
def test_zones_are_named_as_people_name_them(zone: str, hours: int):
    chosen = ScheduleSettings(zone=zone).zone_of("Asia/Jakarta")
    assert NOW.astimezone(chosen).utcoffset() == timedelta(hours=hours)


def test_platforms_that_come_first_are_named_by_phase():
    assert ScheduleSettings(first={"tenang": ["tiktok"]}).first == {Phase.TENANG: (Platform.TIKTOK,)}


@pytest.mark.parametrize(
    "given",
    [
        {"interval": 14},
        {"jitter": 0.6},
        {"zone": "UTC"},
        {"phases": {"kampanje": 60}},
        {"first": {"tenang": ["friendster"]}},
        {"accounts": {"telegram:b": 1}},
        {"purge_at": "25:00"},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object]):
    with pytest.raises(ValidationError):
        ScheduleSettings(**given)
