from __future__ import annotations

from scanner.text.watched import WATCHED, skeleton, vocabulary


def test_no_two_watched_words_look_alike() -> None:
    assert len({skeleton(word) for word in WATCHED.words}) == len(WATCHED.words)


def test_it_resolves_a_disguised_word() -> None:
    assert WATCHED.resolve("cob1os") == "coblos"
    assert WATCHED.resolve("c000blos") == "coblos"
    assert WATCHED.resolve("jalan") is None


def test_a_wildcard_needs_letters_and_a_single_reading() -> None:
    words = vocabulary(["pilih", "pilah"])
    assert words.resolve("p*lih") == "pilih"
    assert words.resolve("pil*h") is None
    assert words.resolve("p***h") is None
