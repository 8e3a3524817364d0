"""An office's own labels teach the model; what they cannot better stays, and nothing half done is left behind."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.adapt import adapt
from scanner.classify.bundle import load_frequencies, load_model, read_config
from scanner.classify.casts import draw_cast, load_names
from scanner.classify.evaluate import average_precision
from scanner.classify.examples import LabelledPost, load_labelled
from scanner.classify.features import FeatureParams, cue_family
from scanner.classify.fitting import Wanted
from scanner.classify.folds import divide
from scanner.classify.frequencies import inverse_frequencies
from scanner.classify.refit import Rows, read_families, refit
from scanner.classify.rivals import Frozen, compare, load_rival, mark, read_seen
from scanner.classify.train import train
from scanner.classify.trusted import load_coefficients
from scanner.domain.flags import Label
from scanner.errors import ModelError
from scanner.resources import data_folder
from scanner.rules.election_files import load_elections
from scanner.rules.elections import Kind
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset
from tests.classify.test_train import NAMES, write_corpus

FRAMES = ("Ayo coblos {P1}", "{P1} dan {P2} di {R1}", "Pilih {B1} nomor {N1}", "Kemarin {P1} di pasar")
PLACES = ("balai", "kantor", "pasar", "lapangan", "dermaga", "sawah", "posko", "sekolah", "terminal", "kebun")
DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
ATTRIBUTE = ("pakai PDH", "naik mobil dinas", "berseragam korpri")
REAL = Path(__file__).parents[2] / "../shared/data/real_dev.jsonl"


def labelled(count: int = 80, *, attribute: bool = False) -> list[LabelledPost]:
    """Posts of a region with its own words for support, which no model knows; half of them support."""
    posts = []
    for number in range(count):
        support = number % 2
        place, day = PLACES[number // 2 % 10], DAYS[number // 3 % 7]
        said = f"gaskeun jagoan kita {day}" if support else f"titip salam kanca {day}"
        worn = f" {ATTRIBUTE[number % 3]}" if number % 4 < 2 else ""
        judged = int(number % 4 < 2) if attribute else None
        text = f"{said} di {place} {number}{chr(97 + number % 26) * 2}{worn}"
        posts.append(LabelledPost(text=text, campaign_support=support, pns_attribute_use=judged))
    return posts


@pytest.fixture(scope="module")
def ruleset():
    return load_ruleset()


@pytest.fixture(scope="module")
def elections():
    return [draw_cast(load_names(NAMES), Random(11)).election(11)]


@pytest.fixture(scope="module")
def base(tmp_path_factory, ruleset, elections):
    folder = tmp_path_factory.mktemp("base")
    return train(
        write_corpus(folder / "corpus"),
        folder / "asal",
        ruleset=ruleset,
        elections=elections,
        params=FeatureParams(bits=14),
        wanted=Wanted(precision=0.8),
    ).folder


@pytest.fixture(scope="module")
def frozen(ruleset, elections):
    matcher, name = Matcher(ruleset, elections), elections[0].participants[0].names[0]
    texts = [f"Ayo coblos {name}", f"Menangkan {name} ya", "Hujan di pasar", f"KPU tetapkan {name}", "Apel pagi"]
    return Frozen(batch=[matcher.match(text) for text in texts], labels=np.array([True, True, False, False, False]))


@pytest.fixture
def teach(base, ruleset, elections, frozen):
    def teach(posts, out, **changes):
        given = {"ruleset": ruleset, "elections": elections, "frozen": frozen, "frames": FRAMES, **changes}
        return adapt(given.pop("base", base), posts, out, **given)

    return teach


def test_it_learns_words_that_the_base_never_saw(teach, base, ruleset, elections, tmp_path):
    report = teach(labelled(), tmp_path / "kantor")
    model, matcher = load_model(report.folder), Matcher(ruleset, elections)
    assert model.id == report.model_id
    assert model.id.startswith("kantor-")
    batch = [matcher.match("Gaskeun jagoan kita di alun-alun"), matcher.match("Titip salam kanca di alun-alun")]
    support, other = model.score(batch)[:, 0]
    assert support > 0.5 > other
    figures = report.metrics["adapted"]["heads"]["campaign_support"]
    before, after = (figures[when]["average_precision"]["value"] for when in ("before", "after"))
    assert after > before


def test_a_head_nobody_judged_stays_bit_for_bit(teach, base, tmp_path):
    report = teach(labelled(), tmp_path / "kantor")
    before, after = load_model(base), load_model(report.folder)
    support, attribute = ([Rows.of(model, label) for model in (before, after)] for label in Label)
    assert attribute[0].table.tobytes() == attribute[1].table.tobytes()
    assert attribute[0].head == attribute[1].head
    assert support[0].table.tobytes() != support[1].table.tobytes()
    assert list(report.metrics["adapted"]["heads"]) == ["campaign_support"]


def test_attribute_use_is_learnt_where_enough_was_judged(teach, base, tmp_path):
    heads = teach(labelled(attribute=True), tmp_path / "kantor").metrics["adapted"]["heads"]
    figures = heads.get("pns_attribute_use")
    folders = (base, tmp_path / "kantor")
    before, after = (Rows.of(load_model(one), Label.PNS_ATTRIBUTE_USE).table for one in folders)
    changed = after.tobytes() != before.tobytes()
    assert changed == (figures is not None)
    if figures is not None:
        values = [figures[when]["average_precision"]["value"] for when in ("before", "after")]
        assert values[1] > values[0]


def test_the_same_labels_and_seed_give_the_same_model(teach, tmp_path):
    ids = [teach(labelled(), tmp_path / folder / "kantor").model_id for folder in ("a", "b")]
    assert ids[0] == ids[1]


@pytest.mark.slow
def test_its_folder_holds_what_every_model_folder_holds(teach, base, tmp_path):
    report = teach(labelled(), tmp_path / "kantor")
    coefficients, intercepts = load_coefficients(report.folder)
    model = load_model(report.folder)
    assert coefficients.shape == model.table.shape
    assert np.array_equal(coefficients == 0, model.table == 0)
    assert intercepts.tolist() == [genre.intercept for head in model.heads for genre in head.genres]
    assert read_config(report.folder).corpus_sha256 == read_config(base).corpus_sha256


def test_card_and_metrics_name_the_base_and_quote_no_post(teach, base, tmp_path):
    report = teach(labelled(), tmp_path / "kantor")
    told = {name: (report.folder / name).read_text() for name in ("README.md", "metrics.json")}
    assert load_model(base).id in told["README.md"]
    assert "adapted to 80 labelled posts" in told["README.md"]
    assert "| campaign_support | before | 80 | 40 |" in told["README.md"]
    adapted = json.loads(told["metrics.json"])["adapted"]
    assert adapted["base"] == load_model(base).id
    assert {len(one) for one in adapted["seen"]} == {4}
    for post in labelled():
        assert not any(post.text in text for text in told.values())
    assert "gaskeun" not in told["README.md"] + told["metrics.json"]


@pytest.mark.parametrize(
    ("posts", "message"),
    [
        (labelled(49), "49 posts with campaign_support"),
        (
            [replace(post, campaign_support=0) for post in labelled(60)],
            "60 posts with campaign_support, 0 different",
        ),
        (
            [replace(post, text="Gaskeun jagoan") if post.campaign_support else post for post in labelled()],
            "1 different",
        ),
        ([], "0 posts with campaign_support"),
    ],
)
def test_too_few_labels_are_refused_with_what_is_needed(teach, tmp_path, posts, message):
    with pytest.raises(ModelError, match=message) as refused:
        teach(posts, tmp_path / "kantor", source="label.jsonl")
    assert str(refused.value).startswith("label.jsonl: ")
    assert "at least 50 are needed, 10 different ones of either" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_better_stays_in_its_place(teach, tmp_path):
    out = tmp_path / "kantor"
    good = teach(labelled(), out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    wrong = [replace(post, text=post.text + " lagi", campaign_support=1 - post.campaign_support) for post in labelled()]
    with pytest.raises(ModelError, match=f"kept: {good.model_id}"):
        teach(wrong[:60] + labelled(140), out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_more_labels_of_the_same_kind_may_replace_an_adapted_model(teach, tmp_path):
    """The model in place remembers its own labels; they must not count for it."""
    out = tmp_path / "kantor"
    first = teach(labelled(60), out)
    second = teach(labelled(140), out)
    against = second.metrics["adapted"]["against"]
    assert against["rival"] == first.model_id
    assert against["posts"][1] <= 80
    assert read_seen(out) == {mark(post.text) for post in labelled(140)}


def test_an_adapted_model_is_no_base(teach, tmp_path):
    first = teach(labelled(), tmp_path / "kantor")
    with pytest.raises(ModelError, match=f"{first.model_id} was itself adapted; start from a shipped model"):
        teach(labelled(), tmp_path / "dua", base=first.folder)


def test_a_folder_of_something_else_is_never_replaced(teach, tmp_path):
    out = tmp_path / "surat"
    out.mkdir()
    (out / "penting.txt").write_text("jangan hapus")
    with pytest.raises(ModelError, match="holds something that is no model"):
        teach(labelled(), out)
    assert (out / "penting.txt").read_text() == "jangan hapus"


def test_a_model_that_tells_sides_apart_is_refused(teach, elections, tmp_path):
    """One side is said to be a party, so that its placeholder differs, and the labels make that decisive."""
    first, *others = elections[0].participants
    unequal = replace(elections[0], participants=(replace(first, kind=Kind.PARTY), *others))
    other = others[0].names[0]
    posts = [
        replace(post, text=f"{first.names[0] if post.campaign_support else other} {post.text.split(' di ')[1]}")
        for post in labelled()
    ]
    with pytest.raises(ModelError, match="nothing written: changing sides would change"):
        teach(posts, tmp_path / "kantor", elections=[unequal])
    assert list(tmp_path.iterdir()) == []


def test_how_many_are_named_is_never_learnt(teach, ruleset, elections, tmp_path):
    first, second, third = (one.names[0] for one in elections[0].participants)
    posts = [
        replace(post, text=f"{first} {post.text}" if post.campaign_support else f"{first} {second} {third} {post.text}")
        for post in labelled()
    ]
    model = load_model(teach(posts, tmp_path / "kantor").folder)
    slots = cue_family([["named=1", "named=2", "named=3"]], model.params).found.slots
    assert all(len(set(row[slots].tolist())) == 1 for row in model.table[model.rows[0]])


def test_posts_the_rival_learnt_from_do_not_decide(teach, base, ruleset, elections, frozen, tmp_path):
    posts = labelled()
    rival = load_rival(teach(posts, tmp_path / "kantor").folder, base)
    matcher = Matcher(ruleset, elections)
    matches = [matcher.match(post.text) for post in posts]
    against = compare(rival, load_model(base), np.zeros(len(posts)), posts, matches, frozen)
    assert against.labelled is None
    assert against.posts == (5, 0)
    assert against.before == against.frozen[0]


def test_the_worse_of_two_models_replaces_nothing(base, ruleset, elections, frozen, tmp_path):
    posts = labelled()
    matcher, model = Matcher(ruleset, elections), load_model(base)
    matches, rival = [matcher.match(post.text) for post in posts], load_rival(tmp_path / "kantor", base)
    known = model.score(matches)[:, 0].astype(np.float64)
    assert compare(rival, model, known, posts, matches, frozen).replaces, "an equal may"
    perfect = np.array([float(post.campaign_support) for post in posts])
    assert compare(rival, model, perfect, posts, matches, frozen).replaces
    assert not compare(rival, model, -perfect, posts, matches, frozen).replaces


def test_nobody_named_asks_for_the_stricter_threshold_where_few_name_nobody(teach, tmp_path, elections):
    name = elections[0].participants[0].names[0]
    model = load_model(
        teach([replace(post, text=f"{post.text} kata {name}") for post in labelled()], tmp_path / "k").folder
    )
    assert model.heads[0].threshold.unnamed >= model.heads[0].threshold.named


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_a_mark_is_four_digits_and_the_same_for_the_same_words(text):
    assert mark(text) == mark(f"  {text}\n")
    assert len(mark(text)) == 4


@pytest.mark.slow
def test_a_hundred_labels_of_real_posts_help_on_the_rest(ruleset, tmp_path):
    if not REAL.is_file():
        pytest.skip("../shared/data/real_dev.jsonl is not here")
    posts, folder = load_labelled(REAL, support_field="label_campaign"), data_folder("models") / "default"
    labels = np.array([post.campaign_support == 1 for post in posts])
    model, frequencies = load_model(folder), load_frequencies(folder)
    matcher = Matcher(ruleset, load_elections())
    idf = inverse_frequencies(frequencies, int(frequencies.max()))
    features = read_families([matcher.match(post.text) for post in posts], model.params, idf)
    start = Rows.of(model, Label.CAMPAIGN_SUPPORT)
    parts = divide(labels, np.arange(len(posts)), seed=0, count=11)
    before, after = [], []
    for number in range(5):
        taught, rest = np.flatnonzero(parts == number), parts != number
        learnt = refit(features, start, labels, taught)
        before.append(average_precision(features.margins(start)[rest], labels[rest]))
        after.append(average_precision(features.margins(learnt)[rest], labels[rest]))
    assert np.mean(after) > max(np.mean(before), 0.82)
