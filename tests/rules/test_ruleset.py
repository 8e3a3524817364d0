from __future__ import annotations

import shutil
from datetime import date

import pytest

from scanner.domain.flags import Phase
from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.ruleset import load_ruleset
from tests.rules.casts import ruleset


@pytest.fixture
def folder(tmp_path):
    for name in ("regulations", "rules"):
        shutil.copytree(data_folder("keywords") / name, tmp_path / name)
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_id_says_version_and_hash():
    version, _, digest = ruleset().id.partition("+")
    assert version == ruleset().version
    assert ruleset().sha256.startswith(digest)
    assert len(digest) == 8


def test_the_same_files_give_the_same_id_and_one_changed_byte_another(folder):
    before = load_ruleset(folder)
    assert load_ruleset(folder).id == before.id
    change(folder / "rules" / "codes" / "MEDSOS-DUKUNG.yaml", "meaning: |", "meaning: |\n  Lain.")
    assert load_ruleset(folder).sha256 != before.sha256


def test_the_hash_does_not_depend_on_where_the_folder_lies(folder, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("regulations", "rules"):
        shutil.copytree(folder / name, moved / name)
    assert load_ruleset(moved).sha256 == load_ruleset(folder).sha256


def test_every_code_cites_clauses_that_exist_and_are_shown_with_their_text():
    rules = ruleset()
    for code in rules.codes.values():
        for clause in (*code.clauses.before_penetapan.ids, *code.clauses.after_penetapan.ids):
            assert rules.clauses[clause].text_id


def test_no_shipped_clause_claims_to_be_verified():
    assert not any(clause.verified for clause in ruleset().clauses.values())


def test_penetapan_2024_finds_the_discipline_decree_in_force():
    assert ruleset().clauses["PP94:5.n.2"].in_force_on(date(2024, 10, 1))
    assert not ruleset().clauses["PP94:5.n.2"].in_force_on(date(2019, 10, 1))


def test_the_quiet_period_has_its_modifier():
    assert [one.tag for one in ruleset().modifiers if Phase.TENANG in one.phases] == ["TENANG+"]


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("version.yaml", "frozen: false", "frozen: maybe", "version.yaml: frozen: Input should be a valid boolean"),
        ("hashtags.yaml", "code: MEDSOS-DUKUNG", "code: MEDSOS-X", "hashtags.yaml: .* unknown code 'MEDSOS-X'; known:"),
        ("hashtags.yaml", '"#dukung\\\\w+"', '"#dukung(\\\\w+"', "is no regular expression"),
        ("modifiers.yaml", '"P17:278"', '"P17:9999"', r"TENANG\+ cites unknown clause 'P17:9999'"),
        ("negation.yaml", "scope: 4", "scope: far", "negation.yaml: scope: Input should be a valid integer"),
        ("exculpatory.yaml", "effect: suppress", "effect: erase", r"tags\.0\.effect: Input should be 'suppress'"),
        ("codes/SERANG-CALON.yaml", '"tolak {P}"', '"tolak {X}"', "'tolak {X}': words with the slots"),
        ("codes/SERANG-CALON.yaml", '"tolak {P}"', '"{P}"', "'{P}': words with the slots"),
    ],
)
def test_it_refuses_a_catalogue_that_cannot_be_used(folder, file, old, new, complaint):
    change(folder / "rules" / file, old, new)
    with pytest.raises(RulesError, match=complaint):
        load_ruleset(folder)


def test_it_refuses_a_folder_without_its_files(tmp_path):
    with pytest.raises(RulesError, match=r"version\.yaml: there is no such file"):
        load_ruleset(tmp_path)
