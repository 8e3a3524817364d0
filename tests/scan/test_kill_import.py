"""kill -9 while a file is imported and while its posts are flagged: the next import completes it, nothing is twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.demo.cast import DOMAIN
from scanner.report.integrity import check_integrity
from scanner.store.connection import Store
from tests.scan.conftest import Town

ROWS = 1300
CALLS = range(0, ROWS, 10)
BROKEN = 7


def row(number: int, author: str) -> str:
    text = "Ayo coblos Wirya-Laila, dulur" if number in CALLS else "Hujan sejak subuh, antre berkas di loket"
    return json.dumps(
        {
            "platform": "mastodon",
            "author": author,
            "id": f"{DOMAIN}/{90_000 + number}",
            "text": f"{text} {number}",
            "posted_at": (datetime.now(UTC) - timedelta(minutes=number)).isoformat(),
        }
    )


@pytest.fixture
def export(town: Town, tmp_path: Path) -> Path:
    """A file of one listed account's posts, with posts of somebody else and broken lines among them."""
    accounts = (town.platform.accounts[key] for key in sorted(town.listed))
    author = next(f"{account.handle}@{DOMAIN}" for account in accounts if account.platform == "mastodon")
    lines = [row(number, author) for number in range(ROWS)]
    lines[5:5] = [f"{{rusak {number}" for number in range(BROKEN)] + [row(ROWS + 1, "orang_lain@jauh.example")]
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def start(town: Town, export: Path) -> subprocess.Popen[str]:
    program = Path(sys.executable).with_name("scanner")
    command = [program, "import", export, "--workspace", town.root]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def counts(store: Store) -> dict[str, int]:
    with store.lease("test") as lease:
        tables = ("posts", "versions", "flags", "quarantine")
        found = {table: int(lease.rows(f'SELECT count(*) FROM "{table}"')[0][0]) for table in tables}
        [(found["scored"],)] = lease.rows("SELECT count(DISTINCT version_id) FROM scores")
    return found


def require_whole(store: Store) -> dict[str, int]:
    found = counts(store)
    assert found["posts"] == found["versions"] <= ROWS
    assert found["flags"] <= found["scored"] <= found["versions"]
    assert found["quarantine"] <= BROKEN
    assert check_integrity(store).problems == ()
    return found


def require_complete(town: Town, export: Path) -> None:
    for _ in range(2):
        process = start(town, export)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 3, said
    expected = {"posts": ROWS, "versions": ROWS, "flags": len(CALLS), "quarantine": BROKEN, "scored": ROWS}
    assert require_whole(town.workspace.store) == expected


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
def test_killed_while_reading_the_file_the_next_import_reads_the_rest(town: Town, export: Path):
    evidence = town.workspace.data / "evidence"
    chance = random.Random(4)
    for captured in (1, 400, 1000, 1200):
        process = start(town, export)
        while sum(1 for _ in evidence.glob("*/*/[0-9a-f]*")) < captured and process.poll() is None:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.2))
        kill(process)
        require_whole(town.workspace.store)
    require_complete(town, export)


@pytest.mark.slow
def test_killed_while_flagging_the_next_import_flags_the_rest(town: Town, export: Path):
    chance = random.Random(5)
    for _ in range(4):
        process = start(town, export)
        assert process.stderr is not None
        process.stderr.readline()  # the file has been read: from here on its posts are scored and flagged
        time.sleep(chance.uniform(0, 0.6))
        kill(process)
        assert require_whole(town.workspace.store)["posts"] == ROWS
    require_complete(town, export)
