"""In words that leave nobody on the list is named, nor who is addressed by name; who takes part in the election is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.report.snapshot.naming import know

LISTED = ("budi_santoso@desa.example", "budi_santoso", "PEG-0042", "Siti Rahmawati", "ayu")
PEOPLE = know(LISTED, ("Wirya Adiputra", "Wirya-Laila"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("kata BUDI_SANTOSO kemarin", "kata … kemarin"),
        ("Kata Siti, ya. siti rahmawati!", "Kata …, ya. …!"),
        ("pegawai PEG-0042 dan PEG-00421", "pegawai … dan PEG-00421"),
        ("Pak Agus Salim hadir", "Pak … hadir"),
        ("terima kasih Ibu Hj. Maimunah, SPd", "terima kasih Ibu Hj. …, SPd"),
        ("H. belum tentu; drs. Joko datang", "H. belum tentu; drs. … datang"),
        ("Pak Agus Wirya", "Pak … Wirya"),
    ],
)
def test_listed_people_and_who_is_addressed_by_name_are_masked(text: str, left: str):
    assert PEOPLE.masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Pilih Pak Wirya Adiputra, salam Wirya-Laila!",
        "Bapak Ibu Guru, Pak Camat dan Bu Kepala Desa",
        "bapak ibu sekalian; ibu kota; kak, ayo",
        "ayu sekali pantainya",
        "Masjid Agung, Ibukota, Pakta Integritas",
        "",
    ],
)
def test_participants_offices_and_everyday_words_stay(text: str):
    assert PEOPLE.masked(text) == text


@given(
    before=st.text(max_size=20),
    name=st.sampled_from(("budi_santoso", "PEG-0042", "Siti Rahmawati", "RAHMAWATI", "peg-0042")),
    after=st.text(max_size=20),
)
def test_no_name_on_the_list_stays_whatever_stands_around_it(before: str, name: str, after: str):
    masked = PEOPLE.masked(f"{before} {name} {after}")
    assert f" {name} " not in masked
    assert " … " in masked


@given(st.text(st.sampled_from("aAiI sS.…İßﬁ☝🏽\u0301\n"), max_size=30))
def test_a_text_with_nobody_in_it_stays_as_it_is(text: str):
    assert know(("rahmawati",), ()).masked(text) == text


def test_where_nobody_is_listed_only_who_is_addressed_is_masked():
    assert know((), ()).masked("Siti dan Bu Siti") == "Siti dan Bu …"
