"""The roster at the door: good rows are listed, bad ones named; what is listed can be seen, checked and taken off."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scanner.store import accounts, audit
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.offices import make_office

SARI = "mastodon:sari_guru@nusarimba.example"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A workspace with a roster that has not been read yet."""
    return make_office(tmp_path / "empty", listed=False).root


def listed(root: Path) -> list[str]:
    with open_workspace(root).store.lease("test") as lease:
        return [account.id for account in accounts.load_accounts(lease)]


def spoil(root: Path) -> None:
    """Make the second row a foreign status and the third a raw NIP."""
    rows = (root / "roster.csv").read_text("utf-8").splitlines()
    rows[2] = rows[2].replace(",PNS,", ",HONORER,")
    rows[3] = rows[3].replace(rows[3].split(",")[0], "198503302003121002", 1)
    (root / "roster.csv").write_text("\n".join(rows), "utf-8")


def test_good_rows_are_listed_under_the_mandate(run: Run, empty: Path):
    ended = run("roster", "import", empty / "roster.csv", "-w", empty)
    assert (ended.code, ended.out) == (0, "")
    assert "3 accounts listed, 0 rows refused." in ended.err
    assert SARI in listed(empty)
    with open_workspace(empty).store.lease("test") as lease:
        [event] = [event for event in audit.events(lease) if event.action == "roster.import"]
    assert event.detail == {"accounts": 3, "election": "pilgub-nusa-rimba", "dpia": "DPIA-NR-2026-03 (fiktif)"}


def test_bad_rows_are_named_and_the_others_listed(run: Run, empty: Path):
    spoil(empty)
    ended = run("roster", "import", empty / "roster.csv", "-w", empty)
    assert ended.code == 3
    first, second, last = ended.err.splitlines()
    assert first == "roster.csv row 3 column employment: 'HONORER' is not one of PNS, CPNS, PPPK"
    assert second.startswith("roster.csv row 4 column person_id: looks like a NIP or NIK")
    assert "198503302003121002" not in ended.err
    assert last == "1 accounts listed, 2 rows refused."
    assert len(listed(empty)) == 1


def test_showing_the_list_is_one_event_that_names_nobody(run: Run, office: Path):
    run("roster", "list", "-w", office)
    with open_workspace(office).store.lease("test") as lease:
        [event] = [event for event in audit.events(lease) if event.action == "roster.show"]
    assert (event.subject, event.detail) == ("accounts", {"accounts": 3})


def test_a_dry_run_lists_nobody(run: Run, empty: Path):
    ended = run("roster", "import", empty / "roster.csv", "-w", empty, "--dry-run")
    assert ended.code == 0
    assert "3 accounts would be listed" in ended.err
    assert listed(empty) == []


def test_nobody_is_listed_without_a_mandate(run: Run, empty: Path):
    config = (empty / "scanner.toml").read_text("utf-8")
    (empty / "scanner.toml").write_text(config.replace("dpia_id =", "# dpia_id ="), "utf-8")
    ended = run("roster", "import", empty / "roster.csv", "-w", empty)
    assert ended.code == 1
    assert "dpia_id missing" in ended.err
    assert listed(empty) == []


def test_the_list_shows_accounts_and_how_many_stand_per_unit(run: Run, office: Path):
    ended = run("roster", "list", "-w", office)
    assert ended.code == 0
    assert SARI in ended.out
    assert "Dinas Pendidikan Nusa Rimba / SMAN 4 Tanjung Rimba" in ended.out


def test_the_list_for_programs_names_nobody(run: Run, office: Path):
    found = json.loads(run("roster", "list", "-w", office, "--json").out)
    assert len(found) == 3
    assert all(set(row) == {"id", "person_id", "unit", "until"} for row in found)


def test_at_eighty_columns_every_account_has_one_line(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("roster", "list", "-w", office).out.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum("mastodon:" in line and "PEG-" in line for line in lines) == 3


def test_a_list_in_order_has_no_problems(run: Run, office: Path):
    ended = run("roster", "check", "-w", office)
    assert (ended.code, ended.err) == (0, "3 accounts checked, 0 problems.\n")


def test_the_check_names_who_may_not_be_looked_at(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        lease.execute("UPDATE accounts SET confidence = 'C' WHERE id = $id", {"id": SARI})
    ended = run("roster", "check", "-w", office)
    assert ended.code == 3
    assert f"{SARI}: confidence C" in ended.err


def test_the_check_says_when_the_mandate_has_ended(run: Run, office: Path):
    config = office / "scanner.toml"  # its days are those of the region: another one than here late in the evening
    ended_long_ago, lines = re.subn(r"valid_until = .*", "valid_until = 2020-01-01", config.read_text("utf-8"))
    assert lines == 1
    config.write_text(ended_long_ago, "utf-8")
    ended = run("roster", "check", "-w", office)
    assert ended.code == 3
    assert "renew it" in ended.err


def test_a_file_can_be_checked_before_it_is_read(run: Run, empty: Path):
    assert run("roster", "check", empty / "roster.csv", "-w", empty).code == 0
    spoil(empty)
    ended = run("roster", "check", empty / "roster.csv", "-w", empty)
    assert (ended.code, len(ended.err.splitlines())) == (3, 3)
    assert listed(empty) == []


def test_an_account_is_taken_off_with_its_reason_on_record(run: Run, office: Path):
    ended = run("roster", "remove", SARI, "--reason", "pensiun", "--approved-by", "ketua", "-w", office)
    assert (ended.code, ended.err) == (0, f"{SARI} is off the list.\n")
    assert SARI not in listed(office)
    with open_workspace(office).store.lease("test") as lease:
        event = audit.events(lease, subject=SARI)[0]
    assert (event.action, event.detail) == ("account.remove", {"approved_by": "ketua", "reason": "pensiun"})
    assert "0 of 0 waiting" in run("queue", "-w", office, "--reviewer", "rini").err
    restored = run("roster", "restore", SARI, "--reason", "salah hapus", "--approved-by", "ketua", "-w", office)
    assert (restored.code, restored.err) == (0, f"{SARI} is on the list again.\n")
    assert SARI in listed(office)


def test_importing_again_tells_which_accounts_stay_off_the_list(run: Run, office: Path):
    run("roster", "remove", SARI, "--reason", "pensiun", "--approved-by", "ketua", "-w", office)
    ended = run("roster", "import", office / "roster.csv", "-w", office)
    assert ended.code == 0
    assert f"{SARI}: was taken off the list and stays off; `scanner roster restore` puts it back" in ended.err
    assert "2 accounts listed, 0 rows refused." in ended.err
    assert SARI not in listed(office)


def test_a_row_that_moves_the_terminal_is_shown_harmlessly(run: Run, empty: Path):
    rows = (empty / "roster.csv").read_text("utf-8").replace(",PNS,", ",\x1b[2JPNS,")
    (empty / "roster.csv").write_text(rows, "utf-8")
    ended = run("roster", "import", empty / "roster.csv", "-w", empty)
    assert ended.code == 3
    assert "\x1b" not in ended.err
