"""A whole evaluation, its JSON, and its page: complete, self-contained and safe against what stands in posts."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scanner.classify.assessment import Stream
from scanner.domain.flags import Label
from scanner.report.evaluation import Evaluation, evaluate_posts, plain, summary, write_json
from scanner.report.evaluation_page import write_html
from tests.report.samples import HOSTILE, ROWS, judged, make_models, make_reader

VOID = {"meta", "path", "circle", "polyline", "br"}


class Page(HTMLParser):
    """Checks that tags close in order, and collects what the page holds."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words.append(data)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return evaluated(tmp_path_factory.mktemp("evaluation"))


def evaluated(folder: Path, rows=None) -> Evaluation:
    for name in ("elections", "models", "model"):
        (folder / name).mkdir()
    (folder / "model" / "weights").write_bytes(bytes(1000))
    reader = make_reader(folder / "elections", random=True)
    return evaluate_posts(
        judged(rows),
        reader,
        data='posts "<&>.jsonl',
        models=make_models(folder / "models"),
        model_folder=folder / "model",
        elections=reader.elections,
        cast=reader.elections[0],
        stream=Stream(volume=500, prevalence=0.05),
    )


@pytest.fixture(scope="module")
def page(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_html(path, evaluation)
    return path.read_text("utf-8")


def test_every_part_is_measured(evaluation: Evaluation):
    support, attribute = evaluation.heads
    assert (support.label, support.posts, support.positives) == (Label.CAMPAIGN_SUPPORT, 5, 2)
    assert (attribute.label, attribute.posts, attribute.positives) == (Label.PNS_ATTRIBUTE_USE, 4, 1)
    assert [len(one.false_alarms) + len(one.misses) for one in evaluation.worst] == [5, 4]
    assert [(guard.name, guard.whole.posts) for guard in evaluation.guards] == [("lawful", 2), ("disguised", 3)]
    assert evaluation.neutrality.frames == 2  # different texts with slots
    assert evaluation.neutrality.readings == 2 * 3
    assert evaluation.cost.model_bytes == 1000
    assert evaluation.cost.posts_per_second > 0
    assert evaluation.versions["model"] == "tetap-00000000"


def test_a_name_moves_no_score(evaluation: Evaluation):
    assert (evaluation.neutrality.flips, evaluation.neutrality.largest_shift) == (0, 0.0)


def test_slots_are_told_with_names_before_they_are_read(evaluation: Evaluation):
    texts = [case.text for one in evaluation.worst for case in (*one.false_alarms, *one.misses)]
    assert not [text for text in texts if "{P1}" in text]


def test_a_label_nobody_judged_is_left_out(tmp_path: Path):
    found = evaluated(tmp_path, [{"text": "apel pagi", "campaign_support": 0}])
    assert [head.label for head in found.heads] == [Label.CAMPAIGN_SUPPORT]
    write_html(tmp_path / "r.html", found)
    write_json(tmp_path / "r.json", found)
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["heads"][0]["roc_auc"]["value"] is None
    Page((tmp_path / "r.html").read_text("utf-8"))


def test_posts_of_the_training_corpus_are_counted_and_the_page_warns(tmp_path: Path):
    corpus = next((make_models(_made(tmp_path / "again")) / "training" / "posts").glob("*.jsonl"))
    known = json.loads(corpus.read_text("utf-8").splitlines()[0])
    found = evaluated(tmp_path, [*ROWS, {"text": known["text"], "campaign_support": 1}])
    assert found.trained_on == 1
    write_html(tmp_path / "r.html", found)
    assert "1 unggahan ini juga ada di korpus latihan" in (tmp_path / "r.html").read_text("utf-8")


def test_the_json_holds_everything_and_no_figure_json_does_not_know(evaluation: Evaluation, tmp_path: Path):
    write_json(tmp_path / "report.json", evaluation)
    read = json.loads((tmp_path / "report.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert read == plain(evaluation)
    assert read["heads"][0]["queued"]["precision"].keys() == {"value", "low", "high"}
    alarm = read["worst"][0]["false_alarms"][0]
    assert alarm["towards"] or alarm["away"]


def test_the_summary_leaves_curves_and_texts_out(evaluation: Evaluation):
    short = json.dumps(summary(evaluation))
    assert "coblos" not in short
    assert '"cuts"' not in short
    assert summary(evaluation)["heads"][0]["average_precision"] == plain(evaluation)["heads"][0]["average_precision"]


def test_the_page_is_sound_html_in_indonesian(page: str):
    seen = Page(page)
    assert ("lang", "id") in seen.attributes
    assert {"Ringkasan ", "Dukungan kampanye ", "Netralitas ", "Set penjaga "} <= set(seen.words)


def test_the_page_fetches_nothing_and_runs_nothing(page: str):
    seen = Page(page)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(seen.tags)
    assert not [value for name, value in seen.attributes if name in {"src", "href", "action"} and value[:1] != "#"]
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert "http" not in page.replace('http-equiv="Content', "")
    assert "url(" not in page
    assert "@import" not in page


def test_every_link_leads_somewhere(page: str):
    seen = Page(page)
    places = {value for name, value in seen.attributes if name == "id"}
    assert {value[1:] for name, value in seen.attributes if name == "href"} <= places


def test_hostile_text_is_shown_and_not_obeyed(page: str):
    shown = "".join(Page(page).words)
    start = HOSTILE.partition("{P1}")[0]
    assert start in shown
    assert "<script" not in page
    assert "\x1b" not in page
    assert "<i>jahat" not in page
    assert 'posts "<&>.jsonl' in shown


def test_the_page_never_pronounces_guilt(page: str):
    shown = "".join(Page(page).words).lower()
    assert "bukan vonis" in shown
    for word in ("terbukti", "bersalah", "melanggar", "guilty", "sanksi"):
        assert word not in shown


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
