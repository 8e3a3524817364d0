"""A snapshot appears whole or not at all, is on record before it can be seen, and old ones leave."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from scanner.errors import StoreLocked, UsageError
from scanner.report.snapshot import folders
from scanner.report.snapshot.pseudonyms import destroy_key
from scanner.report.snapshot.publish import Published, publish
from scanner.report.snapshot.verify import check_snapshot
from scanner.store import audit
from scanner.store.exports import load_exports
from scanner.store.owner import own as keep_open
from scanner.workspace import Workspace, open_workspace
from tests.report.snapshot.conftest import MADE, make_office, make_order

LATER = timedelta(hours=1)


def ids(snapshot: Path) -> set[str]:
    return {value for (value,) in duckdb.sql(f"SELECT post_id FROM '{snapshot}/parquet/posts.parquet'").fetchall()}


def test_everything_lies_there_read_only_and_agrees(published: Published):
    names = {path.relative_to(published.path).as_posix() for path in published.path.rglob("*") if path.is_file()}
    assert {"snapshot.duckdb", "README.md", "dictionary.json", "dictionary.md", "snapshot.json", "SHA256SUMS"} < names
    assert len(names) == 6 + 11
    assert {stat.S_IMODE((published.path / name).stat().st_mode) for name in names} == {0o444}
    assert check_snapshot(published.path).problems == ()


def test_the_readme_counts_what_was_made_coarser_and_names_the_versions(published: Published, live: Workspace):
    page = (published.path / "README.md").read_text("utf-8")
    told = json.loads((published.path / "snapshot.json").read_bytes())
    for version in (live.model.id, live.ruleset.id, live.election.id):
        assert version in page
    for step, rows in told["told"]["posts"]["steps"].items():
        assert (f"| `posts` | {step} | {rows:,} |" in page) == (rows > 0)
    assert f"left out: too few alike | {published.left_out['posts']:,} |" in page
    assert sum(told["told"]["posts"]["steps"].values()) == published.rows["posts"]


def test_it_is_on_record_and_in_the_audit_chain(live: Workspace, published: Published):
    with live.store.lease("test") as lease:
        [noted] = [one for one in load_exports(lease) if one.series == "uji"]
        [event] = audit.events(lease, subject=published.path.name)
        assert audit.verify(lease).ok
    assert noted.path == str(published.path)
    assert (noted.kind, noted.identifiable, noted.made_by) == ("snapshot", False, "dina")
    assert noted.sha256 == folders.digest(published.path / "SHA256SUMS") == event.detail["sha256"]
    assert (event.action, event.actor) == ("snapshot.publish", "dina")


def test_latest_leads_to_the_newest_and_old_ones_of_the_series_leave(own: Workspace):
    office = make_office(own)
    publish(own.store, office, make_order(series="lain"))
    made = [publish(own.store, office, make_order(at=MADE + number * LATER, keep=2)) for number in range(4)]
    lying = folders.list_snapshots(own.data)
    assert [one.path.name for one in lying if one.told["series"] == "uji"] == [one.path.name for one in made[2:]]
    assert len(lying) == 3
    assert made[3].pruned == (made[1].path,)
    assert (own.data / "snapshots" / "latest").resolve() == made[3].path
    with own.store.lease("test") as lease:
        noted = {one.path for one in load_exports(lease) if str(own.data) in one.path}
    assert noted == {str(one.path) for one in lying}


def test_one_with_words_pushes_none_without_out(own: Workspace):
    office = make_office(own)
    first = publish(own.store, office, make_order(keep=1))
    words = make_order(keep=1, at=MADE + LATER, with_text=True, reason="r", agreement="a")
    assert publish(own.store, office, words).pruned == ()
    assert (own.data / "snapshots" / "latest").resolve() == first.path
    assert check_snapshot(first.path).problems == ()


def test_one_with_words_is_still_known_after_the_workspace_was_moved(own: Workspace, tmp_path: Path):
    words = publish(own.store, make_office(own), make_order(with_text=True, reason="r", agreement="a"))
    own.root.rename(tmp_path / "elsewhere")
    moved = open_workspace(tmp_path / "elsewhere")
    publish(moved.store, make_office(moved), make_order(at=MADE + LATER))
    with moved.store.lease("test") as lease:
        noted = {one.path for one in load_exports(lease) if one.identifiable and one.series == "uji"}
    assert noted == {str(moved.data / "snapshots" / words.path.name)}


def test_two_in_one_second_have_names_of_their_own(own: Workspace):
    office = make_office(own)
    one, two = (publish(own.store, office, make_order()) for _ in range(2))
    assert one.path != two.path
    assert check_snapshot(one.path).problems == check_snapshot(two.path).problems == ()


def test_the_ids_of_a_series_can_be_followed_until_its_key_is_destroyed(own: Workspace):
    office = make_office(own)
    first, second = (publish(own.store, office, make_order()) for _ in range(2))
    assert ids(first.path) == ids(second.path)
    destroy_key(own.data, "uji")
    assert not ids(first.path) & ids(publish(own.store, office, make_order()).path)


@pytest.mark.parametrize("change", ["removed_at", "suspended_at"])
def test_who_is_removed_or_suspended_is_not_in_it(own: Workspace, change: str):
    office = make_office(own)
    before = publish(own.store, office, make_order())
    with own.store.lease("test") as lease:
        lease.execute(f"UPDATE accounts SET {change} = now() WHERE person_id < 'RAMAI-000020'")
        [(left,)] = lease.rows("SELECT count(*) FROM posts WHERE account_id IN (SELECT id FROM listed)")
        [(gone,)] = lease.rows("SELECT count(*) FROM accounts WHERE id NOT IN (SELECT id FROM listed)")
    after = publish(own.store, office, make_order())
    assert after.rows["posts"] + after.left_out["posts"] == left < before.rows["posts"]
    assert json.loads((after.path / "snapshot.json").read_bytes())["accounts_left_out"] == gone > 0
    assert not ids(before.path) & ids(after.path), "whose posts went could be told"


def test_a_record_without_anybody_gives_an_empty_snapshot(own: Workspace):
    with own.store.lease("test") as lease:
        lease.execute("UPDATE accounts SET removed_at = now()")
    done = publish(own.store, make_office(own), make_order())
    assert (done.rows["posts"], done.rows["accounts"], done.rows["reviews"]) == (0, 0, 0)
    assert check_snapshot(done.path).problems == ()


def test_it_is_the_same_while_the_desk_keeps_the_record_open(own: Workspace):
    office = make_office(own)
    alone = publish(own.store, office, make_order())
    with keep_open(own.store) as desk:
        done: list[Published] = []
        thread = threading.Thread(target=lambda: done.append(publish(own.store, office, make_order())))
        thread.start()
        thread.join()
        with desk.lease("test") as lease:
            assert audit.verify(lease).ok
    assert done[0].rows == alone.rows
    assert ids(done[0].path) == ids(alone.path)


def test_words_are_masked_and_every_place_says_identifiable(worded: Published, live: Workspace):
    assert worded.path.name.endswith("-identifiable")
    assert (worded.path / "snapshot.identifiable.duckdb").is_file()
    assert "IDENTIFIABLE" in (worded.path / "README.md").read_text("utf-8")
    assert "IDENTIFIABLE" in (worded.path / "dictionary.md").read_text("utf-8")
    assert check_snapshot(worded.path).identifiable
    texts = duckdb.sql(f"SELECT text FROM '{worded.path}/parquet/posts.parquet'").fetchall()
    assert any("coblos" in text for (text,) in texts)
    with live.store.lease("test") as lease:
        [noted] = [one for one in load_exports(lease) if one.series == "teks"]
    assert (noted.identifiable, noted.reason, noted.agreement) == (True, "kajian bahasa", "PKS-1")
    assert (live.data / "snapshots" / "latest").resolve() != worded.path


@pytest.mark.parametrize("missing", ["reason", "agreement"])
def test_words_leave_only_for_a_reason_and_under_an_agreement(own: Workspace, missing: str):
    order = make_order(with_text=True, **({"reason": "r", "agreement": "a"} | {missing: " "}))
    with pytest.raises(UsageError, match=f"--{missing}: empty"):
        publish(own.store, make_office(own), order)
    assert folders.list_snapshots(own.data) == []


def test_one_that_was_noted_and_never_appeared_is_forgotten(own: Workspace, monkeypatch: pytest.MonkeyPatch):
    def cut_short(_path: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", cut_short)
        with pytest.raises(KeyboardInterrupt):
            publish(own.store, make_office(own), make_order())
    done = publish(own.store, make_office(own), make_order(at=MADE + LATER))
    with own.store.lease("test") as lease:
        assert [one.path for one in load_exports(lease) if str(own.data) in one.path] == [str(done.path)]


def test_a_second_publisher_is_told_to_wait(own: Workspace):
    with folders.alone(own.data), pytest.raises(StoreLocked, match="another snapshot is being published"):
        publish(own.store, make_office(own), make_order())


def test_what_fails_leaves_nothing_behind(own: Workspace, monkeypatch: pytest.MonkeyPatch):
    def full(_part: Path) -> str:
        raise OSError(28, "No space left on device", "disk")

    with monkeypatch.context() as broken:
        broken.setattr(folders, "seal", full)
        with pytest.raises(OSError, match="No space left"):
            publish(own.store, make_office(own), make_order())
    assert [path.name for path in (own.data / "snapshots").iterdir()] == [".lock"]
    assert check_snapshot(publish(own.store, make_office(own), make_order()).path).problems == ()


PUBLISH = """
import sys
from pathlib import Path
from scanner.report.snapshot.publish import publish
from scanner.workspace import open_workspace
from tests.report.snapshot.conftest import make_office, make_order
opened = open_workspace(Path(sys.argv[1]))
office = make_office(opened)
print("now", flush=True)
publish(opened.store, office, make_order())
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", range(12))
def test_killed_anywhere_it_leaves_everything_whole(own: Workspace, step: int):
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", PUBLISH, str(own.root)], cwd=root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.2 * step)
        process.send_signal(signal.SIGKILL)
    for one in folders.list_snapshots(own.data):
        assert check_snapshot(one.path).problems == ()
    done = publish(own.store, make_office(own), make_order(at=MADE + LATER))
    left = {path.name for path in (own.data / "snapshots").iterdir()}
    assert {name for name in left if name.startswith(".part-")} == set()
    assert (own.data / "snapshots" / "latest").resolve() == done.path
    with own.store.lease("test") as lease:
        assert audit.verify(lease).ok
        noted = {Path(one.path).name for one in load_exports(lease) if str(own.data) in one.path}
    assert noted == {one.path.name for one in folders.list_snapshots(own.data)}
