"""`scanner evaluate`: labelled posts in, a report for people and one for programs out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Ended, Run

ELECTION = "pilgub-lampung-2024"
ROWS = [
    {"text": "Ayo coblos nomor 1, menangkan", "campaign_support": 1, "pns_attribute_use": 0, "platform": "x"},
    {"text": "Panen cabai melimpah tahun ini", "campaign_support": 0, "pns_attribute_use": 0, "platform": "x"},
    {"text": "Apel pagi di halaman kantor", "campaign_support": 0, "pns_attribute_use": 0, "platform": "facebook"},
]
Evaluate = Callable[..., Ended]


@pytest.fixture
def evaluate(run: Run, tmp_path: Path) -> Evaluate:
    """Evaluate on one election, into the test's own folder."""
    return lambda *arguments, typed="": run(
        "evaluate", *arguments, "--election", ELECTION, "-o", tmp_path / "report", typed=typed
    )


def lines(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def report(folder: Path) -> dict[str, object]:
    return json.loads((folder / "report" / "report.json").read_text("utf-8"))


def test_it_writes_both_reports_and_shows_the_figures(evaluate: Evaluate, tmp_path: Path):
    (tmp_path / "posts.jsonl").write_text(lines(ROWS), "utf-8")
    ended = evaluate(tmp_path / "posts.jsonl")
    assert ended.code == 0
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["report.html", "report.json"]
    assert report(tmp_path)["posts"] == 3
    for words in ("average precision", "precision in queue", "lawful posts queued", "decisions kept in disguise"):
        assert words in ended.out
    assert "report.html" in ended.err


def test_json_goes_to_stdout_alone(evaluate: Evaluate):
    ended = evaluate("-", "--json", typed=lines(ROWS))
    found = json.loads(ended.out)
    assert [head["label"] for head in found["heads"]] == ["campaign_support", "pns_attribute_use"]
    assert found["heads"][0]["positives"] == 1
    assert found["neutrality"]["flips"] == 0
    assert ended.code == 0


def test_csv_and_parquet_say_the_same(evaluate: Evaluate, tmp_path: Path):
    columns = list(ROWS[0])
    cells = [",".join(f'"{row[column]}"' for column in columns) for row in ROWS]
    (tmp_path / "posts.csv").write_text("\n".join([",".join(columns), *cells]), "utf-8")
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "posts.parquet")
    figures = []
    for name in ("posts.csv", "posts.parquet"):
        assert evaluate(tmp_path / name).code == 0
        figures.append([{**head, "label": ""} for head in report(tmp_path)["heads"]])
    assert figures[0] == figures[1]


def test_labels_may_have_other_names(evaluate: Evaluate, tmp_path: Path):
    rows = [{"text": row["text"], "label_campaign": row["campaign_support"]} for row in ROWS]
    assert evaluate("-", "--support-field", "label_campaign", typed=lines(rows)).code == 0
    assert [head["label"] for head in report(tmp_path)["heads"]] == ["campaign_support"]


def test_rows_that_are_no_judged_posts_are_named_and_left_out(evaluate: Evaluate, tmp_path: Path):
    bad = [{"campaign_support": 1}, {"text": "apel", "campaign_support": "ya"}]
    (tmp_path / "posts.jsonl").write_text(lines([*ROWS, *bad]) + "bukan json\n", "utf-8")
    ended = evaluate(tmp_path / "posts.jsonl")
    assert ended.code == 3
    assert report(tmp_path)["posts"] == 3
    named = [line.partition("posts.jsonl ")[2] for line in ended.err.splitlines() if "posts.jsonl " in line]
    assert [line.partition(":")[0] for line in named] == ["row 4", "row 5", "line 6"]
    assert "campaign_support: 'ya' is no label; 0 or 1" in ended.err


def test_the_stream_is_the_one_that_was_asked_for(evaluate: Evaluate, tmp_path: Path):
    evaluate("-", "--volume", "5000", "--prevalence", "0.02", typed=lines(ROWS))
    found = report(tmp_path)
    assert found["stream"] == {"volume": 5000, "prevalence": 0.02}
    assert found["heads"][0]["capacities"][-1]["read"] == 5000


def test_the_shipped_lawful_posts_are_data_like_any_other(evaluate: Evaluate, tmp_path: Path):
    from scanner.resources import data_folder

    ended = evaluate(data_folder("models") / "guard" / "guard.jsonl")
    assert ended.code == 0
    languages = [one["value"] for one in report(tmp_path)["heads"][0]["slices"] if one["facet"] == "language"]
    assert set(languages) == {"id", "jv", "su", "min", "bew", "lpg", "plg", "ban"}


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "words"),
    [
        (("missing.jsonl",), "", 1, "missing.jsonl: cannot be read"),
        (("posts.xlsx",), "", 2, "ending '.xlsx' is not known; known: .jsonl"),
        (("-",), lines([{"text": "apel"}]), 1, "no post is labelled: neither campaign_support nor"),
        (("-",), "", 1, "no post is labelled"),
        (("-", "--model", "nope"), lines(ROWS), 1, "model 'nope' is neither a model folder nor a shipped model"),
        (("-", "--election", "nope"), lines(ROWS), 1, "there is no such election; known in"),
        (("-", "--volume", "0"), lines(ROWS), 2, "--volume"),
        (("-", "--prevalence", "2"), lines(ROWS), 2, "--prevalence"),
        (("-", "--phase", "SENIN"), lines(ROWS), 2, "--phase"),
    ],
)
def test_wrong_input_gives_one_clear_line_and_no_report(
    evaluate: Evaluate, tmp_path: Path, arguments: tuple[str, ...], typed: str, code: int, words: str
):
    ended = evaluate(*arguments, typed=typed)
    assert ended.code == code
    assert words in ended.refusal
    assert "Traceback" not in ended.err
    assert not (tmp_path / "report").exists()
