from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.rules.names import holds, names_of
from tests.rules.casts import election, ruleset


def names(*polls):
    lexicon = ruleset().lexicon
    found = names_of([election(poll) for poll in polls or ("pilbup-uji",)], lexicon)
    return {name.words: name for name in found.known}


def test_every_name_leads_to_its_participant():
    known = names()
    assert known["bimantara wirayuda"].ref == "pilbup-uji#1"
    assert known["panawa"].ref == "pilbup-uji#2"
    assert known["partai mega mendung"].ref == "pileg-uji#1"
    assert known["pkb"].ambiguous
    assert known["lembah biru"].kind == "region"


def test_an_ambiguous_acronym_keeps_how_it_is_written():
    poll = election()
    first, *others = poll.participants
    first = replace(first, acronym=("BIRAMA", "ERA"), ambiguous=(*first.ambiguous, "ERA"))
    found = {
        name.words: name for name in names_of([replace(poll, participants=(first, *others))], ruleset().lexicon).known
    }
    assert found["era"].written == "ERA"
    assert found["birama"].written == found["bu kemuning"].written == found["pkb"].written == ""


@pytest.mark.parametrize("joint", [" ", "-", " - ", " & ", " dan ", "&", "/"])
def test_the_names_of_a_pair_may_be_joined_in_any_way(joint):
    assert names()[f"palawija{joint}nawangsih"].ref == "pilbup-uji#2"


def test_the_blank_box_is_a_kind_of_its_own():
    assert names("pilbup-tunggal")["kotak kosong"].kind == "blank_box"


def test_a_party_known_to_two_polls_is_one_name():
    assert names("pilbup-uji", "pileg-uji")["pmm"].refs == ("pileg-uji#1",)


def test_no_two_names_read_alike():
    lexicon = ruleset().lexicon
    found = names_of([election("pilbup-uji"), election("pileg-uji")], lexicon)
    assert len({name.words for name in found.known}) == len(found.known)


@pytest.mark.parametrize(
    ("around", "cue", "held"),
    [
        (" para pendukung | ", "dukung", True),
        (" di tps | ", "tps", True),
        (" di tpsa | ", "tps", False),
        (" kerja sama | ", "kerja sama", True),
        (" bandung | ", "ban", False),
    ],
)
def test_short_cues_must_be_whole_words(around, cue, held):
    assert holds(around, cue) is held
