"""A table scored by skimming holds what a full reading of every row says."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scanner.classify.bundle import load_model
from scanner.detect.reader import Reader, Text
from scanner.domain.flags import Label, Phase
from scanner.errors import ImportFailed
from scanner.resources import data_folder
from scanner.rules.election_files import load_election
from scanner.rules.ruleset import load_ruleset
from scanner.scan.scoring import score_table

ROWS = [
    {"text": "Ayo coblos Arinal besok pagi 🔥", "posted_at": "2024-10-01T08:00:00+07:00", "id": 1},
    {"text": "Rapat warga lancar, terima kasih", "posted_at": "2024-10-01T08:00:00", "id": 2},
    {"text": "Netralitas ASN dijaga ya", "posted_at": None, "id": 3},
    {"text": "", "posted_at": "2010-01-01T00:00:00Z", "id": 4},
    {"text": "Pilih nomor 2!", "posted_at": "2010-01-01T00:00:00Z", "id": 5, "model": "old"},
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(
        ruleset=load_ruleset(),
        model=load_model(data_folder("models") / "default"),
        elections=(load_election("pilgub-lampung-2024"),),
    )


def written(tmp_path: Path, rows: list[dict[str, object]]) -> str:
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def phase_of(row: dict[str, object]) -> Phase:
    return Phase.NON if str(row["posted_at"]).startswith("2010") else Phase.KAMPANYE


def test_every_row_gets_what_a_full_reading_says(reader: Reader, tmp_path: Path):
    target = tmp_path / "scored.jsonl"
    assert list(score_table(written(tmp_path, ROWS), str(target), reader, phase=Phase.KAMPANYE)) == []
    readings = reader.read([Text(text=row["text"], phase=phase_of(row)) for row in ROWS])
    scored = [json.loads(line) for line in target.read_text().splitlines()]
    assert len(scored) == len(ROWS)
    for row, out, reading in zip(ROWS, scored, readings, strict=True):
        assert out["id"] == row["id"]
        for label in Label:
            assert out[f"score_{label}"] == pytest.approx(reading.probability(label), abs=2e-6)
            assert out[f"flag_{label}"] is (label in reading.labels)
        assert out["codes"] == [finding.code for finding in reading.findings]
        assert [one["quote"] for one in out["signals"]] == [one.quote for one in reading.matches.signals]
        assert (out["model"], out["rules"]) == (reader.model.id, reader.ruleset.id)
    assert scored[0]["flag_campaign_support"]
    assert not scored[1]["codes"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_other_formats_hold_the_same(reader: Reader, tmp_path: Path, ending: str):
    rows = [{key: value for key, value in row.items() if key != "model"} for row in ROWS]
    source, lines, target = written(tmp_path, rows), tmp_path / "a.jsonl", tmp_path / f"b.{ending}"
    list(score_table(source, str(lines), reader, phase=Phase.KAMPANYE))
    list(score_table(source, str(target), reader, phase=Phase.KAMPANYE))
    again = tmp_path / "c.jsonl"
    list(score_table(str(target), str(again), reader, phase=Phase.KAMPANYE))
    key = "score_campaign_support"
    assert [json.loads(line)[key] for line in again.read_text().splitlines()] == [
        json.loads(line)[key] for line in lines.read_text().splitlines()
    ]
    if ending == "parquet":
        assert [row["codes"] for row in pq.read_table(target).to_pylist()] == [
            json.loads(line)["codes"] for line in lines.read_text().splitlines()
        ]


def test_rows_without_a_text_or_with_a_wrong_time_are_told_and_left_out(reader: Reader, tmp_path: Path):
    rows = [{"text": "halo", "posted_at": "kemarin"}, {"teks": "halo"}, {"text": "halo"}]
    target = tmp_path / "scored.jsonl"
    bad = [str(row) for row in score_table(written(tmp_path, rows), str(target), reader, phase=Phase.NON)]
    assert "posted_at 'kemarin' is not a time" in bad[0]
    assert "row 2: no text; columns: teks" in bad[1]
    assert len(target.read_text().splitlines()) == 1


def test_a_table_without_the_column_is_refused(reader: Reader, tmp_path: Path):
    source = tmp_path / "posts.csv"
    source.write_text("teks\nhalo\n")
    with pytest.raises(ImportFailed, match="no column 'text'; columns: teks"):
        list(score_table(str(source), str(tmp_path / "x.csv"), reader, phase=Phase.NON))
