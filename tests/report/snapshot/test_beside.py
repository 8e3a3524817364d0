"""Reliability C2: a notebook reads a snapshot beside writers and holds nobody up; the live file it cannot open."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from scanner.report.snapshot.publish import publish
from scanner.store.connection import Store
from scanner.workspace import Workspace
from tests.report.snapshot.conftest import make_office, make_order

OPEN = """
import os, sys
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    open(sys.argv[1], "rb").read(1)
except PermissionError:
    print("refused")
"""


def test_only_its_owner_may_read_the_live_file(own: Workspace):
    with own.store.lease("test"):
        pass
    assert stat.S_IMODE(own.store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(own.data.stat().st_mode) == 0o700


@pytest.mark.skipif(os.getuid() != 0, reason="only the administrator can become somebody else")
def test_somebody_else_cannot_open_the_live_file_even_where_the_folders_are_open(own: Workspace, tmp_path: Path):
    shown = tmp_path / "shown"
    shown.mkdir()
    os.link(own.store.path, shown / "scanner.duckdb")
    for folder in (shown, *shown.parents):
        if folder.stat().st_uid == 0 and folder.is_relative_to(tmp_path):
            folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(shown / "scanner.duckdb")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "refused\n"


def test_a_notebook_on_a_snapshot_holds_no_writer_up(own: Workspace):
    snapshot = publish(own.store, make_office(own), make_order()).path
    with duckdb.connect(str(snapshot / "snapshot.duckdb"), read_only=True) as notebook:
        reading = notebook.execute("FROM posts")
        assert len(reading.fetchmany(10)) == 10
        began = time.monotonic()
        with Store(own.store.path, wait=1.0).lease("test: a writer beside the notebook") as lease:
            lease.execute("UPDATE posts SET last_seen = now()")
        again = publish(own.store, make_office(own), make_order(keep=1))
        assert time.monotonic() - began < 30
        assert again.pruned == (snapshot,)
        assert len(reading.fetchall()) > 1000  # whoever has an old one open goes on reading it
