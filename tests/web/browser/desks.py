"""A desk as a process of its own, on a workspace with as many flagged posts as a test wants, and its people."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanner.domain.accounts import Account
from scanner.domain.posts import Post
from scanner.domain.users import Role
from scanner.roster import read_roster
from scanner.scan.flagging import flag_unscored
from scanner.scan.record import finish, start
from scanner.store import pages
from scanner.store.connection import Store
from scanner.workspace import ROSTER, Workspace
from tests.offices import CALLS, make_office
from tests.people import Person, add_person
from tests.store.samples import make_evidence, make_post

PEOPLE: Mapping[str, Role] = {
    "sari": Role.REVIEWER,
    "budi": Role.REVIEWER,
    "tina": Role.REVIEWER,
    "joko": Role.ADJUDICATOR,
    "ratna": Role.ANALYST,
    "putri": Role.RESEARCHER,
    "agus": Role.AUDITOR,
    "dian": Role.DPO,
}
"""Everybody who may sign in; no two of the same name in any test of the browser."""


@dataclass(frozen=True)
class Office:
    """A workspace and the people of its desk."""

    workspace: Workspace
    people: Mapping[str, Person]

    @property
    def root(self) -> Path:
        return self.workspace.root

    @property
    def store(self) -> Store:
        return self.workspace.store

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """Return what is on record, through the desk where one runs."""
        with self.store.lease("test") as lease:
            return lease.rows(sql, params)


def make_desk(root: Path, flagged: int) -> Office:
    """Make an office of three listed accounts of three agencies, with so many flagged posts among them."""
    workspace = make_office(root)
    texts = [f"{CALLS[number // 3 % len(CALLS)]}. Kabar ke-{number}." for number in range(flagged)]
    listed = read_roster(workspace.root / ROSTER).accounts
    for turn, account in enumerate(listed):
        add_posts(workspace, account, texts[turn :: len(listed)], first=1000 * (turn + 1))
    return Office(workspace, {name: add_person(workspace.store, name, role=role) for name, role in PEOPLE.items()})


def add_posts(workspace: Workspace, account: Account, texts: Sequence[str], *, first: int = 1) -> list[Post]:
    """Put posts of an account on record as a run would, scored and flagged."""
    now = datetime.now(UTC)
    posts = [
        make_post(number, text=text, account_id=account.id, posted_at=now - timedelta(minutes=number % 1000), media=())
        for number, text in enumerate(texts, start=first)
    ]
    save_run(workspace, account, posts)
    return posts


def save_run(workspace: Workspace, account: Account, posts: Sequence[Post]) -> None:
    """Save one page of posts in a run of its own."""
    run = start(workspace.store, "scan", workspace.detector)
    with workspace.store.lease("test") as lease:
        tally = pages.save_page(
            lease,
            run_id=run.id,
            account=account,
            posts=posts,
            captures=[make_evidence()],
            cursor=None,
            rejected=(),
            seen_at=datetime.now(UTC),
        )
    finish(workspace.store, run, tally, flag_unscored(workspace.store, workspace.detector), exit_code=0)


@dataclass
class Served:
    """`scanner serve` on a port that was free."""

    office: Office
    address: str = ""
    signed_in: dict[str, Any] = field(default_factory=dict)
    """What browsers keep of a person who has signed in, by name."""
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it; again at the same port when it ran before."""
        program, port = Path(sys.executable).with_name("scanner"), self.address.rpartition(":")[2] or "0"
        command = [program, "serve", "--port", port, "--workspace", self.office.root]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        assert line.startswith("Meja telaah: http://127.0.0.1:"), line + self._process.stderr.read()
        self.address = line.split()[2]

    def kill(self) -> None:
        """Have it die at once, as from a lost plug."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate(timeout=30)

    def stop(self) -> None:
        """Stop it in good order; whatever it complained of fails the test."""
        assert self._process is not None
        self._process.terminate()
        _, err = self._process.communicate(timeout=30)
        assert err == ""


@contextlib.contextmanager
def serving(office: Office) -> Iterator[Served]:
    """Run a desk on an office until the block ends."""
    served = Served(office)
    served.start()
    try:
        yield served
    except BaseException:
        served.kill()
        raise
    served.stop()
