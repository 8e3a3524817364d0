"""Real processes on one store: nothing confirmed is lost, nothing is there twice, whoever dies and when."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner.store import audit, evidence
from scanner.store.captures import captured_hashes
from scanner.store.connection import Store
from tests.store.samples import make_flag
from tests.store.workers import POSTS_PER_PAGE

ROOT = Path(__file__).parents[2]


def start(work: str, store: Store, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.workers", work, str(store.path), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def finish(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.split()


@pytest.mark.slow
def test_scanner_reviewer_and_reader_at_the_same_time_lose_nothing(store: Store) -> None:
    pages = 10
    workers = [start(work, store, pages) for work in ("scan", "review", "read")]
    scanned, judged, counted = (finish(worker) for worker in workers)
    assert scanned == [str(page) for page in range(pages)]
    assert sorted(judged) == sorted(make_flag(page).id for page in range(pages))
    counts = [int(count) for count in counted]
    assert counts == sorted(counts)
    assert all(count % POSTS_PER_PAGE == 0 for count in counts), "a reader saw half a page"
    with store.lease("check") as lease:
        assert lease.rows("SELECT count(*) FROM posts") == [(pages * POSTS_PER_PAGE,)]
        assert {key for (key,) in lease.rows("SELECT flag_id FROM judgements")} == set(judged)
        assert lease.rows("SELECT count(*), max(seq) FROM judgements") == [(pages, pages)]
        assert audit.verify(lease) == audit.AuditReport(events=2 * pages, anchored=2 * pages, problems=())


def check(store: Store, acked: set[int]) -> None:
    with store.lease("check") as lease:
        stored = {int(page) for (page,) in lease.rows("SELECT subject FROM audit")}
        report = audit.verify(lease)
        assert lease.rows("SELECT count(*) FROM posts") == [(POSTS_PER_PAGE * len(stored),)], "half a page or one twice"
        assert lease.rows("SELECT count(*) FROM versions") == [(POSTS_PER_PAGE * len(stored),)]
        assert lease.rows("SELECT count(*) FROM flags") == [(len(stored),)]
        assert list(evidence.verify(evidence.folder_of(lease.folder), captured_hashes(lease))) == []
    assert acked <= stored, "a confirmed page was lost"
    assert report.problems == ()
    assert report.anchored is None or report.anchored in (report.events - 1, report.events)


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_loses_nothing_it_confirmed(store: Store) -> None:
    chance = random.Random(7)
    acked: set[int] = set()
    for _ in range(4):
        with start("scan", store) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randint(2, 8)):
                acked.add(int(writer.stdout.readline()))
            time.sleep(chance.uniform(0, 0.08))
            writer.kill()
            acked.update(int(line) for line in writer.stdout.read().split())
        check(store, acked)
    assert len(acked) >= 4
