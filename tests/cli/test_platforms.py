"""The platforms are told as they are: what is seen, what never, and what is missing here."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.collect.collectors import COLLECTORS
from tests.cli.conftest import Run


def test_it_tells_of_every_platform_without_a_workspace(run: Run, tmp_path: Path):
    ended = run("platforms", "-w", tmp_path, "--json")
    sheets = {one["platform"]: one for one in json.loads(ended.out)}
    assert ended.code == 0
    assert list(sheets) == list(COLLECTORS)
    assert sheets["mastodon"]["state"] == "ready"
    assert "terms_approval" in sheets["telegram"]["state"]
    assert {one["not_observed"] for one in sheets.values()} == {"likes and follows"}


def test_it_knows_what_the_workspace_sets(run: Run, office: Path):
    config = office / "scanner.toml"
    config.write_text(config.read_text() + "\n[platforms.web]\nenabled = false\n")
    ended = run("platforms", "web", "-w", office)
    assert ended.code == 0
    assert "platforms.web.enabled is false" in ended.out


def test_one_platform_is_told_in_full(run: Run, tmp_path: Path):
    ended = run("platforms", "telegram", "-w", tmp_path)
    assert "import instead" in ended.out
    assert "machine learning" in ended.out


def test_an_unknown_platform_names_the_known_ones(run: Run, tmp_path: Path):
    ended = run("platforms", "gab", "-w", tmp_path)
    assert ended.code == 2
    assert "mastodon" in ended.err
