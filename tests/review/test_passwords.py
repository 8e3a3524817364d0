"""Passwords are long and not guessable, kept as argon2id with OWASP's parameters, and compared as keyboards write."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from scanner.errors import UsageError
from scanner.review import passwords
from scanner.review.passwords import check_password, decoy, draw_password, hash_password, password_fits
from tests.people import CHEAP


def test_the_parameters_are_those_owasp_asks_for_at_least():
    used = extract_parameters(hash_password("kopi-pagi-di-loket"))
    assert used.type is Type.ID
    assert (used.memory_cost, used.time_cost, used.parallelism) == (19456, 2, 1)
    assert used.salt_len >= 16


def test_drawn_passwords_are_long_readable_never_the_same_and_good_enough_themselves():
    drawn = {draw_password() for _ in range(200)}
    assert len(drawn) == 200
    for password in drawn:
        assert re.fullmatch(r"([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}", password)
    check_password(drawn.pop(), about=("sari",))


@given(st.text(), st.text())
def test_a_password_fits_its_own_hash_and_no_other_does(one, other):
    kept = hash_password(one, CHEAP)
    assert password_fits(one, kept, CHEAP)
    assert password_fits(other, kept, CHEAP) is (passwords._bytes(one) == passwords._bytes(other))


def test_accents_typed_on_another_keyboard_and_broken_text_are_compared_without_failing():
    assert password_fits("caf\u00e9", hash_password("cafe\u0301", CHEAP), CHEAP)
    assert not password_fits("\ud800", hash_password("x", CHEAP), CHEAP)
    assert not password_fits("x" * 300_000, hash_password("x", CHEAP), CHEAP)


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$v=19$m=8,t=1,p=1$YQ$YQ", "$argon2id$"])
def test_a_damaged_hash_fits_nothing(kept: str):
    assert not password_fits("x", kept, CHEAP)


def test_the_decoy_is_one_per_hasher_with_its_parameters():
    other = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    assert decoy(CHEAP) == decoy(CHEAP) != decoy(other)
    assert extract_parameters(decoy(other)).memory_cost == 16


@pytest.mark.parametrize(
    "password",
    [
        "perahu ungu melompati pagar",
        "w4-kelapa hijau di atas awan, seribu tahun lamanya! bukan begitu?",
        "satu sapi merah menyanyi di bawah jembatan bambu ketika hujan turun pada malam ketujuh bulan Sura tahun lalu",
        "x9!Kq2#mmW4z",
        "netral itu tenang dan jernih",
        "🐢🌿🍜🚲🐢🌿🌋🚲⛵🍜🌿🐢",
    ],
)
def test_long_unrelated_words_are_taken_whatever_their_signs(password: str):
    check_password(password, about=("sari", "Bawaslu Kabupaten Contoh"))


def test_every_password_that_is_often_used_or_was_leaked_is_refused():
    """Of the 30,000 that zxcvbn knows, those long enough to be chosen (ASVS 5.0 V6.2.4, V6.2.12)."""
    known = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= passwords.LEAST]
    assert len(known) > 200
    for password in known:
        with pytest.raises(UsageError, match="easily guessed"):
            check_password(password, about=("sari", "Bawaslu"))


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("pendek", "6 characters; 12 to 128 would be valid"),
        ("a" * 129, "129 characters"),
        ("password12345678", "easily guessed"),
        ("qwertyuiop1234", "easily guessed"),
        ("aaaaaaaaaaaaaaaa", "easily guessed"),
        ("sari.penelaah1", "easily guessed"),
        ("BawasluContoh2026!", "easily guessed"),
        ("bawaslu contoh bawaslu", "easily guessed"),
        ("netralitas-ASN-2026", "easily guessed"),
        ("123456789012345", "easily guessed"),
    ],
)
def test_short_known_or_personal_passwords_are_refused(password: str, words: str):
    with pytest.raises(UsageError, match=words) as refused:
        check_password(password, about=("sari.penelaah", "Bawaslu Contoh"))
    assert password not in str(refused.value)
