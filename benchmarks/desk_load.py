"""How long reviewers wait for the desk while others review and a scan saves what it gathers (reliability B2, L2).

    python -m benchmarks.desk_load [POSTS] [REVIEWERS] [SECONDS]

A real `scanner serve` on POSTS posts, one in twenty flagged and half of the flags settled; REVIEWERS browsers that
decide after three seconds each, now and then look at the page anew or take a decision back; and another process that
saves 28 new posts every two seconds, 50,000 an hour, over the desk's socket. The last line is what the same machine
needs for a page that reads nothing.
"""

from __future__ import annotations

import multiprocessing
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import httpx
import pyotp
from bs4 import BeautifulSoup

from benchmarks.desk_queue import settle_half
from benchmarks.desk_store import fill, saving
from scanner.demo import province
from scanner.domain.users import Role, User
from scanner.review.signin import sign_in
from scanner.review.users import add_user
from scanner.scaffold import create_workspace
from scanner.workspace import Workspace

THINK = 3.0
"""Seconds between an answer and the next decision."""
ROWS, PAUSE = 28, 2.0
ARTICLE = re.compile(r'<article[^>]* data-item="([^"]+)"[^>]* data-key="([^"]+)"')
ITEM = re.compile(r"\S+@[0-9a-f]{16}")


class Reviewer(threading.Thread):
    """Somebody who judges without reading, and notes how long each answer took."""

    def __init__(self, address: str, token: str, until: float) -> None:
        super().__init__()
        headers = {"sec-fetch-site": "same-origin"}
        self.client = httpx.Client(base_url=address, cookies={"session": token}, headers=headers, timeout=60)
        self.until = until
        self.waiting: dict[str, str] = {}
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.answers: Counter[int] = Counter()
        self.refused: Counter[str] = Counter()
        """Why something was not done, as the desk told."""

    def run(self) -> None:
        """Work until the time is over."""
        time.sleep(random.uniform(0, THINK))
        self.look("first page")
        turn = 0
        while time.monotonic() < self.until and self.waiting:
            turn += 1
            time.sleep(random.uniform(0.5 * THINK, 1.5 * THINK))
            if turn % 10 == 0:
                self.ask("undo", "/review/undo", {"key": str(uuid4())})
            elif turn % 5 == 0:
                self.look("next")
            else:
                self.decide()
        self.client.close()

    def look(self, what: str) -> None:
        """Look at the page anew."""
        self.waiting.clear()
        self.receive(self.timed(what, "GET", "/review"))

    def decide(self) -> None:
        """Reject the next item."""
        item = next(iter(self.waiting))
        form = {"item": item, "key": self.waiting.pop(item), "verdict": "not_violation", "note": "", "seconds": "9"}
        self.ask("decide", "/review/decide", {**form, "painted": list(self.waiting)})

    def ask(self, what: str, path: str, form: dict[str, str | list[str]]) -> None:
        """Send a form as the desk's script does."""
        self.receive(self.timed(what, "POST", path, data=form, headers={"x-desk": "fragment"}))

    def timed(self, what: str, method: str, path: str, **given: object) -> httpx.Response:
        """Note how long an answer takes."""
        began = time.perf_counter()
        answer = self.client.request(method, path, **given)  # type: ignore[arg-type]
        self.taken[what].append(time.perf_counter() - began)
        self.answers[answer.status_code] += 1
        if answer.is_error:
            told = BeautifulSoup(answer.text, "html.parser").select_one("main, .error, p") or answer.text
            why = ITEM.sub("<item>", " ".join(getattr(told, "text", told).split()))
            self.refused[f"{what}: {why[:200]}"] += 1
        return answer

    def receive(self, answer: httpx.Response) -> None:
        """Take over the items that came."""
        for item, key in ARTICLE.findall(answer.text):
            self.waiting.setdefault(item, key)


def prepare(root: Path, posts: int, reviewers: int) -> list[str]:
    """Make a workspace; return the session of each reviewer."""
    today = datetime.now(UTC).date()
    workspace = create_workspace(root, config=province.config(today))
    for name, content in province.elections(today).items():
        (workspace.root / "elections" / name).write_text(content, "utf-8")
    fill(workspace.store, posts)
    settle_half(workspace.store)
    return [enter(workspace, f"penelaah{number}") for number in range(reviewers)]


def enter(workspace: Workspace, name: str) -> str:
    now = datetime.now(UTC)
    user = User(name=name, display=name, role=Role.REVIEWER, agency="Bawaslu Contoh", created_at=now)
    issued = add_user(workspace.store, user, by="benchmark")
    totp = pyotp.parse_uri(issued.otpauth)
    assert isinstance(totp, pyotp.TOTP)
    code = totp.at(now)
    given = {"name": name, "password": issued.password, "code": code, "address": "127.0.0.1", "device": None}
    return sign_in(workspace.store, **given, now=now).token  # type: ignore[arg-type]


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Run the desk; give its address."""
    program = Path(sys.executable).with_name("scanner")
    command = [str(program), "serve", "-w", str(root), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as desk:
        assert desk.stderr is not None
        found = re.search(r"http://\S+", desk.stderr.readline())
        assert found is not None
        yield found[0]
        desk.terminate()


def main() -> None:
    sys.setswitchinterval(0.0005)  # or the reviewers' threads would measure how they wait for each other
    posts, reviewers, seconds = (int(text) for text in (sys.argv[1:] + ["200000", "10", "120"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "kantor"
        tokens = prepare(root, posts, reviewers)
        with served(root) as address:
            until = time.monotonic() + seconds
            stop = multiprocessing.get_context("spawn").Event()
            given = (root / "data" / "scanner.duckdb", posts, PAUSE, stop, ROWS)
            scan = multiprocessing.get_context("spawn").Process(target=saving, args=given)
            people = [Reviewer(address, token, until) for token in tokens]
            scan.start()
            for one in people:
                one.start()
            for one in people:
                one.join()
            stop.set()
            scan.join()
            empty = [httpx.get(address + "/static/desk.css").elapsed.total_seconds() for _ in range(50)]
    report(people, empty)


def report(people: list[Reviewer], empty: list[float]) -> None:
    refusals(people)
    for what in ("first page", "next", "decide", "undo"):
        told(what, [seconds for one in people for seconds in one.taken[what]])
    told("a static file", empty)


def refusals(people: Sequence[Reviewer]) -> None:
    """Print how often which answer came, and why something was refused."""
    print(f"answers by status: {dict(sum((one.answers for one in people), Counter()))}")
    for why, count in sum((one.refused for one in people), Counter()).most_common():
        print(f"  {count} times {why}")


def told(what: str, seconds: list[float]) -> None:
    cuts = quantiles(seconds, n=100)
    p50, p95, p99 = (1e3 * cuts[percent - 1] for percent in (50, 95, 99))
    print(f"{what:14} {len(seconds):5} times: p50 {p50:6.1f} p95 {p95:6.1f} p99 {p99:6.1f} ms")


if __name__ == "__main__":
    main()
