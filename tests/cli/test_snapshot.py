"""What the program says and asks of whoever publishes, checks and queries snapshots."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.domain.users import Role
from scanner.store import audit
from scanner.store.users import add_user, save_disabled
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.people import make_user
from tests.store.samples import NOON

ANSWERED = ("--reason", "kajian", "--agreement", "PKS-7")


def test_it_publishes_lists_verifies_and_answers(run: Run, office: Path):
    done = run("snapshot", "publish", "-w", office)
    assert done.code == 0, done.err
    assert "Left out, because too few people are alike: 3 of accounts, 4 of posts" in done.err
    latest = office / "data" / "snapshots" / "latest"
    assert run("snapshot", "verify", latest).code == 0
    [listed] = json.loads(run("snapshot", "list", "-w", office, "--json").out)
    assert (listed["series"], listed["path"]) == ("research", str(latest.resolve()))
    asked = run("snapshot", "query", latest, "SELECT count(*) AS rules FROM rules", "--json")
    assert json.loads(asked.out)[0]["rules"] > 20


def test_its_parts_are_there_for_programs(run: Run, office: Path):
    done = json.loads(run("snapshot", "publish", "-w", office, "--json").out)
    assert done["rows"]["posts"] == 0
    checked = json.loads(run("snapshot", "verify", done["path"], "--json").out)
    assert (checked["problems"], checked["identifiable"]) == ([], False)


def test_more_rows_than_shown_are_told_of(run: Run, office: Path):
    run("snapshot", "publish", "-w", office)
    asked = run("snapshot", "query", office / "data/snapshots/latest", "SELECT code FROM rules", "--rows", 2)
    assert "only the first 2 rows" in asked.err


def test_what_was_altered_ends_with_one(run: Run, office: Path):
    path = Path(json.loads(run("snapshot", "publish", "-w", office, "--json").out)["path"])
    (path / "README.md").chmod(0o644)
    (path / "README.md").write_text("Semua bersih.", "utf-8")
    ended = run("snapshot", "verify", path)
    assert ended.code == 1
    assert "README.md: was altered" in ended.err


def test_a_destroyed_key_is_told_and_on_the_audit_chain(run: Run, office: Path):
    run("snapshot", "publish", "-w", office, "--series", "univ-a")
    key = office / "data" / "keys" / "univ-a.key"
    assert key.is_file()
    assert run("snapshot", "forget-key", "univ-a", "-w", office).code == 0
    assert not key.exists()
    again = run("snapshot", "forget-key", "univ-a", "-w", office)
    assert (again.code, "has no key" in again.err) == (2, True)
    with open_workspace(office).store.lease("test") as lease:
        assert [event.action for event in audit.events(lease, subject="univ-a")] == ["snapshot.forget_key"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("publish", "--series", "Univ A"), "would be valid"),
        (("publish", "--with-text", *ANSWERED), "--by: empty"),
        (("publish", "--with-text", *ANSWERED, "--by", "hantu"), "--by hantu: is no user with the role dpo or analyst"),
        (("publish", "--with-text", *ANSWERED, "--by", "sari"), "--by sari: is no user with the role dpo or analyst"),
        (("publish", "--with-text", *ANSWERED, "--by", "joko"), "--by joko: is no user with the role dpo or analyst"),
        (("publish", "--with-text", "--by", "dewi", "--agreement", "PKS-7"), "--reason: empty"),
        (("publish", "--with-text", "--by", "dewi", "--reason", "kajian"), "--agreement: empty"),
    ],
)
def test_what_may_not_be_published_is_refused_in_one_line(
    run: Run, office: Path, arguments: tuple[str, ...], told: str
):
    with open_workspace(office).store.lease("test") as lease:
        add_user(lease, make_user("sari"), by="uji")
        add_user(lease, make_user("dewi", role=Role.DPO), by="uji")
        add_user(lease, make_user("joko", role=Role.DPO), by="uji")
        save_disabled(lease, "joko", NOON, by="uji", at=NOON)
    ended = run("snapshot", *arguments, "-w", office)
    assert ended.code == 2
    assert told in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not list((office / "data").glob("snapshots/2*"))


def test_words_leave_in_the_name_of_who_answers_for_them(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        add_user(lease, make_user("dewi", role=Role.DPO), by="uji")
    done = json.loads(run("snapshot", "publish", "-w", office, "--with-text", *ANSWERED, "--by", "Dewi", "--json").out)
    assert done["path"].endswith("-identifiable")
    assert "IDENTIFIABLE" in run("snapshot", "verify", done["path"]).err
    with open_workspace(office).store.lease("test") as lease:
        [event] = audit.events(lease, subject=Path(done["path"]).name)
    assert (event.actor, event.detail["agreement"], event.detail["reason"]) == ("dewi", "PKS-7", "kajian")


def test_columns_of_one_name_are_refused_where_one_would_be_lost(run: Run, office: Path):
    run("snapshot", "publish", "-w", office)
    latest, sql = office / "data/snapshots/latest", "SELECT 1 AS n, 2 AS n"
    ended = run("snapshot", "query", latest, sql, "--json")
    assert (ended.code, ended.out, "two columns are called n" in ended.refusal) == (2, "", True)
    assert run("snapshot", "query", latest, sql).code == 0


@pytest.mark.parametrize("rows", ['"rows": []', '"rows": {"posts": "1"}, "series": 7', '"series": "a"'])
def test_an_odd_snapshot_is_listed_in_one_line(run: Run, office: Path, rows: str):
    odd = office / "data" / "snapshots" / "2026-01-01T000000Z"
    odd.mkdir(parents=True)
    (odd / "snapshot.json").write_text(f'{{"format": "scanner-snapshot/1", {rows}}}', "utf-8")
    ended = run("snapshot", "list", "-w", office)
    assert ended.code == 0
    assert "not as it was written" in ended.out


@pytest.mark.parametrize("verb", [("verify",), ("query",)])
def test_a_folder_without_a_snapshot_is_refused(run: Run, tmp_path: Path, verb: tuple[str, ...]):
    ended = run("snapshot", *verb, tmp_path, *(["SELECT 1"] if verb == ("query",) else []))
    assert ended.code == 2
    assert "snapshot" in ended.err


def test_a_hostile_query_is_refused_in_one_line(run: Run, office: Path):
    run("snapshot", "publish", "-w", office)
    sql = f"ATTACH '{office}/data/scanner.duckdb'"
    ended = run("snapshot", "query", office / "data/snapshots/latest", sql)
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
