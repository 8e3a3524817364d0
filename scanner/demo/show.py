"""Running the demo: a workspace for the fictional province, its platform served, and one real scan of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from scanner.demo import province
from scanner.demo.cast import load_cast, load_posts
from scanner.demo.platform import DemoPlatform
from scanner.domain.accounts import Platform
from scanner.errors import UsageError
from scanner.roster import read_roster
from scanner.scaffold import create_workspace
from scanner.scan.listing import list_accounts
from scanner.settings import CONFIG, mandate_of
from scanner.workspace import ELECTIONS, ROSTER, Workspace, open_workspace

STATE = "demo.json"
ZONE = ZoneInfo("Asia/Jakarta")
_SERVED = (Platform.MASTODON, Platform.RSS, Platform.TELEGRAM)


@dataclass(frozen=True, slots=True)
class Demo:
    """A prepared demo day."""

    workspace: Workspace
    second_day: bool


@contextmanager
def demo_day(root: Path) -> Iterator[Demo]:
    """Prepare the demo in `root` and serve its platform while the context is open.

    The first time makes the workspace and shows the first day; every later time shows the second day, on which
    some posts are new and some edited. UsageError when `root` holds another workspace.
    """
    first = not (root / CONFIG).exists()
    if not first and not (root / STATE).is_file():
        raise UsageError(f"{root}: holds a workspace that is not the demo's; give another folder")
    if first:
        _make(root, datetime.now(ZONE).date())
    today = date.fromisoformat(json.loads((root / STATE).read_text("utf-8"))["today"])
    midnight = datetime.combine(today, time(), ZONE).astimezone(UTC)
    with DemoPlatform(load_cast(), load_posts(midnight, second_day=not first)) as platform:
        yield Demo(workspace=_served(open_workspace(root), platform), second_day=not first)


def open_province(root: Path) -> Workspace:
    """Open a workspace of the fictional province, made with its election and an empty roster if it is not there."""
    if (root / CONFIG).exists():
        return open_workspace(root)
    today = datetime.now(ZONE).date()
    workspace = create_workspace(root, config=province.config(today))
    for name, content in province.elections(today).items():
        (root / ELECTIONS / name).write_text(content, "utf-8")
    return workspace


def _make(root: Path, today: date) -> None:
    workspace = open_province(root)
    (root / ROSTER).write_text(province.roster(load_cast().values(), today), "utf-8")
    listed = read_roster(root / ROSTER)
    list_accounts(workspace.store, listed.accounts, mandate=mandate_of(workspace.settings), by="ketua.rimba")
    (root / STATE).write_text(json.dumps({"today": today.isoformat()}), "utf-8")


def _served(workspace: Workspace, platform: DemoPlatform) -> Workspace:
    """Point the collectors at the local platform; everything else stays as in any workspace."""
    settings = workspace.settings
    platforms = {name: settings.platform(name).model_copy(update={"base_url": platform.url}) for name in _SERVED}
    network = settings.network.model_copy(update={"allow_hosts": (platform.host,)})
    changed = settings.model_copy(update={"platforms": platforms, "network": network})
    return Workspace(root=workspace.root, settings=changed)
