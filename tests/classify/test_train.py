from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from scanner.classify.anchors import keyword_scores
from scanner.classify.bundle import load_model, read_config
from scanner.classify.casts import draw_cast, load_names
from scanner.classify.examples import LabelledPost, load_corpus
from scanner.classify.features import FeatureParams
from scanner.classify.fitting import Wanted
from scanner.classify.material import prepare
from scanner.classify.neutrality import measure_neutrality, sides
from scanner.classify.tellings import tell
from scanner.classify.timeline import COLUMNS, digest_of
from scanner.classify.train import train
from scanner.classify.transfer import measure_transfer
from scanner.rules.elections import Kind
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset

NAMES = Path(__file__).parents[2] / "models" / "training" / "names.yaml"
SUPPORT = [
    "Ayo coblos {P1}",
    "Menangkan {P1} nomor {N1}",
    "Saya dukung {P2} terus",
    "Pilih {B1} saja",
    "{P1} harga mati",
]
OTHER = [
    "KPU tetapkan {P1} dan {P2}",
    "Apel pagi di {R1}",
    "Duka cita untuk {P1}",
    "Antre berkas lagi",
    "Hujan di {R2}",
]
UNIFORM = ["berseragam PDH", "naik mobil dinas", "pakai khaki di posko"]
FILLERS = ["dulur", "kawan", "besok pagi", "semua", "ya bu", "hari ini", "sampai sore", "katanya", "di balai", "lagi"]


