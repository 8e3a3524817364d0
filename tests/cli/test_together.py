"""Scanning, two people judging and somebody reading, all at once as processes of the program: nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from scanner.domain.reviews import Verdict
from scanner.report.integrity import check_integrity
from scanner.store import judgements
from tests.scan.conftest import Town, town

__all__ = ["town"]

REVIEWERS = {"sari": "x", "budi": " "}
"""Each reviewer with the one key pressed for every post."""


def start(town: Town, *arguments: str) -> subprocess.Popen[str]:
    program = Path(sys.executable).with_name("scanner")
    command = [program, *arguments, "--workspace", town.root]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def end(process: subprocess.Popen[str], typed: str = "") -> str:
    out, err = process.communicate(typed, timeout=120)
    assert process.returncode == 0, err
    return out


def judge(town: Town) -> dict[str, subprocess.Popen[str]]:
    return {name: start(town, "label", "--reviewer", name) for name in REVIEWERS}


@pytest.mark.slow
def test_a_scan_two_reviewers_and_a_reader_at_once_lose_nothing(town: Town):
    end(start(town, "scan", "--quiet", "--platform", "mastodon"))
    scan = start(town, "scan", "--quiet")
    saved: Counter[str] = Counter()
    seen: list[int] = []
    going_on = True
    while going_on:
        going_on = scan.poll() is None  # once more after the scan has ended, for what it flagged last
        sessions, reader = judge(town), start(town, "status", "--json")
        for name, session in sessions.items():
            saved[name] += end(session, REVIEWERS[name] * 500).count("Tersimpan.")
        seen.append(json.loads(end(reader))["posts"])
    end(scan)

    with town.workspace.store.lease("test") as lease:
        stored = [key for (key,) in lease.rows("SELECT id FROM posts")]
        flags = {key for (key,) in lease.rows("SELECT id FROM flags")}
        standing = judgements.current_judgements(lease)
        [(appended,)] = lease.rows("SELECT count(*) FROM judgements")
    assert (len(stored), set(stored)) == (len(set(stored)), town.expected())
    assert seen == sorted(seen)
    assert appended == len(standing) == sum(saved.values()) == 2 * len(flags) > 0
    said = {(one.reviewer, one.flag_id): one.verdict for one in standing}
    verdicts = {"sari": Verdict.NOT_VIOLATION, "budi": Verdict.UNSURE}
    assert said == {(name, flag): verdict for name, verdict in verdicts.items() for flag in flags}
    assert check_integrity(town.workspace.store).problems == ()
