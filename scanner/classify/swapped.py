"""Another encoder in place of the shipped one: any sentence-transformers folder, proven, recorded, checked by hash.

<home>/ encoder.json            which encoder, from where, the SHA-256 of every file it is read from
        <owner>--<name>/        the files themselves, when they came from the hub

Weights are read from safetensors alone, and no code that comes with a model is run (design decision 10).
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from scanner.classify.encoding import Encoder, Floats, load_static, unit
from scanner.classify.folders import check_folder, hash_files
from scanner.classify.hub import fetch, require_pinned
from scanner.errors import ModelError, UsageError
from scanner.resources import data_folder

RECORD = "encoder.json"
_PAIR = ("ayo coblos ⟨p⟩ di tps", "jangan lupa pilih ⟨p⟩")
_STRANGER = "antre berkas di loket sejak subuh"
_WORDS = {"⟨p⟩": "calon", "⟨b⟩": "partai", "⟨n⟩": "nomor urut", "⟨r⟩": "daerah"}

_AGAIN = "run `scanner model encoder` with it again, or `scanner model encoder --shipped`"


@dataclass(frozen=True, slots=True)
class Swapped:
    """The record of an encoder that was swapped in."""

    name: str
    """Name on the hub, or of the folder."""
    folder: str
    """Seen from the folder of the record, so that a workspace can be moved with what it fetched."""
    revision: str | None
    """Commit on the hub; None for a folder of one's own."""
    prefix: str
    """Put before every text: E5 asks for "query: " where two texts of one kind are compared."""
    dimensions: int
    files: Mapping[str, str]
    """SHA-256 by file."""

    @property
    def id(self) -> str:
        """Name and eight digits over files and prefix: multilingual-e5-small-1a2b3c4d."""
        digest = hashlib.sha256(msgspec.json.encode([self.prefix, self.files], order="sorted")).hexdigest()
        return f"{self.name.rpartition('/')[2]}-{digest[:8]}"


@dataclass(frozen=True, slots=True)
class Proof:
    """What one trial of an encoder showed."""

    record: Swapped
    likeness: float
    """Cosine of two ways to say the same."""
    contrast: float
    """Cosine of one of them to a text about something else: should be lower."""
    seconds: float
    """Reading it twice and encoding three texts, the library's own start included."""


