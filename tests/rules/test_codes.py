from __future__ import annotations

import pytest

from scanner.domain.flags import Element, Label, Phase
from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.clauses import load_regulations
from scanner.rules.codes import Code, Need, load_codes

CODE = """\
code: UJI-COBA
name: Uji coba
name_en: Trial
meaning: |
  Untuk uji.
indicator: [3]
elements: {A: required, O: party, D: required, P: optional, T: none, C: none}
phases: [PRA, TETAP]
context_phases: [REKAP]
clauses:
  before_penetapan: {primary: ["UJI:1"], secondary: [], class: M}
  after_penetapan: {primary: ["UJI:2"], secondary: ["UJI:1"], class: B}
enabled: true
addressed_to_asn: true
contested: null
label: none
forms:
  - {lang: id, weight: H, entries: ["uji {P}"]}
flag:
  - {text: "uji {P}", phase: PRA}
pass:
  - {text: "ujian sekolah", phase: PRA}
"""
CLAUSES = {"UJI:1", "UJI:2", "LAIN:7"}


def write(folder, text, name="UJI-COBA.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_it_reads_a_code_with_its_elements_clauses_and_examples(tmp_path):
    code = load_codes(write(tmp_path, CODE), CLAUSES)["UJI-COBA"]
    assert code.need(Element.O) is Need.PARTY
    assert code.label is None
    assert code.clauses.after_penetapan.ids == ("UJI:2", "UJI:1")
    assert code.pass_[0].text == "ujian sekolah"


def test_an_element_that_is_not_written_is_not_needed(tmp_path):
    code = load_codes(write(tmp_path, CODE.replace(", C: none", "")), CLAUSES)["UJI-COBA"]
    assert code.need(Element.C) is Need.NONE


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('primary: ["UJI:2"]', 'primary: ["UJI:9"]', "code UJI-COBA cites unknown clause 'UJI:9'; known: UJI:1, UJI:2"),
        ('primary: ["UJI:2"]', 'primary: ["X:9"]', "unknown clause 'X:9'; known: LAIN:7, UJI:1, UJI:2"),
        ("context_phases: [REKAP]", "context_phases: [PRA]", "phases and context_phases both name"),
        ("A: required", "A: party", "only O can be party"),
        ("code: UJI-COBA", "code: UJI-LAIN", "not the name of the file; 'UJI-COBA' would be valid"),
        ("weight: H", "weight: X", r"forms\.0\.weight: Input should be 'H', 'M' or 'L'"),
        ("phases: [PRA, TETAP]", "phases: [PRA, PEMILU]", r"phases\.1: Input should be 'NON', 'PRA'"),
        ("enabled: true", "enabled: true\nsanction: berat", "sanction: Unexpected keyword"),
        ("label: none", "label: guilty", "label: Input should be 'campaign_support'"),
    ],
)
def test_it_refuses_a_code_that_cannot_be_used(tmp_path, old, new, complaint):
    assert old in CODE
    with pytest.raises(RulesError, match=complaint) as caught:
        load_codes(write(tmp_path, CODE.replace(old, new)), CLAUSES)
    assert "UJI-COBA.yaml" in str(caught.value)


@pytest.fixture(scope="module")
def shipped() -> dict[str, Code]:
    keywords = data_folder("keywords")
    return load_codes(keywords / "rules" / "codes", load_regulations(keywords / "regulations"))


def test_the_29_shipped_codes_load_with_existing_clauses(shipped):
    assert len(shipped) == 29
    assert shipped["ATRIBUT-PNS"].label is Label.PNS_ATTRIBUTE_USE


def test_likes_follows_and_human_only_codes_are_off_by_default(shipped):
    assert {name for name, code in shipped.items() if not code.enabled} == {"MEDSOS-SUKA", "MEDSOS-GRUP", "LAIN-SATGAS"}


def test_outside_the_stages_only_party_and_service_codes_can_be_found(shipped):
    """Guardrail G6: no hunting outside the stages."""
    found = {
        name for name, code in shipped.items() if code.enabled and code.addressed_to_asn and Phase.NON in code.phases
    }
    assert found == {"PARPOL-ANGGOTA", "PARPOL-DUKUNG", "LAYANAN-PILIH"}


def test_no_discipline_row_is_cited_before_penetapan(shipped):
    """An SKB D-row binds from penetapan on; where a code has an etik row, that one stands before it."""
    for code in shipped.values():
        primary = code.clauses.before_penetapan.primary
        if any(clause.startswith("SKB22:E") for clause in code.clauses.after_penetapan.primary + primary):
            assert not any(clause.startswith("SKB22:D") for clause in primary), code.code
