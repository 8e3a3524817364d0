"""The queue is blind: what waits is shown with its deadline, without score, sanction class or anybody's view."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.cli.queue import time_left
from scanner.domain.reviews import Verdict
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.queue import waiting
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.offices import CALLS

NEVER = re.compile(r"score|skor|probab|leaning|berpihak|rank|peringkat|total|class|kelas|sanksi|verdict|suspect", re.I)


def test_what_waits_is_shown_with_code_account_and_words(run: Run, office: Path):
    ended = run("queue", "-w", office, "--reviewer", "sari")
    assert ended.code == 0
    assert "Antrean telaah (dugaan)" in ended.out
    for text in CALLS:
        assert text in ended.out
    assert "mastodon:sari_guru@nusarimba.example" in ended.out
    assert "7 hari" in ended.out
    assert ended.err == "3 of 3 waiting for sari. Judge with `scanner label`.\n"


def test_json_has_what_a_reviewer_needs_and_nothing_else(run: Run, office: Path):
    items = json.loads(run("queue", "-w", office, "--json").out)
    assert len(items) == 3
    for item in items:
        assert set(item) == {"flag", "account", "posted_at", "phase", "due", "timer", "codes", "text", "url"}
        assert item["phase"] == "KAMPANYE"
        assert datetime.fromisoformat(item["due"]).tzinfo is not None


def test_neither_table_nor_json_lets_score_class_rank_or_view_slip(run: Run, office: Path):
    store = open_workspace(office).store
    item = waiting(store, reviewer="rini", overlap=2, limit=1)[0]
    decide(
        store,
        judgement_of(key=new_key(), flag_id=item.id, reviewer="rini", verdict=Verdict.NOT_VIOLATION, note="bukan"),
    )
    for arguments in ((), ("--json",)):
        ended = run("queue", "-w", office, "--reviewer", "budi", *arguments)
        assert not NEVER.search(ended.out)
        assert "0.2" not in ended.out
        assert "bukan" not in ended.out
        assert "rini" not in ended.out


def test_what_a_reviewer_has_judged_waits_for_the_other_only(run: Run, office: Path):
    store = open_workspace(office).store
    item = waiting(store, reviewer="sari", overlap=2, limit=1)[0]
    decide(store, judgement_of(key=new_key(), flag_id=item.id, reviewer="sari", verdict=Verdict.UNSURE))
    assert "2 of 2 waiting for sari" in run("queue", "-w", office, "--reviewer", "sari").err
    assert "3 of 3 waiting for budi" in run("queue", "-w", office, "--reviewer", "budi").err


def test_the_limit_limits_what_is_shown_and_not_what_is_counted(run: Run, office: Path):
    ended = run("queue", "-w", office, "--limit", "1", "--reviewer", "sari")
    assert sum(text in ended.out for text in CALLS) == 1
    assert "1 of 3 waiting" in ended.err


def test_at_eighty_columns_no_line_is_cut_and_the_account_stays_readable(
    run: Run, office: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "80")
    ended = run("queue", "-w", office)
    assert max(map(len, ended.out.splitlines())) <= 80
    assert "mastodon:sari_guru@nusarimba.example" in ended.out
    for text in CALLS:
        assert text in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6, hours=23), "7 hari"),
        (timedelta(hours=47, minutes=50), "48 jam"),
        (timedelta(hours=3, minutes=1), "3 jam"),
        (timedelta(seconds=-1), "lewat waktu"),
    ],
)
def test_the_time_left_is_told_in_days_then_in_hours(left: timedelta, words: str):
    assert time_left(datetime.now(UTC) + left) == words
