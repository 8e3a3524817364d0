"""How much is written: 50 MB a day at most, at 50,000 posts an hour (O9), and never more than the settings allow."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.logs.lines import Lines
from scanner.logs.masks import Masks, Word
from scanner.scan import endings, gather
from scanner.sections import LogSettings
from tests.store.samples import NOON

DAY = 50_000_000
ACCOUNTS, LOOKS = 10_000, 8
"""Every three hours."""
TICKS = 24 * 60


def sizes(records: list[logging.LogRecord], *, as_json: bool) -> list[int]:
    lines = Lines(Masks.of(b"kunci", []), as_json=as_json)
    return [len(lines.format(record)) + 1 for record in records]


@pytest.mark.parametrize("as_json", [False, True], ids=["plain", "json"])
def test_a_day_of_the_largest_office_in_which_every_look_is_cut_short_is_below_50_mb(caplog, as_json):
    caplog.set_level(logging.INFO)
    long = f"mastodon:{'a' * 60}@{'b' * 60}.example"
    gather.log_ending(
        Coverage("r", long, Outcome.NOT_TRIED, "x" * 500, Tally(999, 999, 999), 999, NOON, NOON + timedelta(hours=1))
    )
    endings.log.info("%s on %s cut short by %s", long, Platform.BLUESKY, Word("TooManyRedirectsOrSo"))
    of_a_look = sum(sizes(caplog.records, as_json=as_json))
    assert len(caplog.records) == 2
    of_a_tick = 4 * 400
    assert ACCOUNTS * LOOKS * of_a_look + TICKS * of_a_tick <= DAY


def test_whatever_happens_the_folder_holds_50_mb_as_shipped():
    chosen = LogSettings()
    assert chosen.max_bytes * (chosen.files + 1) <= DAY
