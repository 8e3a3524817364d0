"""An encoder's folder, looked through before anything of it is loaded: no code, no pickle, nothing from elsewhere."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from scanner.errors import ModelError

READ = ("*.json", "*.safetensors", "*.txt", "*.model")
"""Files an encoder is read from: configuration, weights, vocabulary."""
_MODULES = ("Transformer", "Pooling", "Normalize", "Dense", "StaticEmbedding")
_WEIGHTS = {
    "Transformer": ("model.safetensors", "model.safetensors.index.json"),
    "Dense": ("model.safetensors",),
    "StaticEmbedding": ("model.safetensors",),
}
"""Where the modules that weigh something look first; only without these they would turn to pickle."""


def check_folder(folder: Path) -> None:
    """Raise ModelError unless this is a sentence-transformers folder whose weights are safetensors throughout."""
    try:
        modules = [(str(one["type"]), folder / str(one["path"])) for one in json.loads(_read(folder / "modules.json"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / 'modules.json'}: {error!r}; a list of modules with type and path") from error
    for kind, place in modules:
        package, _, name = kind.rpartition(".")
        if package.partition(".")[0] != "sentence_transformers" or name not in _MODULES:
            raise ModelError(f"{folder}: its module {kind} is not read; valid: {', '.join(_MODULES)}")
        if not place.resolve().is_relative_to(folder.resolve()):
            raise ModelError(f"{place}: lies outside the encoder's folder")
        if name in _WEIGHTS and not any((place / weights).is_file() for weights in _WEIGHTS[name]):
            found = ", ".join(sorted(one.name for one in place.glob("*.bin"))) or "no weights"
            raise ModelError(f"{place}: holds {found}; only model.safetensors is read, never pickle (*.bin)")
        if (place / "adapter_config.json").exists():
            raise ModelError(f"{place}: holds an adapter of another model; merge the two and save them as one")


def hash_files(folder: Path) -> dict[str, str]:
    """Hash every file an encoder is read from, by its place in the folder."""
    found = sorted({path for pattern in READ for path in folder.rglob(pattern)})
    places = [(path.relative_to(folder), path) for path in found if path.is_file()]
    hashes = {}
    for place, path in places:
        if not any(part.startswith(".") for part in place.parts):
            with path.open("rb") as file:
                hashes[place.as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{path}: not there; a folder saved by sentence-transformers would be valid") from error
