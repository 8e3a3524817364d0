"""`scanner train --adapt` from the command line to a model that `scanner score` uses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scanner import resources
from scanner.demo import province
from scanner.domain.reviews import Verdict
from scanner.resources import data_folder
from scanner.review.decide import decide, judgement_of, new_key
from tests.classify.test_adapt import DAYS, PLACES
from tests.cli.conftest import Run
from tests.corpora import WRITTEN, write_corpus
from tests.offices import MODEL, fill, make_office, today, write_constant_model


def spelt(number: int) -> str:
    """Return a word of its own for every number."""
    return "".join("bdghjklmnp"[int(digit)] + "aiueoaiueo"[int(digit)] for digit in f"{number * 7919:05}")


def said(number: int) -> str:
    """Return a post of a place where one colour is a side, which no model can know; odd numbers are of that side."""
    colour = ("hijau tua", "biru laut")[number % 2]
    return f"{DAYS[number // 3 % 7]} merapat ke {PLACES[number // 2 % 10]} {colour} {spelt(number)}"


def write_labelled(path: Path, count: int = 80, field: str = "campaign_support") -> Path:
    rows = [{"text": said(number), field: number % 2, "sumber": "uji"} for number in range(count)]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def installed(office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that ships one fictional election, a small corpus and the shipped model and guard sets."""
    root = tmp_path / "installed"
    shutil.copytree(data_folder("keywords"), root / "keywords")
    shutil.rmtree(root / "keywords" / "elections")
    (root / "keywords" / "elections").mkdir()
    for name, content in province.elections(today()).items():
        (root / "keywords" / "elections" / name).write_text(content, "utf-8")
    for name in ("default", "guard"):
        (root / "models").mkdir(exist_ok=True)
        (root / "models" / name).symlink_to(data_folder("models") / name)
    write_corpus(root / "models" / "training", WRITTEN)
    monkeypatch.setattr(resources, "_PACKAGE", root / "scanner")
    return root


@pytest.mark.slow
def test_what_an_office_labelled_scores_its_posts(run: Run, installed: Path, tmp_path: Path):
    out = tmp_path / "kantor"
    taught = run("train", "--adapt", write_labelled(tmp_path / "label.jsonl"), "-o", out)
    assert (taught.code, taught.out) == (0, ""), taught.err
    assert "Average precision" in taught.err
    rows = '{"text": "Merapat ke balai hijau tua"}\n{"text": "Merapat ke balai biru laut"}\n'
    scored = run("score", "-", "--model", out, typed=rows)
    assert scored.code == 0, scored.err
    other, support = (json.loads(line) for line in scored.out.splitlines())
    assert support["score_campaign_support"] > 0.5 > other["score_campaign_support"]
    assert support["model"].startswith("kantor-")


def test_the_file_may_name_campaign_support_otherwise(run: Run, installed: Path, tmp_path: Path):
    file = write_labelled(tmp_path / "label.jsonl", field="dukungan")
    arguments = ("train", "--adapt", file, "-o", tmp_path / "kantor", "--frozen", file)
    assert run(*arguments).code == 1
    assert run(*arguments, "--support-field", "dukungan").code == 0


@pytest.mark.slow
def test_what_reviewers_settled_teaches_with_the_election_of_the_workspace(run: Run, installed: Path, tmp_path: Path):
    opened = make_office(tmp_path / "kerja")
    write_constant_model(opened.root / MODEL, support=0.999)
    fill(opened, tuple(said(number) for number in range(60)))
    with opened.store.lease("test") as lease:
        found = lease.rows("SELECT f.id, v.text FROM flags AS f JOIN versions AS v ON v.id = f.id")
    assert len(found) == 60
    for flag, text in found:
        verdict = Verdict.SUSPECTED if "biru" in text else Verdict.NOT_VIOLATION
        codes = ("MEDSOS-DUKUNG",) if verdict is Verdict.SUSPECTED else ()
        for reviewer in ("sari", "budi"):
            decide(
                opened.store, judgement_of(key=new_key(), flag_id=flag, reviewer=reviewer, verdict=verdict, codes=codes)
            )
    ended = run("train", "--from-reviews", "-w", opened.root, "-o", tmp_path / "kantor")
    assert ended.code == 0, ended.err
    metrics = json.loads((tmp_path / "kantor" / "metrics.json").read_text("utf-8"))
    assert metrics["command"] == "scanner train --from-reviews"
    assert list(metrics["adapted"]["heads"]) == ["campaign_support"]


def test_reviews_that_are_too_few_are_counted(run: Run, installed: Path, office: Path, tmp_path: Path):
    ended = run("train", "--from-reviews", "-w", office, "-o", tmp_path / "kantor")
    assert ended.code == 1
    assert "0 posts with campaign_support" in ended.err
    assert "at least 50 are needed" in ended.err
    assert not (tmp_path / "kantor").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--adapt", "label.jsonl"),
        ("--from-reviews",),
        ("--adapt", "label.jsonl", "--from-reviews", "-o", "kantor"),
        ("--adapt", "antah.jsonl", "-o", "kantor"),
        ("--adapt", "label.jsonl", "--frozen", "antah.jsonl", "-o", "kantor"),
        ("--adapt", "label.jsonl", "--transfer", "label.jsonl", "-o", "kantor"),
        ("korpus", "--adapt", "label.jsonl", "-o", "kantor"),
        ("--base", "default2", "-o", "kantor"),
        ("--frozen", "label.jsonl", "-o", "kantor"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
):
    monkeypatch.chdir(tmp_path)
    write_labelled(tmp_path / "label.jsonl", 2)
    ended = run("train", *arguments)
    assert ended.code == 2
    assert not (tmp_path / "kantor").exists()


def test_a_frozen_set_of_one_label_compares_nothing(run: Run, installed: Path, tmp_path: Path):
    frozen = tmp_path / "frozen.jsonl"
    frozen.write_text('{"text": "Hujan", "campaign_support": 0}\n', "utf-8")
    file = write_labelled(tmp_path / "label.jsonl")
    ended = run("train", "--adapt", file, "-o", tmp_path / "kantor", "--frozen", frozen)
    assert ended.code == 2
    assert "posts of both are needed" in ended.refusal
