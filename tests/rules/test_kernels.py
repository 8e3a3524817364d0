"""Compiled or not, texts part into the same pieces with the same numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.rules.looks import Looks
from scanner.rules.pieces import Pieces

pytest.importorskip("numba", reason="numba is not installed (the extra [fast])")

BLANKS = "".join(chr(code) for code in range(0x110000) if chr(code).isspace())
TEXT = st.text(st.one_of(st.sampled_from(BLANKS + "ab"), st.characters(exclude_categories=["Cs"])), max_size=30)


def pieces(monkeypatch: pytest.MonkeyPatch, flag: str) -> Pieces:
    monkeypatch.setenv("SCANNER_FAST", flag)
    return Pieces(Looks(lambda piece: (0, frozenset())))


@given(st.lists(st.lists(TEXT, max_size=4), max_size=4))
@settings(max_examples=200, deadline=None)
def test_texts_part_into_the_same_pieces(batches: list[list[str]]):
    with pytest.MonkeyPatch.context() as monkeypatch:
        compiled, plain = pieces(monkeypatch, "1"), pieces(monkeypatch, "0")
    for batch in batches:
        found, expected = compiled.lay_out(batch), plain.lay_out(batch)
        assert (found.pieces.tolist(), found.sizes.tolist()) == (expected.pieces.tolist(), expected.sizes.tolist())
    assert compiled.since(0) == plain.since(0)


def test_every_blank_parts_words(monkeypatch: pytest.MonkeyPatch):
    laid = pieces(monkeypatch, "1").lay_out([blank.join("ab") for blank in BLANKS])
    assert laid.sizes.tolist() == [2] * len(BLANKS)


def test_it_has_room_for_more_pieces_than_it_began_with(monkeypatch: pytest.MonkeyPatch):
    compiled = pieces(monkeypatch, "1")
    text = " ".join(f"kata{number}" for number in range(9000))
    assert compiled.lay_out([text]).pieces.tolist() == list(range(9000))
    assert compiled.lay_out([text]).pieces.tolist() == list(range(9000))
