"""What was begun to be written is there again, for its author alone, until it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import NotGiven, UsageError
from scanner.review.drafts import save_draft
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, MINUTE, SARI, YES, actions, drafts_of, flag, given, make_desk


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    store = make_desk(tmp_path, 1, keep=keep)
    given(store, SARI)
    return store


def test_the_last_words_are_kept(store: Store):
    save_draft(store, SARI, flag(1), note="tunggu", now=LATER)
    save_draft(store, SARI, flag(1), note="tunggu dulu", verdict=YES, codes=("A",), now=LATER + MINUTE)
    draft = drafts_of(store, SARI, [flag(1), flag(2)])[flag(1)]
    assert (draft.note, draft.verdict, draft.codes, draft.saved_at) == ("tunggu dulu", YES, ("A",), LATER + MINUTE)


def test_they_are_its_authors_own(store: Store):
    given(store, BUDI)
    save_draft(store, SARI, flag(1), note="tunggu")
    assert drafts_of(store, BUDI, [flag(1)]) == {}


def test_emptied_is_forgotten(store: Store):
    save_draft(store, SARI, flag(1), note="tunggu")
    save_draft(store, SARI, flag(1), note="  ")
    assert drafts_of(store, SARI, [flag(1)]) == {}


def test_only_on_what_was_given(store: Store):
    for user, item in ((BUDI, flag(1)), (SARI, "x:1@0")):
        with pytest.raises(NotGiven, match="there is no such item for you"):
            save_draft(store, user, item, note="x")


def test_what_is_no_text_is_refused(store: Store):
    with pytest.raises(UsageError, match=r"U\+0000"):
        save_draft(store, SARI, flag(1), note="a\0")


def test_a_draft_is_no_part_of_the_record(store: Store):
    before = actions(store)
    save_draft(store, SARI, flag(1), note="tunggu")
    assert actions(store) == before
