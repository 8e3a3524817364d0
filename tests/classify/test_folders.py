"""A folder is refused before anything of it is loaded: code, pickle, and weights from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.classify.folders import check_folder, hash_files
from scanner.errors import ModelError
from scanner.resources import data_folder
from tests.encoders import write_modules, write_static

TRANSFORMER, POOLING = "sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling"


def test_the_shipped_encoder_and_a_new_one_are_valid(tmp_path: Path):
    check_folder(data_folder("models") / "encoder")
    check_folder(write_static(tmp_path / "kecil"))


def test_weights_in_shards_are_valid_for_a_transformer_alone(tmp_path: Path):
    folder = write_modules(tmp_path, TRANSFORMER, POOLING)
    (folder / "model.safetensors.index.json").write_text("{}")
    check_folder(folder)
    with pytest.raises(ModelError, match="no weights"):
        check_folder(write_modules(tmp_path, "sentence_transformers.models.Dense"))


@pytest.mark.parametrize("stranger", ["model.safetensors.bak", "other.safetensors", "onnx.json"])
def test_weights_as_pickle_are_refused_by_name(tmp_path: Path, stranger: str):
    folder = write_modules(tmp_path, TRANSFORMER, POOLING)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    (folder / stranger).touch()
    with pytest.raises(ModelError, match=r"holds pytorch_model\.bin; only model\.safetensors is read, never pickle"):
        check_folder(folder)


@pytest.mark.parametrize(
    "kind", ["os.system", "modeling_own.Own", "sentence_transformersx.models.Transformer", "Transformer", POOLING + "X"]
)
def test_a_module_that_is_code_of_somebody_else_is_refused(tmp_path: Path, kind: str):
    with pytest.raises(ModelError, match=r"is not read; valid: Transformer, Pooling, Normalize, Dense, StaticEmb"):
        check_folder(write_modules(tmp_path, kind))


@pytest.mark.parametrize("content", ["", "{", "7", "[7]", '[{"type": "x"}]', '{"type": 1}'])
def test_a_list_of_modules_that_is_none_is_refused(tmp_path: Path, content: str):
    (tmp_path / "modules.json").write_text(content)
    with pytest.raises(ModelError, match=r"modules\.json: .*a list of modules with type and path"):
        check_folder(tmp_path)


def test_a_folder_that_sentence_transformers_did_not_save_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match=r"modules\.json: not there; a folder saved by sentence-transformers"):
        check_folder(tmp_path)


def test_modules_outside_the_folder_and_adapters_are_refused(tmp_path: Path):
    folder = write_modules(tmp_path / "m", TRANSFORMER)
    (folder / "modules.json").write_text(f'[{{"type": "{TRANSFORMER}", "path": "../elsewhere"}}]')
    with pytest.raises(ModelError, match="lies outside"):
        check_folder(folder)
    folder = write_modules(tmp_path / "m", TRANSFORMER)
    (folder / "model.safetensors").touch()
    (folder / "adapter_config.json").touch()
    with pytest.raises(ModelError, match="adapter of another model"):
        check_folder(folder)


def test_every_file_that_is_read_is_hashed_and_no_other(tmp_path: Path):
    folder = write_static(tmp_path / "kecil")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text("{}")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.json").touch()
    assert sorted(hash_files(folder)) == [
        "1_Pooling/config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "tokenizer.json",
    ]
    assert hash_files(tmp_path / "antah") == {}
