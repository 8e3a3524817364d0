from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scanner.domain.flags import Phase
from scanner.resources import data_folder
from scanner.rules.calendars import Overlay
from scanner.rules.election_files import load_election

FICTION = Path(__file__).parent / "elections"
SHIPPED = sorted((data_folder("keywords") / "elections").glob("*.yaml"))


def test_a_moment_is_judged_by_the_clock_of_the_region():
    moment = datetime(2030, 11, 30, 15, 30, tzinfo=UTC)  # 22.30 in Jakarta, already the next day in Jayapura
    assert load_election("pilbup-uji", FICTION).phase_at(moment) is Phase.KAMPANYE
    assert load_election("pilbup-tunggal", FICTION).phase_at(moment) is Phase.TENANG


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        load_election("pilbup-uji", FICTION).phase_at(datetime(2030, 12, 1, 0, 30))


def test_overlays_are_for_regional_polls_and_repeat_polls():
    regional, national = load_election("pilbup-uji", FICTION), load_election("pileg-uji", FICTION)
    assert regional.overlays_on(date(2030, 3, 1)) == {Overlay.J6}
    assert regional.overlays_on(date(2031, 3, 1)) == {Overlay.PSU}
    assert national.overlays_on(date(2030, 10, 1)) == frozenset()
