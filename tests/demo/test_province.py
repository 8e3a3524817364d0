"""The fictional mandate, roster and election are files that the scanner reads like anybody's."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from scanner.demo import province
from scanner.demo.cast import load_cast
from scanner.domain.flags import Phase
from scanner.roster import read_roster, refuse_account, refuse_mandate
from scanner.rules.election_files import load_election
from scanner.settings import load_settings, mandate_of

TODAY = date(2026, 2, 28)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scanner.toml").write_text(province.config(TODAY), "utf-8")
    (tmp_path / "roster.csv").write_text(province.roster(load_cast().values(), TODAY), "utf-8")
    for name, content in province.elections(TODAY).items():
        (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


def test_the_mandate_is_complete_and_valid_today(folder: Path):
    mandate = mandate_of(load_settings(folder))
    assert refuse_mandate(mandate, TODAY) is None
    assert "fiktif" in mandate.controller
    assert mandate.election_id == province.ELECTION


def test_every_civil_servant_may_be_listed_and_no_private_citizen_is(folder: Path):
    roster = read_roster(folder / "roster.csv")
    assert roster.refusals == ()
    assert [refuse_account(account, TODAY) for account in roster.accounts if refuse_account(account, TODAY)] == []
    citizens = {account.handle for account in load_cast().values() if account.person is None}
    assert len(roster.accounts) == len(load_cast()) - len(citizens)
    assert not [account for account in roster.accounts if account.handle.split("@")[0] in citizens]


def test_the_election_is_in_its_campaign_whenever_the_demo_is_shown(folder: Path):
    election = load_election(folder / f"{province.ELECTION}.yaml")
    assert [one.number for one in election.participants] == [1, 2, 3]
    assert len(election.known_parties) == 3
    for offset, phase in ((-20, Phase.KAMPANYE), (0, Phase.KAMPANYE), (1, Phase.KAMPANYE), (-40, Phase.PRA)):
        assert election.phase_on(TODAY + timedelta(days=offset)) is phase
    for phase in Phase:
        days = [election.phase_on(TODAY + timedelta(days=offset)) for offset in range(-100, 130)]
        assert phase is Phase.PSU or phase in days


def test_everything_says_that_it_is_fictional(folder: Path):
    for path in folder.iterdir():
        assert "fiktif" in path.read_text("utf-8").casefold()