def write_corpus(folder):
    """Forty posts, half of them support, a quarter with an attribute."""
    random = Random(0)
    rows = []
    for number in range(40):
        support, attribute = number % 2, number % 4 == 1
        base = (SUPPORT if support else OTHER)[number // 2 % 5]
        extra = f" {random.choice(UNIFORM)}" if attribute else ""
        rows.append(
            {
                "id": f"tes{number % 3}-{number:04}",
                "text": f"{base} {' '.join(random.sample(FILLERS, 3))}{extra}",
                "campaign_support": support,
                "pns_attribute_use": int(attribute),
                "category": f"kind{number % 10}",
                "platform": "x",
                "register": "santai",
                "language": "id",
                "election_type": "pilkada",
                "difficulty": "hard" if number % 3 else "easy",
            }
        )
    (folder / "posts").mkdir(parents=True)
    (folder / "posts" / "tes.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "names.yaml").write_bytes(NAMES.read_bytes())
    return folder


@pytest.fixture(scope="module")
def ruleset():
    return load_ruleset()


@pytest.fixture(scope="module")
def elections():
    names = load_names(NAMES)
    return [draw_cast(names, Random(seed)).election(seed) for seed in (11, 12)]


@pytest.fixture(scope="module")
def report(tmp_path_factory, ruleset, elections):
    folder = tmp_path_factory.mktemp("train")
    corpus = write_corpus(folder / "corpus")
    return train(
        corpus,
        folder / "tiny",
        ruleset=ruleset,
        elections=elections,
        params=FeatureParams(bits=14),
        wanted=Wanted(precision=0.8),
        command="a test",
    )


def test_it_writes_a_model_that_serves(report, ruleset, elections):
    model = load_model(report.folder)
    assert model.id == report.model_id
    assert model.ruleset == ruleset.id
    name = elections[0].participants[0].names[0]
    matcher = Matcher(ruleset, elections[:1])
    support, news = model.score([matcher.match(f"Ayo coblos {name}"), matcher.match("Apel pagi di kantor")])
    assert support[0] > news[0]


def test_the_same_corpus_and_seed_give_the_same_weights(report, ruleset, elections, tmp_path):
    corpus = report.folder.parent / "corpus"
    again = train(
        corpus,
        tmp_path / "tiny",
        ruleset=ruleset,
        elections=elections,
        params=FeatureParams(bits=14),
        wanted=Wanted(precision=0.8),
    )
    first, second = read_config(report.folder), read_config(again.folder)
    assert first.files["weights.safetensors"] == second.files["weights.safetensors"]
    assert again.model_id == report.model_id


def test_metrics_and_card_tell_the_same_figures(report):
    metrics = json.loads((report.folder / "metrics.json").read_text())
    card = (report.folder / "README.md").read_text()
    assert metrics["corpus"]["posts"] == 40
    for label in ("campaign_support", "pns_attribute_use"):
        value = metrics["held_out"][label]["hard"]["average_precision"]["value"]
        assert f"| {label} | hard | " in card
        assert f"{value:.3f}" in card
        assert set(metrics["anchors"][label]["all"]) == {"keywords", "tfidf"}
    assert report.model_id in card
    assert "`a test`" in card


def test_changing_sides_changes_no_score(report, ruleset, elections):
    model = load_model(report.folder)
    frames = [*SUPPORT, *OTHER, "Salam{H1}! Kami bersama {P1}, bukan {P2}", "{B1} dan {B2} di {R1}, nomor {N2}"]
    measured = measure_neutrality(model, frames, ruleset, elections)
    assert measured.readings == len(frames) * 2 * 3
    assert measured.flips == 0
    assert measured.largest_shift < 0.02


def test_a_model_that_tells_sides_apart_is_found_out(report, ruleset, elections):
    """One side is said to be a party, so its placeholder differs, and the words of this model weigh a lot."""
    model = load_model(report.folder)
    loud = replace(model, table=np.random.default_rng(0).normal(size=model.table.shape).astype(np.float32) * 5)
    first, *others = elections[0].participants
    unequal = replace(elections[0], participants=(replace(first, kind=Kind.PARTY), *others))
    frames = ["Halo {P1} pagi", "Kemarin {P1} di pasar", "{P1} lewat"]
    assert measure_neutrality(loud, frames, ruleset, elections[:1]).largest_shift == 0
    assert measure_neutrality(loud, frames, ruleset, [unequal]).largest_shift > 0.02


def test_a_participant_with_ambiguous_names_only_takes_no_part(elections):
    first, *others = elections[0].participants
    unequal = replace(elections[0], participants=(replace(first, ambiguous=first.aliases), *others))
    assert len(list(sides("{P1}", unequal))) == 2


def test_each_post_with_slots_is_told_with_known_and_unknown_names(report, ruleset, elections):
    posts = load_corpus(report.folder.parent / "corpus")
    tellings = tell(posts, load_names(NAMES), ruleset, elections[:1], seed=0)
    by_post = {index: [one for one in tellings if one.post == index] for index in range(len(posts))}
    for index, post in enumerate(posts):
        assert [one.known for one in by_post[index]] == ([True] * 2 + [False] * 2 if "{" in post.text else [True])
    named = [one.matches.has_object for one in tellings if "{P1}" in posts[one.post].text]
    assert 0 < sum(named) < len(named)
    assert not any("{P1}" in one.matches.original for one in tellings)


def test_sides_move_all_participants_along(elections):
    told = list(sides("{P1} lawan {P2}", elections[0]))
    names = [one.names[0] for one in elections[0].participants]
    assert told == [f"{names[turn]} lawan {names[(turn + 1) % 3]}" for turn in range(3)]


def test_transfer_measures_only_what_was_judged(report, ruleset, elections):
    model, matcher = load_model(report.folder), Matcher(ruleset, elections)
    posts = [
        LabelledPost(text="Ayo coblos dia", campaign_support=1),
        LabelledPost(text="Hujan", campaign_support=0),
    ] * 5
    measured = measure_transfer(model, matcher, posts)
    assert set(measured["heads"]) == {"campaign_support"}
    judged = [replace(post, pns_attribute_use=0) for post in posts]
    assert set(measure_transfer(model, matcher, judged)["heads"]) == {"campaign_support", "pns_attribute_use"}


def test_the_keyword_anchor_counts_strong_signals_more(ruleset, elections):
    matcher, name = Matcher(ruleset, elections[:1]), elections[0].participants[0].names[0]
    scores = keyword_scores([matcher.match(f"Ayo coblos {name}"), matcher.match("Apel pagi")])
    assert scores[0] >= 3 > scores[1] == 0


def write_timeline(corpus, folder):
    """Two hundred lines in which a tag tells what written posts never say, and their judgements."""
    random = Random(1)
    texts = [
        f"{' '.join(random.sample(FILLERS, 4))} {number} {'salamkita' if number % 2 else ''}" for number in range(200)
    ]
    folder.mkdir()
    (folder / "ramai.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    rows = [(digest_of(text), number % 2, 0, 2, "soft") for number, text in enumerate(texts)]
    (corpus / "timeline").mkdir()
    table = "\n".join("\t".join(map(str, row)) for row in (COLUMNS, *rows))
    (corpus / "timeline" / "ramai.tsv").write_text(table + "\n", encoding="utf-8")


def test_judged_lines_teach_what_written_posts_do_not_say(ruleset, elections, tmp_path):
    corpus, params = write_corpus(tmp_path / "corpus"), FeatureParams(bits=14)
    write_timeline(corpus, tmp_path / "lines")
    made = {
        name: train(corpus, tmp_path / name, ruleset=ruleset, elections=elections, params=params, lines=lines)
        for name, lines in (("written", None), ("both", tmp_path / "lines"))
    }
    tagged = [Matcher(ruleset, elections).match(text) for text in ("pagi salamkita", "pagi dulur")]
    gains = {name: float(-np.diff(load_model(one.folder).margins(tagged)[:, 0])[0]) for name, one in made.items()}
    assert gains["both"] > gains["written"] + 0.5
    assert made["both"].metrics["held_out"]["campaign_support"]["timeline"]["posts"] == 200
    assert "200 public lines" in (made["both"].folder / "README.md").read_text(encoding="utf-8")
    assert "public lines" not in (made["written"].folder / "README.md").read_text(encoding="utf-8").split("##")[0]
    assert "timeline" not in made["both"].metrics["held_out"]["pns_attribute_use"]


def test_written_posts_and_lines_count_the_same_where_probabilities_are_calibrated(ruleset, elections, tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    write_timeline(corpus, tmp_path / "lines")
    material = prepare(corpus, ruleset, elections, 0, FeatureParams(bits=14), tmp_path / "lines")
    even, written = material.even, material.written
    assert even[written].sum() == pytest.approx(even[~written].sum()) == pytest.approx(len(material.posts))
    assert np.bincount(material.index[written], even[written]) == pytest.approx(np.ones(len(material.posts)))
    assert len(set(even[~written])) == 1


def test_without_lines_every_post_counts_once(ruleset, elections, tmp_path):
    material = prepare(write_corpus(tmp_path / "corpus"), ruleset, elections, 0, FeatureParams(bits=14))
    assert np.bincount(material.index, material.even) == pytest.approx(np.ones(len(material.posts)))
