"""A desk over a small real office, answered in process, with somebody of every role signed in.

Made once and copied for each test. `site.client(Role.AUDITOR)` is the auditor's browser, `site.client()` a stranger's.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from scanner.classify.encoding import Encoder
from scanner.domain.users import Role
from scanner.store.connection import Store
from scanner.store.owner import own
from scanner.web.app import make_app
from scanner.web.desk import Desk, open_desk
from scanner.workspace import open_workspace
from tests.corpora import write_corpus
from tests.offices import fill, make_office
from tests.people import Person, add_person

HOST = "127.0.0.1"
PEOPLE: Mapping[str, Role] = {
    "ratna": Role.ANALYST,
    "sari": Role.REVIEWER,
    "budi": Role.REVIEWER,
    "tina": Role.REVIEWER,
    "joko": Role.ADJUDICATOR,
    "putri": Role.RESEARCHER,
    "agus": Role.AUDITOR,
    "dian": Role.DPO,
}
"""Everybody at the desk; the first of a role is who `site.client(role)` is."""


@dataclass(frozen=True)
class Office:
    """A workspace folder with posts and people, and what the people have in hand."""

    root: Path
    now: datetime
    """When everybody has signed in."""
    people: Mapping[str, Person]
    tokens: Mapping[str, str]
    """Session by name."""
    encoder: Encoder
    """The shipped one, which changes nothing and can be shared."""


@dataclass(frozen=True)
class Site:
    """A desk that answers."""

    desk: Desk
    app: ASGIApp
    people: Mapping[str, Person]
    tokens: Mapping[str, str]

    @property
    def store(self) -> Store:
        """The record, as the desk keeps it."""
        return self.desk.store

    def client(self, who: Role | str | None = None) -> TestClient:
        """Return a browser of somebody: the first of a role, a person by name, or nobody; it follows no redirects."""
        name = next((name for name, role in PEOPLE.items() if role is who), who)
        cookies = {"session": self.tokens[name]} if name else {}
        headers = {"sec-fetch-site": "same-origin"}
        return TestClient(self.app, f"http://{HOST}", cookies=cookies, headers=headers, follow_redirects=False)

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """Return what is on record."""
        with self.store.lease("test") as lease:
            return lease.rows(sql, params)


@contextlib.contextmanager
def open_site(office: Office, folder: Path) -> Iterator[Site]:
    """Open a copy of an office; the desk's clock stands a minute after everybody signed in."""
    shutil.copytree(office.root, folder)
    workspace = open_workspace(folder)
    workspace.__dict__["encoder"] = office.encoder  # what `cached_property` gives: reading it takes 40 ms
    desk = open_desk(workspace)
    assert desk.finder is not None
    desk.finder.corpus = write_corpus(folder / "contoh")  # the shipped one takes seconds
    now = office.now + timedelta(minutes=1)
    with own(desk.store) as owned:
        desk = replace(desk, store=owned, now=lambda: now)
        yield Site(desk=desk, app=make_app(desk, frozenset({HOST})), people=office.people, tokens=office.tokens)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Four posts of one of three listed accounts, three of them flagged; nothing judged yet."""
    workspace = make_office(tmp_path_factory.mktemp("web") / "kantor")
    fill(workspace)
    now = datetime.now(UTC)
    people = {name: add_person(workspace.store, name, role=role, created_at=now) for name, role in PEOPLE.items()}
    tokens = {name: person.enter(workspace.store, now).token for name, person in people.items()}
    return Office(root=workspace.root, now=now, people=people, tokens=tokens, encoder=workspace.encoder)


@pytest.fixture
def site(office: Office, tmp_path: Path) -> Iterator[Site]:
    """Return a desk of one's own."""
    with open_site(office, tmp_path / "kantor") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_site(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a desk that a module's tests share; for those that change nothing another one looks at."""
    with open_site(office, tmp_path_factory.mktemp("web") / "kantor") as opened:
        yield opened
