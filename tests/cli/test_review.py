"""scanner review: a file goes out, a file comes back, and every line of it is accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.people import add_person
from tests.review.offline.conftest import judge
from tests.review.offline.tools import classified, labelled, packed

MARK = "</script><img src=x>\x1b[2J\u202e"


@pytest.fixture
def desk(office: Path) -> Path:
    """A workspace with three flags and a reviewer."""
    add_person(open_workspace(office).store, "sari")
    return office


def returned(folder: Path, told: object, name: str = "putusan.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(told), "utf-8")
    return path


def exported(run: Run, desk: Path) -> Path:
    page = desk / "telaah.html"
    assert run("review", "export", "-w", desk, "--html", page, "--reviewer", "sari").code == 0
    return page


def test_what_goes_out_comes_back_and_is_on_record(run: Run, desk: Path):
    page = exported(run, desk)
    ended = run("review", "import", "-w", desk, returned(desk, judge(page)))
    assert ended.code == 0
    assert ended.refusal.count(" taken") == 4  # three lines, and the count
    assert "3 taken, by sari." in ended.refusal
    again = run("review", "import", "-w", desk, desk / "putusan.json")
    assert again.code == 0
    assert "3 known, by sari." in again.refusal


def test_export_says_until_when_and_that_it_holds_personal_data(run: Run, desk: Path):
    ended = run("review", "export", "-w", desk, "--html", desk / "a.html", "--reviewer", "sari", "--limit", "2")
    assert (ended.code, ended.out) == (0, "")
    assert "2 posts, kept for sari until" in ended.refusal
    assert "personal data" in ended.refusal


def test_nothing_waits_writes_nothing(run: Run, desk: Path):
    page = exported(run, desk)
    run("review", "import", "-w", desk, returned(desk, judge(page)))
    ended = run("review", "export", "-w", desk, "--html", desk / "b.html", "--reviewer", "sari")
    assert ended.code == 0
    assert "Nothing waits for sari" in ended.refusal
    assert not (desk / "b.html").exists()


def test_only_a_known_reviewer_is_given_a_file(run: Run, desk: Path):
    ended = run("review", "export", "-w", desk, "--html", desk / "a.html", "--reviewer", "siapa")
    assert ended.code == 1
    assert "there is nobody of this name" in ended.refusal


def test_a_refused_line_exits_3_with_its_reason_and_the_others_go_in(run: Run, desk: Path):
    told = judge(exported(run, desk))
    told["judgements"][0]["seal"] = "0" * 64
    ended = run("review", "import", "-w", desk, returned(desk, told))
    assert ended.code == 3
    assert "putusan.json 1 refused: the seal does not fit" in ended.refusal
    assert "1 refused, 2 taken" in ended.refusal


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":1,"a":2}', b"\x00\x1b[2J", json.dumps({MARK: MARK}).encode()]
)  # fmt: skip
def test_a_hostile_file_is_one_line_and_the_next_file_goes_in(run: Run, desk: Path, body: bytes):
    good = returned(desk, judge(exported(run, desk)))
    (desk / "aneh.json").write_bytes(body)
    ended = run("review", "import", "-w", desk, desk / "aneh.json", good)
    assert ended.code == 3
    [line] = [line for line in ended.err.splitlines() if "aneh.json" in line]
    assert "aneh.json: refused: " in line
    assert line.isprintable()
    assert "3 taken" in ended.refusal


def test_programs_are_told_as_json(run: Run, desk: Path):
    told = judge(exported(run, desk))
    told["judgements"][2]["verdict"] = MARK
    ended = run("review", "import", "-w", desk, "--json", returned(desk, told), desk / "tidak-ada.json")
    assert ended.code == 3
    first, second = json.loads(ended.out)
    assert [line["outcome"] for line in first["judgements"]] == ["taken", "taken", "refused"]
    assert "cannot be read" in second["problem"]


@pytest.mark.parametrize("name", ["telaah.csv", "telaah.jsonl", "telaah.parquet", "telaah"])
def test_an_export_of_judgements_comes_back_and_changes_nothing(run: Run, desk: Path, name: str):
    assert run("review", "import", "-w", desk, returned(desk, judge(exported(run, desk)))).code == 0
    assert run("export", "reviews", "-w", desk, "-o", desk / name, "--unsettled").code == 0
    ended = run("review", "import", "-w", desk, desk / name)
    assert (ended.code, f"{name}: 0 new, 3 known." in ended.refusal) == (0, True)


def test_a_table_makes_no_judgement(run: Run, desk: Path):
    assert run("review", "import", "-w", desk, returned(desk, judge(exported(run, desk)))).code == 0
    assert run("export", "reviews", "-w", desk, "-o", desk / "a.jsonl", "--unsettled").code == 0
    rows = [json.loads(line) for line in (desk / "a.jsonl").read_text("utf-8").splitlines()]
    rows[2]["id"] = "karangan"
    (desk / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    ended = run("review", "import", "-w", desk, desk / "a.jsonl")
    assert ended.code == 3
    assert "a.jsonl 3 karangan refused: no such judgement left this workspace" in ended.refusal
    assert "0 new, 2 known, 1 refused." in ended.refusal
    [told] = json.loads(run("review", "import", "-w", desk, "--json", desk / "a.jsonl").out)
    assert (told["known"], [one["row"] for one in told["refused"]]) == (2, [3])


@pytest.mark.parametrize(
    ("option", "name", "beside", "given"),
    [
        ("--labelstudio", "sari.json", "sari.xml", labelled),
        ("--doccano", "sari.jsonl", "sari.labels.json", classified),
    ],
)
def test_annotation_tools_get_an_order_and_bring_judgements_back(
    run: Run, desk: Path, option: str, name: str, beside: str, given: Callable[[Path], list[Any]]
):
    ended = run("review", "export", "-w", desk, option, desk / name, "--reviewer", "sari")
    assert (ended.code, f"{name}: 3 posts, kept for sari" in ended.refusal) == (0, True)
    assert f"{beside}: the settings of the tool; no personal data." in ended.refusal
    assert (desk / beside).is_file()
    back = packed(desk / f"kembali-{name}", given(desk / name), lines=name.endswith("l"))
    assert "3 taken, by sari." in run("review", "import", "-w", desk, back).refusal
    assert "3 known, by sari." in run("review", "import", "-w", desk, back).refusal


@pytest.mark.parametrize("options", [[], ["--html", "a.html", "--doccano", "a.jsonl"]])
def test_one_form_is_named(run: Run, desk: Path, options: list[str]):
    ended = run("review", "export", "-w", desk, "--reviewer", "sari", *options)
    assert (ended.code, "name one: --html FILE, --labelstudio FILE, --doccano FILE" in ended.refusal) == (2, True)
