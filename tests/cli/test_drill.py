"""The disaster drill of docs/deploy.md: a backup of one machine comes back on an empty one (reliability F10)."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from scanner.domain.runs import Cursor
from scanner.store import audit, captures, evidence
from scanner.store.connection import Store
from scanner.store.pages import save_page
from scanner.workspace import open_workspace
from tests.store.samples import NOON, make_account, make_evidence, make_post

SCANNER = Path(sys.executable).with_name("scanner")
PAGES, SAMPLE = 250, 200


def scanner(*arguments: object) -> str:
    done = subprocess.run([SCANNER, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def gather(store: Store) -> None:
    """Put pages on record, each with its own raw answer."""
    with store.lease("test") as lease:
        for page in range(PAGES):
            save_page(
                lease,
                run_id="uji",
                account=make_account(),
                posts=[make_post(page)],
                captures=[make_evidence(f"page {page}".encode())],
                cursor=Cursor(high_water=str(page)),
                rejected=[],
                seen_at=NOON,
            )
        audit.append(lease, actor="uji", action="drill", subject="record", detail={})


def counts(path: Path) -> dict[str, int]:
    """Return how many rows each table has; a table that restoring adds to is looked at on its own."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        found = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for (name,) in names}
    return {name: count for name, count in found.items() if name not in ("audit", "exports")}


def chain(path: Path) -> list[tuple[int, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("SELECT seq, hash FROM audit ORDER BY seq").fetchall()


def hashes(store: Store) -> dict[str, str]:
    """Return the hash of what lies in the file of each capture."""
    folder = evidence.folder_of(store.path.parent)
    with store.lease("test") as lease:
        named = sorted(captures.captured_hashes(lease))
    paths = {name: evidence.path_of(folder, name) for name in random.Random(10).sample(named, SAMPLE)}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}


@pytest.mark.slow
def test_rows_chain_and_evidence_are_the_same_on_an_empty_machine(office: Path, tmp_path: Path):
    here, there, mount = office, tmp_path / "mesin-lain" / "latihan", tmp_path / "cadangan"
    gather(open_workspace(here).store)
    key = tmp_path / "kunci" / "cadangan.key"
    key.parent.mkdir()
    public = scanner("backup", "keygen", key).strip()
    before, head = counts(here / "data" / "scanner.duckdb"), chain(here / "data" / "scanner.duckdb")
    scanner("backup", "make", mount, "--recipient", public, "-w", here)
    [made] = mount.glob("*.age")
    scanner("backup", "verify", made, "--identity", key)
    scanner("restore", made, "--identity", key, "-w", there, "--erasures", mount / "erasures.log")
    record = there / "data" / "scanner.duckdb"
    assert counts(record) == before
    assert before["captures"] > PAGES
    assert chain(record)[: len(head)] == head
    assert len(chain(record)) == len(head) + 1
    found = hashes(open_workspace(there).store)
    assert found == hashes(open_workspace(here).store)
    assert all(name == digest for name, digest in found.items())
    scanner("verify", "-w", there)
    scanner("status", "-w", there)
