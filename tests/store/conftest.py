"""A fresh store, and a lease on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.store.connection import Lease, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "scanner.duckdb", wait=10.0)


@pytest.fixture
def lease(store: Store) -> Iterator[Lease]:
    with store.lease("test") as lease:
        yield lease
