"""Made-up posts are made by one command, in a workspace of their own."""

from __future__ import annotations

from pathlib import Path

from scanner.workspace import open_workspace
from tests.cli.conftest import Run


def test_it_makes_a_workspace_with_posts_and_adds_to_it(run: Run, tmp_path: Path):
    for _ in range(2):
        assert run("dev", "make-posts", 300, "-w", tmp_path / "ramai").code == 0
    with open_workspace(tmp_path / "ramai").store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM posts") == [(600,)]
    assert run("queue", "--reviewer", "sari", "-w", tmp_path / "ramai").code == 0


def test_it_touches_no_workspace_of_others(run: Run, office: Path):
    ended = run("dev", "make-posts", 10, "-w", office)
    assert ended.code == 2
    assert "holds accounts that were not made up" in ended.err
