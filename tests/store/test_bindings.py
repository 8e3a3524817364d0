from __future__ import annotations

import pytest

from scanner.errors import StoreError
from scanner.store import audit
from scanner.store.bindings import bind, rebind
from scanner.store.connection import Lease
from tests.store.samples import HOUR, NOON

ACCOUNT = "x:budi"


def test_the_first_native_id_is_the_one_on_record(lease: Lease) -> None:
    assert bind(lease, ACCOUNT, "11", seen_at=NOON) == "11"
    assert bind(lease, ACCOUNT, "22", seen_at=NOON + HOUR) == "11", "the handle points at somebody else now"
    assert lease.rows("SELECT native_id, first_seen FROM bindings") == [("11", NOON)]


def test_a_human_can_accept_another_id_and_that_is_audited(lease: Lease) -> None:
    bind(lease, ACCOUNT, "11", seen_at=NOON)
    for _ in range(2):
        rebind(lease, ACCOUNT, "22", reason="server dibangun ulang", by="joko", at=NOON + HOUR)
    assert bind(lease, ACCOUNT, "22", seen_at=NOON) == "22"
    [event] = audit.events(lease)
    assert event.detail == {"from": "11", "to": "22", "reason": "server dibangun ulang"}


def test_accepting_needs_a_reason_and_a_name(lease: Lease) -> None:
    with pytest.raises(StoreError, match="needs a reason and the name"):
        rebind(lease, ACCOUNT, "22", reason="", by="joko", at=NOON)
