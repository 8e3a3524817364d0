"""Own keys are checked on the server: one printable key for each act, none for two (WCAG 2.1.4)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UsageError
from scanner.review.keys import DEFAULT, OFF, check_keys, keys_of
from tests.people import make_user


def test_without_own_keys_the_desks_hold_and_none_has_two_acts():
    assert keys_of(make_user()) == DEFAULT
    assert len(set(DEFAULT.values())) == len(DEFAULT)
    assert check_keys(DEFAULT) == {}


def test_only_what_differs_is_kept_in_lower_case():
    chosen = {**DEFAULT, "reject": "J", "unsure": "k"}
    assert check_keys(chosen) == {"reject": "j", "unsure": "k"}
    assert keys_of(make_user(keys=check_keys(chosen)))["reject"] == "j"


def test_two_acts_may_swap_their_keys():
    assert check_keys({**DEFAULT, "reject": "a", "suspected": "x"}) == {"reject": "a", "suspected": "x"}


def test_keys_can_be_switched_off_and_are_still_known():
    kept = check_keys({**DEFAULT, "reject": "j", OFF: "yes"})
    assert kept == {"reject": "j", OFF: "yes"}
    assert keys_of(make_user(keys=kept)) == {**DEFAULT, **kept}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"reject": ""}, "reject: '' is not one printable"),
        ({"reject": "xy"}, "'xy' is not one printable"),
        ({"reject": "\n"}, r"'\\n' is not one printable"),
        ({"reject": "\x00"}, "is not one printable"),
        ({"reject": "\u00a0"}, "is not one printable"),
        ({"reject": "\u202e"}, "is not one printable"),
        ({"reject": "İ"}, "is not one printable"),
        ({"reject": "a"}, "'a' would be both reject and suspected"),
        ({"reject": "A"}, "'a' would be both reject and suspected"),
        ({"reject": "j", "undo": "J"}, "'j' would be both reject and undo"),
        ({"delete": "j"}, "no act 'delete'; valid: reject, unsure"),
    ],
)
def test_keys_that_would_mislead_are_refused(chosen: Mapping[str, str], words: str):
    with pytest.raises(UsageError, match=words):
        check_keys(chosen)


@given(st.dictionaries(st.sampled_from([*DEFAULT, OFF, "delete"]), st.text(max_size=2)))
def test_what_is_kept_is_valid_again_and_no_key_has_two_acts(chosen: Mapping[str, str]):
    try:
        kept = check_keys(chosen)
    except UsageError:
        return
    held = {**DEFAULT, **kept}
    held.pop(OFF, None)
    assert check_keys(kept) == kept
    assert len({*held.values()}) == len(held)
    assert all(len(key) == 1 and key == key.lower() and key.isprintable() for key in held.values())
