"""The desk's side of the socket: a thread that answers other processes, each connection one lease."""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from scanner.errors import StoreError
from scanner.store import sockets, wire
from scanner.store.lease import Connection, parsed
from scanner.store.locking import Holder
from scanner.store.remote import SILENCE
from scanner.store.wire import Aside, Channel, Do, Done, Enter, Execute, Failed, Register, Request

T = TypeVar("T")

PARTING = 5.0
"""Seconds that leases of others have to come to their end when the desk ends."""


class Keeper(Protocol):
    """Lends the database that it keeps open."""

    def lend(self, who: Holder, wait: float, *, reading: bool) -> AbstractContextManager[Connection]:
        """Lend a connection when the turn has come."""

    def lend_lock(self, who: Holder, wait: float) -> AbstractContextManager[int]:
        """Close the database and lend the descriptor of its lock."""


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: str, keeper: Keeper) -> None:
        self.keeper = keeper
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(address, _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Answer this user and the administrator alone; the folder is private already."""
        return _uid(request) in (os.geteuid(), 0)

    @contextlib.contextmanager
    def counted(self, connected: socket.socket) -> Iterator[None]:
        """Count a connection that is being answered."""
        with self._changed:
            self._open.add(connected)
        try:
            yield
        finally:
            with self._changed:
                self._open.discard(connected)
                self._changed.notify_all()

    def await_end(self, wait: float) -> None:
        """Give connections `wait` seconds to end, then end them."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._open, timeout=wait):
                for connected in self._open:
                    with contextlib.suppress(OSError):
                        connected.shutdown(socket.SHUT_RDWR)
                self._changed.wait_for(lambda: not self._open, timeout=1.0)


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer one connection until it ends. Whatever ends it, what was not committed is rolled back."""
        server: _Server = self.server  # type: ignore[assignment]
        # Gone, silent for too long, or speaking another language: all the same, its lease is over.
        with server.counted(self.request), contextlib.suppress(OSError, EOFError):
            self.request.settimeout(SILENCE)
            _serve(Channel(self.request), server.keeper)


@contextlib.contextmanager
def served(keeper: Keeper) -> Iterator[str]:
    """Answer other processes on a socket in a private folder of its own; yields its address.

    At the end nobody new is answered, and who is in the middle of a lease has some seconds to come to its end.
    """
    with sockets.private_folder() as folder, _Server(f"{folder}/{sockets.NAME}", keeper) as server:
        Path(folder, sockets.NAME).chmod(0o600)
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="desk", daemon=True)
        thread.start()
        try:
            yield f"{folder}/{sockets.NAME}"
        finally:
            server.shutdown()
            thread.join()
            server.await_end(PARTING)


def _uid(connected: socket.socket) -> int:
    """Return whose process is at the other end, where the system tells it; elsewhere the folder's mode must do."""
    if not hasattr(socket, "SO_PEERCRED"):
        return os.geteuid()
    told = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII"))
    uid: int = struct.unpack("iII", told)[1]
    return uid


def _serve(channel: Channel, keeper: Keeper) -> None:
    match channel.request():
        case Enter(pid=pid, purpose=purpose, wait=wait, reading=reading):
            with _granted(channel, keeper.lend(Holder(pid, purpose), wait, reading=reading)) as connection:
                while True:
                    _answer(channel, connection, channel.request())
        case Aside(pid=pid, purpose=purpose, wait=wait):
            with _granted(channel, keeper.lend_lock(Holder(pid, purpose), wait)) as descriptor:
                socket.send_fds(channel.socket, [b"!"], [descriptor])
                channel.socket.settimeout(None)  # the file is being replaced: nobody may be cut off from that
                channel.request()


@contextlib.contextmanager
def _granted(channel: Channel, lent: AbstractContextManager[T]) -> Iterator[T]:
    """Tell the caller that the turn has come, or why it does not; EOFError then, as nothing more will be said."""
    with contextlib.ExitStack() as stack:
        try:
            got = stack.enter_context(lent)
        except StoreError as error:
            channel.send(_failure(error))
            raise EOFError from error
        channel.send(Done())
        yield got


def _answer(channel: Channel, connection: Connection, request: Request) -> None:
    try:
        frames = _do(channel, connection, request)
    except (OSError, EOFError):
        raise
    except Exception as error:  # whatever it is, the caller must know
        channel.send(_failure(error))
    else:
        channel.send(Done(len(frames)), frames)


def _do(channel: Channel, connection: Connection, request: Request) -> list[pa.Buffer]:
    match request:
        case Do(what="commit"):
            connection.commit()
        case Do(what="rollback"):
            connection.rollback()
        case Execute(sql=sql, params=params, answer=True):
            return wire.frames_of(connection.sql(parsed(connection, sql), params=params).to_arrow_table())
        case Execute(sql=sql, params=params):
            connection.execute(parsed(connection, sql), params)
        case Register(name=name, frames=frames):
            connection.register(name, channel.table(frames))
        case _:
            raise StoreError("one connection is one lease, which has begun already")
    return []


def _failure(error: Exception) -> Failed:
    return Failed(kind=type(error).__name__, text=str(error))
