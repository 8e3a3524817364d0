"""What a scan would do is told before it is done, and nothing is fetched to tell it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from scanner.cli.scan import show
from scanner.domain.runs import Run as Ended
from scanner.scan.flagging import Flagged
from scanner.scan.media import Fetched
from scanner.scan.run import Summary
from tests.cli.conftest import Run
from tests.store.samples import NOON

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


@pytest.mark.parametrize(
    ("pictures", "told"),
    [
        (Fetched(fetched=3, missed=2), "3 pictures of flagged posts fetched, 2 not fetched"),
        (Fetched(missed=1, left=4), "0 pictures of flagged posts fetched, 1 not fetched, 4 left for the next scan"),
        (Fetched(), ""),
    ],
    ids=["fetched", "left", "none"],
)
def test_a_scan_tells_of_pictures_where_flagged_posts_have_any(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, pictures: Fetched, told: str
):
    monkeypatch.setenv("COLUMNS", "120")
    ended = Ended(id="scan-1", kind="scan", started_at=NOON, ended_at=NOON, exit_code=0, versions="")
    show(Summary(run=ended, coverage=(), flagged=Flagged(), pictures=pictures))
    shown = capsys.readouterr().out
    assert ("media" in shown) == bool(told)
    assert told in shown
