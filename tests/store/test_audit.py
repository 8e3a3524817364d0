from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import StoreDamaged
from scanner.store import audit
from scanner.store.connection import Lease, Store
from tests.store.samples import NOON

EVENTS = 12
Tampering = Callable[[Lease, random.Random], None]


def fill(lease: Lease, count: int = EVENTS, first: int = 1) -> None:
    for number in range(first, first + count):
        audit.append(lease, actor="sari", action="test", subject=f"s{number}", detail={"n": number}, at=NOON)


@pytest.fixture
def filled(store: Store) -> Store:
    with store.lease("fill") as lease:
        fill(lease)
    return store


@contextlib.contextmanager
def undone(lease: Lease) -> Iterator[None]:
    """Take everything back, so that one database serves many tamperings."""
    try:
        yield
    finally:
        lease.connection.rollback()
        lease.connection.begin()


def edit(lease: Lease, chance: random.Random) -> None:
    column, value = chance.choice(
        [
            ("actor", "'rina'"),
            ("action", "'x'"),
            ("subject", "'x'"),
            ("detail", """'{"n":99}'"""),
            ("happened_at", "happened_at + INTERVAL 1 MICROSECOND"),
            ("hash", "'0'"),
            ("prev_hash", "'0'"),
        ]
    )
    lease.execute(f"UPDATE audit SET {column} = {value} WHERE seq = {chance.randint(1, EVENTS)}")


def delete(lease: Lease, chance: random.Random) -> None:
    lease.execute(f"DELETE FROM audit WHERE seq = {chance.randint(1, EVENTS - 1)}")


def swap(lease: Lease, chance: random.Random) -> None:
    one, two = chance.sample(range(1, EVENTS + 1), 2)
    rewrite(lease, lambda seqs: [two if seq == one else one if seq == two else seq for seq in seqs])


def insert(lease: Lease, chance: random.Random) -> None:
    place = chance.randint(1, EVENTS)
    rewrite(lease, lambda seqs: [seq + 1 if seq >= place else seq for seq in seqs])
    lease.execute(
        f"INSERT INTO audit SELECT {place}, happened_at, actor, action, subject, detail, prev_hash, hash "
        f"FROM audit WHERE seq = {EVENTS + 1 if place == 1 else 1}"
    )


def truncate(lease: Lease, chance: random.Random) -> None:
    lease.execute(f"DELETE FROM audit WHERE seq > {chance.randint(0, EVENTS - 1)}")


def rewrite_suffix(lease: Lease, chance: random.Random) -> None:
    """The strongest forger: knows the code, alters an event and hashes everything behind it anew."""
    place = chance.randint(1, EVENTS)
    lease.execute(f"DELETE FROM audit WHERE seq >= {place}")
    head = audit._head(lease)
    for number in range(place, EVENTS + 1 + chance.randint(0, 2)):
        detail = {"n": number, "forged": True}
        head = audit._add(lease, head, actor="sari", acts=[("test", "s")], detail=detail, at=NOON)


def rewrite(lease: Lease, change: Callable[[list[int]], list[int]]) -> None:
    rows = lease.dicts("FROM audit ORDER BY seq")
    lease.execute("DELETE FROM audit")
    for row, seq in zip(rows, change([row["seq"] for row in rows]), strict=True):
        lease.execute(
            f"INSERT INTO audit ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            [*{**row, "seq": seq}.values()],
        )


@pytest.mark.parametrize("tamper", [edit, delete, swap, insert, truncate, rewrite_suffix])
def test_it_finds_every_tampering(filled: Store, tamper: Tampering) -> None:
    with filled.lease("tamper") as lease:
        for seed in range(20):
            with undone(lease):
                tamper(lease, random.Random(seed))
                report = audit.verify(lease)
            assert not report.ok, f"{tamper.__name__} with seed {seed} was not found"
        lease.after_commit.clear()


