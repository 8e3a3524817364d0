"""What a post is put before humans for: what the text says, what a sure head may add, and what keeps it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scanner.detect.judge import Judge, Sight
from scanner.domain.flags import Element, Finding, Label, Met, Phase
from scanner.domain.posts import Role
from scanner.rules.elections import Election, ElectionType
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset
from tests.detect.casts import LOW, NAMED, THRESHOLD, UNNAMED, codes

CALL = "Ayo coblos Wirya-Laila, dulur"
PRAISE = "Jembatan itu karya Wirya Kencana"
NOBODY = "Jembatan itu karya beliau"
ON_DUTY = "Masih pakai PDH, coblos Wirya-Laila"
THRESHOLDS = dict.fromkeys(Label, THRESHOLD)

Find = Callable[..., tuple[Finding, ...]]


@pytest.fixture(scope="session")
def matcher(ruleset: Ruleset, election: Election) -> Matcher:
    return Matcher(ruleset, [election])


@pytest.fixture
def find(ruleset: Ruleset, matcher: Matcher) -> Find:
    judge = Judge(ruleset=ruleset, thresholds=THRESHOLDS, election_type=ElectionType.PILKADA)

    def found(
        text: str,
        phase: Phase = Phase.KAMPANYE,
        role: Role = Role.POSTED,
        support: float = LOW,
        attribute: float = LOW,
        judge: Judge = judge,
    ) -> tuple[Finding, ...]:
        probabilities = {Label.CAMPAIGN_SUPPORT: support, Label.PNS_ATTRIBUTE_USE: attribute}
        return judge.findings(Sight(matches=matcher.match(text), probabilities=probabilities, phase=phase, role=role))

    return found


def test_a_call_to_vote_is_found_by_the_text_alone(find: Find):
    [finding] = find(CALL, support=0.0)
    assert finding.code == "MEDSOS-DUKUNG"
    assert set(finding.elements) == {Element.A, Element.O, Element.D, Element.P, Element.T}
    assert set(finding.elements.values()) == {Met.YES}


@pytest.mark.parametrize(
    "text",
    ["Hujan sejak subuh, antre berkas di loket", "Senin pakai PDH seperti biasa", "ASN itu netral, jaga netralitas"],
)
def test_ordinary_posts_are_left_alone(find: Find, text: str):
    assert find(text) == ()


def test_an_attribute_stands_beside_the_support_in_a_campaign(find: Find):
    assert sorted(codes(find(ON_DUTY))) == ["ATRIBUT-PNS", "MEDSOS-DUKUNG"]


def test_a_sure_head_supplies_deed_and_object_which_a_human_must_name(find: Find):
    [named] = find(PRAISE, support=NAMED)
    assert named.code == "MEDSOS-DUKUNG"
    assert (named.elements[Element.O], named.elements[Element.D]) == (Met.YES, Met.INFERRED)
    [unnamed] = find(NOBODY, support=UNNAMED)
    assert (unnamed.elements[Element.O], unnamed.elements[Element.D]) == (Met.INFERRED, Met.INFERRED)


def test_more_is_asked_of_a_head_when_nobody_is_named(find: Find):
    assert find(PRAISE, support=NAMED) != ()
    assert find(NOBODY, support=NAMED) == ()


def test_each_head_speaks_for_its_own_label(find: Find):
    [finding] = find(PRAISE, attribute=NAMED)
    assert finding.code == "ATRIBUT-PNS"
    assert finding.elements[Element.C] is Met.INFERRED
    assert sorted(codes(find(PRAISE, support=NAMED, attribute=NAMED))) == ["ATRIBUT-PNS", "MEDSOS-DUKUNG"]


def test_the_closest_signal_names_the_code_that_a_head_supplies(find: Find):
    assert codes(find("Rumah dinas penuh sejak sore", attribute=UNNAMED)) == ["FASILITAS-NEGARA"]


def test_a_code_that_is_switched_off_is_not_supplied_by_a_head(find: Find, ruleset: Ruleset):
    off = replace(ruleset.codes["MEDSOS-DUKUNG"], enabled=False)
    judge = Judge(ruleset=replace(ruleset, codes={**ruleset.codes, off.code: off}), thresholds=THRESHOLDS)
    assert find(CALL, support=UNNAMED, judge=judge) == ()


def test_a_lawful_context_suppresses_what_is_not_strong(find: Find):
    weak = "menyala Wirya-Laila #menangkanbersama"
    assert find(weak) != ()
    assert find(f"Sosialisasi netralitas. {weak}") == ()
    assert find("ASN harus netral, tapi coblos Wirya-Laila ya") != ()


def test_a_lawful_context_raises_what_is_asked_of_a_head(find: Find):
    text = "Sosialisasi netralitas: Wirya Kencana dan jembatan"
    assert find(text, support=NAMED) == ()
    assert codes(find(text, support=UNNAMED)) == ["MEDSOS-DUKUNG"]


def test_a_context_that_is_lawful_in_some_phases_raises_the_bar_in_those_only(find: Find):
    text = "Selamat bertugas Wirya Kencana"
    assert find(text, Phase.REKAP, support=NAMED) == ()
    assert find(text, Phase.KAMPANYE, support=NAMED) != ()


def test_shared_words_need_the_head_to_agree_and_become_sharing(find: Find):
    assert find(CALL, role=Role.REPOSTED, support=LOW) == ()
    assert codes(find(CALL, role=Role.REPOSTED, support=NAMED)) == ["MEDSOS-SEBAR"]
    assert codes(find(PRAISE, role=Role.REPOSTED, support=NAMED)) == ["MEDSOS-SEBAR"]


def test_sharing_that_is_found_twice_is_named_once(find: Find):
    text = "Sebarkan biar Wirya-Laila menang, coblos Wirya-Laila"
    assert sorted(codes(find(text))) == ["MEDSOS-DUKUNG", "MEDSOS-SEBAR"]
    assert codes(find(text, role=Role.REPOSTED, support=NAMED)) == ["MEDSOS-SEBAR"]


def test_a_supporting_comment_is_a_comment(find: Find):
    assert codes(find(CALL, role=Role.COMMENTED)) == ["MEDSOS-KOMENTAR"]
    assert codes(find(PRAISE, role=Role.COMMENTED, support=NAMED)) == ["MEDSOS-KOMENTAR"]


@pytest.mark.parametrize("role", [Role.QUOTED, Role.REPLIED])
def test_own_words_in_other_roles_are_own_posts(find: Find, role: Role):
    assert codes(find(CALL, role=role)) == ["MEDSOS-DUKUNG"]


@pytest.mark.parametrize("role", [Role.TAGGED, Role.DEPICTED, Role.CO_AUTHORED])
def test_being_tagged_or_depicted_is_nothing_however_sure_a_head_is(find: Find, role: Role):
    assert find(ON_DUTY, role=role, support=0.999, attribute=0.999) == ()


def test_naming_all_participants_alike_is_voter_information(find: Find):
    text = "Paslon: 1 Wirya-Laila, 2 Bima-Ratna, 3 Hasan-Yohana"
    assert find(text, support=0.999, attribute=0.999) == ()


def test_outside_the_stages_support_is_nobodys_business(find: Find):
    assert find(CALL, Phase.NON, support=0.999, attribute=0.999) == ()
    assert find(NOBODY, Phase.NON, support=0.999, attribute=0.999) == ()


def test_codes_that_are_only_context_in_a_phase_stand_beside_others_and_never_alone(find: Find):
    text = "Ayo ramaikan kampanye Wirya-Laila"
    assert "HADIR-DEKLARASI" in codes(find(text, Phase.KAMPANYE))
    assert find(text, Phase.TENANG) == ()
    both = codes(find(f"{text}. {CALL}", Phase.TENANG))
    assert {"HADIR-DEKLARASI", "MEDSOS-DUKUNG"} <= set(both)


def test_the_clauses_are_those_of_the_right_side_of_penetapan(find: Find):
    for phase, row in ((Phase.PRA, "SKB22:E2"), (Phase.TETAP, "SKB22:D2"), (Phase.HARI_H, "SKB22:D2")):
        [finding] = find(CALL, phase)
        assert [cited.clause_id for cited in finding.citations if cited.primary] == [row]


def test_clauses_of_another_kind_of_election_are_not_cited(find: Find, ruleset: Ruleset):
    text = "Terima amplop, coblos Wirya-Laila ya, bagi-bagi sembako Wirya-Laila"
    national = Judge(ruleset=ruleset, thresholds=THRESHOLDS, election_type=ElectionType.PILPRES)
    for judge, other in ((None, "P17:"), (national, "K16:")):
        found = find(text, attribute=NAMED) if judge is None else find(text, attribute=NAMED, judge=judge)
        cited = [citation.clause_id for finding in found for citation in finding.citations]
        assert cited
        assert not [clause for clause in cited if clause.startswith(other)]


def test_every_citation_says_whether_counsel_has_verified_it(find: Find, ruleset: Ruleset):
    checked = replace(ruleset.clauses["SKB22:D2"], verified=True)
    judge = Judge(ruleset=replace(ruleset, clauses={**ruleset.clauses, checked.id: checked}), thresholds=THRESHOLDS)
    [finding] = find(CALL, judge=judge)
    for citation in finding.citations:
        assert citation.verified == (citation.clause_id == checked.id or ruleset.clauses[citation.clause_id].verified)
    assert any(citation.verified for citation in finding.citations)


def test_the_sanction_class_and_the_modifiers_of_the_phase_are_kept_for_later(find: Find, ruleset: Ruleset):
    [finding] = find(CALL, Phase.TENANG)
    assert finding.class_hint == ruleset.codes["MEDSOS-DUKUNG"].clauses.after_penetapan.sanction_class
    assert finding.modifiers == ("TENANG+",)
