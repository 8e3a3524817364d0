from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import numpy as np
import pytest

from scanner.classify.casts import draw_cast, load_names
from scanner.classify.encoder import LARGEST, load_vectors, name_words, train_encoder
from scanner.errors import ModelError
from scanner.resources import data_folder
from scanner.rules.election_files import load_elections
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset
from tests.classify.test_vectors import KITCHEN, OFFICE

NAMES = data_folder("models") / "training" / "names.yaml"


@pytest.fixture(scope="module")
def election():
    return draw_cast(load_names(NAMES), Random(3)).election(0)


@pytest.fixture(scope="module")
def matcher(election):
    return Matcher(load_ruleset(), [election])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, matcher, election):
    out = tmp_path_factory.mktemp("encoder") / "tiny"
    named = [f"ibu {election.participants[0].names[0]} masak sayur di dapur", "ibu Sukmawulan masak nasi di dapur"]
    texts = {"dapur": KITCHEN * 4 + named * 4, "kantor": OFFICE * 4}
    train_encoder(texts, out, matcher=matcher, names=name_words([election]), dimensions=6)
    return out


def test_it_reads_back_what_it_wrote(folder, matcher, tmp_path):
    vectors = load_vectors(folder)
    assert {"sayur", "kantor", "dapur"} <= set(vectors.words)
    assert vectors.weights.shape == (len(vectors.words), 6)
    again = train_encoder({"dapur": KITCHEN * 4}, tmp_path / "again", matcher=matcher, dimensions=6)
    assert np.allclose(load_vectors(tmp_path / "again").weights, again.weights, atol=0.01)


def test_no_name_and_no_placeholder_has_a_vector(folder, election):
    words = set(load_vectors(folder).words)
    assert "sukmawulan" not in words
    assert not words & name_words([election])
    assert not [word for word in words if word.startswith("⟨")]


def test_the_same_texts_write_the_same_bytes(matcher, tmp_path):
    for name in "ab":
        train_encoder({"dapur": KITCHEN * 4}, tmp_path / name, matcher=matcher, dimensions=6)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_card_names_every_source_and_its_licence(folder, matcher, tmp_path):
    train_encoder({"stif": KITCHEN * 4, "indonli": OFFICE * 4}, tmp_path / "named", matcher=matcher, dimensions=6)
    card = (tmp_path / "named" / "README.md").read_text(encoding="utf-8")
    assert "| stif | 16 | MIT |" in card
    assert "| indonli | 16 | CC BY-SA 4.0 |" in card
    assert "| dapur | 24 | as its source says |" in (folder / "README.md").read_text(encoding="utf-8")


def test_too_little_text_is_refused(matcher, tmp_path):
    with pytest.raises(ModelError, match="pendek: 0 words stand 3 times"):
        train_encoder({"pendek": ["halo kawan"]}, tmp_path / "none", matcher=matcher)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("damage", ["missing", "weights", "words"])
def test_a_damaged_folder_is_refused_by_name(matcher, tmp_path, damage):
    folder = tmp_path / "damaged"
    train_encoder({"dapur": KITCHEN * 4}, folder, matcher=matcher, dimensions=6)
    if damage == "missing":
        (folder / "model.safetensors").unlink()
    elif damage == "weights":
        (folder / "model.safetensors").write_bytes(b"nothing")
    else:
        (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {"[UNK]": 0, "satu": 1}}}))
    with pytest.raises(ModelError, match="damaged"):
        load_vectors(folder)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_sentence_transformers_reads_the_folder_and_means_the_same(folder):
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer

    vectors = load_vectors(folder)
    encoded = SentenceTransformer(str(folder), device="cpu").encode(["Sayur, dapur!"])[0].astype(np.float32)
    expected = sum(vectors.weights[vectors.words.index(word)] for word in ("sayur", "dapur"))
    assert encoded @ expected / np.linalg.norm(encoded) / np.linalg.norm(expected) == pytest.approx(1, abs=1e-3)


def test_the_shipped_encoder_is_small_and_holds_no_name_handle_or_number():
    folder = data_folder("models") / "encoder"
    words = load_vectors(folder).words
    assert (folder / "model.safetensors").stat().st_size <= LARGEST
    assert len(words) > 10_000
    assert not set(words) & name_words(load_elections())
    assert not [word for word in words if re.search(r"[\d@_]", word)]
    card = Path(folder / "README.md").read_text(encoding="utf-8")
    for source in ("indonlu", "stif", "politik_luthfil", "indonli", "ud_gsd_pud", "peraturan"):
        assert f"| {source} | " in card