@dataclass(frozen=True, eq=False)
class TransformerEncoder:
    """A sentence-transformers model. Needs the extra [encoder]."""

    id: str
    dimensions: int
    prefix: str
    model: Any

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode tokenised masked texts, placeholders read as the plain words for what they stand for."""
        said = [self.prefix + " ".join(_WORDS.get(word, word) for word in text.split()) for text in texts]
        rows = self.model.encode(said, prompt="", show_progress_bar=False, convert_to_numpy=True)
        return unit(np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimensions))


def swap_in(source: str, home: Path, *, revision: str | None = None, prefix: str | None = None) -> Proof:
    """Prove an encoder once and record it in `home`; what was recorded before stays until the proof is there.

    `source` is a folder, or a name on the hub with the full `revision` that pins it. Without `prefix` the model's
    own prompt for queries is used, if it has one. Raises UsageError and ModelError saying what would be valid.
    """
    given = Path(source)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if given.is_dir():
        if revision is not None:
            raise UsageError(f"--revision {revision}: {source} is a folder; only what comes from the hub is pinned")
        folder = given.resolve()
        proof = prove(folder, name=folder.name, revision=None, prefix=prefix, stays=str(folder))
    else:
        pinned, folder = require_pinned(source, revision), home / source.replace("/", "--")
        with fetch(source, pinned, home) as fresh:
            proof = prove(fresh, name=source, revision=pinned, prefix=prefix, stays=folder.name)
            shutil.rmtree(folder, ignore_errors=True)
            fresh.replace(folder)
    fresh_record = home / f".{RECORD}.new"
    fresh_record.write_bytes(msgspec.json.format(msgspec.json.encode(proof.record), indent=2) + b"\n")
    fresh_record.replace(home / RECORD)
    _forget(home, keep=folder)
    return proof


def use_shipped(home: Path) -> bool:
    """Go back to the shipped encoder; False when it was in use already."""
    was_swapped = (home / RECORD).exists()
    (home / RECORD).unlink(missing_ok=True)
    _forget(home, keep=None)
    return was_swapped


def read_record(home: Path) -> Swapped | None:
    """Read which encoder was swapped in; None when the shipped one is in use."""
    try:
        return msgspec.json.decode((home / RECORD).read_bytes(), type=Swapped)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelError(f"{home / RECORD}: {error}; {_AGAIN}") from error


def check_record(record: Swapped, home: Path) -> None:
    """Raise ModelError naming the first file of a recorded encoder that is missing, new or changed."""
    folder = home / record.folder
    here = hash_files(folder)
    for name in sorted({*here, *record.files}):
        if here.get(name) != record.files.get(name):
            state = "missing" if name not in here else "new" if name not in record.files else "changed"
            raise ModelError(f"{folder / name}: {state} since {record.name} was swapped in; {_AGAIN}")


def open_encoder(home: Path) -> Encoder:
    """Open the encoder in use: the one recorded in `home`, or the shipped one, which needs neither torch nor scipy."""
    record = read_record(home)
    if record is None:
        return load_static(data_folder("models") / "encoder")
    check_record(record, home)
    return _load(home / record.folder, record.id, record.prefix)


def describe_encoder(home: Path) -> dict[str, Any]:
    """Describe the encoder in use by its record and files; `problem` says why it cannot be used, or is empty."""
    record = read_record(home)
    if record is None:
        folder, encoder = data_folder("models") / "encoder", open_encoder(home)
        about = {"id": encoder.id, "name": "shipped", "revision": "", "dimensions": encoder.dimensions, "prefix": ""}
        files, problem = hash_files(folder), ""
    else:
        folder, files, problem = home / record.folder, dict(record.files), _problem(record, home)
        about = {"id": record.id, "name": record.name, "revision": record.revision or ""}
        about |= {"dimensions": record.dimensions, "prefix": record.prefix}
    size = sum((folder / name).stat().st_size for name in files if (folder / name).is_file())
    return about | {"folder": str(folder), "bytes": size, "files": files, "problem": problem}


def prove(folder: Path, *, name: str, revision: str | None, prefix: str | None, stays: str) -> Proof:
    """Check a folder, load it and encode three texts. `stays` is the place the record will name.

    It is loaded twice: the library draws weights that the files lack at random, so then the two would differ.
    """
    started = time.perf_counter()
    check_folder(folder)
    files = hash_files(folder)
    encoder = _load(folder, name, prefix)
    rows, again = (one.encode([*_PAIR, _STRANGER]) for one in (encoder, _load(folder, name, prefix)))
    if not np.isfinite(rows).all() or not rows.any():
        raise ModelError(f"{folder}: gives no finite vectors for an example; damaged, or without Indonesian words")
    if not np.allclose(rows, again, atol=1e-3):
        raise ModelError(f"{folder}: gives other vectors each time it is loaded: some weights are not in its files")
    record = Swapped(
        name=name,
        folder=stays,
        revision=revision,
        prefix=encoder.prefix,
        dimensions=encoder.dimensions,
        files=files,
    )
    return Proof(
        record=record,
        likeness=float(rows[0] @ rows[1]),
        contrast=float(rows[0] @ rows[2]),
        seconds=time.perf_counter() - started,
    )


def _load(folder: Path, name: str, prefix: str | None) -> TransformerEncoder:
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar
    except ImportError as error:
        raise ModelError(f"{name}: needs sentence-transformers; run `pip install 'scanner[encoder]'`") from error
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model: Any = SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
        dimensions = int(model.encode([_STRANGER], prompt="", show_progress_bar=False).shape[1])
    except Exception as error:  # whatever four foreign libraries raise at a damaged folder
        raise ModelError(f"{folder}: cannot be loaded: {' '.join(str(error).split())[:300]}") from error
    own = model.prompts.get("query") or ""
    return TransformerEncoder(id=name, dimensions=dimensions, prefix=own if prefix is None else prefix, model=model)


def _problem(record: Swapped, home: Path) -> str:
    try:
        check_record(record, home)
    except ModelError as error:
        return str(error)
    return ""


def _forget(home: Path, keep: Path | None) -> None:
    """Remove what came from the hub and is not used any more."""
    for folder in home.glob("*--*"):
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)
