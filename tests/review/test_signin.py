"""Sessions (reliability A3, ASVS V7): new at each sign-in, ended at once by whatever changes, and by time alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scanner.domain.users import Role
from scanner.errors import SignInRefused
from scanner.review import users
from scanner.review.proof import Proof
from scanner.review.signin import IDLE, LONGEST, session_user, sign_out
from scanner.store import audit
from scanner.store.connection import Store
from tests.people import CHEAP, CODE_LATER, Person, make_user
from tests.review.conftest import Desk
from tests.store.samples import HOUR, NOON, dump

MINUTE = timedelta(minutes=1)
LATER = NOON + MINUTE


@pytest.fixture
def store(desk: Desk) -> Store:
    return desk.store


@pytest.fixture
def sari(desk: Desk) -> Person:
    return desk.sari


@pytest.fixture
def budi(desk: Desk) -> Person:
    return desk.budi


def last_event(store: Store) -> tuple[str, str, str]:
    with store.lease("test") as lease:
        event = audit.events(lease, limit=1)[0]
    return event.actor, event.action, event.subject


def test_a_session_belongs_to_whoever_signed_in(store: Store, sari: Person, budi: Person):
    signed, other = sari.enter(store), budi.enter(store)
    assert signed.user == make_user() == session_user(store, signed.token, LATER)
    assert session_user(store, other.token, LATER) == make_user("budi")
    assert "sign_in" not in last_event(store)[1]


def test_the_token_has_256_random_bits_and_neither_it_nor_the_browsers_is_on_the_disk(store: Store, sari: Person):
    signed = sari.enter(store)
    assert len(signed.token) >= 43
    with store.lease("test") as lease:
        held = repr(dump(lease))
    for secret in (signed.token, signed.device, sari.password):
        assert secret not in held
        assert all(secret.encode() not in path.read_bytes() for path in store.path.parent.iterdir() if path.is_file())
        assert secret not in repr(signed)


def test_a_token_that_the_browser_brought_along_is_never_taken_up(store: Store, sari: Person):
    brought = "dibawa-dari-luar"
    signed = sari.enter(store, replaces=brought)
    assert signed.token != brought
    assert session_user(store, brought, LATER) is None


def test_signing_in_again_gives_a_new_token_and_ends_the_session_it_replaces(store: Store, sari: Person):
    first = sari.enter(store)
    second = sari.enter(store, NOON + CODE_LATER, replaces=first.token)
    assert second.token != first.token
    assert session_user(store, first.token, LATER) is None
    assert session_user(store, second.token, LATER) is not None


def test_signing_in_at_a_second_browser_leaves_the_first_alone(store: Store, sari: Person):
    first, second = sari.enter(store), sari.enter(store, NOON + CODE_LATER)
    assert session_user(store, first.token, LATER) == session_user(store, second.token, LATER) == make_user()


def test_after_signing_out_the_token_is_worth_nothing_and_others_go_on(store: Store, sari: Person):
    signed, elsewhere = sari.enter(store), sari.enter(store, NOON + CODE_LATER)
    sign_out(store, signed.token, LATER)
    assert last_event(store) == ("sari", "session.end", "sari")
    assert session_user(store, signed.token, LATER) is None
    assert session_user(store, elsewhere.token, LATER) is not None


def test_signing_out_twice_is_once(store: Store, sari: Person):
    signed = sari.enter(store)
    sign_out(store, signed.token)
    with store.lease("test") as lease:
        before = dump(lease)
    for token in (signed.token, "tidak-ada", "", "\ud800"):
        sign_out(store, token)
    with store.lease("test") as lease:
        assert dump(lease) == before


REVOCATIONS: dict[str, Callable[[Store, Person], object]] = {
    "another role": lambda store, _: users.change_role(store, "sari", Role.AUDITOR, by="joko", now=LATER),
    "shut out": lambda store, _: users.disable_user(store, "sari", by="joko", now=LATER),
    "shut out and in again": lambda store, _: (
        users.disable_user(store, "sari", by="joko", now=LATER),
        users.enable_user(store, "sari", by="joko", now=LATER),
    ),
    "reset": lambda store, _: users.reset_user(store, "sari", by="joko", now=LATER, hasher=CHEAP),
    "another password": lambda store, sari: change_password(store, sari, LATER),
    "ended by others": lambda store, _: users.end_sessions(store, "sari", by="joko", now=LATER),
}


def change_password(store: Store, sari: Person, at: datetime) -> None:
    proof = Proof(name="sari", password=sari.password, code=sari.code(at), address="::1", device=None, now=at)
    new = "perahu ungu melompati pagar"
    users.change_password(store, proof=proof, new=new, again=new, hasher=CHEAP)


@pytest.mark.parametrize("how", REVOCATIONS)
def test_what_changes_the_person_ends_all_their_sessions_at_once_and_nobody_elses(
    store: Store, sari: Person, budi: Person, how: str
):
    mine, other = sari.enter(store), budi.enter(store)
    REVOCATIONS[how](store, sari)
    assert session_user(store, mine.token, LATER) is None
    assert session_user(store, other.token, LATER) is not None


def test_a_session_not_used_for_thirty_minutes_is_over_and_use_prolongs_it(store: Store, sari: Person):
    used, unused = sari.enter(store), sari.enter(store, NOON + CODE_LATER)
    for minutes in (20, 40, 60):
        assert session_user(store, used.token, NOON + minutes * MINUTE) is not None
    assert session_user(store, unused.token, NOON + CODE_LATER + IDLE) is None
    assert session_user(store, used.token, NOON + 60 * MINUTE + IDLE) is None


def test_a_session_that_is_over_is_not_revived_by_asking(store: Store, sari: Person):
    signed = sari.enter(store)
    assert session_user(store, signed.token, NOON + IDLE) is None
    with store.lease("test") as lease:
        assert lease.rows("SELECT seen_at FROM sessions") == [(NOON,)]


def test_no_session_lasts_longer_than_twelve_hours_however_often_it_is_used(store: Store, sari: Person):
    signed, at = sari.enter(store), NOON
    while at + 29 * MINUTE < NOON + LONGEST:
        at += 29 * MINUTE
        assert session_user(store, signed.token, at) is not None
    assert session_user(store, signed.token, NOON + LONGEST) is None


@pytest.mark.parametrize("shift", [-10 * HOUR, -HOUR, timedelta(days=1), timedelta(days=3650)])
def test_a_clock_set_anew_prolongs_no_session(store: Store, sari: Person, shift: timedelta):
    signed = sari.enter(store)
    assert session_user(store, signed.token, NOON + shift) is None
    assert session_user(store, signed.token, NOON - MINUTE) is not None


def test_a_clock_set_back_after_use_prolongs_no_session(store: Store, sari: Person):
    signed = sari.enter(store)
    for minutes in (25, 50):
        assert session_user(store, signed.token, NOON + minutes * MINUTE) is not None
    assert session_user(store, signed.token, NOON + 20 * MINUTE) is None


def test_the_last_use_is_written_once_a_minute_at_most(store: Store, sari: Person):
    signed = sari.enter(store)

    def seen() -> datetime:
        with store.lease("test") as lease:
            return lease.rows("SELECT seen_at FROM sessions")[0][0]

    for seconds, expected in ((59, 0), (60, 60), (119, 60), (120, 120)):
        assert session_user(store, signed.token, NOON + timedelta(seconds=seconds)) is not None
        assert seen() == NOON + timedelta(seconds=expected)


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "\ud800", "x" * 10_000])
def test_no_other_token_is_anybodys(store: Store, sari: Person, token: str):
    sari.enter(store)
    assert session_user(store, token, LATER) is None


def test_the_hash_of_a_token_is_not_a_token(store: Store, sari: Person):
    sari.enter(store)
    with store.lease("test") as lease:
        [(stolen,)] = lease.rows("SELECT id FROM sessions")
    assert session_user(store, stolen, LATER) is None


def test_sessions_that_are_over_leave_the_record_with_the_next_sign_in(store: Store, sari: Person):
    sari.enter(store)
    sari.enter(store, NOON + IDLE)
    with store.lease("test") as lease:
        assert lease.rows("SELECT began_at FROM sessions") == [(NOON + IDLE,)]


def test_a_browser_is_known_by_another_token_after_each_sign_in(store: Store, sari: Person):
    first = sari.enter(store)
    second = sari.enter(store, NOON + CODE_LATER, device=first.device)
    with store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM devices") == [(1,)]
    assert second.device != first.device


def test_a_drawn_password_is_told_and_a_chosen_one_is_not(store: Store, sari: Person):
    assert sari.enter(store).drawn
    change_password(store, sari, LATER)
    assert not sari.enter(store, LATER + CODE_LATER, password="perahu ungu melompati pagar").drawn


def test_whoever_is_shut_out_does_not_get_in_until_let_in_again(store: Store, sari: Person):
    users.disable_user(store, "sari", by="joko", now=NOON)
    with pytest.raises(SignInRefused):
        sari.enter(store)
    users.enable_user(store, "sari", by="joko", now=NOON)
    assert sari.enter(store).user.disabled_at is None


def test_a_password_stays_good_however_old_it_is(store: Store, sari: Person):
    """No rotation is asked for (ASVS 5.0 V6.2.10)."""
    signed = sari.enter(store, NOON + timedelta(days=5 * 365))
    assert (signed.user.name, signed.drawn) == ("sari", True)
