"""Whatever does not fit gets the same words and the same work; codes count once; floods do not shut owners out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from scanner.errors import SignInRefused
from scanner.review import proof, users
from scanner.review.proof import DEVICE_KEPT
from scanner.review.throttle import MOST
from scanner.store import audit, credentials
from scanner.store.connection import Lease, Store
from tests.people import CHEAP, CODE_LATER, Person
from tests.review.conftest import Desk
from tests.store.samples import NOON, dump

WRONG: dict[str, dict[str, Any]] = {
    "name": {"name": "tidak.ada"},
    "password": {"password": "bukan ini"},
    "code": {"code": "12345x"},
    "empty name": {"name": ""},
    "empty password": {"password": ""},
    "empty code": {"code": ""},
    "the hash itself": {"password": "$argon2id$v=19$m=8,t=1,p=1$"},
    "broken text": {"name": "\ud800", "password": "\ud800", "code": "\ud800"},
    "injection": {"name": "' OR '1'='1", "password": "' OR '1'='1"},
}


@pytest.fixture
def store(desk: Desk) -> Store:
    return desk.store


@pytest.fixture
def sari(desk: Desk) -> Person:
    return desk.sari


def refused(store: Store, person: Person, **changes: Any) -> SignInRefused:
    with pytest.raises(SignInRefused) as found:
        person.enter(store, **changes)
    return found.value


def events(store: Store) -> list[audit.Event]:
    with store.lease("test") as lease:
        return audit.events(lease)


@pytest.mark.parametrize("what", WRONG)
def test_the_same_words_for_whatever_does_not_fit(store: Store, sari: Person, what: str):
    told = refused(store, sari, **WRONG[what])
    assert str(told) == "sign-in: name, password or code do not fit; try again with a new code"
    assert told.retry_after == 0
    with store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM sessions") == [(0,)]


def test_the_same_words_for_somebody_shut_out(store: Store, sari: Person):
    users.disable_user(store, "sari", by="joko", now=NOON)
    assert str(refused(store, sari)) == str(refused(store, sari, name="tidak.ada"))


def test_names_that_exist_get_the_same_work_as_those_that_do_not(
    store: Store, sari: Person, monkeypatch: pytest.MonkeyPatch
):
    """Count what is asked of database and hasher, which is where the time goes; a clock would make a shaky test."""
    work: list[tuple[str, str]] = []
    for name in ("rows", "execute", "arrow"):
        plain = getattr(Lease, name)
        monkeypatch.setattr(
            Lease,
            name,
            lambda lease, sql, params=None, name=name, plain=plain: (
                work.append((name, " ".join(sql.split()))),
                plain(lease, sql, params),
            )[1],
        )
    real = proof.password_fits
    monkeypatch.setattr(proof, "password_fits", lambda *given: (work.append(("hash", given[1][:40])), real(*given))[1])

    def work_of(**changes: Any) -> list[tuple[str, str]]:
        work.clear()
        refused(store, sari, **changes)
        return [(kind, what.split("$")[1] if kind == "hash" else what) for kind, what in work]

    known = work_of(password="bukan ini", address="192.0.2.1")
    unknown = work_of(name="tidak.ada", password="bukan ini", address="192.0.2.2")
    assert ("hash", "argon2id") in known
    assert known == unknown


def test_unknown_names_are_held_up_like_known_ones(store: Store, sari: Person):
    def pauses(name: str, address: str) -> list[float]:
        return [refused(store, sari, name=name, password="x", address=address).retry_after for _ in range(5)]

    assert pauses("sari", "192.0.2.1") == pauses("tidak.ada", "192.0.2.2") == [0, 0, 1, 1, 1]


def test_a_try_that_comes_too_soon_is_not_checked_and_prolongs_nothing(store: Store, sari: Person):
    for _ in range(3):
        refused(store, sari, password="x")
    with store.lease("test") as lease:
        before = dump(lease)
    told = refused(store, sari)
    assert str(told) == "sign-in: too many tries; wait 1 seconds"
    with store.lease("test") as lease:
        assert dump(lease) == before
    assert sari.enter(store, NOON + timedelta(seconds=1)).user.name == "sari"


def test_signing_in_costs_no_try_and_wipes_none_away(store: Store, sari: Person):
    """Otherwise a guesser with an account of their own could go on for ever from one address."""
    refused(store, sari, password="x")
    with store.lease("test") as lease:
        before = lease.rows("FROM sign_in_attempts ORDER BY ALL")
    sari.enter(store)
    with store.lease("test") as lease:
        assert lease.rows("FROM sign_in_attempts ORDER BY ALL") == before


def exhaust(store: Store, person: Person, **changes: Any) -> None:
    """Try wrongly until nothing more is taken for some minutes."""
    at, tries = NOON, 0
    while tries < MOST:
        told = refused(store, person, at=at, password="x", code="12345x", **changes)
        tries += "do not fit" in str(told)
        at += timedelta(seconds=told.retry_after)


def test_an_account_tried_from_everywhere_stays_closed_to_strangers_and_open_to_a_known_browser(
    store: Store, sari: Person
):
    home = sari.enter(store)
    at = NOON
    for number in range(MOST):
        told = refused(store, sari, at=at, password="x", address=f"192.0.2.{number}")
        at += timedelta(seconds=told.retry_after)
    soon = at - timedelta(minutes=5)
    assert "too many tries" in str(refused(store, sari, at=soon, address="198.51.100.1"))
    assert sari.enter(store, soon, device=home.device, address="198.51.100.2").user.name == "sari"


def test_a_known_browser_has_ten_tries_too(store: Store, sari: Person):
    home = sari.enter(store)
    exhaust(store, sari, device=home.device)
    told = refused(store, sari, at=NOON + timedelta(minutes=5), device=home.device)
    assert "too many tries" in str(told)


@pytest.mark.parametrize("whose", ["of another", "made up", "too old"])
def test_no_other_token_of_a_browser_helps_a_guesser(store: Store, desk: Desk, sari: Person, whose: str):
    device = {"of another": desk.budi.enter(store).device, "made up": "x", "too old": sari.enter(store).device}[whose]
    at = NOON + (DEVICE_KEPT if whose == "too old" else timedelta())
    for _ in range(3):
        refused(store, sari, at=at, password="x", device=device)
    assert "too many tries" in str(refused(store, sari, at=at, device=None))


def test_one_password_tried_on_many_accounts_ends_at_the_address(store: Store, sari: Person):
    told = [refused(store, sari, name=f"orang.{number}", password="x") for number in range(6)]
    assert ["too many" in str(one) for one in told] == [False, False, False, True, True, True]
    assert sari.enter(store, address="198.51.100.9").user.name == "sari"


def test_a_code_counts_once_and_an_earlier_one_not_after_it(store: Store, sari: Person):
    sari.enter(store)
    assert "do not fit" in str(refused(store, sari))
    assert "do not fit" in str(refused(store, sari, code=sari.code(NOON - CODE_LATER)))
    assert sari.enter(store, NOON + CODE_LATER).user.name == "sari"


def test_a_code_with_a_wrong_password_is_not_used_up(store: Store, sari: Person):
    refused(store, sari, password="x")
    assert sari.enter(store).user.name == "sari"


def test_of_two_at_once_with_the_same_code_one_gets_in(store: Store, sari: Person):
    def enter(_: int) -> bool:
        try:
            sari.enter(store)
        except SignInRefused:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(enter, range(3))) == [False, False, True]


def test_twelve_tries_at_once_are_counted_before_they_are_checked(store: Store, sari: Person):
    def told(_: int) -> str:
        return str(refused(store, sari, password="x"))

    with ThreadPoolExecutor(8) as pool:
        checked = ["do not fit" in one for one in pool.map(told, range(12))]
    assert sum(checked) == 3


def test_a_password_changed_while_the_old_one_is_checked_lets_nobody_in(
    store: Store, sari: Person, monkeypatch: pytest.MonkeyPatch
):
    real = proof.password_fits

    def checked_meanwhile(*given: Any) -> bool:
        with store.lease("test") as lease:
            kept = credentials.load_credential(lease, "sari")
            assert kept is not None
            credentials.save_credential(lease, replace(kept, password=CHEAP.hash("lain")))
        return real(*given)

    monkeypatch.setattr(proof, "password_fits", checked_meanwhile)
    refused(store, sari)


def test_each_refusal_is_on_record_with_its_reason_and_no_secret(store: Store, sari: Person):
    refused(store, sari, password="bukan ini")
    refused(store, sari, code="12345x", address="2001:db8::1")
    refused(store, sari, name="rahasia yang salah kotak", password="y", address="198.51.100.1")
    found = [event for event in events(store) if event.action == "sign_in.refuse"]
    assert [(event.actor, event.subject, event.detail) for event in reversed(found)] == [
        ("sari", "sari", {"wrong": "password", "address": "192.0.2.7", "tries": 1}),
        ("sari", "sari", {"wrong": "code", "address": "2001:db8::1", "tries": 2}),
        ("-", "-", {"wrong": "name", "address": "198.51.100.1", "tries": 1}),
    ]
    with store.lease("test") as lease:
        held = repr(dump(lease))
    assert "bukan ini" not in held
    assert "rahasia" not in held


def test_parameters_that_have_changed_renew_the_hash_of_whoever_signs_in(store: Store, sari: Person):
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    refused(store, sari, hasher=dearer, password="x")

    def kept() -> str:
        with store.lease("test") as lease:
            found = credentials.load_credential(lease, "sari")
        assert found is not None
        return found.password

    assert "m=8,t=1" in kept()
    signed = sari.enter(store, hasher=dearer)
    assert "m=16,t=2" in kept()
    assert sari.enter(store, NOON + CODE_LATER, device=signed.device).user.name == "sari"


def test_a_proof_does_not_show_its_secrets(sari: Person):
    shown = repr(proof.Proof(name="sari", password="sandi", code="123456", address="::1", device="peramban", now=NOON))
    assert not any(secret in shown for secret in ("sandi", "123456", "peramban"))
