"""What a process and the one that keeps the database say to each other over a Unix socket.

A frame is its length in 4 bytes and a body: a message in MessagePack, or rows as an Arrow IPC stream. Nothing that is
received is run: there is no pickle here.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec
import pyarrow as pa
from msgspec.msgpack import Ext

from scanner.errors import StoreError

T = TypeVar("T")

MOST = 256 * 2**20
"""Bytes of one frame, so that no peer can make the other take memory without end."""
_PART = 16 * 2**20
"""Bytes of rows that one frame is meant to hold; longer tables are sent in several."""
_LENGTH = 4


class Enter(msgspec.Struct, frozen=True, tag=True):
    """Ask for a lease; answered when its turn has come and its transaction has begun.

    It ends when the caller closes the connection.
    """

    pid: int
    purpose: str
    wait: float
    """Seconds to stand in line before StoreLocked."""
    reading: bool = False


class Aside(msgspec.Struct, frozen=True, tag=True):
    """Ask that the database be closed; answered with the lock, and opened again when the connection closes."""

    pid: int
    purpose: str
    wait: float


class Do(msgspec.Struct, frozen=True, tag=True):
    """Commit or roll back."""

    what: Literal["commit", "rollback"]


class Execute(msgspec.Struct, frozen=True, tag=True):
    """Run a statement; `answer` tells whether its result is wanted."""

    sql: str
    params: Any
    answer: bool


class Register(msgspec.Struct, frozen=True, tag=True):
    """Let SQL read the rows in the frames behind this one under a name."""

    name: str
    frames: int


class Done(msgspec.Struct, frozen=True, tag=True):
    """What was asked is done; a result stands in the frames behind this one."""

    frames: int = 0


class Failed(msgspec.Struct, frozen=True, tag=True):
    """What was asked cannot be done: the error's class by name, and what it says."""

    kind: str
    text: str


Request: TypeAlias = Enter | Aside | Do | Execute | Register
Answer: TypeAlias = Done | Failed

_TOLD: tuple[tuple[type, Callable[[str], Any]], ...] = (
    (datetime, datetime.fromisoformat),  # before date, of which it is a kind
    (date, date.fromisoformat),
    (time, time.fromisoformat),
    (Decimal, Decimal),
    (int, int),
)
"""Values that MessagePack does not know, or not exactly, and how they are read from text; the place is the code."""
_VALID = "None, bool, int, float, str, bytes, datetime, date, time, Decimal, and lists and dictionaries of them"


def pack(value: Any) -> Any:
    """Return a parameter of a statement as what MessagePack brings over unchanged; zones become offsets.

    StoreError for a type that would arrive as another one.
    """
    match value:
        case None | bool() | str() | bytes():
            return value
        case float():
            return float(value)  # numpy's too
        case int() if -(2**63) <= value < 2**63:
            return int(value)
        case Mapping():
            return {key: pack(one) for key, one in value.items()}
        case Sequence():
            return [pack(one) for one in value]
    for code, (kind, _) in enumerate(_TOLD):
        if isinstance(value, kind):
            return Ext(code, str(value).encode())
    raise StoreError(f"a parameter of type {type(value).__name__} cannot be sent; valid: {_VALID}")


def _unpack(code: int, body: memoryview) -> Any:
    return _TOLD[code][1](bytes(body).decode())


class Channel:
    """One end of a connection: whole frames or an error, never half a frame. EOFError when the other end is gone."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._encoder = msgspec.msgpack.Encoder()
        self._requests = msgspec.msgpack.Decoder(Request, ext_hook=_unpack)
        self._answers = msgspec.msgpack.Decoder(Answer)

    def send(self, message: Request | Answer, frames: Sequence[pa.Buffer] = ()) -> None:
        """Send a message and the rows that belong to it."""
        for body in (self._encoder.encode(message), *frames):
            if len(body) > MOST:
                raise StoreError(f"{len(body)} bytes at once are more than can be sent; valid: up to {MOST}")
            self.socket.sendall(len(body).to_bytes(_LENGTH))
            self.socket.sendall(body)

    def request(self) -> Request:
        """Wait for what the caller wants."""
        request: Request = self._decoded(self._requests)
        return request

    def answer(self) -> Answer:
        """Wait for the answer to what was sent."""
        answer: Answer = self._decoded(self._answers)
        return answer

    def table(self, frames: int) -> pa.Table:
        """Read the rows that belong to the message before."""
        return pa.concat_tables([pa.ipc.open_stream(self._frame()).read_all() for _ in range(frames)])

    def _decoded(self, decoder: msgspec.msgpack.Decoder[T]) -> T:
        body = self._frame()
        try:
            return decoder.decode(body)
        except Exception as error:  # of whatever kind: what follows cannot be understood either
            raise EOFError(f"the other end speaks another language: {error}") from error

    def _frame(self) -> bytearray:
        size = int.from_bytes(self._exactly(_LENGTH))
        if size > MOST:
            raise EOFError(f"a frame of {size} bytes was announced; valid: up to {MOST}")
        return self._exactly(size)

    def _exactly(self, size: int) -> bytearray:
        body = bytearray(size)
        rest = memoryview(body)
        while rest:
            count = self.socket.recv_into(rest)
            if not count:
                raise EOFError("the other end is gone")
            rest = rest[count:]
        return body


def frames_of(table: pa.Table) -> list[pa.Buffer]:
    """Return a table as Arrow IPC streams of about 16 MiB, at least one."""
    rows = max(1, table.num_rows * _PART // max(table.nbytes, 1))
    return [_stream(table.slice(start, rows)) for start in range(0, max(table.num_rows, 1), rows)]


def _stream(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
