"""The file for those who watch offline is whole, private, documented, and names nobody."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.domain.runs import Outcome
from scanner.errors import StoreError
from scanner.notify.notes import Alarm, Kind
from scanner.report.status_file import LastRun, Standing, last_ping, write_status
from scanner.settings import Settings

NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")
STANDING = Standing(
    written_at=NOW,
    last_run=LastRun("scan-1", "scan", "schedule", NOW, NOW, 0),
    last_success=NOW,
    next_due=None,
    paused=False,
    accounts={Outcome.COMPLETE: 3},
    alarms={Alarm.CANARY: NOW},
    ping="late",
)


def rows(heading: str) -> dict[str, str]:
    """Return first and second column of the table under a heading of the page."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (`.+?) \| (.+) \|$", part, re.M)
    return {name: told for names, told in found for name in re.findall(r"`(\w+)`", names)}


def test_what_is_written_is_read_back_and_private(tmp_path: Path):
    write_status(tmp_path, STANDING)
    path = tmp_path / "status.json"
    said = json.loads(path.read_bytes())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert said["format"] == 1
    assert said["written_at"] == "2026-11-22T11:05:00+00:00"
    assert (said["accounts"], said["alarms"]) == ({"complete": 3}, {"canary": "2026-11-22T11:05:00+00:00"})
    assert last_ping(tmp_path) == "late"


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b'{"ping": 3}'])
def test_a_file_that_is_not_there_or_not_ours_says_nothing_of_the_ping(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "status.json").write_bytes(content)
    assert last_ping(tmp_path) is None


def test_where_it_cannot_be_written_the_old_one_stays_whole(tmp_path: Path):
    (tmp_path / "status.json").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_status(tmp_path, STANDING)
    assert [path.name for path in tmp_path.iterdir()] == ["status.json"]


def test_the_page_names_every_field_of_it_in_order_and_no_other(tmp_path: Path):
    write_status(tmp_path, STANDING)
    assert list(rows("data/status.json")) == list(json.loads((tmp_path / "status.json").read_bytes()))


def test_the_page_names_all_of_a_run_every_outcome_and_every_alarm():
    told = rows("data/status.json")
    assert re.findall(r"`(\w+)`", told["last_run"]) == [one.name for one in fields(LastRun)]
    assert re.findall(r"`(\w+)`", told["accounts"]) == [str(one) for one in Outcome]
    assert set(rows("What is told")) == {str(one) for one in Alarm}
    assert re.findall(r"kind` \((.+?)\)", PAGE) == [", ".join(Kind)]


def test_every_setting_in_the_page_is_one():
    sections = {name: Settings.model_fields[name].annotation for name in ("notifications", "ping")}
    section, found = "", 0
    for line in "".join(re.findall(r"```toml\n(.*?)```", PAGE, re.S)).splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header[1]
        elif key := re.match(r"(\w+) = ", line):
            assert key[1] in sections[section].model_fields, line
            found += 1
    assert found == 9
