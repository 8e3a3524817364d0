"""What the guard sets count, and the bars the shipped model must clear on the shipped ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from scanner.classify.bundle import load_model
from scanner.detect.reader import Reader, Text
from scanner.domain.flags import Phase
from scanner.errors import ModelError
from scanner.report.guards import (
    fictional_election,
    guard_figures,
    load_disguised,
    load_lawful,
    measure_disguised,
    measure_lawful,
    told,
)
from scanner.resources import data_folder
from scanner.rules.election_files import load_elections
from scanner.rules.ruleset import load_ruleset
from tests.report.samples import make_models, make_reader

MODELS = data_folder("models")
ARTICLES = Path(__file__).parents[2] / "../shared/source"
LANGUAGES = ("jv", "su", "min", "bew", "lpg", "plg", "ban")


@pytest.fixture(scope="module")
def shipped() -> Reader:
    model = load_model(MODELS / "default")
    return Reader(ruleset=load_ruleset(), model=model, elections=(fictional_election(MODELS),))


def test_it_counts_lawful_posts_that_would_be_queued(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "m").mkdir()
    guard = measure_lawful(load_lawful(make_models(tmp_path / "m")), make_reader(tmp_path / "e"))
    assert (guard.whole.hits, guard.whole.posts, guard.whole.interval.value) == (1, 2, 0.5)
    assert {share.name: (share.hits, share.posts) for share in guard.groups} == {
        "id": (0, 1), "jv": (1, 1), "criticism": (0, 1), "satire": (1, 1),
    }  # fmt: skip
    assert guard.failures == (("g2", "Ayo coblos {P1}"),)


def test_it_counts_decisions_that_a_disguise_does_not_change(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "m").mkdir()
    guard = measure_disguised(load_disguised(make_models(tmp_path / "m")), make_reader(tmp_path / "e"))
    assert (guard.whole.hits, guard.whole.posts) == (2, 3)
    assert {share.name: (share.hits, share.posts) for share in guard.groups} == {
        "twin queued": (1, 2), "twin not queued": (1, 1), "leet": (2, 2), "riddle": (0, 1),
    }  # fmt: skip
    assert [name for name, _ in guard.failures] == ["o2"]


def test_a_broken_line_is_named_with_its_file(tmp_path: Path) -> None:
    models = make_models(tmp_path)
    (models / "guard" / "guard.jsonl").write_text('{"id": "g1"}\n', "utf-8")
    with pytest.raises(ModelError, match=r"guard\.jsonl:1: .*missing required field `text`"):
        load_lawful(models)


def test_a_missing_guard_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"obfuscation\.jsonl: missing; it ships with the scanner"):
        load_disguised(tmp_path)


def test_the_lawful_set_is_as_wide_as_promised() -> None:
    posts = load_lawful(MODELS)
    languages = Counter(post.language for post in posts)
    assert len({post.id for post in posts}) == len({post.text for post in posts}) == len(posts) >= 320
    assert all(languages[language] >= 30 for language in LANGUAGES)
    assert {post.kind for post in posts} >= {
        "criticism", "complaint", "whistleblowing", "satire", "news", "religion", "voting_info", "hak_pilih",
    }  # fmt: skip


def test_the_disguised_set_is_as_wide_as_promised() -> None:
    posts = load_disguised(MODELS)
    assert len({post.id for post in posts}) == len({(post.plain, post.disguised) for post in posts}) == len(posts)
    assert len(posts) >= 320
    assert len({post.kind for post in posts}) >= 16
    assert all(post.plain != post.disguised for post in posts)


def test_no_guard_post_stands_in_the_training_corpus() -> None:
    corpus = "".join(path.read_text("utf-8") for path in (MODELS / "training" / "posts").glob("*.jsonl"))
    assert not [post.id for post in load_lawful(MODELS) if post.text in corpus]
    assert not [post.id for post in load_disguised(MODELS) if post.plain in corpus]


def test_at_most_five_percent_of_lawful_posts_are_queued(shipped: Reader) -> None:
    guard = measure_lawful(load_lawful(MODELS), shipped)
    assert guard.whole.interval.value <= 0.05, guard.failures
    shares = [share.interval.value for share in guard.groups if share.name in LANGUAGES]
    assert max(shares) - min(shares) <= 0.10  # PU1: no language fares worse than another


def test_disguises_hardly_ever_change_a_decision(shipped: Reader) -> None:
    guard = measure_disguised(load_disguised(MODELS), shipped)
    assert guard.whole.interval.value >= 0.85, guard.failures
    unread = {share.name for share in guard.groups if share.interval.value < 0.95}
    assert not unread & {
        "symbols", "spaced", "dots", "hyphens", "zero_width", "cyrillic", "greek", "fullwidth", "mathematical",
        "enclosed_letters", "small_capitals", "accents", "combining_marks", "elongation", "mixed_case", "emoji_digits",
        "enclosed_digits", "glued",
    }  # fmt: skip


def test_neither_source_article_is_queued() -> None:
    if not ARTICLES.is_dir():
        pytest.skip("../shared/source is not here")
    model = load_model(MODELS / "default")
    reader = Reader(ruleset=load_ruleset(), model=model, elections=tuple(load_elections()))
    files = [path for path in sorted(ARTICLES.iterdir()) if path.suffix in {".md", ".txt"}]
    assert files
    for path in files:
        [reading] = reader.read([Text(text=path.read_text("utf-8"), phase=Phase.KAMPANYE)])
        assert not reading.findings, path.name


def test_slots_are_filled_and_plain_texts_left_alone() -> None:
    cast = fictional_election(MODELS)
    assert told("Apel pagi", cast) == "Apel pagi"
    assert "{" not in told("{P1} {N1} {B1} {R1} #{H1}", cast)


def test_the_figures_for_a_card_are_those_of_the_sets(shipped: Reader) -> None:
    figures = guard_figures(data_folder("models"), shipped.model, shipped.ruleset)
    assert set(figures) == {"lawful posts queued", "decisions kept in disguise"}
    assert figures["lawful posts queued"]["posts"] == len(load_lawful(data_folder("models")))
    assert all(0 <= one["low"] <= one["value"] <= one["high"] <= 1 for one in figures.values())