@settings(max_examples=10, deadline=None)
@given(details=st.lists(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5)), max_size=6))
def test_a_chain_of_any_details_is_whole(
    details: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = Store(tmp_path_factory.mktemp("chain") / "x.duckdb")
    with store.lease("fill") as lease:
        for detail in details:
            audit.append(lease, actor="a", action="b", subject="c", detail=detail)
    with store.lease("verify") as lease:
        report = audit.verify(lease)
        assert [event.detail for event in reversed(audit.events(lease))] == details
    assert report == audit.AuditReport(events=len(details), anchored=len(details) or None, problems=())


def test_the_report_says_which_events_are_concerned(filled: Store) -> None:
    with filled.lease("tamper") as lease, undone(lease):
        lease.execute("DELETE FROM audit WHERE seq IN (4, 5, 12)")
        assert audit.verify(lease).problems == (
            "events 4 to 5 are missing",
            "event 6 does not follow from the event before it",
            "events 12 to 12 are missing: the end of the chain was cut off",
        )


def test_an_event_that_was_rolled_back_is_not_anchored(filled: Store) -> None:
    with contextlib.suppress(ZeroDivisionError), filled.lease("fail") as lease:
        fill(lease, 3, first=EVENTS + 1)
        raise ZeroDivisionError
    with filled.lease("verify") as lease:
        assert audit.verify(lease) == audit.AuditReport(events=EVENTS, anchored=EVENTS, problems=())


def test_an_anchor_older_than_the_chain_is_in_order(filled: Store) -> None:
    with filled.lease("killed before anchoring") as lease:
        fill(lease, 2, first=EVENTS + 1)
        lease.after_commit.clear()
    with filled.lease("go on") as lease:
        assert audit.verify(lease) == audit.AuditReport(events=EVENTS + 2, anchored=EVENTS, problems=())
        fill(lease, 1, first=EVENTS + 3)
    with filled.lease("verify") as lease:
        assert audit.verify(lease) == audit.AuditReport(events=EVENTS + 3, anchored=EVENTS + 3, problems=())


def test_a_kill_before_the_first_anchor_is_in_order(store: Store) -> None:
    with store.lease("killed before anchoring") as lease:
        fill(lease, 2)
        lease.after_commit.clear()
    with store.lease("verify") as lease:
        assert audit.verify(lease) == audit.AuditReport(events=2, anchored=0, problems=())


def test_nothing_is_added_where_anchored_events_were_lost(filled: Store) -> None:
    with filled.lease("tamper") as lease:
        truncate(lease, random.Random(1))
    lost = r"audit event 12, which audit\.head knows, is not in the database"
    with pytest.raises(StoreDamaged, match=lost), filled.lease("go on") as lease:
        fill(lease, 1)
    with filled.lease("verify") as lease:
        assert not audit.verify(lease).ok, "reading goes on, and the loss stays visible"


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[1]", b"\xff"])
def test_a_missing_or_broken_anchor_is_a_finding(filled: Store, content: bytes | None) -> None:
    path = audit.anchor_path(filled.path.parent)
    path.unlink() if content is None else path.write_bytes(content)
    with filled.lease("verify") as lease:
        assert not audit.verify(lease).ok
    with pytest.raises(StoreDamaged), filled.lease("go on") as lease:
        fill(lease, 1)


def test_a_known_loss_can_be_accepted_and_stays_on_record(filled: Store) -> None:
    anchor = audit.read_anchor(audit.anchor_path(filled.path.parent))
    with filled.lease("restore an old backup") as lease:
        lease.execute("DELETE FROM audit WHERE seq > 5")
    with filled.lease("accept") as lease:
        audit.reanchor(lease, actor="joko", reason="cadangan tanggal 19")
    with filled.lease("verify") as lease:
        assert audit.verify(lease) == audit.AuditReport(events=6, anchored=6, problems=())
        event = audit.events(lease, limit=1)[0]
    assert anchor is not None
    assert (event.actor, event.detail["reason"]) == ("joko", "cadangan tanggal 19")
    assert json.loads(event.detail["anchor_before"]) == asdict(anchor)


def test_events_come_newest_first_of_one_subject_or_all(filled: Store) -> None:
    with filled.lease("read") as lease:
        assert [event.seq for event in audit.events(lease, limit=2)] == [12, 11]
        [event] = audit.events(lease, subject="s3")
    assert event == audit.Event(seq=3, happened_at=NOON, actor="sari", action="test", subject="s3", detail={"n": 3})
    assert event.happened_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("newest", [1, 5, EVENTS, 100])
def test_a_look_at_the_newest_events_alone_finds_a_whole_chain_whole(filled: Store, newest: int) -> None:
    with filled.lease("verify") as lease:
        assert audit.verify(lease, newest=newest) == audit.AuditReport(events=EVENTS, anchored=EVENTS, problems=())


def test_a_look_at_the_newest_events_alone_still_finds_that_an_older_one_is_missing(filled: Store) -> None:
    with filled.lease("tamper") as lease, undone(lease):
        lease.execute("DELETE FROM audit WHERE seq IN (2, 3)")
        assert audit.verify(lease, newest=5).problems == ("2 of the events up to 7 are missing",)


def test_an_older_event_that_was_altered_is_for_the_whole_check(filled: Store) -> None:
    with filled.lease("tamper") as lease, undone(lease):
        lease.execute("UPDATE audit SET actor = 'lain' WHERE seq = 2")
        assert audit.verify(lease, newest=5).ok
        lease.execute("UPDATE audit SET actor = 'lain' WHERE seq = 9")
        assert audit.verify(lease, newest=5).problems == ("event 9 was altered",)
        assert len(audit.verify(lease).problems) == 2
