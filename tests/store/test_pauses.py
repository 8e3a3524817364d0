"""Pauses of the schedule on record."""

from __future__ import annotations

from datetime import timedelta

from scanner.store import audit, pauses
from scanner.store.connection import Store
from tests.store.samples import NOON

HOUR = timedelta(hours=1)


def test_a_pause_is_in_force_until_it_ends_or_somebody_lifts_it(store: Store):
    with store.lease("test") as lease:
        assert pauses.current(lease, NOON) is None
        made = pauses.pause(lease, until=NOON + HOUR, reason="uji", by="ketua.rimba", at=NOON)
        assert pauses.current(lease, NOON) == made
        assert pauses.current(lease, NOON + HOUR) is None
        endless = pauses.pause(lease, until=None, reason="perintah ketua", by="ketua.rimba", at=NOON)
        assert pauses.current(lease, NOON) == endless
        assert pauses.resume(lease, by="sekretaris.rimba", at=NOON) == sorted([made.id, endless.id])
        assert pauses.current(lease, NOON) is None
        assert pauses.resume(lease, by="sekretaris.rimba", at=NOON) == []


def test_a_clock_set_back_lifts_no_pause(store: Store):
    with store.lease("test") as lease:
        made = pauses.pause(lease, until=None, reason="uji", by="ketua.rimba", at=NOON)
        assert pauses.current(lease, NOON - 24 * HOUR) == made


def test_who_paused_and_who_lifted_it_stands_in_the_audit_chain(store: Store):
    with store.lease("test") as lease:
        made = pauses.pause(lease, until=NOON + HOUR, reason="uji", by="ketua.rimba", at=NOON)
        pauses.resume(lease, by="sekretaris.rimba", at=NOON)
        lifted, paused = audit.events(lease, subject=made.id)
    assert (paused.action, paused.actor, paused.detail["reason"]) == ("schedule.pause", "ketua.rimba", "uji")
    assert (lifted.action, lifted.actor) == ("schedule.resume", "sekretaris.rimba")
