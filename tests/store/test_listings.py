"""The listed accounts come page by page in the database as they came in Python, without those nobody may be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.domain.accounts import Account
from scanner.domain.users import Role, User
from scanner.store import accounts
from scanner.store.connection import Lease
from scanner.store.listings import list_accounts
from tests.store.samples import NOON, make_account

USER = User(name="ratna", display="Ratna", role=Role.ANALYST, agency="Bawaslu", created_at=NOON)
AGENCIES = ("Dinas Ünik", "dinas a", " Dinas B", "Badan C", "dinas_ü")
LISTED = [
    make_account(f"{'AaBb'[n % 4]}kun{n}@desa.example", person_id=f"p{n}", agency=AGENCIES[n % 5], unit=f"Unit {n % 3}")
    for n in range(23)
]


def by_python(user: User, name: str) -> list[Account]:
    fits = [one for one in LISTED if any(name.lower() in text.lower() for text in (one.handle, one.agency, one.unit))]
    shown = [one for one in fits if not user.is_recused_from(one)]
    return sorted(shown, key=lambda one: (one.agency.lower(), one.handle.lower(), one.id))


@pytest.fixture
def listed(lease: Lease) -> Lease:
    accounts.save_accounts(lease, LISTED)
    return lease


@pytest.mark.parametrize("name", ["", "UNIT 1", "akun2", "DINAS Ü", "_", "%", "tidak ada"])
@pytest.mark.parametrize("recused", [(), ("Dinas B", " P4 "), AGENCIES])
def test_pages_put_together_are_what_python_would_choose_and_how_it_would_order_it(
    listed: Lease, name: str, recused: tuple[str, ...]
):
    user = replace(USER, recused=recused)
    pages = [list_accounts(listed, user, name=name, limit=7, offset=offset) for offset in (0, 7, 14, 21)]
    assert [one for page in pages for one in page.accounts] == by_python(user, name)
    assert {page.total for page in pages} == {len(by_python(user, name))}


def test_who_is_suspended_or_off_the_list_is_neither_shown_nor_counted(listed: Lease):
    hidden, removed = LISTED[3], LISTED[4]
    listed.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", [NOON, hidden.id])
    accounts.remove_account(listed, removed.id, reason="selesai", by="dian", approved_by="agus", at=NOON)
    found = list_accounts(listed, USER, limit=100)
    assert (found.total, len(found.accounts)) == (21, 21)
    assert {hidden.id, removed.id}.isdisjoint(one.id for one in found.accounts)
