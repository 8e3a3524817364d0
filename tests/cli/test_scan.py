"""What a scan would do is told before it is done, and nothing is fetched to tell it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SARI = "mastodon:sari_guru@nusarimba.example"


def test_a_dry_run_names_who_would_be_gathered_and_from_when(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    ended = run("scan", "-w", office, "--dry-run", "--account", SARI)
    assert (ended.code, ended.err) == (0, "")
    assert SARI in ended.out
    assert "the beginning" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    assert len(json.loads(run("status", "-w", office, "--json").out)["runs"]) == 1


def test_who_may_not_be_looked_at_is_named_with_the_reason(run: Run, office: Path):
    with (office / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write("\n[platforms.mastodon]\nenabled = false\n")
    ended = run("scan", "-w", office, "--dry-run")
    assert "Would not be looked at" in ended.out
    assert "platforms.mastodon.enabled is false" in ended.out
    ended = run("scan", "-w", office, "--json", "--quiet")
    assert ended.code == 3
    assert {one["outcome"] for one in json.loads(ended.out)["coverage"]} == {"not_tried"}


def test_a_scan_leaves_the_signals_as_they_were(run: Run, office: Path):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    ended = run("scan", "-w", office, "--platform", "x", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)["posts"] == {"new": 0, "changed": 0, "unchanged": 0}
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
