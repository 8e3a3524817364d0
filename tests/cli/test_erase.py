"""A post is erased on request, with a reason, and an erasing that was killed is finished by the next call."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.store import erase, leftovers
from scanner.store.connection import Store
from scanner.workspace import open_workspace
from tests.cli.conftest import Run


def posts_of(store: Store) -> list[str]:
    with store.lease("test") as lease:
        return [post for (post,) in lease.rows("SELECT id FROM posts ORDER BY id")]


def test_it_erases_what_is_named_and_writes_the_database_anew(run: Run, office: Path):
    store = open_workspace(office).store
    first, *others = posts_of(store)
    before = store.path.stat().st_ino
    ended = run("erase", first, "--reason", "permintaan 5/2026", "-w", office)
    assert (ended.code, ended.out) == (0, "")
    assert "1 posts and" in ended.err
    assert (posts_of(store), store.path.stat().st_ino != before) == (others, True)
    assert run("verify", "-w", office).code == 0


def test_a_dry_run_changes_nothing(run: Run, office: Path):
    store = open_workspace(office).store
    known = posts_of(store)
    ended = run("erase", known[0], "--reason", "coba", "--dry-run", "-w", office)
    assert (ended.code, posts_of(store)) == (0, known)
    assert "1 posts would be erased." in ended.err


@pytest.mark.parametrize(("post", "reason", "told"), [("x:1", "ya", "no such post"), ("x:1", " ", "--reason is empty")])
def test_what_it_cannot_erase_is_refused(run: Run, office: Path, post: str, reason: str, told: str):
    ended = run("erase", post, "--reason", reason, "-w", office)
    assert ended.code != 0
    assert told in ended.refusal


def test_asked_again_it_finishes_what_was_killed(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    store = open_workspace(office).store
    first = posts_of(store)[0]
    with monkeypatch.context() as killed:
        killed.setattr(erase, "finish_erasing", lambda _: None)
        run("erase", first, "--reason", "permintaan", "-w", office)
    assert run("verify", "-w", office).code == 1
    assert "no such post" in run("erase", first, "--reason", "permintaan", "-w", office).refusal
    assert run("verify", "-w", office).code == 0
    with store.lease("test") as lease:
        assert leftovers.waiting(lease) == []
