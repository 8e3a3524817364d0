"""Nobody is shown the posts of their own agency, of listed relatives, or of agencies named besides."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.users import is_user_name
from tests.people import make_user
from tests.store.samples import make_account

IDS = st.sampled_from([f"PEG-{number:04}" for number in range(9)])
AGENCIES = st.sampled_from(["Kabupaten Contoh", "Kota Contoh", "Dinas Contoh", "Provinsi Contoh"])
WRITTEN = st.sampled_from([str.upper, str.lower, str.title, lambda text: f" {text}\t", lambda text: text])


@given(
    person=IDS,
    agency=AGENCIES,
    own=AGENCIES,
    recused=st.lists(IDS | AGENCIES, max_size=4),
    write=WRITTEN,
)
def test_recusal_holds_however_the_names_are_written(person, agency, own, recused, write):
    user = make_user(agency=write(own), recused=tuple(map(write, recused)))
    expected = agency == own or agency in recused or person in recused
    assert user.is_recused_from(make_account(person_id=person, agency=agency)) is expected


def test_of_ten_thousand_assignments_none_falls_on_a_recused_person():
    users = [
        make_user(f"penelaah.{number}", agency=f"Kota {number % 10}", recused=(f"PEG-{number}", f"Kota {number % 7}"))
        for number in range(100)
    ]
    accounts = [make_account(person_id=f"PEG-{number}", agency=f"kota {number % 10} ") for number in range(100)]
    assigned = [(user, account) for user, account in product(users, accounts) if not user.is_recused_from(account)]
    assert 0 < len(assigned) < 10_000
    for user, account in assigned:
        assert account.agency.strip().title() not in (user.agency, *user.recused)
        assert account.person_id not in user.recused


@pytest.mark.parametrize("name", ["sari", "penelaah.satu", "s2", "9-a_b", "a" * 40])
def test_plain_short_names_are_names(name: str):
    assert is_user_name(name)


@pytest.mark.parametrize("name", ["", "s", "Sari", "sari dewi", "-sari", ".s", "sari\n", "säri", "a" * 41, "s\x00"])
def test_what_could_be_mistaken_for_another_name_is_none(name: str):
    assert not is_user_name(name)


def test_what_a_user_signs_in_with_is_no_part_of_the_record():
    fields = set(make_user().__dataclass_fields__)
    assert fields == {
        "name", "display", "role", "agency", "created_at", "language", "recused", "disabled_at", "keys",
    }  # fmt: skip
