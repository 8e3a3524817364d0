from __future__ import annotations

import pytest

from scanner.domain.accounts import Platform
from scanner.errors import StoreError, UsageError
from scanner.store import accounts, audit, flags, pages, persons
from scanner.store.connection import Lease
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_post

BUDI = make_account()
AT_X = make_account("budi_desa", platform=Platform.X, person_id=" peg-0001 ")
SITA = make_account("sita@desa.example", person_id="PEG-0002")


@pytest.fixture(autouse=True)
def _listed(lease: Lease) -> None:
    accounts.save_accounts(lease, [BUDI, AT_X, SITA])


def suspend(lease: Lease, person: str = "PEG-0001") -> int:
    return persons.suspend(lease, person, reason="keberatan 1/2026", by="dian", at=NOON)


def test_all_accounts_of_a_person_are_hidden_and_nobody_elses(lease: Lease):
    assert suspend(lease) == 2
    assert accounts.load_accounts(lease) == [SITA]
    assert accounts.load_suspended(lease) == [BUDI, AT_X]
    assert accounts.load_account(lease, BUDI.id) is None
    assert accounts.load_these(lease, [BUDI.id, SITA.id]) == {SITA.id: SITA}


def test_suspending_twice_is_once_and_resuming_shows_them_again(lease: Lease):
    assert (suspend(lease), suspend(lease)) == (2, 0)
    for wanted in (2, 0):
        assert persons.resume(lease, "PEG-0001", reason="ditolak", by="dian", at=NOON + HOUR) == wanted
    assert accounts.load_accounts(lease) == [BUDI, SITA, AT_X]
    told = [(event.actor, event.action, event.detail) for event in audit.events(lease)]
    assert told == [
        ("dian", "person.resume", {"accounts": 2, "reason": "ditolak"}),
        ("dian", "person.suspend", {"accounts": 2, "reason": "keberatan 1/2026"}),
    ]


def test_the_chain_calls_a_person_by_a_keyed_mark_however_the_number_is_written(lease: Lease):
    suspend(lease)
    [event] = audit.events(lease)
    assert event.subject == persons.subject_of(lease, "peg-0001 ")
    assert "peg" not in event.subject
    assert event.subject != persons.subject_of(lease, "PEG-0002")


def test_an_account_listed_later_is_suspended_like_the_others_of_its_person(lease: Lease):
    suspend(lease)
    further = make_account("budi_foto", platform=Platform.INSTAGRAM)
    accounts.save_accounts(lease, [further, BUDI])
    assert accounts.load_accounts(lease) == [SITA]
    persons.resume(lease, "PEG-0001", reason="ditolak", by="dian", at=NOON)
    assert further in accounts.load_accounts(lease)


def test_a_removed_account_stays_removed_when_its_person_is_resumed(lease: Lease):
    suspend(lease)
    accounts.remove_account(lease, BUDI.id, reason="pensiun", by="joko", approved_by="rina", at=NOON)
    persons.resume(lease, "PEG-0001", reason="ditolak", by="dian", at=NOON)
    assert accounts.load_accounts(lease) == [SITA, AT_X]


@pytest.mark.parametrize(("person", "reason", "told"), [("PEG-9", "ya", "no account"), ("PEG-0001", " ", "--reason")])
def test_nobody_is_suspended_without_a_reason_and_nobody_who_is_not_there(
    lease: Lease, person: str, reason: str, told: str
):
    for change in (persons.suspend, persons.resume):
        with pytest.raises(UsageError, match=told):
            change(lease, person, reason=reason, by="dian", at=NOON)
    assert audit.events(lease) == []


def save(lease: Lease) -> None:
    pages.save_page(
        lease,
        run_id="scan-1",
        account=BUDI,
        posts=[make_post()],
        captures=[make_evidence()],
        cursor=None,
        rejected=(),
        seen_at=NOON,
    )


def test_nothing_more_is_stored_of_somebody_suspended(lease: Lease):
    suspend(lease)
    with pytest.raises(StoreError, match="suspended, so nothing more"):
        save(lease)
    assert lease.rows("FROM posts") == lease.rows("FROM captures") == []


def test_what_is_counted_leaves_them_out(lease: Lease):
    save(lease)
    flags.save_flags(lease, [make_flag()])
    suspend(lease)
    assert flags.count_flags(lease) == 0
