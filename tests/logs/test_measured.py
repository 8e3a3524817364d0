"""What a scan writes about an account is one short line: what `benchmarks.logs` measures grows by looks alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import logs
from tests.offices import MODEL, write_constant_model


@pytest.mark.slow
def test_a_look_takes_one_line_and_an_hour_with_nobody_due_takes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logs, "DAY", 1.5 * logs.HOUR)
    write_constant_model(tmp_path / MODEL)
    found = logs.measure(tmp_path / "office", 22, model=tmp_path / MODEL)
    assert (found.runs, found.looks) == (1, 22)
    assert found.day == found.scan
    assert found.scan < 22 * 150 + 300
