from __future__ import annotations

import pytest

from scanner.domain.runs import Rejected, Run
from scanner.store import accounts, audit, erase, persons, quarantine, runs, trails
from scanner.store.connection import Lease
from scanner.store.hidden import HIDDEN, suspended_names
from scanner.store.posts import save_posts
from tests.store.samples import NOON, make_account, make_post

BUDI = make_account(native_id="109876", url="https://desa.example/@budi")


@pytest.fixture(autouse=True)
def _suspended(lease: Lease) -> None:
    accounts.save_accounts(lease, [BUDI, make_account("sita@desa.example", person_id="PEG-0002")])
    save_posts(lease, [make_post()], run_id="scan-1", seen_at=NOON)
    persons.suspend(lease, "PEG-0001", reason="keberatan", by="dian", at=NOON)


@pytest.mark.parametrize(
    "text",
    [
        "mastodon:budi@desa.example",
        "@BUDI@DESA.EXAMPLE: halaman terlalu besar",
        "akun 109876 dialihkan",
        make_post().version_id,
        make_post().url,
        "peg-0001",
    ],
)
def test_it_finds_accounts_persons_and_posts_in_texts(lease: Lease, text: str):
    names = suspended_names(lease)
    assert names.stand_in(text)
    assert names.hidden(text) == HIDDEN
    assert names.hidden("sita@desa.example: tenggat") == "sita@desa.example: tenggat"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("PEG-0001", True),
        ("PEG-0001.csv baris 3", True),
        ("unggahan/budi@desa.example-2026.jsonl", True),
        ("https://desa.example/@budi/17", True),
        ("PEG-00012", False),
        ("xbudi@desa.example", False),
        ("id 1098765 dan 9109876", False),
        ("id 1098765 dan 109876", True),
    ],
)
def test_whole_names_are_told_from_longer_ones(lease: Lease, text: str, whole: bool):
    assert suspended_names(lease).stand_whole(text) is whole


def test_nothing_is_hidden_while_nobody_is_suspended(lease: Lease):
    persons.resume(lease, "PEG-0001", reason="ditolak", by="dian", at=NOON)
    assert not suspended_names(lease).stand_in("mastodon:budi@desa.example")


def test_events_runs_and_faults_are_shown_without_them_and_stay_on_record(lease: Lease):
    audit.append(lease, actor="agus", action="account.show", subject=BUDI.id, detail={})
    audit.append(
        lease, actor="sari", action="decisions.show", subject="sari", detail={"items": [make_post().version_id]}
    )
    run = Run(id="scan-1", kind="scan", started_at=NOON, ended_at=NOON, exit_code=1, versions="1", note=f"{BUDI.id}: x")
    runs.start_run(lease, run)
    faults = [Rejected("https://desa.example/@budi", None, "akun budi@desa.example", "0" * 64)]
    quarantine.save_rejected(lease, faults, run_id="scan-1", seen_at=NOON)

    shown = trails.events_like(lease, trails.Wanted(), limit=10)
    assert [(one.subject, one.detail) for one in shown[:2]] == [(HIDDEN, {}), (HIDDEN, {})]
    assert [one.note for one in runs.last_runs(lease)] == [HIDDEN]
    assert runs.load_run(lease, "scan-1") == runs.last_runs(lease)[0]
    assert quarantine.load_rejected(lease) == [Rejected(HIDDEN, None, HIDDEN, "0" * 64)]
    assert BUDI.id in [one.subject for one in audit.events(lease)]
    assert audit.verify(lease).problems == ()


def test_posts_that_left_the_record_are_named_in_no_event_while_anybody_is_suspended(lease: Lease):
    sita = make_post(2, account_id="mastodon:sita@desa.example")
    save_posts(lease, [sita], run_id="scan-1", seen_at=NOON)
    for subject in (make_post().version_id, sita.version_id, "mastodon:sita@desa.example", "queue"):
        audit.append(lease, actor="sari", action="item.show", subject=subject, detail={})
    erase.erase_posts(lease, [make_post().id], reason="uji", by="sari", at=NOON)
    shown = trails.events_like(lease, trails.Wanted(action="item.show"), limit=10)
    assert [one.subject for one in shown] == ["queue", "mastodon:sita@desa.example", sita.version_id, HIDDEN]
    persons.resume(lease, "PEG-0001", reason="ditolak", by="dian", at=NOON)
    shown = trails.events_like(lease, trails.Wanted(action="item.show"), limit=10)
    assert shown[-1].subject == make_post().version_id
