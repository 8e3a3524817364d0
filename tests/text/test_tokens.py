from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.text.tokens import TokenKind, sentences, split_hashtag, split_words, tokens


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.text, token.kind.value) for token in tokens(text)]


def test_it_tells_the_kinds_apart() -> None:
    assert kinds("Ayo @budi.s #PilihNomor2 5.000, 50rb! https://kpu.go.id/x ✌🏻") == [
        ("Ayo", "word"), ("@budi.s", "mention"), ("#PilihNomor2", "hashtag"), ("5.000", "number"), (",", "punct"),
        ("50rb", "word"), ("!", "punct"), ("https://kpu.go.id/x", "url"), ("✌🏻", "emoji"),
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["anak-anak", "do'a", "h-1", "50rb", "⟨p⟩", "投票"])
def test_it_is_one_word(word: str) -> None:
    assert kinds(f"{word}.") == [(word, "word"), (".", "punct")]


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧", "✌️", "2️⃣", "🇮🇩", "☝🏽", "🔥"])
def test_it_is_one_emoji(emoji: str) -> None:
    assert kinds(f"ya {emoji}") == [("ya", "word"), (emoji, "emoji")]


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_tokens_lie_in_order_and_are_slices_of_the_text(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(text)
        assert token.text == text[token.start : token.end]
        assert not text[at : token.start].strip() or not any(map(str.isalnum, text[at : token.start]))
        assert token.kind in TokenKind
        at = token.end


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("#PilihNomor2", ["pilih", "nomor", "2"]),
        ("#pilihnomor2", ["pilih", "nomor", "2"]),
        ("#gaspol02", ["gaspol", "02"]),
        ("#lanjutkan2periode", ["lanjutkan", "2", "periode"]),
        ("#DukungBima", ["dukung", "bima"]),
        ("#salamBIRAMA", ["salam", "birama"]),
        ("#dukungbirama", ["dukung", "birama"]),
        ("#ayo_coblos", ["ayo", "coblos"]),
        ("#KPUKota", ["kpu", "kota"]),
        ("#panitia", ["panitia"]),
        ("#", []),
    ],
)
def test_it_splits_a_hashtag(tag: str, words: list[str]) -> None:
    assert split_hashtag(tag, {"birama", "bima", "pan", "kota"}) == words


def test_it_takes_the_fewest_words() -> None:
    assert split_words("kotabirama", {"kota", "birama", "bira", "ma"}) == ["kota", "birama"]
    assert split_words("kotax", {"kota"}) == []


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_sentences_end_at_stops_and_newlines() -> None:
    assert parts('Ayo hadir! "Menang?" Katanya… ya\n\nbaru 5.000 orang.') == [
        "Ayo hadir!", '"Menang?"', "Katanya…", "ya", "baru 5.000 orang.",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["pilih no. 2 ya", "H. Bima hadir", "Bima, S.H. dan rekan", "Kab. Rimba Raya"])
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert parts(text) == [text]


def test_no_text_has_no_sentence() -> None:
    assert sentences(" \n ") == []


@given(st.text(st.one_of(st.sampled_from("a.!? \n\"'"), st.characters()), max_size=60))
@settings(max_examples=200, deadline=None)
def test_sentences_lie_in_order_and_leave_only_blanks_out(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize("text", ["!" * 100_000 + "a", "1." * 50_000 + "a", "a'" * 50_000, '."' * 50_000 + "a"])
def test_hostile_lengths_are_read_in_linear_time(text: str) -> None:
    assert tokens(text)
    assert sentences(text)
