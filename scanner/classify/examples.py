"""Labelled posts, read strictly: the project's own corpus and files that reviewers bring."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import msgspec

from scanner.errors import ModelError

Record = TypeVar("Record")
Bit = Literal[0, 1]


class Difficulty(StrEnum):
    """Whether a keyword list would get the post right."""

    EASY = "easy"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class CorpusPost:
    """One written post of the training corpus; names are slots: {P1} {N1} {B1} {H1} {R1}."""

    id: str
    text: str
    campaign_support: Bit
    pns_attribute_use: Bit
    category: str
    platform: str
    register: str
    language: str
    election_type: str
    difficulty: Difficulty

    @property
    def writer(self) -> str:
        """File the post was written in: one voice, one region."""
        return self.id.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """A real post with its labels, for evaluation or adapting."""

    text: str
    campaign_support: Bit
    pns_attribute_use: Bit | None = None
    """None: nobody judged it."""


def load_corpus(folder: Path) -> list[CorpusPost]:
    """Read every posts file of a corpus (`posts/*.jsonl`, or `*.jsonl` of the folder itself).

    Raises ModelError with file and line for anything unknown, missing or double.
    """
    posts = [post for path in corpus_files(folder) for post in _records(path, CorpusPost)]
    seen: set[str] = set()
    for post in posts:
        if post.id in seen:
            raise ModelError(f"{folder}: id {post.id} stands twice; every post needs its own")
        seen.add(post.id)
    return posts


def corpus_files(folder: Path) -> list[Path]:
    """List the files of a corpus in the order of their names; a folder without any is refused."""
    found = sorted((folder / "posts").glob("*.jsonl")) or sorted(folder.glob("*.jsonl"))
    if not found:
        raise ModelError(f"{folder}: holds no posts/*.jsonl; `models/training` ships with the scanner")
    return found


def timeline_files(folder: Path) -> list[Path]:
    """List the files with judgements of real lines in the order of their names; a corpus may have none."""
    return sorted((folder / "timeline").glob("*.tsv"))


def corpus_sha256(folder: Path) -> str:
    """Hash a corpus over names and bytes of its files, judgements of real lines and the genres among them."""
    digest = hashlib.sha256()
    for path in (*corpus_files(folder), *timeline_files(folder), *folder.glob("genres.yaml")):
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def load_labelled(path: Path, *, support_field: str = "campaign_support") -> list[LabelledPost]:
    """Read JSONL with `text`, `campaign_support` and, where judged, `pns_attribute_use`; more fields are ignored.

    `support_field` is the name the file gives to campaign support. Raises ModelError with file and line.
    """
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file; JSONL with text and {support_field} (0 or 1) is read")
    posts = list(_records(path, LabelledPost, {support_field: "campaign_support"}))
    if not posts:
        raise ModelError(f"{path}: holds no post; one JSON object per line with text and {support_field} is read")
    return posts


def _records(path: Path, record: type[Record], renamed: Mapping[str, str] | None = None) -> Iterator[Record]:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            raw: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
            named = {(renamed or {}).get(key, key): value for key, value in raw.items()}
            yield msgspec.convert(named, record)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            wanted = ", ".join(field.name for field in fields(cast(Any, record)))
            raise ModelError(f"{path}:{number}: {error}; fields: {wanted}") from error
