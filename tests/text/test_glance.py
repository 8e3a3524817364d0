from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.text.edits import Edits
from scanner.text.glance import hides_nothing
from scanner.text.normalise import _cleaned
from scanner.text.watched import WATCHED

SIGNS = "abeimnov aeK012345$@|!*#._-•/~ \n\t\u200b🙂🙏🏻éоⅡ²K"
TEXTS = st.one_of(
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
    "text", ["Rapat warga jam 7 pagi!", "Foto: @warga12 https://a.example/x9", "Terima kasih 🙂", "baris\nbaru, maaf"]
)
def test_everyday_posts_hide_nothing(text):
    assert hides_nothing(text, text.lower())


@pytest.mark.parametrize("text", ["c0blos", "p i l i h", "mantaaap", "nomer2", "соblos", "\u212aita", "a  b", "duk*ng"])
def test_disguises_are_looked_at(text):
    assert not hides_nothing(text, text.lower())
