from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.hashing import characters, lay_out, words

WORD = st.text(st.characters(exclude_characters=" ", exclude_categories=()), min_size=1, max_size=8)
TEXT = st.lists(WORD, max_size=8).map(" ".join)


def slots_of(occurrences, row):
    return sorted(occurrences.slots[occurrences.rows == row].tolist())


def spelled(batch, occurrences):
    return ["".join(map(chr, batch.codes[a:b])) for a, b in zip(occurrences.starts, occurrences.ends, strict=True)]


def test_it_finds_words_and_pairs_within_one_text_only():
    batch = lay_out(["coblos nomor", "", "besok"])
    found = words(batch, 18, pairs=True)
    assert spelled(batch, found) == ["coblos", "nomor", "besok", "coblos nomor"]
    assert found.rows.tolist() == [0, 0, 2, 0]


def test_it_finds_characters_inside_words_only():
    batch = lay_out(["ayo ke", "tps"])
    found = characters(batch, 18, shortest=3, longest=4)
    assert spelled(batch, found) == [
        " ay",
        "ayo",
        "yo ",
        " ke",
        "ke ",
        " tp",
        "tps",
        "ps ",
        " ayo",
        "ayo ",
        " ke ",
        " tps",
        "tps ",
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=6))
def test_a_text_has_the_same_slots_alone_and_in_any_batch(texts):
    together = lay_out(texts)
    for row, text in enumerate(texts):
        alone = lay_out([text])
        assert slots_of(words(together, 16, pairs=True), row) == slots_of(words(alone, 16, pairs=True), 0)
        assert slots_of(characters(together, 16), row) == slots_of(characters(alone, 16), 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, max_size=6), st.integers(8, 20))
def test_every_slot_and_place_is_in_range(texts, bits):
    batch = lay_out(texts)
    for found in (words(batch, bits, pairs=True), characters(batch, bits)):
        assert ((found.slots >= 0) & (found.slots < 1 << bits)).all()
        assert ((found.starts < found.ends) & (found.ends <= len(batch.codes))).all()
        assert (batch.row_of[found.starts] == found.rows).all()


def test_different_words_fall_on_slots_evenly():
    batch = lay_out([" ".join(f"kata{number}" for number in range(20_000))])
    slots = words(batch, 10, pairs=False).slots
    counts = np.bincount(slots, minlength=1024)
    assert 5 <= counts.min() <= counts.max() <= 50  # 19.5 expected


def test_the_slots_are_part_of_the_format_and_stay():
    assert words(lay_out(["coblos nomor"]), 18, pairs=True).slots.tolist() == SLOTS


SLOTS = [170400, 45496, 179416]
