"""Agreement on the screen, as CSV and as JSON: figures with intervals, none where too few were read twice."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from scanner.domain.reviews import Verdict
from scanner.store import audit, flags, judgements
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.store.samples import HOUR, NOON, make_flag, make_judgement

CODE = "AJAKAN-BERPIHAK"


@pytest.fixture
def read_twice(office: Path) -> Path:
    """An office in which two reviewers read twelve posts and differ on two."""
    with open_workspace(office).store.lease("test") as lease:
        flags.save_flags(lease, [make_flag(number) for number in range(12)])
        for number in range(12):
            for who, differs in (("=ani", 12), ("budi", 10)):
                verdict = Verdict.SUSPECTED if number % 2 and number < differs else Verdict.NOT_VIOLATION
                given = {"flag_id": make_flag(number).id, "reviewer": who, "verdict": verdict}
                given |= {"codes": (CODE,) if verdict is Verdict.SUSPECTED else (), "decided_at": NOON + number * HOUR}
                judgements.append_judgement(lease, make_judgement(f"{who}{number}", **given))
    return office


def test_figures_have_intervals_and_say_what_a_label_may_be_used_for(run: Run, read_twice: Path):
    ended = run("agreement", "-w", read_twice)
    assert ended.code == 0
    assert "12 posts read twice, blind" in ended.out
    assert "campaign support" in ended.out
    assert "nothing yet" in ended.out
    assert "=ani · budi" in ended.out
    assert "0.67 for reports, 0.80 for referrals" in ended.err


def test_nothing_read_twice_is_said_and_no_figure_is_made_up(run: Run, office: Path):
    ended = run("agreement", "-w", office)
    assert "0 posts read twice" in ended.out
    assert "0." not in ended.out


def test_programs_get_plain_rows(run: Run, read_twice: Path):
    found = json.loads(run("agreement", "-w", read_twice, "--json").out)
    assert found["doubles"] == 12
    [row] = [row for row in found["agreement"] if row["question"] == "verdict" and not row["reviewer_a"]]
    assert row["items"] == 12
    assert row["same"] == pytest.approx(11 / 12)
    assert row["alpha_low"] <= row["alpha"] <= row["alpha_high"]
    assert row["use"] == "none"


def test_csv_has_the_same_rows_and_no_name_is_a_formula(run: Run, read_twice: Path, tmp_path: Path):
    file = tmp_path / "out" / "agreement.csv"
    ended = run("agreement", "-w", read_twice, "--csv", file, "--json")
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"), newline="")))
    assert len(rows) == len(json.loads(ended.out)["agreement"]) == 12
    assert {row["reviewer_a"] for row in rows} == {"", "'=ani"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"{file}: 12 rows." in ended.err.replace("\n", "")


def test_a_period_takes_only_what_was_read_twice_in_it(run: Run, read_twice: Path):
    arguments = ("agreement", "-w", read_twice, "--json", "--since", f"{NOON + 3 * HOUR:%Y-%m-%dT%H:%M}")
    assert json.loads(run(*arguments).out)["doubles"] == 9
    ended = run("agreement", "-w", read_twice, "--since", "2026-12-02", "--until", "2026-12-01")
    assert ended.code == 2
    assert "not after --since" in ended.err


def test_that_it_was_read_stands_in_the_audit_chain(run: Run, read_twice: Path):
    run("agreement", "-w", read_twice)
    with open_workspace(read_twice).store.lease("test") as lease:
        assert audit.events(lease)[0].action == "agreement.show"
