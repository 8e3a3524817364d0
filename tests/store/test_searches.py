"""Words are found whatever their case and accents, and signs of patterns are signs like any other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.domain.users import Role, User
from scanner.store import accounts
from scanner.store.connection import Lease, Store
from scanner.store.posts import save_posts
from scanner.store.searches import Wanted, pattern_of, plain_words, search
from tests.store.samples import NOON, make_account, make_post

READER = User(name="agus", display="Agus", role=Role.AUDITOR, agency="Bawaslu Contoh", created_at=NOON)
LETTERS = st.text(st.sampled_from("aeiosnEŪéèñçÅſı5%_.*[]^\\-#&~()?ꦏ🙏\u0301\u0303\ufe0f й"), max_size=12)


def stands_in(lease: Lease, text: str, word: str) -> bool:
    [(found,)] = lease.rows("SELECT regexp_matches($text, $word, 'i')", {"text": text, "word": pattern_of(word)})
    return bool(found)


@pytest.fixture(scope="module")
def lease_for_many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lease]:
    with Store(tmp_path_factory.mktemp("words") / "scanner.duckdb").lease("test") as lease:
        yield lease


@settings(deadline=None)
@given(text=LETTERS, within=LETTERS)
@example(text="É", within="e")
@example(text="e\u0301\u0303", within="e")
@example(text="a]b^c-d\\", within="]b^c-d\\")
def test_a_word_is_found_where_it_stands_in_the_folded_text(lease_for_many: Lease, text: str, within: str):
    folded = "".join(char for char in unicodedata.normalize("NFD", text).lower() if not unicodedata.combining(char))
    for word in plain_words(within):
        assert stands_in(lease_for_many, text, word) >= (word in folded), (text, word)
        if not any(unicodedata.category(char).startswith("M") or char in "ſı" for char in text + word):
            assert stands_in(lease_for_many, text, word) is (word in folded), (text, word)


def test_other_accents_and_other_cases_are_the_same_word(lease: Lease):
    for text in ("DESA", "désa", "De\u0301sA", "ḑẹşǻ", "d🙏esa"):
        assert stands_in(lease, text, "desa") is ("🙏" not in text)


@pytest.mark.parametrize("word", ["o" * 300, "ꦏ" * 300, "][^-\\" * 60])
def test_the_longest_words_are_words_too(lease: Lease, word: str):
    assert stands_in(lease, f"ini {word} itu", word)
    assert not stands_in(lease, f"ini {word[1:]} itu", word)


def test_all_words_must_stand_in_one_text(lease: Lease):
    accounts.save_accounts(lease, [make_account()])
    texts = ["Café di Pasar BARU", "pasar lama", "baru"]
    posts = [
        make_post(number, text=text, posted_at=datetime(2026, 11, number, tzinfo=UTC))
        for number, text in enumerate(texts, start=1)
    ]
    save_posts(lease, posts, run_id="r1", seen_at=NOON)

    def found(words: str) -> list[str]:
        rows = search(lease, READER, Wanted(words=plain_words(words)), only_judged=False, limit=9)
        return [one.text for one in rows]

    assert found("pasar baru") == [texts[0]]
    assert found("PASAR") == [texts[1], texts[0]]
    assert found("") == texts[::-1]
    assert found(" ".join(f"kata{number}" for number in range(100))) == []
