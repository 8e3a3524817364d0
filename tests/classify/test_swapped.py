"""An encoder is swapped in after one proof, recognised by its files ever after, and given back by one word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from scanner.classify.swapped import (
    RECORD,
    check_record,
    describe_encoder,
    open_encoder,
    read_record,
    swap_in,
    use_shipped,
)
from scanner.errors import ModelError, UsageError
from tests.encoders import write_modules, write_static, write_transformer

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sentence_transformers")
    return write_transformer(tmp_path_factory.mktemp("hub") / "bert-kecil")


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sentence_transformers")
    return write_static(tmp_path_factory.mktemp("hub") / "kecil")


@pytest.fixture
def own(transformer: Path, tmp_path: Path) -> Path:
    """A transformer that a test may damage."""
    return Path(shutil.copytree(transformer, tmp_path / "bert-kecil"))


def test_a_transformer_is_proven_recorded_and_used(transformer: Path, tmp_path: Path):
    proof = swap_in(str(transformer), tmp_path / "home")
    assert (proof.record.name, proof.record.dimensions, proof.record.revision) == ("bert-kecil", 16, None)
    assert proof.seconds > 0
    assert read_record(tmp_path / "home") == proof.record
    encoder = open_encoder(tmp_path / "home")
    assert encoder.id == proof.record.id
    rows = encoder.encode(["coblos ⟨p⟩ di tps", "coblos calon di tps", "hujan sejak subuh"])
    assert rows.shape == (3, 16)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert rows[0] == pytest.approx(rows[1], abs=1e-5)  # a placeholder reads as a plain word
    assert rows[0] @ rows[2] < 0.999
    assert encoder.encode([]).shape == (0, 16)


def test_a_static_embedding_of_ones_own_is_used_too(static: Path, tmp_path: Path):
    proof = swap_in(str(static), tmp_path / "home")
    assert proof.contrast < proof.likeness
    assert proof.record.dimensions == open_encoder(tmp_path / "home").dimensions == 8
    assert (tmp_path / "home" / RECORD).stat().st_size < 4096


def test_the_prefix_is_put_before_every_text_and_decides_the_id(transformer: Path, tmp_path: Path):
    plain = swap_in(str(transformer), tmp_path / "a").record
    prefixed = swap_in(str(transformer), tmp_path / "b", prefix="query: ").record
    assert (plain.prefix, prefixed.prefix) == ("", "query: ")
    assert plain.id != prefixed.id
    asked, said = (open_encoder(tmp_path / home) for home in "ba")
    assert asked.encode(["coblos"]) == pytest.approx(said.encode(["query: coblos"]), abs=1e-5)


def test_the_prompt_that_a_model_names_itself_is_the_prefix(own: Path, tmp_path: Path):
    config = own / "config_sentence_transformers.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"prompts": {"query": "query: ", "document": "x: "}}))
    assert swap_in(str(own), tmp_path / "home").record.prefix == "query: "
    assert swap_in(str(own), tmp_path / "home", prefix="").record.prefix == ""


def test_going_back_forgets_the_record_and_what_was_fetched(transformer: Path, tmp_path: Path):
    home = tmp_path / "home"
    swap_in(str(transformer), home)
    (home / "owner--model").mkdir()
    assert use_shipped(home)
    assert list(home.iterdir()) == []
    assert not use_shipped(home)
    assert transformer.is_dir()
    assert open_encoder(home).id.startswith("encoder-")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "tokenizer.json").unlink(), r"tokenizer\.json: missing since bert-kecil"),
        (lambda folder: (folder / "config.json").write_text("{}"), r"config\.json: changed since bert-kecil"),
        (lambda folder: (folder / "added.json").touch(), r"added\.json: new since bert-kecil"),
        (shutil.rmtree, r"config\.json: missing since bert-kecil"),
    ],
)
def test_an_encoder_that_changed_is_not_used_and_the_way_out_is_told(own: Path, tmp_path: Path, damage, words: str):
    home = tmp_path / "home"
    record = swap_in(str(own), home).record
    check_record(record, home)
    damage(own)
    with pytest.raises(ModelError, match=f"{words}.*--shipped"):
        open_encoder(home)
    about = describe_encoder(home)
    assert about["id"] == record.id
    assert "since bert-kecil was swapped in" in about["problem"]


def test_weights_that_the_library_draws_at_random_are_noticed(own: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    kept = {name: rows for name, rows in load_file(own / "model.safetensors").items() if "word_embeddings" not in name}
    save_file(kept, own / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="some weights are not in its files"):
        swap_in(str(own), tmp_path / "home")
    assert read_record(tmp_path / "home") is None


def test_weights_that_are_no_numbers_are_refused(own: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    spoilt = {name: np.full_like(rows, np.nan) for name, rows in load_file(own / "model.safetensors").items()}
    save_file(spoilt, own / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="gives no finite vectors"):
        swap_in(str(own), tmp_path / "home")


def test_a_record_that_cannot_be_read_names_its_file(tmp_path: Path):
    (tmp_path / RECORD).write_text('{"name": 7}')
    with pytest.raises(ModelError, match=r"encoder\.json: .*--shipped"):
        open_encoder(tmp_path)


def test_what_fails_leaves_the_encoder_before_in_use(transformer: Path, own: Path, tmp_path: Path):
    home = tmp_path / "home"
    before = swap_in(str(transformer), home).record
    (own / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="bert-kecil: cannot be loaded: "):
        swap_in(str(own), home)
    with pytest.raises(ModelError, match="is not read; valid"):
        swap_in(str(write_modules(tmp_path / "code", "os.system")), home)
    with pytest.raises(UsageError, match="only what comes from the hub is pinned"):
        swap_in(str(transformer), home, revision="0" * 40)
    assert read_record(home) == before


def test_code_that_comes_with_a_model_is_not_run(own: Path, tmp_path: Path):
    config = json.loads((own / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config", "AutoModel": "own.Model"}}
    (own / "config.json").write_text(json.dumps(config))
    (own / "own.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w')")
    with pytest.raises(ModelError, match="cannot be loaded"):
        swap_in(str(own), tmp_path / "home")
    assert not (tmp_path / "canary").exists()


def test_no_letter_of_the_network_is_asked_for(transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object):
        raise AssertionError("it went out")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    swap_in(str(transformer), tmp_path / "home")
    assert open_encoder(tmp_path / "home").dimensions == 16
