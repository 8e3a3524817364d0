"""The same rows come out, with what rules and model make of each; the output appears only when it is complete."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scanner import resources
from scanner.demo import province
from scanner.resources import data_folder
from tests.cli.conftest import Ended, Run
from tests.offices import today, write_constant_model

COLUMNS = {
    "score_campaign_support", "score_pns_attribute_use", "flag_campaign_support", "flag_pns_attribute_use",
    "codes", "signals", "model", "rules",
}  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {"id": 1, "text": "Masih pakai PDH, coblos Wirya-Laila ya", "platform": "x", "catatan": 'né,\n"petik"'},
    {"id": 2, "text": "Hujan sejak subuh", "platform": "web", "catatan": ""},
    {"id": 3, "text": "Ayo coblos Bima-Ratna", "platform": "rss", "catatan": "😀"},
]

Score = Callable[..., Ended]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that ships the fictional election and the constant model of the office; nobody writes there."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(data_folder("keywords"), folder / "keywords")
    for name, content in province.elections(today()).items():
        (folder / "keywords" / "elections" / name).write_text(content, "utf-8")
    (folder / "models").mkdir()
    write_constant_model(folder / "models" / "default")
    return folder


@pytest.fixture
def score(run: Run, installed: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    monkeypatch.setattr(resources, "_PACKAGE", installed / "scanner")

    def score(*arguments: object, typed: str = "") -> Ended:
        return run("score", *arguments, "--election", province.ELECTION, typed=typed)

    return score


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_jsonl_gives_the_same_rows_in_their_order_with_the_promised_columns(score: Score, tmp_path: Path):
    (tmp_path / "in.jsonl").write_text(lines(ROWS), "utf-8")
    ended = score(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    found = read(tmp_path / "out.jsonl")
    assert [{key: row[key] for key in ROWS[0]} for row in found] == ROWS
    assert all(set(row) == COLUMNS | set(ROWS[0]) for row in found)
    assert [sorted(row["codes"]) for row in found] == [["ATRIBUT-PNS", "MEDSOS-DUKUNG"], [], ["MEDSOS-DUKUNG"]]
    assert [row["flag_campaign_support"] for row in found] == [True, False, True]
    assert [row["flag_pns_attribute_use"] for row in found] == [True, False, False]
    assert {(row["score_campaign_support"], row["score_pns_attribute_use"]) for row in found} == {(0.2, 0.2)}
    for row in found:
        assert [row["text"][one["start"] : one["end"]] for one in row["signals"]] == [
            one["quote"] for one in row["signals"]
        ]


def test_csv_keeps_every_cell_and_writes_lists_as_json(score: Score, tmp_path: Path):
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    assert score(tmp_path / "in.csv", "-o", tmp_path / "out.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    for row, original in zip(found, ROWS, strict=True):
        assert {key: row[key] for key in original} == {key: str(value) for key, value in original.items()}
    assert sorted(json.loads(found[0]["codes"])) == ["ATRIBUT-PNS", "MEDSOS-DUKUNG"]


def test_parquet_keeps_its_types(score: Score, tmp_path: Path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "in.parquet")
    assert score(tmp_path / "in.parquet", "-o", tmp_path / "out.parquet").code == 0
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.select(list(ROWS[0])).to_pylist() == ROWS
    assert table.schema.field("id").type == pa.int64()
    assert table.schema.field("flag_campaign_support").type == pa.bool_()
    assert table.column("flag_campaign_support").to_pylist() == [True, False, True]


@pytest.mark.parametrize(("source", "target"), [("jsonl", "parquet"), ("parquet", "csv"), ("csv", "jsonl")])
def test_one_format_becomes_another(score: Score, tmp_path: Path, source: str, target: str):
    (tmp_path / "in.jsonl").write_text(lines(ROWS), "utf-8")
    score(tmp_path / "in.jsonl", "-o", tmp_path / f"mid.{source}")
    assert score(tmp_path / f"mid.{source}", "-o", tmp_path / f"out.{target}").code == 0
    assert score(tmp_path / f"out.{target}", "-o", tmp_path / "end.jsonl").code == 0
    assert [row["text"] for row in read(tmp_path / "end.jsonl")] == [row["text"] for row in ROWS]


def test_standard_input_and_output_speak_jsonl(score: Score):
    ended = score("-", typed=lines(ROWS))
    assert ended.code == 0
    assert [json.loads(line)["id"] for line in ended.out.splitlines()] == [1, 2, 3]


def test_rows_without_text_are_named_and_left_out(score: Score, tmp_path: Path):
    rows = [ROWS[0], {"id": 8}, {"id": 9, "text": None}, {"id": 10, "text": 7}, ROWS[1]]
    (tmp_path / "in.jsonl").write_text(f"{lines(rows)}{{rusak\n[1]\n{lines([ROWS[2]])}", "utf-8")
    ended = score(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert ended.code == 3
    assert [row["id"] for row in read(tmp_path / "out.jsonl")] == [1, 2, 3]
    *named, total = ended.err.splitlines()
    assert total == "5 rows left out."
    assert [line.partition(": ")[0].rpartition("/")[2] for line in named] == [
        "in.jsonl row 2", "in.jsonl row 3", "in.jsonl row 4", "in.jsonl line 6", "in.jsonl line 7",
    ]  # fmt: skip
    assert "no text; columns: id" in named[0]


def test_columns_empty_in_the_first_thousand_rows_are_filled_later(score: Score, tmp_path: Path):
    rows = [{"id": n, "text": "Hujan sejak subuh", "asal": None} for n in range(1000)] + [{**ROWS[0], "asal": "x"}]
    (tmp_path / "in.jsonl").write_text(lines([{"catatan": "", "platform": "", **row} for row in rows]), "utf-8")
    assert score(tmp_path / "in.jsonl", "-o", tmp_path / "mid.parquet").code == 0
    assert score(tmp_path / "mid.parquet", "-o", tmp_path / "out.parquet").code == 0
    found = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["asal"] for row in found] == [None] * 1000 + ["x"]
    assert sorted(found[-1]["codes"]) == ["ATRIBUT-PNS", "MEDSOS-DUKUNG"]
    assert {one["quote"] for one in found[-1]["signals"]} >= {"PDH"}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_column_that_comes_too_late_for_a_table_is_refused_and_nothing_is_written(
    score: Score, tmp_path: Path, ending: str
):
    rows = [{"text": "Hujan sejak subuh"}] * 1000 + [{"text": "Terang", "baru": 1}]
    (tmp_path / "in.jsonl").write_text(lines(rows), "utf-8")
    ended = score(tmp_path / "in.jsonl", "-o", tmp_path / f"out.{ending}")
    assert ended.code == 1
    assert "column 'baru' is not in the first rows" in ended.refusal
    assert "write .jsonl instead" in ended.refusal
    assert [path.name for path in tmp_path.glob("*out*")] == []


def test_a_column_of_two_types_is_refused_for_parquet(score: Score, tmp_path: Path):
    (tmp_path / "in.jsonl").write_text(lines([{"text": "a", "n": 1}, {"text": "b", "n": "dua"}]), "utf-8")
    ended = score(tmp_path / "in.jsonl", "-o", tmp_path / "out.parquet")
    assert (ended.code, "column 'n'" in ended.refusal) == (1, True)


def test_a_table_without_texts_is_refused_in_one_line(score: Score, tmp_path: Path):
    (tmp_path / "in.csv").write_text("isi,n\nhalo,1\n")
    ended = score(tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    assert ended.code == 1
    assert "no column 'text'; columns: isi, n" in ended.refusal
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()


def test_a_time_that_cannot_be_read_is_named_and_its_row_left_out(score: Score, tmp_path: Path):
    (tmp_path / "in.jsonl").write_text(lines([{**ROWS[0], "posted_at": "kemarin"}, ROWS[1]]), "utf-8")
    ended = score(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert (ended.code, len(read(tmp_path / "out.jsonl"))) == (3, 1)
    assert "row 1: posted_at 'kemarin' is not a time like" in ended.refusal


def test_many_rows_without_text_are_counted_and_not_all_named(score: Score, tmp_path: Path):
    (tmp_path / "in.jsonl").write_text(lines([{"isi": "halo"}] * 50), "utf-8")
    ended = score(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert ended.code == 3
    assert len(ended.err.splitlines()) == 21
    assert "50 rows left out, the first 20 of them named above." in ended.refusal


def test_the_time_of_posting_decides_the_phase(score: Score):
    days = {"PRA": -50, "KAMPANYE": 0, "TENANG": 32, "NON": -200}
    rows = [
        {"text": "Ayo coblos Wirya-Laila", "posted_at": f"{today() + timedelta(days=offset)}T05:00:00Z", "phase": phase}
        for phase, offset in days.items()
    ]
    found = [json.loads(line) for line in score("-", typed=lines(rows)).out.splitlines()]
    assert {row["phase"]: bool(row["codes"]) for row in found} == {
        "PRA": True,
        "KAMPANYE": True,
        "TENANG": True,
        "NON": False,
    }


def test_rows_without_a_time_have_the_phase_that_was_given(score: Score):
    for phase, flagged in (("NON", False), ("KAMPANYE", True)):
        for when in ({}, {"posted_at": None}, {"posted_at": ""}):
            ended = score("-", "--phase", phase, typed=lines([{"text": "Ayo coblos Wirya-Laila", **when}]))
            assert json.loads(ended.out)["flag_campaign_support"] is flagged


def test_many_rows_keep_their_order_over_batches(score: Score):
    rows = [{"id": number, "text": f"kabar {number}"} for number in range(2500)]
    ended = score("-", typed=lines(rows))
    assert [json.loads(line)["id"] for line in ended.out.splitlines()] == list(range(2500))


def test_an_empty_table_gives_an_empty_table(score: Score, tmp_path: Path):
    for ending in ("jsonl", "csv"):
        (tmp_path / f"in.{ending}").touch()
        assert score(tmp_path / f"in.{ending}", "-o", tmp_path / f"out.{ending}").code == 0
        assert (tmp_path / f"out.{ending}").read_bytes() == b""


def test_the_output_keeps_its_old_content_until_the_new_is_complete(score: Score, tmp_path: Path):
    (tmp_path / "out.jsonl").write_text("lama\n", "utf-8")
    assert score(tmp_path / "missing.jsonl", "-o", tmp_path / "out.jsonl").code == 1
    assert (tmp_path / "out.jsonl").read_text("utf-8") == "lama\n"
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_a_table_may_be_scored_into_its_own_place(score: Score, tmp_path: Path):
    (tmp_path / "posts.jsonl").write_text(lines(ROWS), "utf-8")
    for _ in range(2):
        assert score(tmp_path / "posts.jsonl", "-o", tmp_path / "posts.jsonl").code == 0
    found = read(tmp_path / "posts.jsonl")
    assert [row["id"] for row in found] == [1, 2, 3]
    assert set(found[0]) == COLUMNS | set(ROWS[0])


def test_the_real_program_scores_a_pipe_of_more_than_one_batch(office: Path):
    command = [Path(sys.executable).with_name("scanner"), "score", "-", "--model", office / "tetap"]
    done = subprocess.run(command, input=lines(ROWS) * 700, capture_output=True, text=True, check=True)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2, 3] * 700
    assert done.stderr == ""
