from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scanner.domain.accounts import Platform
from scanner.errors import StoreError
from scanner.store import accounts, audit
from scanner.store.connection import Lease
from tests.store.samples import HOUR, NOON, dump, make_account, make_mandate

FULL = make_account(
    "Sita",
    platform=Platform.X,
    service_until=date(2030, 1, 31),
    native_id="77",
    url="https://x.example/sita",
    leave=((date(2026, 2, 1), date(2026, 3, 1)),),
    extra={"jabatan": "Camat"},
)


def test_accounts_come_back_as_they_were(lease: Lease) -> None:
    accounts.save_accounts(lease, [FULL, make_account()])
    assert accounts.load_accounts(lease) == [make_account(), FULL]
    assert accounts.load_account(lease, FULL.id) == FULL
    assert accounts.load_account(lease, "x:nobody") is None


def test_saving_twice_changes_nothing_and_a_changed_row_replaces(lease: Lease) -> None:
    accounts.save_accounts(lease, [FULL])
    before = dump(lease)
    accounts.save_accounts(lease, [FULL])
    assert dump(lease) == before
    accounts.save_accounts(lease, [make_account(unit="Dinas Lain")])
    accounts.save_accounts(lease, [make_account(unit="Dinas Baru")])
    assert [account.unit for account in accounts.load_accounts(lease)] == ["Dinas Baru", "Dinas Contoh"]


@pytest.mark.parametrize(
    "changes", [{"approved_by": "rina"}, {"approved_by": " Rina "}, {"employment": "honorer"}, {"confidence": "D"}]
)
def test_the_database_refuses_an_account_that_may_not_be_listed(lease: Lease, changes: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="CHECK constraint"):
        accounts.save_accounts(lease, [make_account(**changes)])


def test_a_removed_account_is_off_the_list_until_somebody_restores_it(lease: Lease) -> None:
    accounts.save_accounts(lease, [FULL])
    for _ in range(2):
        accounts.remove_account(lease, FULL.id, reason="bukan akun saya", by="joko", approved_by="rina", at=NOON)
        accounts.save_accounts(lease, [FULL])
        assert accounts.load_accounts(lease) == []
    assert accounts.load_account(lease, FULL.id) == FULL
    for _ in range(2):
        accounts.restore_account(
            lease, FULL.id, reason="sudah diperiksa", by="rina", approved_by="joko", at=NOON + HOUR
        )
        assert accounts.load_accounts(lease) == [FULL]
    assert [(event.action, event.actor, event.detail) for event in audit.events(lease, subject=FULL.id)] == [
        ("account.restore", "rina", {"approved_by": "joko", "reason": "sudah diperiksa"}),
        ("account.remove", "joko", {"approved_by": "rina", "reason": "bukan akun saya"}),
    ]


@pytest.mark.parametrize(("reason", "by"), [("", "joko"), ("salah orang", " ")])
def test_removal_needs_a_reason_and_a_name(lease: Lease, reason: str, by: str) -> None:
    accounts.save_accounts(lease, [FULL])
    with pytest.raises(StoreError, match="needs a reason and the names of two persons"):
        accounts.remove_account(lease, FULL.id, reason=reason, by=by, approved_by="tina", at=NOON)


def test_nobody_changes_the_list_alone(lease: Lease) -> None:
    accounts.save_accounts(lease, [FULL])
    for change in (accounts.remove_account, accounts.restore_account):
        with pytest.raises(StoreError, match="joko cannot approve their own change"):
            change(lease, FULL.id, reason="pensiun", by="joko", approved_by=" Joko", at=NOON)
    assert accounts.load_accounts(lease) == [FULL]


def test_it_refuses_to_remove_or_restore_an_account_never_listed(lease: Lease) -> None:
    for change in (accounts.remove_account, accounts.restore_account):
        with pytest.raises(StoreError, match="x:nobody: no such account"):
            change(lease, "x:nobody", reason="salah", by="joko", approved_by="rina", at=NOON)


def test_mandates_come_back_and_a_renewed_one_replaces(lease: Lease) -> None:
    renewed = make_mandate(valid_until=date(2027, 6, 30))
    for mandate in (make_mandate(), make_mandate(election_id="pilgub-contoh"), renewed):
        accounts.save_mandate(lease, mandate)
    assert accounts.load_mandates(lease) == [renewed, make_mandate(election_id="pilgub-contoh")]


def test_the_database_refuses_a_mandate_that_ends_before_it_begins(lease: Lease) -> None:
    with pytest.raises(StoreError, match="CHECK constraint"):
        accounts.save_mandate(lease, make_mandate(valid_until=date(2025, 1, 1)))
