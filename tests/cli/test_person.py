"""The rights of a listed person at the terminal: object, suspend, correct, access, erase (reliability P5)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.store import audit
from scanner.workspace import ROSTER, open_workspace
from tests.cli.conftest import Run

PERSON = "PEG-0001"
HANDLE = "sari_guru@nusarimba.example"


def acts(office: Path) -> list[str]:
    with open_workspace(office).store.lease("test") as lease:
        return [event.action for event in audit.events(lease)]


def suspend(run: Run, office: Path) -> None:
    assert run("person", "suspend", PERSON, "--reason", "keberatan 1/2026", "-w", office).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("queue",),
        ("queue", "--json"),
        ("status",),
        ("status", "--json"),
        ("roster", "list"),
        ("roster", "list", "--json"),
        ("coverage",),
        ("coverage", "--json"),
        ("scan", "--dry-run"),
        ("summary", "--json"),
        ("agreement",),
    ],
    ids=" ".join,
)
def test_who_is_suspended_is_in_no_answer_of_the_program(run: Run, office: Path, arguments: tuple[str, ...]):
    suspend(run, office)
    ended = run(*arguments, "-w", office)
    told = ended.out + ended.err
    assert "Traceback" not in told
    assert HANDLE not in told
    assert PERSON not in told
    assert "oblos" not in told


def test_suspending_and_resuming_are_told_and_logged_once(run: Run, office: Path):
    suspend(run, office)
    assert "Suspended before" in run("person", "suspend", PERSON, "--reason", "lagi", "-w", office).err
    resumed = run("person", "resume", PERSON, "--reason", "ditolak", "-w", office)
    assert "1 accounts are looked at and shown again." in resumed.err
    assert "Not suspended" in run("person", "resume", PERSON, "--reason", "lagi", "-w", office).err
    assert [one for one in acts(office) if one.startswith("person.")] == ["person.resume", "person.suspend"]
    assert HANDLE in run("queue", "-w", office).out


def test_evidence_of_somebody_suspended_does_not_leave_the_house(run: Run, office: Path, tmp_path: Path):
    with open_workspace(office).store.lease("test") as lease:
        flag = lease.rows("SELECT id FROM flags ORDER BY id")[0][0]
    suspend(run, office)
    ended = run("evidence", "export", flag, "--reason", "laporan", "-o", tmp_path / "b.zip", "-w", office)
    assert (ended.code, (tmp_path / "b.zip").exists()) == (1, False)


def test_a_correction_of_the_roster_is_logged_with_its_columns_and_no_values(run: Run, office: Path):
    roster = office / ROSTER
    before = roster.read_text("utf-8")
    roster.write_text(before.replace("Dinas Pendidikan Nusa Rimba", "Dinas Kebudayaan Nusa Rimba"), "utf-8")
    assert run("roster", "import", roster, "-w", office).code == 0
    with open_workspace(office).store.lease("test") as lease:
        [event] = [one for one in audit.events(lease) if one.action == "account.correct"]
    assert (event.subject, event.detail) == (f"mastodon:{HANDLE}", {"columns": ["agency"]})
    run("roster", "import", roster, "-w", office)
    assert acts(office).count("account.correct") == 1


@pytest.mark.parametrize("name", ["akses", "akses.zip"])
def test_access_writes_what_is_on_record_and_refuses_to_overwrite(run: Run, office: Path, tmp_path: Path, name: str):
    ended = run("person", "export", PERSON, "-o", tmp_path / name, "-w", office)
    assert (ended.code, ended.out) == (0, "")
    assert "hand it to nobody else" in ended.err
    again = run("person", "export", PERSON, "-o", tmp_path / name, "-w", office)
    assert (again.code, "is there already" in again.refusal) == (2, True)
    assert acts(office).count("person.export") == 1


def test_access_holds_every_text(run: Run, office: Path, tmp_path: Path):
    run("person", "export", PERSON, "-o", tmp_path / "akses", "-w", office)
    told = json.loads((tmp_path / "akses" / "data.json").read_text("utf-8"))["tables"]
    assert (len(told["posts"]), len(told["versions"]), len(told["flags"])) == (4, 4, 3)


def test_erasing_is_previewed_done_and_the_roster_does_not_list_them_again(run: Run, office: Path, tmp_path: Path):
    run("person", "export", PERSON, "-o", tmp_path / "akses", "-w", office)
    would = run("person", "erase", PERSON, "--reason", "permintaan", "--dry-run", "-w", office)
    assert "1 accounts, 4 posts," in would.err
    assert f"{tmp_path / 'akses'}: would leave" in would.err
    done = run("person", "erase", PERSON, "--reason", "permintaan", "-w", office)
    assert (done.code, "still names them" in done.refusal) == (3, True)
    assert not (tmp_path / "akses").exists()
    again = run("roster", "import", office / ROSTER, "-w", office)
    assert "its person was erased, so it is not listed" in again.refusal
    assert HANDLE not in run("roster", "list", "-w", office).out
    assert run("verify", "-w", office).code == 0
    allowed = ("person", "relist", f"mastodon:{HANDLE}", "--reason", "SK-9", "--approved-by", "ketua", "-w", office)
    assert run(*allowed).code == 0
    run("roster", "import", office / ROSTER, "-w", office)
    assert HANDLE in run("roster", "list", "-w", office).out


@pytest.mark.parametrize("verb", ["suspend", "resume", "erase"])
def test_nobody_unknown_and_nothing_without_a_reason(run: Run, office: Path, verb: str):
    assert run("person", verb, "PEG-9999", "--reason", "ya", "-w", office).code == 2
    assert run("person", verb, PERSON, "--reason", " ", "-w", office).code == 2
