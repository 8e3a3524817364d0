"""Made-up posts look like a record: every table that a snapshot reads has its share, and ids are what they must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.demo import many
from scanner.demo.show import open_province
from scanner.errors import UsageError
from scanner.store import accounts, audit, versions
from scanner.store.connection import Lease
from scanner.workspace import Workspace
from tests.store.samples import make_account

POSTS = 1200


def order(workspace: Workspace, count: int = POSTS) -> many.Order:
    return many.Order(
        posts=count,
        election=workspace.election,
        codes=("AJAKAN-PILIH", "MEDSOS-DUKUNG"),
        ruleset="r1",
        model="m1",
        now=many.now(),
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = open_province(tmp_path_factory.mktemp("many") / "w")
    assert list(many.make_posts(made.store, order(made), by="uji")) == [POSTS]
    return made


def count(lease: Lease, sql: str) -> int:
    return int(lease.rows(f"SELECT count(*) FROM {sql}")[0][0])


def test_every_table_has_its_share(workspace: Workspace):
    with workspace.store.lease("test") as lease:
        assert count(lease, "posts") == count(lease, "versions") == POSTS
        assert count(lease, "scores") == 2 * POSTS
        assert 0.03 * POSTS < count(lease, "flags") < 0.08 * POSTS
        for table in ("judgements", "signals", "flag_findings", "assignments", "draws", "runs", "coverage"):
            assert count(lease, table) > 0, table
        assert count(lease, "flags WHERE settled_at IS NULL") > 10
        assert count(lease, "judgements WHERE flag_id NOT IN (SELECT id FROM items)") == 0


def test_the_ids_are_those_the_scanner_itself_would_give(workspace: Workspace):
    with workspace.store.lease("test") as lease:
        stored = versions.load_versions(lease, [one for (one,) in lease.rows("SELECT version_id FROM posts LIMIT 50")])
    assert len(stored) == 50
    for key, version in stored.items():
        assert version.post.version_id == key
        assert version.post.id == key.partition("@")[0]


def test_posts_are_of_listed_accounts_and_texts_differ(workspace: Workspace):
    with workspace.store.lease("test") as lease:
        assert count(lease, "posts WHERE account_id NOT IN (SELECT id FROM listed)") == 0
        assert count(lease, "(SELECT DISTINCT text FROM versions)") > 0.7 * POSTS
        assert count(lease, "(SELECT DISTINCT account_id FROM posts)") > 30


def test_it_leaves_its_event_and_the_chain_is_whole(workspace: Workspace):
    with workspace.store.lease("test") as lease:
        assert audit.verify(lease).ok
        assert audit.events(lease)[0].action == "dev.make_posts"


def test_nobody_real_may_stand_beside_them(tmp_path: Path):
    workspace = open_province(tmp_path / "w")
    with workspace.store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
    with pytest.raises(UsageError, match="not made up"):
        next(many.make_posts(workspace.store, order(workspace), by="uji"))
