"""Backfill at the terminal: a dry run writes and asks nothing, what is cut is told, mistakes are refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.store import pauses
from scanner.workspace import open_workspace
from tests.cli.conftest import Run

NOW, DAY = datetime.now(UTC), timedelta(days=1)
FROM, TO = f"{NOW - 10 * DAY:%Y-%m-%d}", f"{NOW - 3 * DAY:%Y-%m-%d}"
ASKED = ("--from", FROM, "--to", TO, "--max-requests", 50)


def files(office: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(office.rglob("*")) if path.suffix in (".duckdb", ".head")}


def test_a_dry_run_tells_hosts_requests_and_rows_and_writes_nothing(run: Run, office: Path):
    before = files(office)
    ended = run("backfill", *ASKED, "--dry-run", "-w", office)
    assert ended.code == 0
    assert "Would be gathered" in ended.out
    assert "https://nusarimba.example" in ended.out
    assert "3 accounts, 50 requests at most; 0 posts of these times are on record; 0 accounts left out" in ended.err
    assert files(office) == before
    assert not (office / "logs").exists() or not list((office / "logs").iterdir())


def test_json_tells_the_same(run: Run, office: Path):
    found = json.loads(run("backfill", *ASKED, "--dry-run", "--json", "-w", office).out)
    assert found["window"] == {"since": f"{FROM}T00:00:00+00:00", "until": f"{TO}T00:00:00+00:00"}
    assert (len(found["accounts"]), found["cut"], found["max_requests"]) == (3, [], 50)
    assert sum(host["accounts"] for host in found["hosts"]) == 3


def test_what_may_not_be_looked_at_is_cut_off_and_told(run: Run, office: Path):
    ended = run(
        "backfill", "--from", "2020-01-01", "--to", f"{NOW + 9 * DAY:%Y-%m-%d}", "--max-requests", 9, "--dry-run",
        "-w", office,
    )  # fmt: skip
    assert ended.code == 0
    assert "cut off: posts before" in ended.err
    assert "cut off: posts after" in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", TO, "--to", FROM, "--max-requests", 9), 2, "nothing lies between them"),
        (("--from", "2020-01-01", "--to", "2020-02-01", "--max-requests", 9), 2, "nothing of it may be looked at"),
        (("--from", "kemarin", "--to", TO, "--max-requests", 9), 2, "--from: 'kemarin' is not a time"),
        (("--from", FROM, "--to", TO, "--max-requests", 0), 2, "max-requests"),
        (("--from", FROM, "--to", TO), 2, "max-requests"),
        ((*ASKED, "--account", "x:siapa"), 2, "--account x:siapa: not on the list"),
    ],
)
def test_mistakes_are_refused_in_one_line(run: Run, office: Path, arguments: tuple, code: int, said: str):  # type: ignore[type-arg]
    ended = run("backfill", *arguments, "-w", office)
    assert ended.code == code
    assert said in ended.refusal


def test_in_a_pause_it_is_put_off(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        pauses.pause(lease, until=None, reason="perintah ketua", by="joko", at=NOW)
    ended = run("backfill", *ASKED, "-w", office)
    assert (ended.code, "paused (perintah ketua)" in ended.err) == (75, True)
