from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.text.edits import Edits
from scanner.text.glance import hides_nothing
from scanner.text.normalise import _cleaned
from scanner.text.watched import WATCHED

DOUBLED = st.sampled_from(sorted(WATCHED.words)).flatmap(
    lambda word: st.lists(st.integers(1, 2), min_size=len(word), max_size=len(word)).map(
        lambda times: "".join(letter * time for letter, time in zip(word, times, strict=True))
    )
)
"""Watched words with some letters doubled."""
SIGNS = "abeimnov aeK012345$@|!*#._-•/~ \n\t\u200b🙂🙏🏻éоⅡ²K"
TEXTS = st.one_of(
    DOUBLED,
    st.text(SIGNS, max_size=40),
    st.lists(
        st.sampled_from(
            [
                "pilih2",
                "@warga12",
                "https://a.example/x9",
                "www.a9.example",
                "c0blos",
                "bagus!!",
                "a.b",
                "kaaan",
                "cobbllos",
                "ddiinas",
                "tunggu",
                "dukungg",
                "tiigaa",
                "50rb",
            ]
        ),
        max_size=5,
    ).map(" ".join),
)


@given(TEXTS)
@settings(max_examples=1500, deadline=None)
def test_what_hides_nothing_is_changed_by_no_step(text):
    if hides_nothing(text, text.lower()):
        layers: list[Edits] = []
        assert _cleaned(text, WATCHED, layers) == text.lower()
        assert layers == []


@pytest.mark.parametrize(
    "text",
    [
        "Rapat warga jam 7 pagi!",
        "Foto: @warga12 https://a.example/x9",
        "Terima kasih 🙂",
        "baris\nbaru, maaf",
        "Minggu tunggu saat",
    ],
)
def test_everyday_posts_hide_nothing(text):
    assert hides_nothing(text, text.lower())


@pytest.mark.parametrize(
    "text",
    ["c0blos", "p i l i h", "mantaaap", "nomer2", "соblos", "\u212aita", "a  b", "duk*ng", "ccoblos", "dukkuung"],
)
def test_disguises_are_looked_at(text):
    assert not hides_nothing(text, text.lower())
