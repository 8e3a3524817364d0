"""The explanation says what was seen and what speaks for the author, and lets neither score nor verdict slip."""

from __future__ import annotations

import re

import pytest

from scanner.detect.explain import explain
from scanner.domain.flags import Element, Finding, Met, Phase
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset

TEXT = "Sosialisasi netralitas dulu. C0bl0s Wirya-Laila, gaspol 1"
VERDICTS = re.compile(r"\b(melanggar|terbukti|bersalah|pelaku|hukuman|sanksi|berat|sedang|ringan|kelas|severe)\b", re.I)


@pytest.fixture(scope="module")
def matcher(ruleset: Ruleset, election: Election) -> Matcher:
    return Matcher(ruleset, [election])


def finding(code: str = "MEDSOS-DUKUNG", *, met: Met = Met.YES, **elements: Met) -> Finding:
    given = {Element.O: met, Element.D: met} | {Element(name): value for name, value in elements.items()}
    return Finding(
        code=code, elements=given, citations=(), class_hint="B", contested="Kelas berat dapat diperdebatkan."
    )


def test_it_names_the_code_the_words_and_the_phase_as_an_allegation(ruleset: Ruleset, matcher: Matcher):
    said = explain(ruleset, matcher.match("Ayo coblos Wirya-Laila"), [finding()], Phase.TENANG)
    assert said.startswith("Dugaan, perlu ditelaah: MEDSOS-DUKUNG (")
    assert "pada masa tenang" in said
    assert "“coblos Wirya-Laila”" in said


def test_it_quotes_the_original_and_says_how_it_was_read(ruleset: Ruleset, matcher: Matcher):
    said = explain(ruleset, matcher.match(TEXT), [finding()], Phase.KAMPANYE)
    assert "“C0bl0s Wirya-Laila”" in said
    assert re.search(r"“C0bl0s Wirya-Laila” dibaca “coblos", said)


def test_shared_words_are_quoted_although_the_code_is_sharing(ruleset: Ruleset, matcher: Matcher):
    said = explain(ruleset, matcher.match("Ayo coblos Wirya-Laila"), [finding("MEDSOS-SEBAR")], Phase.KAMPANYE)
    assert "“coblos Wirya-Laila”" in said


def test_signals_of_other_labels_are_not_quoted(ruleset: Ruleset, matcher: Matcher):
    said = explain(ruleset, matcher.match("Pakai PDH, coblos Wirya-Laila"), [finding()], Phase.KAMPANYE)
    assert "PDH" not in said


def test_what_speaks_for_the_author_is_said(ruleset: Ruleset, matcher: Matcher):
    said = explain(ruleset, matcher.match(TEXT), [finding()], Phase.KAMPANYE)
    assert "Yang meringankan: “Sosialisasi netralitas” (X-NETRAL)" in said


def test_what_the_model_inferred_is_left_for_a_human_to_name(ruleset: Ruleset, matcher: Matcher):
    seen = matcher.match("Jembatan itu karya beliau")
    inferred = explain(ruleset, seen, [finding(met=Met.INFERRED)], Phase.KAMPANYE)
    assert "penilai harus memastikannya sendiri" in inferred
    assert "Tidak ada peserta pemilu yang disebut" in inferred
    assert "disimpulkan" not in explain(ruleset, seen, [finding()], Phase.KAMPANYE)
    assert "Tidak ada peserta" not in explain(ruleset, seen, [finding(D=Met.INFERRED)], Phase.KAMPANYE)


@pytest.mark.parametrize("phase", list(Phase))
def test_no_code_in_any_phase_lets_score_class_or_verdict_slip(ruleset: Ruleset, matcher: Matcher, phase: Phase):
    for met in Met:
        findings = [finding(code, met=met) for code in ruleset.codes]
        said = explain(ruleset, matcher.match("Ayo coblos Wirya-Laila"), findings, phase)
        assert not VERDICTS.search(said)
        assert not re.search(r"\d[.,]\d|%|\bskor\b|\b[MSBHGLN]\b", said)
