from __future__ import annotations

import pytest

from tests.rules.casts import filled, matcher


def entries(text):
    return {(one.code, one.entry) for one in matcher().match(filled(text)).signals}


def test_the_longest_entry_wins_over_those_inside_it():
    assert entries("dang pilih {P}") == {("SERANG-CALON", "dang pilih {P}")}


def test_fillers_may_stand_between_the_words_of_an_entry():
    assert ("MEDSOS-DUKUNG", "coblos {P}") in entries("coblos pak {P}")
    assert ("MEDSOS-DUKUNG", "coblos {N}") in entries("coblos aja nomor urut {N}")
    assert ("MEDSOS-DUKUNG", "coblos {P}") not in entries("coblos sambil menunggu {P}")


@pytest.mark.parametrize("text", ["coblos. {P}", "coblos, {P}", "coblos\n{P}", "coblos https://contoh.id {P}"])
def test_no_entry_reaches_across_a_clause(text):
    assert ("MEDSOS-DUKUNG", "coblos {P}") not in entries(text)


def test_a_name_in_a_hashtag_of_its_own_is_read_as_a_name():
    assert ("MEDSOS-DUKUNG", "coblos {P}") in entries("ayo coblos #{P}")


def test_words_next_to_a_name_inside_one_hashtag_are_no_text():
    assert {code for code, entry in entries("#SenatorDukung{P}") if entry == "dukung {P}"} == set()


def test_a_cue_inside_a_longer_entry_is_none():
    assert not matcher().match(filled("antar {P} ke KPU")).exculpatory
    assert matcher().match("rapat di KPU").exculpatory


def test_a_cue_with_a_sign_needs_the_sign():
    assert [one.cue for one in matcher().match("sumber: dinas").exculpatory] == ["sumber:"]
    assert not matcher().match("sumber daya alam").exculpatory
    assert not matcher().match("s kecil").exculpatory


def test_an_ordinary_sense_is_no_signal():
    assert not entries("nonton film serangan fajar sama anak")
