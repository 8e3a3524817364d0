"""Verify says how much was checked, names what does not agree, and ends with 1 then."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.store import evidence
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.store.samples import make_evidence


def capture_of(office: Path) -> Path:
    return evidence.path_of(evidence.folder_of(office / "data"), make_evidence().capture.sha256)


def test_a_whole_record_agrees(run: Run, office: Path):
    ended = run("verify", "-w", office)
    assert (ended.code, ended.out) == (0, "")
    assert "1 captures and" in ended.err
    assert "Everything agrees." in ended.err


def test_a_changed_capture_is_named_and_ends_with_1(run: Run, office: Path):
    path = capture_of(office)
    path.chmod(0o600)
    path.write_bytes(b"lain")
    ended = run("verify", "-w", office)
    assert ended.code == 1
    assert make_evidence().capture.sha256 in ended.err
    assert "1 problems." in ended.err
    assert "agrees" not in ended.err


def test_an_altered_event_is_named(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        lease.execute("UPDATE audit SET actor = 'orang lain' WHERE seq = 2")
    ended = run("verify", "-w", office)
    assert ended.code == 1
    assert "event 2 was altered" in ended.err


def test_json_for_programs_has_the_same_and_the_same_exit_code(run: Run, office: Path):
    found = json.loads(run("verify", "-w", office, "--json").out)
    assert (found["captures"], found["problems"]) == (1, [])
    assert found["events"] > 2
    capture_of(office).unlink()
    ended = run("verify", "-w", office, "--json")
    assert ended.code == 1
    assert len(json.loads(ended.out)["problems"]) == 1
