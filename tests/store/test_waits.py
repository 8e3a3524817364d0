from __future__ import annotations

from scanner.store.connection import Lease
from scanner.store.waits import load_waits, save_waits
from tests.store.samples import HOUR, NOON


def test_a_later_wait_takes_the_place_of_an_earlier(lease: Lease) -> None:
    save_waits(lease, {"a:443": NOON + HOUR, "b:443": NOON + HOUR}, NOON)
    save_waits(lease, {"a:443": NOON + 2 * HOUR}, NOON)
    assert load_waits(lease, NOON) == {"a:443": NOON + 2 * HOUR, "b:443": NOON + HOUR}


def test_what_is_over_binds_nobody_and_leaves_the_record(lease: Lease) -> None:
    save_waits(lease, {"a:443": NOON + HOUR, "b:443": NOON}, NOON)
    assert load_waits(lease, NOON + HOUR) == {}
    save_waits(lease, {}, NOON + HOUR)
    assert lease.rows("FROM waits") == []
