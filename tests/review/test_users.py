"""People are added, reset, recused and shut out by rules that hold whatever door they come by."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.domain.users import Role
from scanner.errors import SignInRefused, StoreError, UsageError
from scanner.review import users
from scanner.review.proof import Proof
from scanner.review.users import recuse_user
from scanner.store import accounts, audit, sessions
from scanner.store import users as stored
from scanner.store.connection import Store
from tests.people import CHEAP, CODE_LATER, Person, make_user
from tests.review.conftest import Desk
from tests.store.samples import HOUR, NOON, dump, make_account

LATER = NOON + HOUR
CHOSEN = "perahu ungu melompati pagar"


@pytest.fixture
def store(desk: Desk) -> Store:
    return desk.store


def held(store: Store) -> dict[str, Any]:
    with store.lease("test") as lease:
        return dump(lease)


def actions(store: Store) -> list[tuple[str, str]]:
    with store.lease("test") as lease:
        return [(event.actor, event.action) for event in audit.events(lease)]


def test_whoever_is_added_can_sign_in_with_what_was_issued(store: Store):
    issued = users.add_user(store, make_user("tina", role=Role.AUDITOR), by="joko", hasher=CHEAP)
    signed = Person(issued.name, issued.password, issued.otpauth).enter(store)
    assert signed.user == make_user("tina", role=Role.AUDITOR)
    assert actions(store)[:2] == [("tina", "session.begin"), ("joko", "user.add")]


def test_what_was_issued_is_not_shown_by_accident_and_not_kept(store: Store):
    issued = users.add_user(store, make_user("tina"), by="joko", hasher=CHEAP)
    assert issued.password not in repr(issued) + repr(held(store))
    assert "otpauth" not in repr(issued)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Tina"}, "user 'Tina': 2 to 40 of a-z"),
        ({"name": "-"}, "user '-': 2 to 40 of a-z"),
        ({"name": "tina\n"}, r"user 'tina\\n'"),
        ({"agency": " "}, "user tina: agency is empty"),
    ],
)
def test_nobody_is_added_without_a_plain_name_and_an_agency(store: Store, changes: dict[str, Any], words: str):
    before = held(store)
    with pytest.raises(UsageError, match=words):
        users.add_user(store, make_user(**{"name": "tina", **changes}), by="joko", hasher=CHEAP)
    assert held(store) == before


def test_nobody_gets_the_name_or_the_credentials_of_somebody_else(store: Store, desk: Desk):
    before = held(store)
    with pytest.raises(StoreError, match="user sari: is there already"):
        users.add_user(store, make_user(role=Role.DPO), by="sari", hasher=CHEAP)
    assert held(store) == before


@pytest.mark.parametrize("password", ["pendek", "netralitas.bawaslu-2026", "bawaslu kabupaten contoh"])
def test_a_chosen_password_that_is_guessed_from_the_person_is_refused(store: Store, password: str):
    before = held(store)
    for call in (
        lambda: users.add_user(store, make_user("tina"), by="joko", password=password, hasher=CHEAP),
        lambda: users.reset_user(store, "sari", by="joko", now=NOON, password=password, hasher=CHEAP),
    ):
        with pytest.raises(UsageError, match="password"):
            call()
    assert held(store) == before


def test_after_a_reset_only_the_new_password_with_the_new_authenticator_fits(store: Store, desk: Desk):
    old = desk.sari
    known = old.enter(store)
    issued = users.reset_user(store, "Sari", by="joko", now=LATER, password=CHOSEN, hasher=CHEAP)
    new = Person("sari", CHOSEN, issued.otpauth)
    for person in (old, Person("sari", old.password, new.otpauth), Person("sari", CHOSEN, old.otpauth)):
        with pytest.raises(SignInRefused):
            person.enter(store, LATER, device=known.device)
    assert new.enter(store, LATER + CODE_LATER * 2).user.name == "sari"
    assert ("joko", "user.reset") in actions(store)


def test_a_reset_forgets_the_browsers_and_does_not_let_in_whoever_is_shut_out(store: Store, desk: Desk):
    desk.sari.enter(store)
    users.disable_user(store, "sari", by="joko", now=NOON)
    issued = users.reset_user(store, "sari", by="joko", now=LATER, hasher=CHEAP)
    with store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM devices") == [(0,)]
    with pytest.raises(SignInRefused):
        Person("sari", issued.password, issued.otpauth).enter(store, LATER)


@pytest.mark.parametrize("call", ["reset", "disable", "enable", "role", "recuse", "sign out"])
def test_nobody_unknown_is_changed(store: Store, call: str):
    before = held(store)
    calls = {
        "reset": lambda: users.reset_user(store, "tina", by="joko", now=NOON, hasher=CHEAP),
        "disable": lambda: users.disable_user(store, "tina", by="joko", now=NOON),
        "enable": lambda: users.enable_user(store, "tina", by="joko", now=NOON),
        "role": lambda: users.change_role(store, "tina", Role.DPO, by="joko", now=NOON),
        "recuse": lambda: recuse_user(store, "tina", by="joko", now=NOON, add=["PEG-1"]),
        "sign out": lambda: users.end_sessions(store, "tina", by="joko", now=NOON),
    }
    with pytest.raises(StoreError, match="user tina: there is nobody of this name"):
        calls[call]()
    assert held(store) == before


def proof(person: Person, **changes: Any) -> Proof:
    values: dict[str, Any] = {"name": person.name, "password": person.password, "code": person.code(LATER)}
    return Proof(**{**values, "address": "192.0.2.7", "device": None, "now": LATER, **changes})


def test_a_person_chooses_another_password_with_the_old_one_and_a_code(store: Store, desk: Desk):
    users.change_password(store, proof=proof(desk.sari), new=CHOSEN, again=CHOSEN, hasher=CHEAP)
    assert actions(store)[0] == ("sari", "user.password")
    at = LATER + CODE_LATER
    with pytest.raises(SignInRefused):
        desk.sari.enter(store, at)
    assert desk.sari.enter(store, at, password=CHOSEN).user.name == "sari"


@pytest.mark.parametrize("changes", [{"password": "x"}, {"code": "12345x"}, {"name": "budi"}])
def test_without_proof_no_password_is_changed_and_the_try_counts(store: Store, desk: Desk, changes: dict[str, Any]):
    with pytest.raises(SignInRefused):
        users.change_password(store, proof=proof(desk.sari, **changes), new=CHOSEN, again=CHOSEN, hasher=CHEAP)
    assert actions(store)[0][1] == "sign_in.refuse"
    assert desk.sari.enter(store, LATER).user.name == "sari"


@pytest.mark.parametrize(("new", "again", "words"), [(CHOSEN, CHOSEN[:-1], "differ"), ("pendek", "pendek", "6 char")])
def test_a_new_password_that_cannot_be_used_costs_no_try(store: Store, desk: Desk, new: str, again: str, words: str):
    before = held(store)
    with pytest.raises(UsageError, match=words):
        users.change_password(store, proof=proof(desk.sari), new=new, again=again, hasher=CHEAP)
    assert held(store) == before


def recused(store: Store) -> tuple[str, ...]:
    with store.lease("test") as lease:
        return stored.require_user(lease, "sari").recused


def test_recusals_add_up_are_kept_once_and_can_be_lifted(store: Store):
    recuse_user(store, "sari", by="joko", now=NOON, add=["PEG-1", " Kota Contoh ", "PEG-1"])
    recuse_user(store, "sari", by="joko", now=NOON, add=["PEG-2", "PEG-1"])
    assert recused(store) == ("PEG-1", "Kota Contoh", "PEG-2")
    assert recuse_user(store, "sari", by="joko", now=NOON, lift=["PEG-1"]) == ("Kota Contoh", "PEG-2") == recused(store)


def test_a_recusal_that_changes_nothing_leaves_no_event(store: Store):
    recuse_user(store, "sari", by="joko", now=NOON, add=["PEG-1"])
    before = held(store)
    recuse_user(store, "sari", by="joko", now=NOON, add=["PEG-1"])
    assert held(store) == before


def test_empty_and_unknown_recusals_are_refused(store: Store):
    with pytest.raises(UsageError, match="an empty recusal hides nothing"):
        recuse_user(store, "sari", by="joko", now=NOON, add=["PEG-1", " "])
    with pytest.raises(UsageError, match="not recused from 'PEG-9'; from: nobody"):
        recuse_user(store, "sari", by="joko", now=NOON, lift=["PEG-9"])
    assert recused(store) == ()


def test_recusals_that_hide_nothing_are_told(store: Store):
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
    given = ["PEG-0001", " kabupaten contoh", "PEG-9", "Kab. Contoh"]
    assert users.unlisted(store, given) == ["PEG-9", "Kab. Contoh"]


def test_ending_sessions_tells_how_many_and_by_whom(store: Store, desk: Desk):
    desk.sari.enter(store)
    desk.budi.enter(store)
    assert users.end_sessions(store, "Sari", by="joko", now=NOON) == 1
    with store.lease("test") as lease:
        event = audit.events(lease)[0]
        assert len(sessions.sessions_of(lease, "budi")) == 1
    assert (event.actor, event.action, event.subject, event.detail) == (
        "joko",
        "user.sign_out",
        "sari",
        {"sessions": 1},
    )
