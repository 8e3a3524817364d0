from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.tokenise import tokenise, tokens

WILD = st.text(st.characters(exclude_categories=()), max_size=60)


def test_placeholders_are_single_tokens_and_every_number_reads_alike():
    assert tokenise("coblos ⟨p⟩ nomor 02, bukan dua belas!") == "coblos ⟨p⟩ nomor 0 bukan 0 belas !"


def test_hashtags_are_divided_from_their_words():
    assert tokenise("#salam⟨p⟩ #2periode") == "# salam ⟨p⟩ # 0 periode"


def test_handles_and_links_do_not_say_whose_they_are():
    assert tokenise("@relawan.bima lihat https://bima.example/x?y=1 ya") == "@ lihat url ya"


@settings(max_examples=80, deadline=None)
@given(WILD)
def test_tokens_stand_where_they_say(text):
    found = tokens(text)
    assert " ".join(token for token, _, _ in found) == tokenise(text)
    assert all(text[start:end] == token or token in ("0", "@", "url") for token, start, end in found)
