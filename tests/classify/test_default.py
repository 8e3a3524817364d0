"""The shipped model: sound, small, and as neutral as its card says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.classify.bundle import load_model, read_config
from scanner.classify.examples import corpus_sha256, load_corpus
from scanner.resources import data_folder
from scanner.rules.election_files import load_election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset

SOURCES = Path(__file__).parents[2] / "../shared/source"


@pytest.fixture(scope="module")
def folder() -> Path:
    return data_folder("models") / "default"


@pytest.fixture(scope="module")
def model(folder):
    return load_model(folder)


@pytest.fixture(scope="module")
def matcher():
    return Matcher(load_ruleset(), [load_election("pilgub-lampung-2024")])


def test_it_loads_and_is_small(folder, model):
    assert model.id.startswith("default-")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 12_000_000


def test_its_card_names_it_and_its_corpus(folder, model):
    config, card = read_config(folder), (folder / "README.md").read_text(encoding="utf-8")
    assert model.id in card
    assert config.corpus_sha256[:12] in card


def test_it_was_trained_on_the_corpus_beside_it(folder):
    assert read_config(folder).corpus_sha256 == corpus_sha256(data_folder("models") / "training")


def test_it_ranks_plain_support_above_plain_news(model, matcher):
    support = ["Ayo kita coblos nomor 2, menangkan!", "Saya dan keluarga mantap pilih Mirza, lanjutkan perjuangan"]
    other = ["KPU menetapkan jadwal debat publik", "Apel pagi di kantor, cuaca cerah", "Bayar pajak kendaraan yuk"]
    scores = model.score([matcher.match(text) for text in support + other])[:, 0]
    assert scores[: len(support)].min() > scores[len(support) :].max()


def test_a_uniform_at_a_rally_is_the_other_label(model, matcher):
    texts = ["Pakai PDH ikut deklarasi tim pemenangan, mobil dinas parkir depan posko", "Ayo pilih yang muda"]
    scores = model.score([matcher.match(text) for text in texts])
    assert scores[0, 1] > scores[1, 1]


def test_its_metrics_say_it_is_neutral(folder):
    neutral = json.loads((folder / "metrics.json").read_text())["neutrality"]
    assert neutral["frames"] >= 40
    assert neutral["elections"] >= 40
    assert neutral["flips"] == 0
    assert neutral["shifted"] == 0
    assert neutral["largest_shift"] <= 0.02


def test_a_corpus_name_tells_no_label():
    """Fictional names come from slots: none may stand in the written posts themselves."""
    from scanner.classify.casts import load_names

    training = data_folder("models") / "training"
    text = "\n".join(post.text for post in load_corpus(training)).casefold()
    assert not [name for name in load_names(training / "names.yaml").persons if name.casefold() in text]
