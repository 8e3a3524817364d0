"""What lending the database costs: direct, from the desk to itself, and over its socket, beside bare DuckDB.

    python -m benchmarks.desk_store [POSTS] [TIMES]

Units of work on POSTS posts (one in twenty flagged): the next 50 items of a reviewer with their flags, one judgement
with its audit event, and 2,000 new posts. Bare is the same work in a transaction on a cursor of a connection that is
open already, without queue, turns or socket. The last lines are from ten reviewers at once, in threads of the desk,
while another process saves 2,000 posts every two seconds over the socket.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles

from scanner.domain.accounts import Account, Confidence, Employment, Platform
from scanner.domain.captures import sha256
from scanner.domain.flags import Element, Finding, Flag, Label, Met, Phase, Score
from scanner.domain.posts import Post, Role
from scanner.domain.reviews import Judgement, Verdict
from scanner.domain.users import Role as UserRole
from scanner.domain.users import User
from scanner.store import accounts, flags, judgements, waiting
from scanner.store.connection import Lease, Store
from scanner.store.owner import OwnedStore, own
from scanner.store.posts import save_posts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROWS = 2000
REVIEWERS = 10
Lend = Callable[[str], contextlib.AbstractContextManager[Lease]]


def make_post(number: int) -> Post:
    return Post(
        platform=Platform.MASTODON,
        native_id=f"contoh.example/{number}",
        account_id="mastodon:budi@contoh.example",
        role=Role.POSTED,
        posted_at=NOW - timedelta(minutes=number % 40_000),
        text=f"Selamat pagi warga, ini kabar ke-{number} dari balai desa: jalan desa sudah selesai diperbaiki.",
        url=f"https://contoh.example/@budi/{number}",
        capture_sha256=sha256(b"page"),
    )


def make_flag(number: int) -> Flag:
    post = make_post(number)
    return Flag(
        post_id=post.id,
        version_id=post.version_id,
        account_id=post.account_id,
        election_id="pilbup-contoh",
        phase=Phase.KAMPANYE,
        posted_at=NOW,
        known_at=NOW - timedelta(hours=number % 400),
        findings=(Finding(code="AJAKAN-PILIH", elements={Element.A: Met.YES}, citations=(), class_hint="S"),),
        signals=(),
        mentions=(),
        exculpatory=(),
        scores=(Score(label=Label.CAMPAIGN_SUPPORT, probability=0.75, model_id="m1"),),
        ruleset="contoh",
        model_id="m1",
        explanation="Dugaan ajakan memilih.",
    )


ACCOUNT = Account(
    platform=Platform.MASTODON,
    handle="budi@contoh.example",
    person_id="ASN-1",
    agency="Dinas Contoh",
    unit="Sekretariat",
    employment=Employment.PNS,
    service_from=date(2010, 1, 1),
    service_until=None,
    confidence=Confidence.A,
    legal_basis="contoh",
    decree_number="1/2026",
    requested_by="pemohon",
    approved_by="penyetuju",
    listed_from=date(2026, 1, 1),
    listed_until=date(2030, 1, 1),
)


def fill(store: Store, count: int) -> None:
    with store.lease("benchmark") as lease:
        accounts.save_accounts(lease, [ACCOUNT])
    for begin in range(0, count, 20_000):
        with store.lease("benchmark") as lease:
            numbers = range(begin, min(begin + 20_000, count))
            save_posts(lease, map(make_post, numbers), run_id="r1", seen_at=NOW)
            flags.save_flags(lease, map(make_flag, numbers[::20]))


def show(lease: Lease, reviewer: str) -> list[str]:
    """The next 50 items of a reviewer, with their flags."""
    user = User(name=reviewer, display=reviewer, role=UserRole.REVIEWER, agency="", created_at=NOW)
    due = lambda _election, known: known + timedelta(days=7)  # noqa: E731
    found = waiting.Front(lease, user, now=NOW, overlap=2, due=due).next(limit=50)
    return list(flags.load_flags(lease, [one.id for one in found]))


def decide(lease: Lease, key: str, flag_id: str) -> None:
    judgements.append_judgement(
        lease,
        Judgement(id=key, flag_id=flag_id, reviewer="sari", verdict=Verdict.NOT_VIOLATION, decided_at=NOW),
    )


def insert(lease: Lease, begin: int, rows: int = ROWS) -> None:
    save_posts(lease, map(make_post, range(begin, begin + rows)), run_id="r2", seen_at=NOW)


class Clock:
    """How long each unit of work took, in each way of lending; the ways take turns, so that all share the weather."""

    def __init__(self, count: int) -> None:
        self.post = count
        self.key = 0

    def seconds(self, lends: dict[str, Lend], times: int) -> dict[str, dict[str, list[float]]]:
        """Return by way and unit of work how many seconds each time took."""
        taken = {name: dict[str, list[float]]() for name in lends}
        for lend in lends.values():
            with lend("benchmark") as lease:
                ids = show(lease, "sari")
        for number in range(times):
            for name, lend in lends.items():
                for work, do in self.works(ids[number % len(ids)]).items():
                    began = time.perf_counter()
                    with lend("benchmark") as lease:
                        do(lease)
                    taken[name].setdefault(work, []).append(time.perf_counter() - began)
        return taken

    def works(self, flag_id: str) -> dict[str, Callable[[Lease], object]]:
        """Return units of work that were not done before."""
        self.key += 1
        self.post += ROWS
        return {
            "next 50": partial(show, reviewer="sari"),
            "judgement": partial(decide, key=f"k{self.key}", flag_id=flag_id),
            f"{ROWS} posts": partial(insert, begin=self.post),
        }


def bare(owned: OwnedStore) -> Lend:
    """Lend a cursor of the open connection without queue, turns or socket."""
    connection = owned.owner._connection
    assert connection is not None

    @contextlib.contextmanager
    def lend(_purpose: str) -> Iterator[Lease]:
        with connection.cursor() as cursor:
            lease = Lease(connection=cursor, path=owned.path)
            cursor.begin()
            yield lease
            cursor.commit()
            for follow in lease.after_commit.values():
                follow()

    return lend


def told(name: str, taken: dict[str, list[float]], beside: dict[str, list[float]]) -> None:
    for work, times in taken.items():
        p50, p95 = quantiles(times, n=20)[9] * 1e3, quantiles(times, n=20)[18] * 1e3
        ratio = p50 / (quantiles(beside[work], n=20)[9] * 1e3)
        print(f"{name:7} {work:12} p50 {p50:7.1f} ms  p95 {p95:7.1f} ms  {ratio:5.2f} x bare", flush=True)


def saving(path: Path, begin: int, pause: float, stop: object, rows: int = ROWS) -> None:
    """Another process: a scan that saves."""
    store = Store(path)
    while not stop.wait(pause):  # type: ignore[attr-defined]
        begin += rows
        with store.lease("scan") as lease:
            insert(lease, begin, rows)


def together(store: Store, begin: int, seconds: float) -> dict[str, list[float]]:
    """Ten reviewers at work, one decision every second each."""
    taken: dict[str, list[float]] = {"next 50": [], "judgement": []}
    stop = multiprocessing.get_context("spawn").Event()
    scan = multiprocessing.get_context("spawn").Process(target=saving, args=(store.path, begin, 2.0, stop))

    def review(name: str) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.perf_counter()
            with store.lease("next", reading=True) as lease:
                ids = show(lease, name)
            taken["next 50"].append(time.perf_counter() - began)
            began = time.perf_counter()
            with store.lease("judgement") as lease:
                decide(lease, f"{name} {began}", ids[0])
            taken["judgement"].append(time.perf_counter() - began)
            time.sleep(1.0)

    scan.start()
    threads = [threading.Thread(target=review, args=(f"penelaah{n}",)) for n in range(REVIEWERS)]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    stop.set()
    scan.join()
    return taken


def main(count: int = 200_000, times: int = 30) -> None:
    with tempfile.TemporaryDirectory() as name:
        store, clock = Store(Path(name) / "data" / "scanner.duckdb"), Clock(count)
        fill(store, count)
        print(f"{count} posts, {count // 20} flags, {store.path.stat().st_size / 2**20:.0f} MiB", flush=True)
        direct = clock.seconds({"direct": store.lease}, times)
        with own(store) as owned:
            taken = clock.seconds({"bare": bare(owned), "owned": owned.lease, "socket": store.lease}, times) | direct
            for way, one in taken.items():
                told(way, one, taken["bare"])
            told("ten", together(owned, 10**9, 20.0), taken["bare"])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
