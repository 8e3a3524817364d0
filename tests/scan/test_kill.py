"""kill -9 at random moments of a scan: nothing lost, nothing twice, cursors right, the audit chain whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner.report.integrity import check_integrity
from scanner.store import accounts, cursors
from tests.scan.conftest import Town


def start(town: Town) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).with_name("scanner")
    return subprocess.Popen(
        [program, "scan", "--quiet", "--workspace", town.root], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def require_whole(town: Town) -> None:
    with town.workspace.store.lease("test") as lease:
        stored = [key for (key,) in lease.rows("SELECT id FROM posts")]
        versions = lease.rows("SELECT post_id, count(*) FROM versions GROUP BY post_id HAVING count(*) > 1")
        flags = lease.rows("SELECT post_id, count(*) FROM flags GROUP BY post_id HAVING count(*) > 1")
    assert len(stored) == len(set(stored))
    assert set(stored) <= town.expected()
    assert (versions, flags) == ([], [])
    assert check_integrity(town.workspace.store).problems == ()


def require_complete(town: Town) -> None:
    done = start(town)
    _, errors = done.communicate(timeout=120)
    assert done.returncode == 0, errors.decode()
    with town.workspace.store.lease("test") as lease:
        stored = {key for (key,) in lease.rows("SELECT id FROM posts")}
        scored = {key for (key,) in lease.rows("SELECT DISTINCT version_id FROM scores")}
        versions = {key for (key,) in lease.rows("SELECT id FROM versions")}
        walks = [cursors.load_cursor(lease, account.id) for account in accounts.load_accounts(lease)]
    assert stored == town.expected()
    assert scored == versions
    assert all(cursor.next_page is None for cursor in walks)


def kill_and_rerun(town: Town, times: int) -> None:
    rng = random.Random(20261121)
    for _ in range(times):
        process = start(town)
        time.sleep(rng.uniform(0.2, 6.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        require_whole(town)
    require_complete(town)


@pytest.mark.slow
def test_a_killed_scan_loses_nothing_and_stores_nothing_twice(town: Town):
    kill_and_rerun(town, 1)


@pytest.mark.slow
def test_a_scan_killed_25_times_loses_nothing_and_stores_nothing_twice(town: Town):
    kill_and_rerun(town, 25)
