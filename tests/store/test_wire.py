from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.accounts import Platform
from scanner.errors import StoreError
from scanner.store import wire
from scanner.store.wire import Channel, Do, Done, Execute

OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.datetimes(timezones=OFFSETS | st.just(UTC))
    | st.dates()
    | st.times()
    | st.decimals(allow_nan=False, allow_infinity=False)
)
PARAMS = st.recursive(SCALARS, lambda one: st.lists(one) | st.dictionaries(st.text(), one), max_leaves=20)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    left, right = socket.socketpair()
    left.settimeout(5)
    right.settimeout(5)
    with left, right:
        yield Channel(left), Channel(right)


def through(value: object) -> object:
    """Send a parameter over a real socket, as large as it may be."""
    left, right = socket.socketpair()
    with left, right:
        sender = threading.Thread(target=Channel(left).send, args=(Execute("", wire.pack(value), answer=False),))
        sender.start()
        request = Channel(right).request()
        sender.join()
    assert isinstance(request, Execute)
    return request.params


def shape(value: object) -> object:
    """Return a value with its types, so that 1 is not True and a date is no datetime."""
    match value:
        case dict():
            return {key: shape(one) for key, one in value.items()}
        case list():
            return [shape(one) for one in value]
        case datetime():
            return (datetime, value, value.utcoffset())
        case float() | Decimal():
            return (type(value), repr(value))
        case _:
            return (type(value), value)


@given(PARAMS)
def test_parameters_arrive_exactly_as_they_were_sent(value: object) -> None:
    assert shape(through(value)) == shape(value)


def test_what_is_no_number_stays_so() -> None:
    assert repr(through([float("nan"), float("inf"), -0.0])) == "[nan, inf, -0.0]"


@pytest.mark.parametrize("moment", [datetime(2026, 10, 25, 2, 30, fold=fold) for fold in (0, 1)])
def test_the_moment_of_a_zoned_time_survives_the_hour_that_comes_twice(moment: datetime) -> None:
    there = moment.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    found = through(there)
    assert isinstance(found, datetime)
    assert (found.timestamp(), found.utcoffset()) == (there.timestamp(), there.utcoffset())


def test_values_of_close_kin_arrive_as_plain_ones() -> None:
    sent = {"platform": Platform.X, "score": np.float64(0.25), "ids": ("a", "b")}
    assert shape(through(sent)) == shape({"platform": "x", "score": 0.25, "ids": ["a", "b"]})


@pytest.mark.parametrize("value", [timedelta(1), {1, 2}, object(), np.int64(1), [b"", complex(1)]])
def test_what_would_arrive_as_something_else_is_not_sent(value: object) -> None:
    with pytest.raises(StoreError, match=r"a parameter of type \w+ cannot be sent; valid: None, bool"):
        wire.pack(value)


def test_a_long_table_is_sent_in_parts_and_arrives_whole(
    ends: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_PART", 10_000)
    table = pa.table({"n": range(5_000), "text": [f"baris {n}" for n in range(5_000)], "none": [None] * 5_000})
    frames = wire.frames_of(table)
    assert len(frames) > 5
    sender = threading.Thread(target=ends[0].send, args=(Done(len(frames)), frames))
    sender.start()
    done = ends[1].answer()
    assert isinstance(done, Done)
    assert ends[1].table(done.frames) == table
    sender.join()


@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_keeps_its_types_without_rows_too(ends: tuple[Channel, Channel], rows: int) -> None:
    schema = pa.schema({"at": pa.timestamp("us", "UTC"), "codes": pa.list_(pa.string()), "body": pa.binary()})
    table = pa.table({"at": [None], "codes": [["A"]], "body": [b"x"]}, schema=schema).slice(0, rows)
    frames = wire.frames_of(table)
    ends[0].send(Done(len(frames)), frames)
    assert ends[1].answer() == Done(1)
    assert ends[1].table(1) == table


def test_more_than_a_frame_may_hold_is_neither_sent_nor_taken(
    ends: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends[0].socket.sendall((wire.MOST + 1).to_bytes(4))
    with pytest.raises(EOFError, match="was announced; valid: up to"):
        ends[1].request()
    monkeypatch.setattr(wire, "MOST", 100)
    with pytest.raises(StoreError, match="bytes at once are more than can be sent; valid: up to 100"):
        ends[0].send(Execute("x" * 100, None, answer=False))


def test_half_a_frame_is_an_end(ends: tuple[Channel, Channel]) -> None:
    ends[0].socket.sendall((10).to_bytes(4) + b"abc")
    ends[0].socket.close()
    with pytest.raises(EOFError):
        ends[1].request()


@given(st.binary(max_size=60))
def test_anything_else_than_a_request_is_refused(body: bytes) -> None:
    known = [msgspec.msgpack.encode(Do(what)) for what in ("commit", "rollback")]
    left, right = socket.socketpair()
    with left, right:
        left.sendall(len(body).to_bytes(4) + body)
        if body not in known:
            with pytest.raises(EOFError, match="another language"):
                Channel(right).request()
