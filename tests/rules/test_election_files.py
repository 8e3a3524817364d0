from __future__ import annotations

from pathlib import Path

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.flags import Phase
from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.election_files import load_election
from scanner.rules.elections import ALIAS_FIELDS, Kind

FICTION = Path(__file__).parent / "elections"
SHIPPED = sorted((data_folder("keywords") / "elections").glob("*.yaml"))


def changed(folder, old, new, name="pilbup-uji"):
    text = (FICTION / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / f"{name}.yaml").write_text(text.replace(old, new), encoding="utf-8")
    (folder / "pileg-uji.yaml").write_bytes((FICTION / "pileg-uji.yaml").read_bytes())
    return folder


def test_it_loads_an_election_with_the_parties_it_names():
    election = load_election("pilbup-uji", FICTION)
    assert [one.number for one in election.participants] == [1, 2]
    assert [one.names[0] for one in election.known_parties][:2] == ["Partai Mega Mendung", "Partai Kebangkitan Bangsa"]
    assert election.participants[0].aliases[0] == "Bimantara Wirayuda"
    assert election.blank_box is None
    assert load_election("pileg-uji", FICTION).known_parties == load_election("pileg-uji", FICTION).participants


def test_a_single_pair_stands_against_the_blank_box():
    box = load_election("pilbup-tunggal", FICTION).blank_box
    assert box is not None
    assert box.kind is Kind.BLANK_BOX


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    acronym: [PANAWA]\n", "", "participant 2: acronym is empty but filled for others"),
        ("    handles: [bimantara.kemuning]\n", "", "participant 1: handles is empty but filled for others"),
        ("    acronym: [BIRAMA]\n", "    acronym: [BIRAMA]\n    slogans: [Maju]\n", "participant 2: slogans is empty"),
        (
            "    incumbent: true\n",
            '    incumbent: true\n    accounts: [{platform: youtube, handle: "@birama"}]\n',
            "participant 2: accounts names none on youtube, but others do",
        ),
        ("names: [Guntur Palawija, Sekar Nawangsih]", "names: []", "participant 2: names is empty"),
        ("number: 2", "number: 3", "a registered participant is missing"),
        ("number: 2", "number: null", "a registered participant is missing"),
        ("number: 2", "number: 1", "a registered participant is missing"),
        ('id: "2"', 'id: "1"', "each id once"),
        ("ambiguous: [Bu Sekar]", "ambiguous: [Bu Wati]", r"ambiguous \['Bu Wati'\] is none of its names"),
        ("source: fiction", "source: fiction\ncomplete: false", "complete: false"),
        ("id: pilbup-uji", "id: pilbup-lain", "not the name of the file"),
        ("tz: Asia/Jakarta", "tz: Asia/Lembah", "unknown zone 'Asia/Lembah'"),
        ("penetapan: 2030-08-22", "penetapan: 2030-01-22", "penetapan 2030-01-22 lies before calendar.start"),
        ("kind: pair", "kind: couple", r"participants\.0\.kind: Input should be 'pair', 'candidate', 'party'"),
        ("    incumbent: true", "    petahana: true", r"participants\.0\.petahana: Unexpected keyword"),
        ("parties: pileg-uji", "parties: pileg-hilang", "pileg-hilang.yaml: there is no such file"),
        ("parties: pileg-uji", "parties: pilbup-uji", "parties: pilbup-uji is a PILKADA"),
    ],
)
def test_it_refuses_a_file_that_is_wrong_or_unequal(tmp_path, old, new, complaint):
    folder = changed(tmp_path, old, new)
    with pytest.raises(RulesError, match=complaint) as caught:
        load_election("pilbup-uji", folder)
    assert ".yaml" in str(caught.value)


def test_campaign_accounts_are_named_for_all_or_said_not_to_be(tmp_path):
    assert load_election("pilbup-uji", FICTION).campaign_accounts == ()
    folder = changed(
        tmp_path,
        "    incumbent: true\n",
        '    incumbent: true\n    accounts: [{platform: youtube, handle: "@birama"}]\n',
    )
    path = folder / "pilbup-uji.yaml"
    path.write_text(path.read_text("utf-8") + "    accounts: [{platform: youtube, handle: null}]\n", "utf-8")
    assert load_election("pilbup-uji", folder).campaign_accounts == ((Platform.YOUTUBE, "@birama"),)


def test_it_refuses_a_single_pair_without_blank_box(tmp_path):
    text = (FICTION / "pilbup-tunggal.yaml").read_text(encoding="utf-8")
    (tmp_path / "pilbup-tunggal.yaml").write_text(text[: text.index('  - {id: "2"')], encoding="utf-8")
    with pytest.raises(RulesError, match="needs a blank_box"):
        load_election("pilbup-tunggal", tmp_path)


def test_it_refuses_parties_from_an_election_of_persons(tmp_path):
    folder = changed(tmp_path, "parties: pileg-uji", "parties: pilbup-tunggal")
    (folder / "pilbup-tunggal.yaml").write_bytes((FICTION / "pilbup-tunggal.yaml").read_bytes())
    with pytest.raises(RulesError, match="the id of a PILEG would be valid"):
        load_election("pilbup-uji", folder)


def test_an_unknown_id_is_answered_with_the_known_ones():
    with pytest.raises(RulesError, match=r"known in .*: pilbup-tunggal, pilbup-uji, pileg-uji"):
        load_election("pilbup-entah", FICTION)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_election_loads_and_treats_participants_alike(path):
    election = load_election(path)
    persons = [one for one in election.participants if one.kind is not Kind.BLANK_BOX]
    for field in ALIAS_FIELDS:
        assert len({bool(getattr(one, field)) for one in persons}) == 1, field
    assert election.calendar.hari_h is not None
    assert election.phase_on(election.calendar.hari_h) is Phase.HARI_H
    assert election.parties is None or election.known_parties
