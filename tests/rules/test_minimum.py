from __future__ import annotations

import pytest

from scanner.domain.flags import Element, Met, Phase
from scanner.domain.signals import Channel, Signal, Weight
from scanner.rules.elections import ElectionType
from scanner.rules.minimum import enough, resolved, strength, text_findings, weight
from tests.rules.casts import filled, matcher, ruleset


def signal(code="MEDSOS-DUKUNG", weight=Weight.H, channel=Channel.TEXT, kind="participant", **marks):
    return Signal(
        code=code, entry="uji", weight=weight, channel=channel, start=0, end=0, quote="", object_kind=kind, **marks
    )


def findings(text, phase=Phase.KAMPANYE, election_type=None):
    return {one.code: one for one in text_findings(ruleset(), matcher().match(filled(text)), phase, election_type)}


def met(*signals, code="MEDSOS-DUKUNG", phase=Phase.KAMPANYE):
    own = [one for one in signals if one.code == code]
    return enough(ruleset().codes[code], own, strength(ruleset(), signals, phase), phase)


@pytest.mark.parametrize(
    ("signals", "reached"),
    [
        ([signal()], True),
        ([signal(kind="")], False),
        ([signal(negated=True)], False),
        ([signal(quoted=True)], False),
        ([signal(weight=Weight.M)], False),
        ([signal(weight=Weight.M), signal(weight=Weight.M)], False),
        ([signal(weight=Weight.M), signal(weight=Weight.M, channel=Channel.HASHTAG)], True),
        ([signal(weight=Weight.M), signal(weight=Weight.M, channel=Channel.HASHTAG, kind="")], False),
        ([signal(quoted=True), signal(weight=Weight.M, channel=Channel.HASHTAG)], True),
        ([signal(weight=Weight.M), signal("FASILITAS-NEGARA", Weight.L, kind="")], True),
        ([signal(weight=Weight.M), signal("MEDSOS-KOMENTAR", Weight.L)], False),
        ([signal(weight=Weight.L), signal(weight=Weight.L, channel=Channel.EMOJI)], False),
        ([signal(weight=Weight.M), signal("MEDSOS-GRUP", Weight.M, Channel.HASHTAG)], False),
        ([], False),
    ],
)
def test_the_minimum_is_one_strong_two_channels_or_one_beside_a_context(signals, reached):
    assert met(*signals) is reached


def test_a_party_code_needs_a_party():
    assert met(signal("PARPOL-DUKUNG", kind="party"), code="PARPOL-DUKUNG")
    assert not met(signal("PARPOL-DUKUNG", kind="participant"), code="PARPOL-DUKUNG")


def test_codes_without_object_need_their_own_strong_signal():
    assert met(signal("KARIR-TEKAN", kind=""), code="KARIR-TEKAN")
    assert not met(signal("KARIR-TEKAN", Weight.M, kind=""), code="KARIR-TEKAN")


@pytest.mark.parametrize(
    ("phase", "names"), [(Phase.NON, False), (Phase.PRA, False), (Phase.TETAP, True), (Phase.PSU, True)]
)
def test_a_number_names_nobody_before_it_is_drawn(phase, names):
    assert resolved(signal(kind="number"), phase) is names
    assert resolved(signal(), phase)


def test_quoted_words_count_one_step_less():
    assert weight(signal(quoted=True)) is Weight.M
    assert weight(signal(weight=Weight.M, quoted=True)) is Weight.L
    assert weight(signal(negated=True)) is Weight.L


def test_etik_rows_stand_before_penetapan_and_discipline_rows_after():
    assert findings("coblos {P}", Phase.PRA)["MEDSOS-DUKUNG"].primary == ("SKB22:E2",)
    assert findings("coblos {P}", Phase.PRA)["MEDSOS-DUKUNG"].class_hint == "M"
    assert findings("coblos {P}", Phase.TETAP)["MEDSOS-DUKUNG"].primary == ("SKB22:D2",)
    assert findings("coblos {P}", Phase.TETAP)["MEDSOS-DUKUNG"].class_hint == "B"


def test_outside_the_stages_support_of_a_candidate_is_nothing():
    assert not findings("coblos {P}", Phase.NON)


def test_the_quiet_period_adds_its_mark_and_clauses_of_the_right_law():
    pilkada = findings("coblos {P}", Phase.TENANG, ElectionType.PILKADA)["MEDSOS-DUKUNG"]
    pemilu = findings("coblos {P}", Phase.TENANG, ElectionType.PILEG)["MEDSOS-DUKUNG"]
    assert pilkada.modifiers == ("TENANG+",)
    assert "K16:187.1" in pilkada.secondary
    assert not any(clause.startswith("P17") for clause in pilkada.secondary)
    assert "P17:278" in pemilu.secondary
    assert not any(clause.startswith("K16") for clause in pemilu.secondary)


def test_in_a_context_phase_a_code_only_stands_beside_others():
    found = findings("masih berseragam PDH, coblos {P}", Phase.TENANG)
    assert found["ATRIBUT-PNS"].context_only
    assert not found["MEDSOS-DUKUNG"].context_only


def test_elements_the_text_can_tell_are_named():
    found = findings("naik randis, siap memenangkan {P}")["FASILITAS-NEGARA"]
    assert found.elements == {Element.O: Met.YES, Element.D: Met.YES, Element.C: Met.YES}
    assert [one.quote for one in found.signals] == ["randis"]


@pytest.mark.parametrize(
    ("text", "suppressed"),
    [
        ("foto bareng {P} #menangbersama, ASN harus netral", True),
        ("coblos {P}, ASN harus netral", False),
        ("coblos nomor {N} ketua OSIS", True),
        ("coblos nomor {N}, ASN harus netral", False),
        ("dukung {P1} dan {P2}", True),
    ],
)
def test_an_exculpatory_context_suppresses_until_a_strong_signal_remains(text, suppressed):
    found = findings(text)
    assert found
    assert all(bool(one.suppressed_by) is suppressed for one in found.values())
    assert all(one.suppressed_by or one.dampened_by for one in found.values())


def test_congratulations_count_for_the_author_after_the_result_only():
    text = "selamat dilantik, foto bareng {P} #menangbersama"
    assert findings(text, Phase.REKAP)["FOTO-BERSAMA-CALON"].suppressed_by == ("X-UCAPAN",)
    assert findings(text, Phase.KAMPANYE)["FOTO-BERSAMA-CALON"].dampened_by == ("X-UCAPAN",)


def test_before_penetapan_an_attack_needs_words_of_choice():
    assert "SERANG-CALON" not in findings("tolak {P}", Phase.PRA)
    assert "SERANG-CALON" in findings("tolak {P} di pilkada nanti", Phase.PRA)
    assert "SERANG-CALON" in findings("tolak {P}", Phase.KAMPANYE)


def test_codes_not_addressed_to_asn_or_switched_off_are_never_found():
    assert "PEJABAT-DILIBATKAN" not in findings("camat di panggung {P}, coblos {P}")
    assert "MEDSOS-SUKA" not in findings("sudah saya like {P}, coblos {P}")
