"""The small encoder: word vectors as a sentence-transformers folder (StaticEmbedding), read back with numpy alone.

<name>/ model.safetensors   embedding.weight, float16: a word's direction times its inverse document frequency
        tokenizer.json      words of the masked text, as the classifier divides it
        modules.json, config_sentence_transformers.json, README.md

No name has a vector: what is known of a person, a party or a place must not weigh (guardrail G7).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scanner.classify.tokenise import tokenise
from scanner.classify.vectors import Vectors, frequent_words, learn_vectors, proper_names
from scanner.errors import ModelError
from scanner.rules.elections import Election, Kind
from scanner.rules.match import Matcher

LARGEST = 16_000_000
"""Bytes of weights at most."""
_UNKNOWN = "[UNK]"
WEIGHTS = "model.safetensors"
"""File of the weights, in every encoder folder."""
_TOKENIZER = "tokenizer.json"
_LICENCES = {
    "indonlu": "MIT",
    "stif": "MIT",
    "politik_luthfil": "MIT",
    "indonli": "CC BY-SA 4.0",
    "ud_gsd_pud": "CC BY-SA",
    "peraturan": "state regulations, not protected by copyright",
    "corpus": "posts written for this project, MIT",
}


def train_encoder(
    texts: Mapping[str, Sequence[str]],
    out: Path,
    *,
    matcher: Matcher,
    names: Collection[str] = (),
    ordinary: Collection[str] = (),
    dimensions: int = 256,
    least: int = 3,
    seed: int = 0,
) -> Vectors:
    """Learn vectors of words that stand at least `least` times in `texts` (source: lines), and write the folder `out`.

    `names` never get a vector, nor do words written like names, unless they are among the `ordinary` words.
    The same texts, rules and seed give the same vectors. Raises ModelError when the texts hold next to no words.
    """
    lines = [line for source in texts.values() for line in source]
    said = [tokenise(matcher.match(line).masked).split() for line in lines]
    never = (proper_names(lines) - frozenset(ordinary)) | frozenset(names)
    words = frequent_words(said, least=least, most=LARGEST // (2 * dimensions) - 1, never=never)
    if len(words) < 3:
        raise ModelError(f"{', '.join(texts)}: {len(words)} words stand {least} times or more; more text is needed")
    vectors = learn_vectors(said, words, dimensions=dimensions, seed=seed)
    write_encoder(out, vectors, {source: len(held) for source, held in texts.items()})
    return vectors


def name_words(elections: Iterable[Election]) -> frozenset[str]:
    """Words of which participants' names are made; of parties the short names, for the long ones are plain words."""
    found: set[str] = set()
    for election in elections:
        for one in (*election.participants, *election.known_parties):
            if one.kind is not Kind.BLANK_BOX:
                full = () if one.kind is Kind.PARTY else (*one.names, *one.pair)
                found.update(word for name in (*full, *one.short, *one.acronym) for word in _spelt(name))
    return frozenset(found)


def write_encoder(out: Path, vectors: Vectors, sources: Mapping[str, int]) -> None:
    """Write the folder as sentence-transformers reads it; `sources` are lines by name of their file."""
    from safetensors.numpy import save

    weights = np.vstack([np.zeros((1, vectors.weights.shape[1])), vectors.weights]).astype(np.float16)
    fresh = out.with_name(f".{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    (fresh / WEIGHTS).write_bytes(save({"embedding.weight": weights}))
    module = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}
    _write(fresh / _TOKENIZER, _tokenizer(vectors.words))
    _write(fresh / "modules.json", [module])
    _write(fresh / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})
    (fresh / "README.md").write_text(_card(vectors, sources), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    fresh.replace(out)


def load_vectors(folder: Path) -> Vectors:
    """Read the vectors without torch. Raises ModelError when the folder is not such an encoder."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        body = (folder / WEIGHTS).read_bytes()
        vocabulary = json.loads((folder / _TOKENIZER).read_bytes())["model"]["vocab"]
        weights = load(body)["embedding.weight"]
    except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise ModelError(f"{folder}: {error}; a folder written by `scanner train encoder` would be valid") from error
    words = sorted(vocabulary, key=vocabulary.get)
    if weights.ndim != 2 or len(words) != len(weights) or words[0] != _UNKNOWN or not np.isfinite(weights).all():
        raise ModelError(f"{folder}: {len(words)} words for weights of shape {weights.shape}; one finite row per word")
    return Vectors(words=tuple(words[1:]), weights=weights[1:].astype(np.float32))


def _spelt(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.lower())


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _tokenizer(words: Sequence[str]) -> dict[str, Any]:
    split = {"type": "Split", "pattern": {"Regex": r"[^\W\d_]+"}, "behavior": "Removed", "invert": True}
    vocabulary = {word: index for index, word in enumerate((_UNKNOWN, *words))}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": split,
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": _UNKNOWN},
    }


def _card(vectors: Vectors, sources: Mapping[str, int]) -> str:
    lines = [
        "---",
        "library_name: sentence-transformers",
        "language: id",
        "license: cc-by-sa-4.0",
        "---",
        "# Small Indonesian encoder",
        "",
        f"{len(vectors.words)} words, {vectors.weights.shape[1]} dimensions: positive pointwise mutual information "
        "of neighbouring words (window 5, weight 1/distance), reduced by randomised SVD, each direction times the",
        "word's inverse document frequency. A text is the mean of its words; compare by cosine.",
        "",
        "| source | lines | licence |",
        "|---|---|---|",
        *(f"| {name} | {lines} | {_LICENCES.get(name, 'as its source says')} |" for name, lines in sources.items()),
        "",
        "Learnt on text in which participants, parties, numbers and regions of the loaded elections were masked.",
        "Words with digits, handles and words written like names have no vector. It knows what its sources say, their",
        "prejudices included: it serves to show reviewers similar judged posts, never for a decision about a post.",
        "",
        "Made again with `scanner train encoder FILES... -o models/encoder`.",
    ]
    return "\n".join(lines) + "\n"
