"""A model folder, written and read safely: data, never code (design decision 10).

<name>/ config.json        everything small that decides a score, and the SHA-256 of every other file
        weights.safetensors the serving table (float32) and the document frequencies
        heads.skops         the scikit-learn heads, for retraining and inspection only (see trusted.py)
        metrics.json        how well it does
        README.md           the model card, made from those numbers
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scanner.classify.features import FeatureParams
from scanner.classify.model import LABELS, Head, Model
from scanner.errors import ModelError

FORMAT = 2
CONFIG, WEIGHTS, HEADS, METRICS, CARD = (
    "config.json",
    "weights.safetensors",
    "heads.skops",
    "metrics.json",
    "README.md",
)
_LARGEST = {CONFIG: 1 << 20, WEIGHTS: 64 << 20, HEADS: 32 << 20, METRICS: 4 << 20, CARD: 1 << 20}


@dataclass(frozen=True, slots=True)
class Config:
    """config.json: what a model is made of."""

    format: int
    name: str
    labels: tuple[str, ...]
    """Order of the heads and of their rows of the table."""
    params: FeatureParams
    heads: tuple[Head, ...]
    ruleset: str
    corpus_sha256: str
    """Over the training files, names and bytes."""
    seed: int
    scikit_learn: str
    """Version the heads were trained with."""
    files: Mapping[str, str]
    """SHA-256 of every other file."""

    @property
    def serving(self) -> bytes:
        """The part that decides a score, in one canonical form."""
        parts = {"format": self.format, "labels": self.labels, "params": self.params, "heads": self.heads}
        return msgspec.json.encode(parts | {"weights": self.files[WEIGHTS]}, order="sorted")

    @property
    def model_id(self) -> str:
        """Name and eight digits: default-1a2b3c4d. The same id gives the same scores."""
        return f"{self.name}-{hashlib.sha256(self.serving).hexdigest()[:8]}"


def load_model(folder: Path, pin: str | None = None) -> Model:
    """Read a model for serving; needs neither scikit-learn nor torch nor scipy.

    `pin` is the model id the caller trusts. Raises ModelError when a file is missing, changed, too large,
    of another format or order, or of a kind that can carry code (pickle, joblib).
    """
    config = read_config(folder)
    if pin is not None and pin != config.model_id:
        raise ModelError(f"{folder}: is model {config.model_id}, but {pin} is pinned; give its folder or pin this one")
    table = _read_table(folder / WEIGHTS, config)
    return Model(id=config.model_id, params=config.params, heads=config.heads, table=table, ruleset=config.ruleset)


def load_frequencies(folder: Path) -> NDArray[np.uint32]:
    """Read in how many training posts each slot occurred, for adapting. Raises ModelError as `load_model` does."""
    config = read_config(folder)
    found = _read_arrays(folder / WEIGHTS, config).get("frequencies")
    if found is None or found.dtype != np.uint32 or found.shape != (config.params.size,):
        raise ModelError(f"{folder / WEIGHTS}: no array `frequencies` of {config.params.size} uint32; train it anew")
    return found


def read_config(folder: Path) -> Config:
    """Read config.json and check the whole folder against it."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: there is no such model folder; `models/default` ships with the scanner")
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in _LARGEST)
    if strangers:
        raise ModelError(f"{folder}: {strangers[0]} does not belong in a model folder; valid: {', '.join(_LARGEST)}")
    try:
        config = msgspec.json.decode(read_checked(folder / CONFIG, None), type=Config)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelError(f"{folder / CONFIG}: {error}") from error
    _check_config(folder, config)
    for name, digest in config.files.items():
        read_checked(folder / name, digest)
    return config


def read_checked(path: Path, digest: str | None) -> bytes:
    """Read one file of a model folder after its size, and against its SHA-256 when one is given."""
    if path.is_symlink() or not path.is_file():
        raise ModelError(f"{path}: missing, or not a plain file; a model folder holds {', '.join(_LARGEST)}")
    if path.stat().st_size > _LARGEST[path.name]:
        raise ModelError(f"{path}: {path.stat().st_size} bytes; at most {_LARGEST[path.name]} are read")
    body = path.read_bytes()
    if digest is not None and hashlib.sha256(body).hexdigest() != digest:
        raise ModelError(f"{path}: SHA-256 differs from the one in {CONFIG}: changed or damaged; fetch the model again")
    return body


def write_model(folder: Path, config: Config, arrays: Mapping[str, NDArray[np.generic]], heads: bytes) -> Config:
    """Write a model beside its place and move it there whole; returns the config with its file hashes."""
    from safetensors.numpy import save

    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    (fresh / WEIGHTS).write_bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))
    (fresh / HEADS).write_bytes(heads)
    config = _seal(fresh, config)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)
    return config


def write_report(folder: Path, metrics: Mapping[str, object], card: str) -> Config:
    """Put metrics and card into a model folder. They decide no score, so the model id stays."""
    config = read_config(folder)
    (folder / METRICS).write_text(json.dumps(metrics, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / CARD).write_text(card, encoding="utf-8")
    return _seal(folder, config)


def _seal(folder: Path, config: Config) -> Config:
    names = [name for name in _LARGEST if name != CONFIG and (folder / name).is_file()]
    config = replace(config, files={name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names})
    encoded = msgspec.json.format(msgspec.json.encode(config), indent=2)
    (folder / CONFIG).write_bytes(encoded + b"\n")
    return config


def _check_config(folder: Path, config: Config) -> None:
    where = folder / CONFIG
    if config.format != FORMAT:
        raise ModelError(f"{where}: format {config.format}; this scanner reads format {FORMAT}: train it anew")
    order = [str(label) for label in LABELS]
    if list(config.labels) != order or [head.label for head in config.heads] != order:
        raise ModelError(f"{where}: labels {list(config.labels)}; only the order {order} is valid")
    if not 8 <= config.params.bits <= 20 or not 1 <= config.params.shortest <= config.params.longest <= 8:
        raise ModelError(f"{where}: params {config.params}; bits 8 to 20 and 1 <= shortest <= longest <= 8 are valid")
    if not all(any(genre.carries for genre in head.genres) for head in config.heads):
        raise ModelError(f"{where}: a head without a genre that carries its label; at least one is needed")
    if any(head.calibration.slope <= 0 for head in config.heads):
        raise ModelError(f"{where}: a calibration slope is not positive, so it would turn the order of posts round")
    needed = {WEIGHTS, HEADS}
    if not needed <= set(config.files) <= set(_LARGEST) - {CONFIG}:
        raise ModelError(f"{where}: files {sorted(config.files)}; must list {sorted(needed)}, may list the report")
    unlisted = sorted(path.name for path in folder.iterdir() if path.name not in {*config.files, CONFIG})
    if unlisted:
        raise ModelError(f"{folder / unlisted[0]}: is not listed in {CONFIG}; remove it or train anew")


def _read_arrays(path: Path, config: Config) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(read_checked(path, config.files[WEIGHTS])))
    except SafetensorError as error:
        raise ModelError(f"{path}: not a safetensors file: {error}") from error


def _read_table(path: Path, config: Config) -> NDArray[np.float32]:
    arrays = _read_arrays(path, config)
    table = arrays.get("table")
    shape = (sum(len(head.genres) for head in config.heads), config.params.size)
    if table is None or table.dtype != np.float32 or table.shape != shape or not np.isfinite(table).all():
        raise ModelError(f"{path}: no finite float32 array `table` of shape {shape}; found {sorted(arrays)}")
    return np.ascontiguousarray(table)
