"""The demo prepares a workspace once, serves it, and goes on with the second day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.demo.province import ELECTION
from scanner.demo.show import STATE, demo_day
from scanner.domain.accounts import Platform
from scanner.errors import UsageError
from scanner.scaffold import create_workspace
from scanner.store import accounts
from scanner.workspace import open_workspace


def test_the_first_day_makes_a_workspace_with_its_roster_on_record(tmp_path: Path):
    with demo_day(tmp_path / "demo") as day:
        assert not day.second_day
        assert day.workspace.election.id == ELECTION
        with day.workspace.store.lease("test") as lease:
            assert len(accounts.load_accounts(lease)) == 22


def test_the_collectors_are_pointed_at_the_served_platform_and_nowhere_else(tmp_path: Path):
    with demo_day(tmp_path / "demo") as day:
        settings = day.workspace.settings
        [host] = settings.network.allow_hosts
        for platform in (Platform.MASTODON, Platform.RSS, Platform.TELEGRAM):
            assert settings.platform(platform).base_url == f"http://{host}"
        assert settings.platform(Platform.TELEGRAM).terms_approval == "CONTOH-TG-001 (fiktif)"
    assert open_workspace(tmp_path / "demo").settings.network.allow_hosts == ()


def test_later_days_are_the_second_day_of_the_same_calendar(tmp_path: Path):
    with demo_day(tmp_path / "demo"):
        pass
    state = tmp_path / "demo" / STATE
    state.write_text(json.dumps({"today": "2026-01-31"}), "utf-8")
    for _ in range(2):
        with demo_day(tmp_path / "demo") as day:
            assert day.second_day
    assert json.loads(state.read_text("utf-8")) == {"today": "2026-01-31"}


def test_a_workspace_that_is_not_the_demos_is_left_alone(tmp_path: Path):
    create_workspace(tmp_path / "w")
    with pytest.raises(UsageError, match="not the demo's; give another folder"), demo_day(tmp_path / "w"):
        pytest.fail("a real workspace became a demo")
