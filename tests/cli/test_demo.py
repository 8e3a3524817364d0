"""The whole way from gathering to review, by the real program, two days in a row."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.report.integrity import check_integrity
from scanner.workspace import open_workspace
from tests.offices import write_constant_model

SCANNER = Path(sys.executable).with_name("scanner")


def scanner(*arguments: object, model: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the real program at 80 columns with a constant model."""
    return subprocess.run(
        [SCANNER, *map(str, arguments)],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "80", "SCANNER_MODEL": str(model), "LANG": "C.UTF-8"},
    )


@pytest.mark.slow
def test_two_days_from_gathering_to_judgement(tmp_path: Path):
    model, folder = tmp_path / "tetap", tmp_path / "demo"
    write_constant_model(model)
    first = scanner("demo", folder, model=model)
    assert first.returncode == 0, first.stderr
    assert "First day in Nusa Rimba (fiktif)." in first.stderr
    assert "22, 22 complete" in first.stdout
    assert re.search(r"posts +306 new, 0 changed, 0 as before", first.stdout)
    assert "Antrean telaah (dugaan)" in first.stdout
    assert f"scanner label --workspace {folder} --reviewer penelaah.satu" in first.stderr
    assert max(map(len, first.stdout.splitlines())) <= 80

    second = scanner("demo", folder, "--quiet", model=model)
    assert second.returncode == 0, second.stderr
    assert "Second day: only what is new is gathered." in second.stderr
    assert re.search(r"posts +24 new, 5 changed", second.stdout)

    waiting = json.loads(scanner("queue", "-w", folder, "--json", "--limit", 500, model=model).stdout)
    assert len({item["flag"] for item in waiting}) == len(waiting) > 10
    judged = scanner("label", "-w", folder, "--reviewer", "rini", "--limit", 2, model=model, typed="a1x")
    assert judged.returncode == 0, judged.stderr
    assert judged.stdout.count("Tersimpan.") == 2
    status = json.loads(scanner("status", "-w", folder, "--json", model=model).stdout)
    assert (status["posts"], status["coverage"], status["judged_once"]) == (330, {"complete": 22}, 2)
    assert scanner("doctor", "-w", folder, model=model).returncode == 3  # warns of its impolite settings
    assert check_integrity(open_workspace(folder).store).problems == ()
