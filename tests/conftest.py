"""What every test may use: fixed time zones, no way out to the internet, and the same wild inputs on every run."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from scanner.store.connection import Store
from scanner.store.owner import own

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Keep = Callable[[Store], Store]

# A check must not pass or fail by luck; `make fuzz` looks for new inputs.
settings.register_profile("steady", derandomize=True)
settings.register_profile("wild", derandomize=False)
settings.load_profile("steady")
os.environ.setdefault("TZ", "UTC")


@pytest.fixture(autouse=True)
def _no_scanner_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SCANNER_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def made_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all its tables: the steps that make them take 0.2 s and have tests of their own."""
    store = Store(tmp_path_factory.mktemp("made") / "scanner.duckdb")
    with store.lease("test"):
        return store.path


@pytest.fixture(autouse=True)
def _new_databases_are_copied(made_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder = Store._make_folder

    def make_folder_and_database(store: Store) -> None:
        make_folder(store)
        if not store.path.exists():
            _copy_unless_there(made_database, store.path)

    monkeypatch.setattr(Store, "_make_folder", make_folder_and_database)


def _copy_unless_there(made: Path, path: Path) -> None:
    """Put a whole copy in place at once, unless another process was first."""
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        os.link(shutil.copy(made, folder), path)


@pytest.fixture
def keep() -> Iterator[Keep]:
    """Keep databases open until the test ends, as the running desk does: opening one for each lease takes 25 ms."""
    with contextlib.ExitStack() as kept:
        yield lambda store: kept.enter_context(own(store))


@pytest.fixture(scope="session")
def executable() -> str:
    """Return where chromium is."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    return found


@pytest.fixture(scope="session")
def browser(executable: str) -> Iterator[Browser]:
    """Return a browser, one for all: two cannot be driven from one thread. Each test opens contexts of its own."""
    from playwright.sync_api import sync_playwright

    from tests.web.browser.browsers import launch

    with sync_playwright() as playwright:
        running = launch(playwright, executable)
        yield running
        running.close()
