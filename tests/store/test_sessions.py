from __future__ import annotations

from datetime import timedelta
from typing import Any

from scanner.store import sessions
from scanner.store.connection import Lease
from scanner.store.sessions import Session
from tests.store.samples import HOUR, NOON


def make_session(session_id: str = "s1", **changes: Any) -> Session:
    values: dict[str, Any] = {"user_name": "sari", "began_at": NOON, "seen_at": NOON, "address": "192.0.2.7"}
    return Session(id=session_id, **{**values, **changes})


def begin(lease: Lease, *given: Session) -> None:
    for session in given:
        sessions.begin_session(lease, session)


def left(lease: Lease) -> list[str]:
    return [session_id for (session_id,) in lease.rows("SELECT id FROM sessions ORDER BY id")]


def test_sessions_come_back_as_they_were_the_latest_first(lease: Lease) -> None:
    first, second, other = (
        make_session(),
        make_session("s2", began_at=NOON + HOUR),
        make_session("s3", user_name="budi"),
    )
    begin(lease, first, second, other)
    assert sessions.load_session(lease, "s2") == second
    assert sessions.load_session(lease, "s9") is None
    assert sessions.sessions_of(lease, "Sari") == [second, first]


def test_a_session_used_again_is_seen_later_and_began_when_it_did(lease: Lease) -> None:
    begin(lease, make_session(), make_session("s2"))
    sessions.touch_session(lease, "s1", NOON + HOUR)
    assert sessions.load_session(lease, "s1") == make_session(seen_at=NOON + HOUR)
    assert sessions.load_session(lease, "s2") == make_session("s2")


def test_one_session_is_ended_once(lease: Lease) -> None:
    begin(lease, make_session(), make_session("s2"))
    assert [sessions.end_session(lease, "s1") for _ in range(2)] == [True, False]
    assert left(lease) == ["s2"]


def test_all_sessions_of_a_person_end_but_the_one_they_keep(lease: Lease) -> None:
    begin(lease, make_session(), make_session("s2"), make_session("s3"), make_session("s4", user_name="budi"))
    assert sessions.end_sessions(lease, "SARI", but="s2") == 2
    assert left(lease) == ["s2", "s4"]
    assert sessions.end_sessions(lease, "sari") == 1
    assert left(lease) == ["s4"]


def test_sessions_not_used_or_too_old_are_forgotten(lease: Lease) -> None:
    used, unused = NOON + 3 * HOUR, NOON + HOUR
    begin(lease, make_session("old", seen_at=used), make_session("new", began_at=used, seen_at=used))
    begin(lease, make_session("idle", began_at=NOON + HOUR, seen_at=unused))
    sessions.forget_sessions(lease, idle_since=unused, begun_before=NOON)
    assert left(lease) == ["new"]


def test_a_browser_is_known_for_one_person_from_its_first_sign_in_until_its_token_changes(lease: Lease) -> None:
    sessions.replace_device(lease, "sari", old="none", new="d1", at=NOON)
    since = NOON - HOUR
    assert sessions.is_device_of(lease, "d1", "Sari", since=since)
    assert not sessions.is_device_of(lease, "d1", "budi", since=since)
    assert not sessions.is_device_of(lease, "d1", "sari", since=NOON)
    sessions.replace_device(lease, "sari", old="d1", new="d2", at=NOON)
    assert not sessions.is_device_of(lease, "d1", "sari", since=since)
    assert sessions.is_device_of(lease, "d2", "sari", since=since)


def test_nobody_takes_anothers_browser_away(lease: Lease) -> None:
    sessions.replace_device(lease, "sari", old="none", new="d1", at=NOON)
    sessions.replace_device(lease, "budi", old="d1", new="d2", at=NOON)
    assert sessions.is_device_of(lease, "d1", "sari", since=NOON - HOUR)


def test_browsers_are_forgotten_when_unused_or_all_at_once(lease: Lease) -> None:
    for device, at in (("d1", NOON), ("d2", NOON + timedelta(days=1))):
        sessions.replace_device(lease, "sari", old="none", new=device, at=at)
    sessions.replace_device(lease, "budi", old="none", new="d3", at=NOON)
    sessions.forget_devices(lease, "sari", unused_since=NOON)
    assert lease.rows("SELECT id FROM devices ORDER BY id") == [("d2",), ("d3",)]
    sessions.forget_devices(lease, "sari")
    assert lease.rows("SELECT id FROM devices") == [("d3",)]
