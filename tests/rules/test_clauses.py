from __future__ import annotations

from datetime import date

import pytest

from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.clauses import Addressee, load_regulations

REGULATION = """\
id: UJI1
title: Peraturan uji
valid_from: 2030-01-01
valid_to: null
verified: false
verified_by: null
source: fiksi
clauses:
  - {id: "UJI1:1", text_id: Isi, text_en: Gist, addressee: asn, valid_from: null, valid_to: null, verified: false}
  - {id: "UJI1:2", text_id: Isi, text_en: Gist, addressee: calon, valid_from: 2031-01-01, valid_to: 2031-12-31,
     verified: true, class: B}
"""


def write(folder, text, name="uji1.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_clause_knows_its_regulation_and_inherits_its_dates(tmp_path):
    clause = load_regulations(write(tmp_path, REGULATION))["UJI1:1"]
    assert (clause.regulation, clause.title, clause.addressee) == ("UJI1", "Peraturan uji", Addressee.ASN)
    assert clause.valid_from == date(2030, 1, 1)
    assert not clause.verified


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2030, 12, 31), False),
        (date(2031, 1, 1), True),
        (date(2031, 12, 31), True),
        (date(2032, 1, 1), False),
    ],
)
def test_the_days_in_force_are_inclusive(tmp_path, day, in_force):
    assert load_regulations(write(tmp_path, REGULATION))["UJI1:2"].in_force_on(day) is in_force


def test_it_refuses_a_clause_that_stands_twice(tmp_path):
    write(tmp_path, REGULATION)
    with pytest.raises(RulesError, match=r"uji2\.yaml: clause UJI1:1 stands in UJI1 already"):
        load_regulations(write(tmp_path, REGULATION.replace("id: UJI1\n", "id: UJI2\n"), "uji2.yaml"))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("addressee: asn", "addressee: semua", r"clauses\.0\.addressee: Input should be 'asn', 'pejabat'"),
        ("valid_to: 2031-12-31", "valid_to: 2030-12-31", "clause UJI1:2 ends 2030-12-31 before it begins 2031-01-01"),
        ("class: B", "kelas: B", r"clauses\.1\.kelas: Unexpected keyword argument"),
        ("verified: true", "verified: maybe", r"clauses\.1\.verified: Input should be a valid boolean"),
    ],
)
def test_it_refuses_what_it_does_not_know(tmp_path, old, new, complaint):
    assert old in REGULATION
    with pytest.raises(RulesError, match=complaint):
        load_regulations(write(tmp_path, REGULATION.replace(old, new)))


def test_the_shipped_regulations_load_and_claim_no_check_that_nobody_made():
    clauses = load_regulations(data_folder("keywords") / "regulations")
    assert {"PP94:5.n.2", "SKB22:E2", "SKB22:D2", "ASN23:9.2", "P17:280.3"} <= clauses.keys()
    assert all(clause.text_id and clause.text_en and clause.title for clause in clauses.values())
