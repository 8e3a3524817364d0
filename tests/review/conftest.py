"""A desk with two people, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from scanner.store.connection import Store
from scanner.store.owner import own
from tests.people import Person, add_person


@dataclass(frozen=True)
class Desk:
    """A record, and two reviewers who may sign in."""

    store: Store
    sari: Person
    budi: Person


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    store = Store(tmp_path_factory.mktemp("desk") / "data" / "scanner.duckdb")
    return Desk(store=store, sari=add_person(store), budi=add_person(store, "budi"))


@pytest.fixture
def desk(_desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """Return a copy of one's own, kept open as the running desk keeps it."""
    shutil.copytree(_desk.store.path.parent, tmp_path / "desk")
    with own(Store(tmp_path / "desk" / "scanner.duckdb")) as owned:
        yield replace(_desk, store=owned)
