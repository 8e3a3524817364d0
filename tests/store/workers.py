"""Processes that use one store side by side: `python -m tests.store.workers scan|review|read|desk DATABASE [COUNT]`.

Each prints a line only after its lease was committed: what is printed must be stored. The desk prints one when it
answers, and ends with its standard input.
"""

from __future__ import annotations

import itertools
import sys
import time
from functools import partial
from pathlib import Path

from scanner.domain.runs import Cursor
from scanner.store import audit, flags
from scanner.store.connection import Lease, Store
from scanner.store.cursors import load_cursor
from scanner.store.judgements import append_judgement
from scanner.store.owner import own
from scanner.store.pages import save_page
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_judgement, make_post

POSTS_PER_PAGE = 10
_UNJUDGED = "SELECT id FROM flags WHERE id NOT IN (SELECT flag_id FROM judgements) ORDER BY id LIMIT 3"


def scan(store: Store, count: int | None) -> None:
    """Save pages up to `count` or for ever, each with one flag, beginning with the last page saved before."""
    with store.lease("resume") as lease:
        begin = int(load_cursor(lease, make_account().id).next_page or 0)
    for page in itertools.count(begin) if count is None else range(begin, count):
        store.repeat("scan", partial(_save, page))
        print(page, flush=True)


def _save(page: int, lease: Lease) -> None:
    save_page(
        lease,
        run_id="r1",
        account=make_account(),
        posts=[make_post(page * POSTS_PER_PAGE + number) for number in range(POSTS_PER_PAGE)],
        captures=[make_evidence(f"page {page}".encode())],
        cursor=Cursor(next_page=str(page)),
        rejected=[],
        seen_at=NOON,
    )
    if flags.save_flags(lease, [make_flag(page)]):
        audit.append(lease, actor="scan", action="page", subject=str(page), detail={})


def review(store: Store, count: int) -> None:
    """Judge `count` flags as they appear."""
    judged = 0
    while judged < count:
        with store.lease("review") as lease:
            waiting = [flag for (flag,) in lease.rows(_UNJUDGED)]
            for flag in waiting:
                append_judgement(lease, make_judgement(f"sari/{flag}", flag_id=flag, decided_at=NOON + HOUR))
        for flag in waiting:
            print(flag, flush=True)
        judged += len(waiting)
        time.sleep(0 if waiting else 0.02)


def read(store: Store, count: int) -> None:
    """Count posts until `count` pages are there."""
    posts = 0
    while posts < count * POSTS_PER_PAGE:
        with store.lease("report") as lease:
            [(posts,)] = lease.rows("SELECT count(*) FROM posts")
        print(posts, flush=True)


def desk(store: Store, _count: int | None) -> None:
    """Keep the database and answer the others until there is no more input."""
    with own(store):
        print("answers", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    work = {"scan": scan, "review": review, "read": read, "desk": desk}[sys.argv[1]]
    work(Store(Path(sys.argv[2]), wait=60.0), int(sys.argv[3]) if len(sys.argv) > 3 else None)  # type: ignore[arg-type]
