"""What pieces tell of a text is what the whole text would have told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.rules import glance as glances
from scanner.rules.election_files import load_election
from scanner.rules.match import Matcher
from scanner.rules.pieces import grown
from scanner.rules.ruleset import load_ruleset
from scanner.text.spelling import joined_pieces
from tests.rules.test_screen import ENTRIES

MATCHER = Matcher(load_ruleset(), [load_election("pilgub-lampung-2024")])
NAMES = [name.words for name in MATCHER._names.known]
BROKEN = ["du kung", "cob los", "ka mpa nye", "c o b l o s", "p . i", "nomor ii", "nomor. ii", "ber sama", "ko"]
ODD = ["yg", "sami-sami", "bgt'", "'naek", "jum'at", "s.h.", "mantaaap", "c0blos", "10rb", "2.500ekor", "a´b", "\x1c"]
SIGNS = ["①", "2️⃣", "🇨", "İ", "Σ", "\u200b", "\u0301", "https://t.co/co1", "@pan.a", "#PanenRaya", "#Pilih2", "🔥", "5"]
PIECES = st.one_of(
    st.sampled_from(ENTRIES), st.sampled_from(NAMES), st.sampled_from([*BROKEN, *ODD, *SIGNS]), st.text(max_size=4)
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", "\n", "  ", "", "."])), max_size=8).map(
    lambda pairs: "".join(map("".join, pairs))
)


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=500, deadline=None)
def test_in_a_quiet_text_the_full_reading_sees_nothing_either(texts: list[str]):
    glance = MATCHER.glance(texts)
    for row in np.flatnonzero(glance.quiet).tolist():
        seen = MATCHER.match(texts[row])
        assert (seen.signals, seen.mentions, seen.exculpatory, seen.all_listed) == ((), (), (), False)
        assert glance.pieces.text(glance.laid.of(row)).split() == seen.masked.split()


@pytest.mark.parametrize("entry", ENTRIES[:: max(len(ENTRIES) // 300, 1)])
def test_a_text_with_an_entry_is_quiet_only_where_the_full_reading_sees_nothing(entry: str):
    text = f"Kemarin {entry} sore"
    seen = MATCHER.match(text)
    assert not MATCHER.glance([text]).quiet[0] or not (seen.signals or seen.exculpatory)


@pytest.mark.parametrize("text", ["", "Rapat warga lancar.", "Panen padi 2 ton 🙂 #SelamatPagi", "gmn kabar bro?"])
def test_everyday_posts_are_quiet(text: str):
    assert MATCHER.glance([text]).quiet.all()


@pytest.mark.parametrize("text", ["ayo du kung dia", "c o b l o s besok", "nomor ii", "Arinal datang", "#ArinalMenang"])
def test_what_only_the_whole_text_tells_is_not_quiet(text: str):
    assert not MATCHER.glance([text]).quiet.any()


def test_a_word_is_broken_at_its_edges_and_beside_its_other_pieces_only():
    assert joined_pieces("cob los")
    assert MATCHER.glance(["cob ya", "https://t.co/halaman?cob=1 los", "lampiran iii, bab ii"]).quiet.all()
    assert not MATCHER.glance(["cob los", "ayo pagi cob-los", "nomor. ii", "se kam pa nye"]).quiet.any()


def test_letters_are_of_one_word_only_beside_each_other():
    assert MATCHER.glance(["vitamin a dan b serta c untuk d"]).quiet[0]
    assert not MATCHER.glance(["ayo c o b l o s"]).quiet[0]


def test_it_forgets_before_it_remembers_too_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(glances, "_REMEMBERED", 3)
    matcher = Matcher(load_ruleset(), [])
    first = matcher.glance(["satu kata lagi dan lagi"])
    second = matcher.glance(["ubi"])
    assert second.pieces is not first.pieces
    assert second.pieces.read == ["ubi"]
    assert first.pieces.text(first.laid.of(0)) == "satu kata lagi dan lagi"


def test_a_screen_that_can_clear_nothing_leaves_nothing_quiet():
    blind = glances.Glancer(MATCHER._names, replace(MATCHER._screen, blind=True))
    assert not blind.glance(["halo"]).quiet.any()


def test_an_array_grows_along_its_last_axis_and_keeps_its_entries():
    array = np.arange(6).reshape(2, 3)
    assert grown(array, 3) is array
    assert grown(array, 4).shape == (2, 8)
    assert (grown(array, 4)[:, :3] == array).all()
