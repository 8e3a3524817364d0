from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.rules.election_files import load_election
from scanner.rules.finds import find_all, read
from scanner.rules.match import Matcher
from scanner.rules.participants import mask
from scanner.rules.patterns import Patterns
from scanner.rules.ruleset import load_ruleset
from scanner.rules.screen import GLUED, screen_of, words_of
from scanner.text.normalise import normalise

MATCHER = Matcher(load_ruleset(), [load_election("pilgub-lampung-2024")])
ENTRIES = [row.strip() for row in MATCHER._patterns.rows]
PIECES = st.one_of(
    st.sampled_from(ENTRIES),
    st.sampled_from(["pak", "ya", "calon", "no", "no.", "nomer", "dua", "2", "02", "2.500", "kata", "hari", "kami"]),
    st.sampled_from([",", ".", "!", "…", "\n", "#pilih2", "#senin", "@warga", "https://a.example/2", "_", "/s", "⟨p⟩"]),
    st.text(max_size=6),
)


def sees(text: str) -> bool:
    """Tell whether the full reading finds anything: the long way."""
    masked = mask(normalise(text), MATCHER._names)
    reading = read(masked, MATCHER._reader)
    finds, cues = find_all(reading, MATCHER._patterns, MATCHER._reader, MATCHER._senses)
    tags = list(MATCHER._tagger.signals(masked, lambda start, end: ""))
    return bool(masked.segments or finds or cues or tags or MATCHER._masked(reading) != masked.text)


def clear(text: str) -> bool:
    return MATCHER._screen.clear(normalise(text).text)


def wanted(text: str) -> bool:
    return any(MATCHER._screen.wanted(MATCHER._screen.telling(words_of(text))))


@given(st.lists(PIECES, max_size=8), st.sampled_from([" ", "", "-", " pak "]))
@settings(max_examples=600, deadline=None)
def test_what_is_cleared_holds_nothing_for_the_full_reading(pieces, joint):
    text = joint.join(pieces)
    named = mask(normalise(text), MATCHER._names).segments
    assert named or not clear(text) or not sees(text)


@given(st.lists(PIECES, max_size=8), st.sampled_from([" ", " pak "]))
@settings(max_examples=400, deadline=None)
def test_what_its_words_alone_allow_holds_no_entry(pieces, joint):
    text = normalise(joint.join(pieces)).text
    allowed = not wanted(text)
    apart = mask(normalise(text), MATCHER._names).segments or GLUED.search(text) or MATCHER._screen.tagged(text)
    assert apart or not allowed or MATCHER._screen.clear(text)


@pytest.mark.parametrize(
    ("text", "allowed"), [("makan nasi", True), ("nomor antre", True), ("nomor dua", False), ("serangan fajar", False)]
)
def test_a_row_must_stand_with_all_its_words(text, allowed):
    assert wanted(text) is not allowed


@pytest.mark.parametrize("entry", ENTRIES[:: max(len(ENTRIES) // 300, 1)])
def test_no_entry_is_ever_cleared(entry):
    text = f"Kemarin {entry} sore"
    assert mask(normalise(text), MATCHER._names).segments or not sees(text) or not clear(text)


@pytest.mark.parametrize(
    "text",
    ["Rapat warga berjalan lancar hari ini.", "Cat tembok nomor baru", "Panen padi 2 ton 🙂 #SelamatPagi", "@warga ok"],
)
def test_it_clears_everyday_posts(text):
    assert clear(text)


@pytest.mark.parametrize(
    "text", ["nomor pak 2", "no. 2", "no dua", "🔥", "#Pilih2", "serangan ya fajar", "2.500pose jempol"]
)
def test_it_keeps_what_only_the_reader_puts_together(text):
    assert sees(text)
    assert not clear(text)


def test_a_row_without_a_word_to_look_for_clears_nothing():
    patterns = Patterns(rows=(" # , ",), meanings=((),))
    screen = screen_of(patterns, MATCHER._reader, MATCHER._tagger)
    assert screen.blind
    assert not screen.clear("apa saja")
    assert replace(screen, blind=False).clear("apa saja")
