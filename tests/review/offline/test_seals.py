"""A seal fits the item, the person, the validity and the export it was made for, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import StoreError
from scanner.review.offline.seals import KEY, Ticket, fits, load_key, make_key, new_ticket, seal
from tests.store.samples import NOON

SECRET = bytes(range(32))
TICKET = Ticket(id="ab" * 16, reviewer="sari", valid_until=NOON)


def test_a_seal_fits_what_it_was_made_for():
    assert fits(SECRET, TICKET, "mastodon:desa.example/1@0f", seal(SECRET, TICKET, "mastodon:desa.example/1@0f"))


@pytest.mark.parametrize(
    "other",
    [
        replace(TICKET, id="cd" * 16),
        replace(TICKET, reviewer="budi"),
        replace(TICKET, valid_until=NOON + timedelta(seconds=1)),
    ],
    ids=["export", "reviewer", "validity"],
)
def test_it_fits_no_other_export_person_or_validity(other: Ticket):
    assert not fits(SECRET, other, "a", seal(SECRET, TICKET, "a"))


def test_it_fits_under_no_other_key_and_for_no_other_item():
    assert not fits(bytes(32), TICKET, "a", seal(SECRET, TICKET, "a"))
    assert not fits(SECRET, TICKET, "b", seal(SECRET, TICKET, "a"))


@given(item=st.text(), given_seal=st.text())
def test_whatever_is_given_is_compared_without_an_error(item: str, given_seal: str):
    assert not fits(SECRET, TICKET, item, given_seal)


@given(parts=st.tuples(st.text(), st.text()), others=st.tuples(st.text(), st.text()))
def test_moving_letters_from_one_part_to_the_next_gives_another_seal(parts: tuple[str, str], others: tuple[str, str]):
    seals = [seal(SECRET, replace(TICKET, reviewer=name), item) for name, item in (parts, others)]
    assert (seals[0] == seals[1]) == (parts == others)


def test_two_tickets_are_never_the_same_and_end_at_a_whole_second():
    first, second = (new_ticket("sari", NOON + timedelta(microseconds=7)) for _ in range(2))
    assert first.id != second.id
    assert first.valid_until == NOON
    assert first.expired(NOON)
    assert not first.expired(NOON - timedelta(seconds=1))


def test_the_key_is_drawn_once_and_private(tmp_path: Path):
    key = make_key(tmp_path)
    assert make_key(tmp_path) == key == load_key(tmp_path)
    assert len(key) == 32
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_may_read_is_refused(tmp_path: Path):
    make_key(tmp_path)
    (tmp_path / KEY).chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        load_key(tmp_path)


@pytest.mark.parametrize(("body", "words"), [(None, "cannot be read"), (b"short", "5 bytes; 32")])
def test_a_missing_or_damaged_key_is_never_drawn_anew_by_reading(tmp_path: Path, body: bytes | None, words: str):
    if body is not None:
        (tmp_path / KEY).write_bytes(body)
        (tmp_path / KEY).chmod(0o600)
    with pytest.raises(StoreError, match=words):
        load_key(tmp_path)
