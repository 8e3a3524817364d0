"""kill -9 while three accounts on a real Bluesky server are gathered, and again once their owners changed them."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.platforms.bluesky_records import POST
from scanner.demo import province
from scanner.demo.cast import load_cast
from scanner.demo.show import ZONE
from scanner.report.integrity import check_integrity
from scanner.roster import read_roster
from scanner.scaffold import create_workspace
from scanner.scan.listing import list_accounts
from scanner.settings import mandate_of
from scanner.workspace import Workspace, open_workspace
from tests.collect.fakes.bluesky import tid
from tests.collect.platforms.test_bluesky_pds import lying, now, server
from tests.servers.pds import Pds, User

pytestmark = pytest.mark.slow
POSTS, KILLS = 500, 5
CALL = "Ayo coblos Wirya-Laila, dulur"


@dataclass(frozen=True)
class Village:
    """A workspace that lists accounts of a server, and all that this server ever said."""

    root: Path
    users: tuple[User, ...]
    rng: random.Random
    said: dict[str, list[str]] = field(default_factory=dict)
    """Texts of each post, the newest last; they stay when it is deleted."""

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.workspace.store.lease("test") as lease:
            return lease.rows(query)

    def listen(self) -> dict[str, str]:
        """Return what the server shows now, and remember it."""
        shown = {f"bluesky:{key}": text for user in self.users for key, text in lying(user).items()}
        for key, text in shown.items():
            texts = self.said.setdefault(key, [])
            if text not in texts:
                texts.append(text)
        return shown

    def stored(self, where: str = "true") -> dict[str, str]:
        """Return the words of posts as they stand in the store."""
        joined = f"SELECT p.id, v.text FROM posts AS p JOIN versions AS v ON v.id = p.version_id WHERE {where}"
        return dict(self.rows(joined))


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    """Three accounts and their first posts."""
    with server() as pds:
        users = tuple(pds.sign_up(name) for name in ("ani", "budi", "citra"))
        texts = [f"{'Antre berkas di loket' if number % 20 else CALL} {number}" for number in range(POSTS)]
        for place, user in enumerate(users):
            user.write_many(POST, [{"text": text, "createdAt": now()} for text in texts[place::3]])
        settle(tmp_path / "village", pds, users)
        yield Village(root=tmp_path / "village", users=users, rng=random.Random(20261121))


def settle(root: Path, pds: Pds, users: Iterable[User]) -> None:
    today = datetime.now(ZONE).date()
    hosts = ", ".join(f'"{host}"' for host in pds.hosts)
    config = province.config(today).split("[platforms.telegram]")[0]
    config = config.replace("min_interval = 0.0", f"min_interval = 0.0\nallow_hosts = [{hosts}]")
    # Some twenty requests in a second: at once, hardly a kill would fall between two pages.
    served = f'base_url = "{pds.url}"\ndirectory = "{pds.directory}"\nmin_interval = 0.05\n'
    workspace = create_workspace(root, config=f"{config}\n[platforms.bluesky]\n{served}")
    for name, content in province.elections(today).items():
        (root / "elections" / name).write_text(content, "utf-8")
    cast = [account for account in load_cast().values() if account.person]
    chosen = [replace(one, platform="bluesky", handle=user.handle) for one, user in zip(cast, users, strict=False)]
    (root / "roster.csv").write_text(province.roster(chosen, today), "utf-8")
    roster = read_roster(root / "roster.csv")
    assert roster.refusals == ()
    list_accounts(workspace.store, roster.accounts, mandate=mandate_of(workspace.settings), by="ketua.rimba")


def start(village: Village) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).with_name("scanner")
    command = [program, "scan", "--quiet", "--workspace", village.root]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def scan_and_kill(village: Village) -> None:
    """Kill a scan at a moment after it has written to the record a few times, however slow the machine is."""
    record, writes = village.workspace.store.path, village.rng.randint(1, 8)
    process, seen = start(village), record.stat().st_mtime_ns
    while writes and process.poll() is None:
        time.sleep(0.01)
        if (written := record.stat().st_mtime_ns) != seen:
            seen, writes = written, writes - 1
    time.sleep(village.rng.uniform(0.0, 0.5))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    require_whole(village)


def scan(village: Village, *, code: int) -> Counter[str]:
    """Let a scan come to its end; return how many accounts ended how."""
    process = start(village)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == code, errors.decode()
    require_whole(village)
    last = "(SELECT id FROM runs ORDER BY started_at DESC LIMIT 1)"
    return Counter(outcome for (outcome,) in village.rows(f"SELECT outcome FROM coverage WHERE run_id = {last}"))


def require_whole(village: Village) -> None:
    """Nothing is there twice, nothing that was not on the server, and every chain holds."""
    versions = village.rows("SELECT post_id, text FROM versions")
    posts = [key for (key,) in village.rows("SELECT id FROM posts")]
    flags = village.rows("SELECT post_id, count(*) FROM flags GROUP BY post_id")
    assert len(versions) == len(set(versions))
    assert len(posts) == len(set(posts))
    assert {key for key, _ in versions} == set(posts) <= village.said.keys()
    assert all(text in village.said[key] for key, text in versions)
    assert all(count <= len(village.said[key]) for key, count in flags)
    assert village.rows("FROM quarantine") == []
    assert check_integrity(village.workspace.store).problems == ()


def require_scored(village: Village) -> None:
    """Every version is scored, and those are flagged that call for a vote."""
    versions = dict(village.rows("SELECT id, text FROM versions"))
    assert {key for (key,) in village.rows("SELECT version_id FROM scores")} == versions.keys()
    calls = {key for key, text in versions.items() if text.startswith(CALL)}
    assert {key for (key,) in village.rows("SELECT id FROM flags")} == calls


def record(village: Village) -> dict[str, set[tuple[Any, ...]]]:
    """Return all that is on record of posts."""
    tables = ("posts", "versions", "scores", "flags", "bindings")
    return {table: {tuple(map(str, row)) for row in village.rows(f"FROM {table}")} for table in tables}


def let_a_week_pass(village: Village) -> None:
    village.rows("UPDATE cursors SET swept_at = swept_at - INTERVAL 8 DAY")


@dataclass(frozen=True)
class Changed:
    """What owners did to their posts."""

    edited: set[str]
    deleted: set[str]
    added: set[str]


def change(village: Village) -> Changed:
    """Edit ten posts of the first two accounts, delete ten, add ten, and close the third account."""
    ani, budi, citra = village.users
    own = {f"at://{key}": user for user in (ani, budi) for key in lying(user)}
    chosen = village.rng.sample(sorted(own), 20)
    for number, uri in enumerate(chosen[:10]):
        text = f"{CALL if number == 0 else 'Kabar yang diubah'} {number}"
        own[uri].put(POST, uri.split("/")[-1], text=text, createdAt=now())
    for uri in chosen[10:]:
        own[uri].delete(uri)
    added = [village.users[number % 2].post(f"Kabar baru {number}", now()) for number in range(9)]
    month_ago = timedelta(days=30)
    added.append(ani.put(POST, tid(datetime.now(UTC) - month_ago), text="Kabar bulan lalu", createdAt=now(month_ago)))
    village.listen()
    citra.pds.call("com.atproto.server.deactivateAccount", {}, citra.authorization)
    edited, deleted, new = (
        {uri.replace("at://", "bluesky:") for uri in uris} for uris in (chosen[:10], chosen[10:], added)
    )
    return Changed(edited, deleted, new)


def test_killed_scans_of_a_real_server_follow_it_without_loss_or_double(village: Village):
    village.listen()
    for number in range(KILLS):
        scan_and_kill(village)
        village.users[number % 3].post(f"Datang di tengah jalan {number}", now())
        village.listen()
    assert scan(village, code=0) == {"complete": 3}
    assert village.stored() == village.listen()
    assert len(village.stored()) == POSTS + KILLS
    require_scored(village)

    before, kept = record(village), village.stored()
    changed = change(village)
    let_a_week_pass(village)
    for kills in (2, 1):
        for _ in range(kills):
            scan_and_kill(village)
        assert scan(village, code=3) == {"complete": 2, "gone": 1}
    require_scored(village)
    require_followed(village, before, kept, changed)

    after = record(village)
    assert scan(village, code=3) == {"complete": 2, "gone": 1}
    assert record(village) == after


def require_followed(
    village: Village, before: dict[str, set[tuple[Any, ...]]], kept: dict[str, str], changed: Changed
) -> None:
    """Edits and new posts are there, deleted ones are missing, the closed account's and all others as they were."""
    *open_users, closed = village.users
    shown = {f"bluesky:{key}": text for user in open_users for key, text in lying(user).items()}
    assert village.stored("missing_at IS NOT NULL").keys() == changed.deleted
    assert village.stored("first_missing_at IS NOT NULL").keys() == changed.deleted
    of_closed = f"p.native_id LIKE '{closed.did}/%'"
    assert village.stored(f"missing_at IS NULL AND NOT {of_closed}") == shown
    stored = village.stored()
    assert stored.keys() - kept.keys() == changed.added
    assert {key for key in kept if stored[key] != kept[key]} == changed.edited
    after = record(village)
    assert all(before[table] <= after[table] for table in ("versions", "scores", "flags", "bindings"))
    assert len(after["versions"]) == len(before["versions"]) + 20
    untouched = {row for row in before["posts"] if closed.did in row[0]}
    assert untouched
    assert untouched <= after["posts"]
