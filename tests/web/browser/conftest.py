"""Debian's chromium before a desk that runs as a process; where there is no chromium, the tests are skipped by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.workspace import open_workspace
from tests.web.browser.desks import Office, Served, make_desk, serving

SMALL = 12
"""Flagged posts of the office that most tests use."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as slow: each needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return make_desk(tmp_path_factory.mktemp("browser") / "kantor", SMALL)


@pytest.fixture(scope="session")
def copy_of(_small: Office) -> Callable[[Path], Office]:
    """Return what copies the small office into a folder."""

    def copy(folder: Path) -> Office:
        return replace(_small, workspace=open_workspace(Path(shutil.copytree(_small.root, folder))))

    return copy


@pytest.fixture
def served(copy_of: Callable[[Path], Office], tmp_path: Path) -> Iterator[Served]:
    """Return a desk of one's own."""
    with serving(copy_of(tmp_path / "kantor")) as running:
        yield running


@pytest.fixture(scope="module")
def shared(copy_of: Callable[[Path], Office], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a desk that a module's tests share; for those that change nothing another one looks at."""
    with serving(copy_of(tmp_path_factory.mktemp("shared") / "kantor")) as running:
        yield running
