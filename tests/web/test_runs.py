"""Runs: the latest first, with their result in words, and why not everything was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from scanner.domain.runs import Coverage, Outcome, Rejected, Run, Tally
from scanner.domain.users import Role
from scanner.store import quarantine, runs
from tests.web.conftest import Site

ACCOUNT = "mastodon:sari_guru@nusarimba.example"


def page(site: Site, address: str) -> BeautifulSoup:
    answer = site.client(Role.DPO).get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def record(site: Site, number: int, exit_code: int | None, *, kind: str = "scan") -> str:
    at, key = site.desk.now() + timedelta(minutes=number), f"{kind}-{number}"
    run = Run(id=key, kind=kind, started_at=at, ended_at=None, exit_code=None, versions="scanner 1", note="")
    with site.store.lease("test") as lease:
        runs.start_run(lease, run)
        if exit_code is not None:
            runs.finish_run(lease, key, ended_at=at, exit_code=exit_code, note="catatan")
    return key


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [(0, "selesai tanpa catatan"), (1, "gagal"), (3, "selesai sebagian"), (11, "sedang dipakai"), (None, "terhenti"),
     (137, "kode 137")],
)  # fmt: skip
def test_every_result_is_told_in_words(site: Site, exit_code: int | None, words: str):
    key = record(site, 1, exit_code)
    assert words in page(site, "/runs").select_one("tbody tr").get_text()
    assert words in page(site, f"/runs/{key}").get_text()


def test_the_latest_run_comes_first_and_fifty_stand_on_a_page(site: Site):
    for number in range(55):
        record(site, number, 0, kind="import")
    first = [str(link["href"]) for link in page(site, "/runs").select("tbody a")]
    second = [str(link["href"]) for link in page(site, "/runs?page=2").select("tbody a")]
    assert first[0] == "/runs/import-54"
    assert (len(first), len(second)) == (50, 6)


def test_a_run_tells_of_each_account_what_was_seen_and_why_not_all(site: Site):
    key, at = record(site, 1, 3), site.desk.now()
    with site.store.lease("test") as lease:
        gap = Coverage(key, ACCOUNT, Outcome.PARTIAL, "anggaran habis", Tally(1234, 2, 3), 4, at, at)
        runs.save_coverage(lease, [gap])
    found = page(site, f"/runs/{key}")
    cells = [cell.get_text() for cell in found.select("tbody td")]
    assert cells == [ACCOUNT, "sebagian", "anggaran habis", "1.234", "2", "3", "4"]
    assert "scanner 1" in found.get_text()
    assert "sebagian: 1" in found.get_text()


def test_what_could_not_be_read_is_counted_by_reason(site: Site):
    key = record(site, 1, 3)
    unread = [Rejected("umpan", line, "bukan JSON", "0" * 64) for line in range(3)]
    with site.store.lease("test") as lease:
        quarantine.save_rejected(lease, unread, run_id=key, seen_at=site.desk.now())
    found = page(site, f"/runs/{key}")
    assert "3 butir disisihkan" in found.get_text()
    assert [cell.get_text() for cell in found.select("tbody td")] == ["bukan JSON", "3"]


def test_reading_a_run_is_an_event_and_the_list_names_nobody(site: Site):
    key = record(site, 1, 0)
    before = len(site.rows("FROM audit"))
    assert ACCOUNT not in page(site, "/runs").get_text()
    page(site, f"/runs/{key}")
    assert site.rows("SELECT actor, action, subject FROM audit ORDER BY seq DESC LIMIT 1") == [
        ("dian", "run.show", key)
    ]
    assert len(site.rows("FROM audit")) == before + 1
