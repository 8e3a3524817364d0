"""A week under a clock moved by hand: outages, 429 storms, another layout, an expired key, power cuts, kills, a pause,
clocks that jump. Every slot is looked at once or explained, no post is lost; `benchmarks.week` does it at any size.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.week import simulate
from benchmarks.world import KILLED
from scanner.scan.writer import Writer
from tests.offices import MODEL, write_constant_model


@pytest.mark.slow
def test_in_a_week_of_faults_every_slot_is_looked_at_once_or_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(Writer.__init__.__kwdefaults__, "pause", 0.0)
    write_constant_model(tmp_path / MODEL)
    report = simulate(tmp_path / "week", 22, beat=timedelta(minutes=20), model=tmp_path / MODEL)
    assert (report.twice, report.unexplained, report.lost, report.later) == ([], [], 0, 0)
    assert report.killed == len(KILLED)
    assert report.slots == 22 * (3 * 8 + 4 * 24)
    assert 0 < report.explained < report.slots / 5
    assert report.mistimed <= 22 * 2
    assert set(report.outcomes) == {"complete", "partial", "not_tried"}
    assert set(report.ends) <= {0, 1, 3}
    assert report.ratio <= 1.05
