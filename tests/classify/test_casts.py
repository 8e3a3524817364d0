from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from scanner.classify.casts import Names, draw_cast, fill_slots, load_names
from scanner.errors import ModelError

SHIPPED = Path(__file__).parents[2] / "models" / "training" / "names.yaml"


@pytest.fixture(scope="module")
def names() -> Names:
    return load_names(SHIPPED)


def test_there_are_names_enough(names):
    assert len(set(names.persons)) >= 120
    assert len(set(names.nicknames)) >= 40
    assert len(set(names.parties)) >= 30
    assert len(set(names.regions)) >= 60


def test_the_same_slot_is_the_same_participant_throughout(names):
    cast = draw_cast(names, Random(1))
    first = cast.pairs[0]
    told = cast.fill("{P1}|{P1}|{N1}|{H1}|{P2}", Random(2)).split("|")
    assert {told[0], told[1]} <= set(first.aliases)
    assert told[2] == str(first.number)
    assert told[3] in first.aliases
    assert told[4] in cast.pairs[1].aliases


def test_every_slot_is_filled(names):
    told = draw_cast(names, Random(1)).fill("{P1} {P3} {N2} {B1} {B2} {H2} {R1} {R2} {lain}", Random(3))
    assert "{P" not in told
    assert told.endswith("{lain}")


def test_names_inside_a_hashtag_or_a_handle_are_one_word():
    def name(kind, index):
        return f"{kind} nama-{index}"

    told = fill_slots("@dpp_{B1} #Adek{B1}{H2} di {R1} #{P1}Menang ya {H1}", name)
    assert told == "@dpp_BNama0 #AdekBNama0PNama1 di R nama-0 #PNama0Menang ya P nama-0"


def test_a_cast_draws_anew_and_repeatably(names):
    assert draw_cast(names, Random(1)) == draw_cast(names, Random(1))
    assert draw_cast(names, Random(1)) != draw_cast(names, Random(2))


def test_numbers_do_not_follow_the_slots(names):
    numbers = {draw_cast(names, Random(seed)).pairs[0].number for seed in range(30)}
    assert numbers == {1, 2, 3}


def test_a_cast_is_an_election_a_matcher_can_know(names):
    election = draw_cast(names, Random(1)).election(4)
    assert election.id == "fiktif-4"
    assert len(election.participants) == len(election.known_parties) == 3
    assert len({alias for one in election.participants for alias in one.aliases}) >= 12


@pytest.mark.parametrize("content", ["persons: [a]", "- a", "persons: [", ""])
def test_it_refuses_names_it_cannot_use(tmp_path, content):
    (tmp_path / "names.yaml").write_text(content)
    with pytest.raises(ModelError, match=r"names\.yaml: .*lists persons, nicknames, parties and regions"):
        load_names(tmp_path / "names.yaml")
