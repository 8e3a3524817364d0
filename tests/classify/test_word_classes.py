"""Words by what they do: read from a table, told by word and clitic, for all sides alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scanner.classify.hashing import lay_out
from scanner.classify.word_classes import class_occurrences, classes_of, load_word_classes, shipped_classes
from scanner.errors import RulesError
from scanner.rules.election_files import load_elections
from scanner.text.slang import shipped_slang, words_of

BITS = 18


def table(folder: Path, *lines: str) -> Path:
    path = folder / "word-classes.tsv"
    path.write_text("\n".join(["class\tword", *lines]) + "\n", encoding="utf-8")
    return path


def test_a_word_has_every_class_it_stands_in(tmp_path: Path):
    found = load_word_classes(table(tmp_path, "praise\thebat", "cheer\thebat", "praise\tjujur"))
    assert found == {"hebat": ("cheer", "praise"), "jujur": ("praise",)}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("praise hebat", "a class of letters a to z, a tab and a word"),
        ("Praise\thebat", "a class of letters a to z"),
        ("praise\tHebat", "one word of at least two lower-case letters"),
        ("praise\tluar biasa", "one word of at least two lower-case letters"),
        ("praise\t", "one word of at least two lower-case letters"),
        ("praise\thebat\tx", "one word of at least two lower-case letters"),
    ],
)
def test_a_line_that_would_never_match_is_refused_with_its_place(tmp_path: Path, line: str, told: str):
    with pytest.raises(RulesError, match=rf"word-classes.tsv:3: .*{told}"):
        load_word_classes(table(tmp_path, "praise\tjujur", line))


def test_a_word_stands_in_a_class_once(tmp_path: Path):
    with pytest.raises(RulesError, match=r":3: 'hebat' stands twice in class 'praise'"):
        load_word_classes(table(tmp_path, "praise\thebat", "praise\thebat"))


def test_a_table_without_header_or_text_is_refused(tmp_path: Path):
    path = tmp_path / "word-classes.tsv"
    path.write_text("praise\thebat\n", encoding="utf-8")
    with pytest.raises(RulesError, match="header must be class<TAB>word"):
        load_word_classes(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesError, match="cannot be read as UTF-8"):
        load_word_classes(path)


@pytest.mark.parametrize("word", ["hebat", "hebatnya", "hebatlah", "hebatkah", "hebatny"])
def test_a_clitic_changes_nothing(word: str):
    assert classes_of(word) == ("warm",)


@pytest.mark.parametrize("word", ["", "⟨p⟩", "@", "url", "0", "#", "nya", "zxqwv"])
def test_what_is_no_known_word_has_no_class(word: str):
    assert classes_of(word) == ()


def test_no_name_of_a_participant_or_region_has_a_class():
    """Guardrail G7: what a post scores must not hang on who is named."""
    elections = load_elections()
    said = {
        word
        for election in elections
        for one in election.participants
        for alias in (*one.names, *one.short, *one.pair)
        if alias not in one.ambiguous
        for word in words_of(alias.lower())
        if len(words_of(alias.lower())) == 1
    }
    assert said & shipped_classes().keys() == set()


def test_every_word_can_be_met_in_a_normalised_text():
    """Slang is replaced before words are looked up: a word that is slang itself would wait for ever."""
    assert shipped_classes().keys() & shipped_slang().keys() == set()


def test_each_word_counts_once_and_once_more_where_a_candidate_is_named():
    texts = ["hebat dan zxqwv", "", "hebat"]
    plain = class_occurrences(texts, [False, False, False], lay_out(texts), BITS)
    named = class_occurrences(texts, [True, False, False], lay_out(texts), BITS)
    count = len(classes_of("hebat"))
    assert np.bincount(plain.rows, minlength=3)[[1, 2]].tolist() == [0, count]
    assert np.count_nonzero(named.rows == 0) == 2 * np.count_nonzero(plain.rows == 0)
    assert set(plain.slots[plain.rows == 0]) < set(named.slots[named.rows == 0])


def test_a_class_stands_where_its_word_stands():
    text = "orang hebat"
    found = class_occurrences([text], [False], lay_out([text]), BITS)
    places = {f" {text} "[start:end] for start, end in zip(found.starts, found.ends, strict=True)}
    assert places == {"hebat"}
