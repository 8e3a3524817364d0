from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.domain.captures import sha256
from scanner.domain.users import Language, Role
from scanner.errors import StoreError
from scanner.store import audit, sessions, users
from scanner.store.connection import Lease
from tests.people import make_user
from tests.store.samples import HOUR, NOON, dump
from tests.store.test_sessions import make_session

FULL = make_user(
    "budi",
    role=Role.DPO,
    language=Language.EN,
    recused=("PEG-0007", "Kota Contoh"),
    disabled_at=NOON + HOUR,
    keys={"reject": "j"},
)
CHANGES: dict[str, Callable[[Lease], None]] = {
    "user.role": lambda lease: users.save_role(lease, "sari", Role.AUDITOR, by="joko", at=NOON),
    "user.disable": lambda lease: users.save_disabled(lease, "sari", NOON, by="joko", at=NOON),
    "user.enable": lambda lease: users.save_disabled(lease, "sari", None, by="joko", at=NOON),
    "user.recuse": lambda lease: users.save_recused(lease, "sari", ("PEG-1",), by="joko", at=NOON),
    "user.keys": lambda lease: users.save_keys(lease, "sari", {"reject": "j"}, at=NOON),
    "user.language": lambda lease: users.save_language(lease, "sari", Language.EN, at=NOON),
}


def test_users_come_back_as_they_were_in_order_of_name(lease: Lease) -> None:
    for user in (make_user(), FULL):
        users.add_user(lease, user, by="joko")
    assert users.load_users(lease) == [FULL, make_user()]
    assert users.load_user(lease, " SARI ") == make_user()
    assert users.load_user(lease, "tina") is None


def test_a_name_is_given_once_even_if_its_owner_is_shut_out(lease: Lease) -> None:
    users.add_user(lease, FULL, by="joko")
    before = dump(lease)
    with pytest.raises(StoreError, match="user budi: is there already"):
        users.add_user(lease, make_user("budi"), by="joko")
    assert dump(lease) == before


@pytest.mark.parametrize("action", CHANGES)
def test_each_change_leaves_one_event(lease: Lease, action: str) -> None:
    users.add_user(lease, make_user(), by="joko")
    CHANGES[action](lease)
    event, added = audit.events(lease, subject="sari")
    assert (event.action, added.action) == (action, "user.add")
    assert event.actor == ("sari" if action in ("user.keys", "user.language") else "joko")
    assert event.happened_at == NOON


@pytest.mark.parametrize("action", CHANGES)
def test_nobody_is_changed_who_is_not_there(lease: Lease, action: str) -> None:
    before = dump(lease)
    with pytest.raises(StoreError, match="user sari: there is nobody of this name"):
        CHANGES[action](lease)
    assert dump(lease) == before


def test_a_change_touches_its_own_field_only(lease: Lease) -> None:
    users.add_user(lease, make_user(), by="joko")
    users.save_language(lease, "Sari", Language.EN)
    users.save_keys(lease, "SARI", {"reject": "j"})
    users.save_recused(lease, "sari", ("PEG-1", "Kota Contoh"), by="joko", at=NOON)
    expected = make_user(language=Language.EN, keys={"reject": "j"}, recused=("PEG-1", "Kota Contoh"))
    assert users.load_user(lease, "sari") == expected


@pytest.mark.parametrize("action", ["user.role", "user.disable", "user.enable"])
def test_another_role_and_being_shut_out_end_all_sessions_and_nobody_elses(lease: Lease, action: str) -> None:
    for name in ("sari", "budi"):
        users.add_user(lease, make_user(name), by="joko")
        sessions.begin_session(lease, make_session(f"of {name}", user_name=name))
    CHANGES[action](lease)
    assert sessions.sessions_of(lease, "sari") == []
    assert len(sessions.sessions_of(lease, "budi")) == 1


def test_the_chain_does_not_name_relatives_but_whoever_knows_them_can_check(lease: Lease) -> None:
    users.add_user(lease, make_user(recused=("PEG-1",)), by="joko")
    users.save_recused(lease, "sari", ("PEG-2",), by="joko", at=NOON)
    event = audit.events(lease, subject="sari")[0]
    assert event.detail == {"added": [sha256(b"PEG-2")], "lifted": [sha256(b"PEG-1")]}


@pytest.mark.parametrize("changes", [{"role": "admin"}, {"language": "jv"}, {"agency": " "}, {"name": "Sari"}])
def test_the_database_refuses_what_is_no_user(lease: Lease, changes: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="CHECK constraint"):
        users.add_user(lease, make_user(**changes), by="joko")
