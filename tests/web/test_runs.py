"""Runs: the latest first, with their result in words, and why not everything was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest
from bs4 import BeautifulSoup

from scanner.domain.runs import Brought, Coverage, Outcome, Rejected, Run, Tally
from scanner.domain.users import Role
from scanner.store import quarantine, runs
from tests.web.conftest import Site

NOTHING = Brought()
ACCOUNT = "mastodon:sari_guru@nusarimba.example"


def page(site: Site, address: str) -> BeautifulSoup:
    answer = site.client(Role.DPO).get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def record(
    site: Site, number: int, exit_code: int | None, *, kind: str = "scan", brought: Brought = NOTHING, **changes: Any
) -> str:
    at, key = site.desk.now() + timedelta(minutes=number), f"{kind}-{number}"
    run = Run(id=key, kind=kind, started_at=at, ended_at=None, exit_code=None, versions="scanner 1", note="")
    with site.store.lease("test") as lease:
        runs.start_run(lease, replace(run, **changes))
        if exit_code is not None:
            ended = at + timedelta(seconds=185)
            runs.finish_run(lease, key, ended_at=ended, exit_code=exit_code, note="catatan", brought=brought)
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


BROUGHT = Brought(
    complete=9800, partial=150, failed=0, not_tried=50, new=1234, changed=5, missing=6, requests=20500, throttled=7,
    bytes=98_765_432,
)  # fmt: skip


def test_a_run_tells_who_began_it_when_for_what_and_what_it_brought(site: Site):
    now = site.desk.now()
    key = record(
        site, 1, 3, brought=BROUGHT, trigger="catch_up", started_by="ratna", since=now - timedelta(days=90), until=None
    )
    words = " ".join(page(site, f"/runs/{key}").get_text(" ").split())
    for told in (
        "menyusul jadwal · ratna", "(3 mnt 5 dtk)", "– sekarang", "9.800 lengkap", "150 sebagian", "50 tidak dicoba",
        "1.234 baru, 5 berubah, 6 hilang", "20.500 dikirim; 7 kali diminta datang nanti; 98.765 kB diterima",
    ):  # fmt: skip
        assert told in words
    assert "gagal" not in words, "what none of the accounts was is not counted aloud"


def test_the_list_shows_the_same_in_short(site: Site):
    record(site, 1, 3, brought=BROUGHT, trigger="schedule")
    cells = [" ".join(cell.get_text(" ").split()) for cell in page(site, "/runs").select("tbody tr")[0].select("td")]
    assert cells[1:] == [
        "Pemindaian menurut jadwal", "3 mnt 5 dtk", "selesai sebagian", "9.800 lengkap 150 sebagian 50 tidak dicoba",
        "1.234 baru, 5 berubah, 6 hilang", "20.500 7 diminta menunggu", "catatan",
    ]  # fmt: skip


def test_runs_from_before_these_were_counted_show_dashes_and_no_noughts(site: Site):
    key = record(site, 1, 0)
    cells = [" ".join(cell.get_text(" ").split()) for cell in page(site, "/runs").select("tbody tr")[0].select("td")]
    assert cells[4:7] == ["–", "–", "–"]
    assert "dikirim" not in page(site, f"/runs/{key}").get_text()


def test_a_page_far_behind_reads_that_page_alone(site: Site):
    with site.store.lease("test") as lease:
        lease.execute(
            """INSERT INTO runs BY NAME SELECT 'scan-' || n AS id, 'scan' AS kind, 'v' AS versions, '' AS note,
                      $at - INTERVAL (n) HOUR AS started_at FROM range(20000) AS t(n)""",
            {"at": site.desk.now()},
        )
    asked = perf_counter()
    links = [str(link["href"]) for link in page(site, "/runs?page=300").select("tbody a")]
    assert links == [f"/runs/scan-{number}" for number in range(299 * 50 - 1, 300 * 50 - 1)]
    assert perf_counter() - asked < 1.0
