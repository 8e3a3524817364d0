"""The written corpus is read once for an encoder and kept; anything that changes it makes it be read anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scanner.classify import written
from scanner.classify.encoding import load_static
from scanner.classify.similar import Origin
from scanner.classify.written import KEPT, is_kept, read_written
from scanner.rules.ruleset import load_ruleset
from tests.corpora import WRITTEN, write_corpus
from tests.encoders import write_static

RULES = load_ruleset()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def encoder(tmp_path: Path):
    return load_static(write_static(tmp_path / "kecil"))


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many posts were read each time."""
    counted: list[int] = []
    real = written.read_posts
    monkeypatch.setattr(written, "read_posts", lambda matches, one: counted.append(len(matches)) or real(matches, one))
    return counted


def test_labels_are_told_and_slots_filled_with_the_same_names_every_time(corpus: Path, encoder):
    judged, found = read_written(corpus, RULES, encoder)
    assert [one.about for one in judged] == [
        ("campaign_support",),
        ("campaign_support", "pns_attribute_use"),
        (),
        ("campaign_support",),
    ]
    assert [one.suspected for one in judged] == [True, True, False, True]
    assert {one.origin for one in judged} == {Origin.WRITTEN}
    assert not [one.text for one in judged if "{" in one.text]
    assert judged == read_written(corpus, RULES, encoder)[0]
    assert (found.features.shape[0], found.encoded.shape) == (4, (4, 8))


def test_a_kept_reading_equals_a_fresh_one(corpus: Path, encoder, tmp_path: Path, readings: list[int]):
    home = tmp_path / "home" / "models"
    fresh = read_written(corpus, RULES, encoder, home)
    kept = read_written(corpus, RULES, encoder, home)
    assert readings == [4]
    assert is_kept(corpus, RULES, encoder, home)
    assert kept[0] == fresh[0]
    assert (kept[1].features != fresh[1].features).nnz == 0
    assert np.array_equal(kept[1].encoded, fresh[1].encoded)
    assert [path.name for path in home.iterdir()] == [KEPT]


def test_another_corpus_or_encoder_is_read_anew(corpus: Path, encoder, tmp_path: Path, readings: list[int]):
    read_written(corpus, RULES, encoder, tmp_path)
    read_written(corpus, RULES, load_static(write_static(tmp_path / "lain", dimensions=9)), tmp_path)
    assert not is_kept(corpus, RULES, encoder, tmp_path)
    write_corpus(corpus, WRITTEN[:3])
    read_written(corpus, RULES, encoder, tmp_path)
    assert readings == [4, 4, 3]


@pytest.mark.parametrize("content", [b"", b"rusak" * 99])
def test_a_damaged_reading_is_made_anew(corpus: Path, encoder, tmp_path: Path, readings: list[int], content: bytes):
    (tmp_path / KEPT).write_bytes(content)
    assert not is_kept(corpus, RULES, encoder, tmp_path)
    for _ in range(2):
        read_written(corpus, RULES, encoder, tmp_path)
    assert readings == [4]


def test_where_nothing_can_be_kept_it_is_read_all_the_same(corpus: Path, encoder, tmp_path: Path):
    (tmp_path / "file").touch()
    assert len(read_written(corpus, RULES, encoder, tmp_path / "file" / "models")[0]) == 4
