from __future__ import annotations

import pytest

from scanner.rules.contexts import (
    alternative,
    companions,
    negator_of,
    quotations,
    reporter_of,
    told_of_others,
)
from scanner.rules.views import reader_of
from scanner.text.normalise import normalise
from tests.rules.casts import ruleset

LEXICON = ruleset().lexicon
READER = reader_of(LEXICON.numbers)
NEGATOR = negator_of(LEXICON.negation, lambda text: READER.read(normalise(text).text).words)
REPORTER = reporter_of(LEXICON.contexts)


def view_of(text):
    return READER.read(text)


def place(view, word):
    return view.words.index(word)


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("saya tidak coblos ⟨p⟩", True),
        ("bukan saya yang coblos ⟨p⟩", True),
        ("tidak akan pernah mau lagi coblos ⟨p⟩", False),
        ("tidak begitu. coblos ⟨p⟩", False),
        ("tidak, coblos ⟨p⟩", False),
        ("bukan main tapi coblos ⟨p⟩", False),
        ("jangan lupa coblos ⟨p⟩", False),
        ("jangan sampai lupa coblos ⟨p⟩", False),
        ("dang lupa coblos ⟨p⟩", False),
        ("ora coblos ⟨p⟩", True),
        ("mak di rumah coblos ⟨p⟩", False),
        ("mak coblos ⟨p⟩", True),
        ("coblos ⟨p⟩", False),
    ],
)
def test_a_negation_reaches_four_words_of_its_clause(text, negated):
    view = view_of(text)
    assert NEGATOR.negates(view, place(view, "coblos")) is negated


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("kata netizen pilih ⟨p⟩", True),
        ("pilih ⟨p⟩ ujar beliau", True),
        ("katanya pilih ⟨p⟩", True),
        ("kata orang ramai. pilih ⟨p⟩", False),
        ("pilih ⟨p⟩", False),
    ],
)
def test_reported_speech_is_told_by_its_words_in_the_same_sentence(text, reported):
    view = view_of(text)
    first = place(view, "pilih")
    assert REPORTER.reported(view, first, first + 2) is reported


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ('dia bilang "pilih saja" ya', ['"pilih saja"']),
        ("kata netizen 'pilih dia', sopan", ["'pilih dia'"]),
        ("jum'at dan ma'af", []),
        ('tanda " yang tak\nditutup "', []),
    ],
)
def test_quotation_marks_close_on_their_own_line(text, spans):
    found = quotations(text)
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == spans
    assert all(found.hold(start + 1, end - 1) for start, end in zip(found.starts, found.ends, strict=True))
    assert not found.hold(0, len(text))


@pytest.mark.parametrize(
    ("text", "either", "others"),
    [
        ("pilih ⟨p⟩ atau ⟨p⟩", True, 1),
        ("pilih nomor 1 atau nomor 2", True, 1),
        ("pilih ⟨p⟩ dan ⟨p⟩ , ⟨p⟩", False, 2),
        ("pilih ⟨p⟩ atau golput", False, 0),
        ("pilih ⟨p⟩", False, 0),
    ],
)
def test_objects_named_in_one_breath_are_seen_together(text, either, others):
    view = view_of(text)
    slot = next(index for index, word in enumerate(view.words) if word in ("⟨p⟩", "1"))
    assert alternative(view, slot) is either
    assert len(companions(view, slot)) == others


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("dukung ⟨p⟩", False),
        ("saya dukung ⟨p⟩", False),
        ("ayo bu dukung ⟨p⟩", False),
        ("besok , dukung ⟨p⟩", False),
        ("ulama se-kabupaten dukung ⟨p⟩", True),
        ("⟨b⟩ dukung ⟨p⟩", True),
        ("ulama se-kabupaten coblos ⟨p⟩", False),
    ],
)
def test_support_that_is_told_of_others_is_no_call(text, others):
    view = view_of(text)
    assert told_of_others(view, view.words.index("coblos" if "coblos" in text else "dukung")) is others
