"""A village office whose platform the test serves itself: three accounts, few posts, a constant model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.cast import DemoPost, load_cast
from scanner.demo.platform import DemoPlatform
from scanner.scan.writer import Writer
from scanner.schedule import condition
from tests.conftest import Keep
from tests.offices import MODEL, write_constant_model
from tests.scan.conftest import Town, first_day, settle

POSTS = 3
"""Of each account."""


class SlowPlatform(DemoPlatform):
    """Gives one status a page, and waits before each as long as it is told."""

    seconds = 0.0
    slow = ""
    """The one account that is waited for; empty: all."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever asked was cut off
        self.asked = threading.Event()
        self.released = threading.Event()
        self.looks: list[str] = []
        """Handles in the order in which walks began."""

    def lookup(self, acct: str) -> dict[str, Any] | None:
        self.looks.append(acct)
        return super().lookup(acct)

    def statuses(self, account_id: str, query: dict[str, str]) -> tuple[list[dict[str, Any]], str]:
        self.asked.set()
        if self.slow in ("", account_id):
            self.released.wait(self.seconds)
        return super().statuses(account_id, query | {"limit": "1"})


@pytest.fixture(autouse=True)
def _roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no alarm come from the disk that the tests happen to run on."""
    monkeypatch.setattr(condition, "FREE", 0.0)


def few_posts(keys: frozenset[str]) -> list[DemoPost]:
    posts = [post for post in first_day() if post.kind == "post"]
    return [one for key in sorted(keys) for one in [post for post in posts if post.account == key][:POSTS]]


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Town]:
    """Three accounts of one platform."""
    cast = load_cast()
    keys = frozenset([one.key for one in cast.values() if one.person and one.platform == "mastodon"][:3])
    with SlowPlatform(cast, few_posts(keys)) as platform:
        town = settle(tmp_path / "village", platform, keys)
        write_constant_model(town.root / MODEL)
        config = town.root / "scanner.toml"
        config.write_text(f'model = "{MODEL}"\n{config.read_text()}')
        yield town
        platform.released.set()


@pytest.fixture
def kept(village: Town, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The same beside a running desk, and in no need to let others have their turn."""
    monkeypatch.setitem(Writer.__init__.__kwdefaults__, "pause", 0.0)
    return replace(village, store=keep(village.workspace.store))
