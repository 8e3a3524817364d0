"""A wire between a browser and the desk that keeps every byte the desk told."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

from tests.web.browser.desks import Served


class Wire:
    """Passes connections on to a desk on this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._told: list[bytearray] = []
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def told(self) -> bytes:
        """Return every byte the desk told since this was last asked, but for the lengths of its answers."""
        found = [bytes(kept) for kept in self._told]
        for kept, taken in zip(self._told, found, strict=False):
            del kept[: len(taken)]
        return re.sub(rb"content-length: \d+", b"", b"\n".join(found))

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                desk = socket.create_connection(("127.0.0.1", self._port))
                kept = bytearray()
                self._told.append(kept)
                threading.Thread(target=_pump, args=(browser, desk, None), daemon=True).start()
                threading.Thread(target=_pump, args=(desk, browser, kept), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, kept: bytearray | None) -> None:
    with contextlib.suppress(OSError), source, target:
        while piece := source.recv(65536):
            if kept is not None:
                kept += piece
            target.sendall(piece)


@contextlib.contextmanager
def tapped(served: Served) -> Iterator[tuple[Served, Wire]]:
    """Return the desk as it is reached by a wire, and the wire."""
    wire = Wire(int(served.address.rpartition(":")[2]))
    try:
        yield replace(served, address=wire.address), wire
    finally:
        wire.close()
