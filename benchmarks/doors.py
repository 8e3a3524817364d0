"""Whether the time of an answer tells what its words do not (reliability A2, A5): medians of pairs that look alike.

    python -m benchmarks.doors [TIMES]

Sign-in with a wrong password, for a name that is known and one that is not; and the page of an item that is
somebody's whom the reviewer is recused from, beside that of an item that is not there. Wanted: at most 10 ms apart.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx

from benchmarks.desk_load import enter, prepare, served
from benchmarks.desk_store import ACCOUNT, make_flag
from scanner.errors import SignInRefused
from scanner.review.signin import sign_in
from scanner.store import users
from scanner.workspace import open_workspace


def alternately(known: Callable[[int], object], unknown: Callable[[int], object], times: int) -> tuple[float, float]:
    """Return the median milliseconds of both; they take turns, so that they share the weather."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(times):
        for seconds, ask in random.sample([*zip(taken, (known, unknown), strict=True)], 2):
            began = time.perf_counter()
            ask(number)
            seconds.append(1000 * (time.perf_counter() - began))
    return median(taken[0]), median(taken[1])


def told(what: str, medians: tuple[float, float]) -> None:
    one, other = medians
    print(f"{what:34} {one:7.1f} {other:7.1f} ms, {abs(one - other):5.1f} apart")


def main(times: int = 60) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "kantor"
        prepare(root, 2_000, 0)
        workspace = open_workspace(root)
        token = enter(workspace, "penelaah")

        def attempt(name: str) -> Callable[[int], object]:
            def ask(number: int) -> None:
                now = datetime.now(UTC) + timedelta(hours=number)  # so that nobody is slowed down for guessing
                given = {"password": "salah", "code": "000000", "address": f"10.0.0.{number}", "device": None}
                with suppress(SignInRefused):
                    sign_in(workspace.store, name=name, now=now, **given)  # type: ignore[arg-type]

            return ask

        told("sign-in: known, not known", alternately(attempt("penelaah"), attempt("siapa"), times))
        with workspace.store.lease("benchmark") as lease:
            users.save_recused(lease, "penelaah", (ACCOUNT.person_id,), by="benchmark", at=datetime.now(UTC))
        with served(root) as address, httpx.Client(base_url=address, cookies={"session": token}, timeout=60) as client:
            closed, absent = (f"/review/decided?item={one}" for one in (make_flag(0).id, "x" * len(make_flag(0).id)))
            assert client.get(closed).status_code == client.get(absent).status_code == 404
            told(
                "item: closed to one, not there",
                alternately(lambda _: client.get(closed), lambda _: client.get(absent), times),
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
