"""Everything at once (reliability C1): reviewers, a scan, a notebook, purge, backup and snapshots on one workspace.

    python -m benchmarks.together [POSTS] [REVIEWERS] [SECONDS]

As `benchmarks.desk_load`, and besides, one after the other without end: `scanner snapshot publish`, the first notebook
on that snapshot (with the extra `notebooks`), `scanner purge`, `scanner backup make`. At the end every decision that a
browser saw confirmed is looked for on record. Wanted in 3,600 seconds: lost 0, twice 0, no answer of 500 or more, and
the times of L2. How long each of the others took stands below.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import httpx

from benchmarks.desk_load import PAUSE, ROWS, Reviewer, prepare, refusals, served, told
from benchmarks.desk_store import saving
from scanner.resources import data_folder
from scanner.store.connection import Store

_NOTEBOOK = """
import nbclient, nbformat, pathlib, sys
folder = pathlib.Path(sys.argv[1])
notebook = nbformat.read(folder / "01_first_look.ipynb", 4)
nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
"""


class Careful(Reviewer):
    """A reviewer who notes what was confirmed."""

    def __init__(self, address: str, token: str, until: float) -> None:
        super().__init__(address, token, until)
        self.confirmed: list[tuple[str, str]] = []
        self.beside: dict[str, list[float]] = defaultdict(list)
        """How long decisions took, by what else ran when they were asked for."""
        self.other: Callable[[], str] = lambda: "nothing"

    def timed(self, what: str, method: str, path: str, **given: object) -> httpx.Response:
        """Note the item and key of each decision that was answered with 200."""
        other, began = self.other(), time.perf_counter()
        answer = super().timed(what, method, path, **given)
        if what == "decide":
            self.beside[other].append(time.perf_counter() - began)
        if what == "decide" and answer.status_code == 200:
            form: dict[str, str] = given["data"]  # type: ignore[assignment]
            self.confirmed.append((form["item"], form["key"]))
        return answer


class Others(threading.Thread):
    """What else an office runs, one after the other until the time is over."""

    def __init__(self, root: Path, recipient: str, until: float) -> None:
        super().__init__()
        self.until = until
        self.now = "nothing"
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.failed: Counter[str] = Counter()
        self.works: dict[str, list[str]] = {
            "snapshot": scanner("snapshot", "publish", "-w", str(root)),
            "purge": scanner("purge", "-w", str(root)),
            "backup": scanner(
                "backup", "make", str(root.parent / "backups"), "--recipient", recipient, "-w", str(root)
            ),
        }
        if find_spec("nbclient"):
            self.works["notebook"] = [sys.executable, "-c", _NOTEBOOK, str(data_folder("notebooks"))]
        snapshot = root / "data" / "snapshots" / "latest"
        self.environment = os.environ | {"SCANNER_SNAPSHOT": str(snapshot), "SCANNER_WORKSPACE": str(root)}

    def run(self) -> None:
        """Work until the time is over."""
        while time.monotonic() < self.until:
            for name, command in self.works.items():
                self.now, began = name, time.perf_counter()
                done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
                self.taken[name].append(time.perf_counter() - began)
                if done.returncode:
                    self.failed[f"{name}: exit {done.returncode}: {done.stderr.strip()[-200:]}"] += 1


def scanner(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("scanner")), *arguments]


def keygen(folder: Path) -> str:
    """Make a key for backups; return its public part."""
    done = subprocess.run(scanner("backup", "keygen", str(folder / "key")), capture_output=True, text=True, check=True)
    return next(word for word in (done.stdout + done.stderr).split() if word.startswith("age1"))


def missed(store: Store, people: list[Careful]) -> tuple[int, int]:
    """Return how many confirmed decisions are not on record, and how many items somebody judged twice."""
    with store.lease("benchmark") as lease:
        kept = {key for (key,) in lease.rows("SELECT id FROM judgements")}
        twice = lease.rows("""SELECT flag_id FROM standing_judgements GROUP BY flag_id, reviewer HAVING count(*) > 1
                              UNION ALL SELECT flag_id FROM standing_judgements WHERE stage = 'blind'
                              GROUP BY flag_id HAVING count(*) > 2""")
    return sum(key not in kept for one in people for _, key in one.confirmed), len(twice)


def main() -> None:
    posts, reviewers, seconds = (int(text) for text in (sys.argv[1:] + ["200000", "10", "3600"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "kantor"
        tokens = prepare(root, posts, reviewers)
        database = root / "data" / "scanner.duckdb"
        with served(root) as address:
            until = time.monotonic() + seconds
            spawn = multiprocessing.get_context("spawn")
            stop = spawn.Event()
            scan = spawn.Process(target=saving, args=(database, posts, PAUSE, stop, ROWS))
            people = [Careful(address, token, until) for token in tokens]
            others = Others(root, keygen(Path(folder)), until)
            for one in people:
                one.other = lambda: others.now
            beside(scan, [*people, others], stop.set)
        lost, twice = missed(Store(database), people)
    report(people, others, lost, twice)


def beside(
    scan: multiprocessing.context.SpawnProcess, threads: list[threading.Thread], stop: Callable[[], None]
) -> None:
    """Run all of them until their time is over."""
    scan.start()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    stop()
    scan.join()


def report(people: list[Careful], others: Others, lost: int, twice: int) -> None:
    refusals(people)
    print(f"confirmed {sum(len(one.confirmed) for one in people)}, lost {lost}, twice {twice}")
    for what in ("first page", "next", "decide", "undo"):
        told(what, [seconds for one in people for seconds in one.taken[what]])
    for name, times in others.taken.items():
        told(f"  by {name}", [seconds for one in people for seconds in one.beside[name]])
        print(f"{name:14} {len(times):5} times: longest {max(times):6.1f} s")
    for text, count in others.failed.items():
        print(f"{count} times {text}")


if __name__ == "__main__":
    main()
