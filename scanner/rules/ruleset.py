"""The ruleset: the whole catalogue under one version and hash, so that every flag names the rules it was made by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict

from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.clauses import Clause, load_regulations
from scanner.rules.codes import Code, load_codes
from scanner.rules.lexicon import Lexicon, load_lexicon
from scanner.rules.lexicon_contexts import Modifier, Modifiers
from scanner.rules.reading import PEOPLE, read_record


@dataclass(frozen=True, slots=True)
class Version:
    """Version of the rules as people count it, and whether changes are frozen (guardrail G23)."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    version: str
    frozen: bool


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Clauses, codes and lexicon of one version."""

    version: str
    frozen: bool
    """True from penetapan on: a change then needs two signatures and a new scoring."""
    sha256: str
    """Over the names and bytes of all files that say what is matched and cited."""
    clauses: Mapping[str, Clause]
    codes: Mapping[str, Code]
    lexicon: Lexicon
    modifiers: tuple[Modifier, ...]

    @property
    def id(self) -> str:
        """Version and hash in short: `2026.11+1a2b3c4d`."""
        return f"{self.version}+{self.sha256[:8]}"


def load_ruleset(folder: Path | None = None) -> Ruleset:
    """Read the catalogue from a folder with `regulations/` and `rules/`; without one the shipped `keywords`, once.

    Raises RulesError with file and key when anything in it cannot be used.
    """
    return _shipped(data_folder("keywords")) if folder is None else _read(folder)


@cache
def _shipped(folder: Path) -> Ruleset:
    """Reading all files takes 0.2 s, and a process keeps to one version of the rules anyway."""
    return _read(folder)


def _read(folder: Path) -> Ruleset:
    rules = folder / "rules"
    version = read_record(rules / "version.yaml", Version)
    clauses = load_regulations(folder / "regulations")
    codes = load_codes(rules / "codes", clauses)
    return Ruleset(
        version=version.version,
        frozen=version.frozen,
        sha256=_hash(folder),
        clauses=clauses,
        codes=codes,
        lexicon=load_lexicon(rules, codes),
        modifiers=_modifiers(rules / "modifiers.yaml", clauses),
    )


def _modifiers(path: Path, clauses: Mapping[str, Clause]) -> tuple[Modifier, ...]:
    modifiers = read_record(path, Modifiers).modifiers
    for one in modifiers:
        unknown = set(one.clauses) - clauses.keys()
        if unknown:
            raise RulesError(f"{path}: {one.tag} cites unknown clause {min(unknown)!r}; known: {', '.join(clauses)}")
    return modifiers


def _hash(folder: Path) -> str:
    tables = (folder / "slang.tsv", folder / "word-classes.tsv")
    files = [*folder.glob("regulations/*.yaml"), *folder.glob("rules/**/*.yaml"), *filter(Path.is_file, tables)]
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
