"""Which machine keeps the schedule: the id it is known by, and one service on it at a time."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from scanner.errors import ScheduleKept, StoreLocked
from scanner.store import keepers, locking
from scanner.store.connection import Store


def machine_id() -> str:
    """Return an id of this machine that stays when it is started anew, and tells nobody its name.

    Containers of one image share /etc/machine-id; their host names differ.
    """
    with contextlib.suppress(OSError):
        said = f"{Path('/etc/machine-id').read_text('utf-8').strip()} {socket.gethostname()}"
        return hashlib.sha256(said.encode()).hexdigest()[:8]
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def claim(store: Store, now: datetime) -> None:
    """Keep the schedule of a workspace, or say that one still does. Raises ScheduleKept when another machine does."""
    with store.lease("schedule: who keeps it") as lease:
        keepers.claim(lease, machine=machine_id(), process=os.getpid(), now=now)


def release(store: Store) -> None:
    """Let go of the schedule, so that another machine need not wait."""
    with store.lease("schedule: let go of it") as lease:
        keepers.release(lease, machine=machine_id())


@contextlib.contextmanager
def only_service(store: Store) -> Iterator[None]:
    """Hold that this is the only `schedule run` of the workspace on this machine; ScheduleKept names the other."""
    path = store.path.with_name("schedule")
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locking.held(path, "schedule run", wait=0))
        except StoreLocked as error:
            raise ScheduleKept(f"{locking.holder(path) or 'another process'} keeps the schedule already") from error
        yield
