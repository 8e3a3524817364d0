"""The fictional province as a workspace whose platform the test itself serves, so that scans can be killed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from scanner.demo import province
from scanner.demo.cast import DemoAccount, DemoPost, load_cast, load_posts
from scanner.demo.platform import DemoPlatform
from scanner.demo.show import ZONE
from scanner.roster import read_roster
from scanner.scaffold import create_workspace
from scanner.scan.listing import list_accounts
from scanner.scan.writer import Writer
from scanner.settings import mandate_of
from scanner.store.connection import Store
from scanner.workspace import Workspace, open_workspace
from tests.conftest import Keep
from tests.offices import with_store


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scans in this process save at once: with a handful of accounts nothing more gathers while they pause."""
    monkeypatch.setitem(Writer.__init__.__kwdefaults__, "pause", 0.0)


@dataclass(frozen=True)
class Town:
    """A workspace and the platform it gathers from."""

    root: Path
    platform: DemoPlatform
    listed: frozenset[str]
    """Keys of the accounts on the roster."""

    store: Store | None = None
    """Its record where it is kept open, as a running desk keeps it."""

    @property
    def workspace(self) -> Workspace:
        opened = open_workspace(self.root)
        return with_store(opened, self.store) if self.store else opened

    def expected(self) -> set[str]:
        """Ids of all posts that a complete scan must hold."""
        accounts = self.platform.accounts
        return {_id(accounts[post.account], post) for post in self.platform.posts if post.account in self.listed}


def _id(account: DemoAccount, post: DemoPost) -> str:
    match account.platform:
        case "mastodon":
            return f"mastodon:nusarimba.example/{post.id}"
        case "telegram":
            return f"telegram:{account.handle}/{post.id}"
        case _:
            return f"rss:https://nusarimba.example/{account.handle}/{post.id}"


def settle(root: Path, platform: DemoPlatform, keys: frozenset[str]) -> Town:
    """Make a workspace that lists these accounts and gathers from this platform."""
    today = datetime.now(ZONE).date()
    served = "".join(
        f'\n[platforms.{name}]\nbase_url = "{platform.url}"\nterms_approval = "CONTOH-1 (fiktif)"\n'
        for name in ("mastodon", "rss", "telegram")
    )
    config = province.config(today).split("[platforms.telegram]")[0]
    config = config.replace("min_interval = 0.0", f'min_interval = 0.0\nallow_hosts = ["{platform.host}"]')
    workspace = create_workspace(root, config=config + served)
    for name, content in province.elections(today).items():
        (root / "elections" / name).write_text(content, "utf-8")
    chosen = [account for account in load_cast().values() if account.key in keys]
    (root / "roster.csv").write_text(province.roster(chosen, today), "utf-8")
    roster = read_roster(root / "roster.csv")
    assert roster.refusals == ()
    list_accounts(workspace.store, roster.accounts, mandate=mandate_of(workspace.settings), by="ketua.rimba")
    return Town(root=root, platform=platform, listed=keys)


def first_day() -> list[DemoPost]:
    """The posts of the demo's first day."""
    midnight = datetime.combine(datetime.now(ZONE).date(), time(), ZONE).astimezone(UTC)
    return load_posts(midnight, second_day=False)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Six accounts on three platforms."""
    cast = load_cast()
    by_platform = {
        name: [a.key for a in cast.values() if a.person and a.platform == name]
        for name in ("mastodon", "rss", "telegram")
    }
    keys = frozenset(by_platform["mastodon"][:3] + by_platform["rss"][:1] + by_platform["telegram"][:2])
    with DemoPlatform(cast, first_day()) as platform:
        yield settle(tmp_path / "town", platform, keys)


@pytest.fixture
def kept_town(town: Town, keep: Keep) -> Town:
    """The same in an office whose desk runs."""
    return replace(town, store=keep(town.workspace.store))
