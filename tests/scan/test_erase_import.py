"""Somebody is erased while a file of theirs is imported, each in a process of its own: nothing of them comes back."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner.demo.cast import DOMAIN
from scanner.report.integrity import check_integrity
from scanner.store import accounts
from tests.scan.conftest import Town
from tests.scan.test_kill_import import row, start

ROWS = 4000
WORD = b"Hujan sejak subuh"


@pytest.mark.slow
@pytest.mark.parametrize("captured", [1, 2500])
def test_an_import_under_way_brings_nobody_back(town: Town, tmp_path: Path, captured: int):
    chosen = next(a for k, a in sorted(town.platform.accounts.items()) if k in town.listed and a.platform == "mastodon")
    handle = f"{chosen.handle}@{DOMAIN}"
    with town.workspace.store.lease("test") as lease:
        person = next(one.person_id for one in accounts.load_accounts(lease) if one.handle == handle)
    path = tmp_path / "berkas.jsonl"
    path.write_text("\n".join(row(number, handle) for number in range(ROWS)), "utf-8")
    importing = start(town, path)
    evidence = town.workspace.data / "evidence"
    while sum(1 for _ in evidence.glob("*/*/[0-9a-f]*")) < captured and importing.poll() is None:
        time.sleep(0.02)
    program = [Path(sys.executable).with_name("scanner"), "person", "erase", person]
    command = [*program, "--reason", "permintaan 3/2026", "--workspace", town.root]
    erased = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert erased.returncode == 3, erased.stderr  # the roster file still names them
    _, said = importing.communicate(timeout=200)
    assert importing.returncode == 0, said
    require_nothing_of(town, handle)


def require_nothing_of(town: Town, handle: str) -> None:
    with town.workspace.store.lease("test") as lease:
        for table, column in lease.rows(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND column_name = 'account_id'"
        ):
            sql = f'SELECT count(*) FROM "{table}" WHERE "{column}" = $id'
            assert lease.rows(sql, {"id": f"mastodon:{handle}"}) == [(0,)], table
        assert lease.rows("SELECT count(*) FROM versions WHERE text LIKE 'Hujan%'") == [(0,)]
        assert lease.rows("SELECT count(*) FROM flags") == [(0,)]
    kept = [path for path in town.workspace.data.rglob("*") if path.is_file() and WORD in path.read_bytes()]
    assert kept == []
    assert check_integrity(town.workspace.store).problems == ()
