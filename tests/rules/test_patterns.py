from __future__ import annotations

import pytest

from scanner.domain.signals import Weight
from scanner.rules.patterns import Cue, Pattern, compile_patterns
from tests.rules.casts import election, ruleset


def compiled(*polls):
    patterns = compile_patterns(ruleset().lexicon, [election(poll) for poll in polls])
    return dict(zip(patterns.rows, patterns.meanings, strict=True))


ROWS = compiled("pilbup-uji")


def of_code(row, code, rows=ROWS):
    return [one for one in rows.get(row, ()) if isinstance(one, Pattern) and one.entry.code == code]


@pytest.mark.parametrize(
    ("row", "number"),
    [
        (" coblos 1 ", 1),
        (" coblos 02 ", 2),
        (" coblos nomor 2 ", 2),
        (" coblos ⟨p⟩ ", None),
        (" coblos ⟨k⟩ ", None),
        (" pilih 01 ", 1),
    ],
)
def test_slots_are_spelt_out_for_the_ballot(row, number):
    (pattern,) = of_code(row, "MEDSOS-DUKUNG")
    assert pattern.number == number


@pytest.mark.parametrize("row", [" coblos 3 ", " coblos nomor 3 ", " coblos ⟨b⟩ "])
def test_what_is_not_on_the_ballot_is_not_spelt_out(row):
    assert not of_code(row, "MEDSOS-DUKUNG")


def test_parties_are_participants_where_they_stand_for_election():
    assert of_code(" coblos ⟨b⟩ ", "MEDSOS-DUKUNG", compiled("pileg-uji"))


def test_a_party_may_be_announced_by_the_word_partai():
    assert of_code(" menangkan ⟨b⟩ ", "PARPOL-DUKUNG")
    assert of_code(" menangkan partai ⟨b⟩ ", "PARPOL-DUKUNG")


def test_the_strongest_entry_of_a_code_holds_for_a_row():
    (pattern,) = of_code(" pilih 02 ", "MEDSOS-DUKUNG")
    assert pattern.entry.pattern == "pilih 0{N}"
    assert pattern.entry.weight is Weight.H


def test_cues_keep_the_signs_that_belong_to_them():
    signs = {cue.text: (cue.lead, cue.tail) for found in ROWS.values() for cue in found if isinstance(cue, Cue)}
    assert signs["sumber:"] == ("", ":")
    assert signs["/s"] == ("/", "")
    assert signs["jaga netralitas"] == ("", "")


def test_without_any_election_nothing_needs_a_participant():
    rows = compiled()
    assert of_code(" coblos ⟨p⟩ ", "MEDSOS-DUKUNG", rows)
    assert not of_code(" coblos 1 ", "MEDSOS-DUKUNG", rows)
