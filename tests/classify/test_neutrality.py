"""The name-swap test counts what changing sides changes, and says where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.classify.neutrality import measure_neutrality, sides
from scanner.rules.elections import Election
from scanner.rules.ruleset import Ruleset, load_ruleset
from tests.detect.casts import make_election, make_random_model


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load_ruleset()


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Election:
    return make_election(tmp_path_factory.mktemp("elections"))


def test_a_frame_is_told_once_for_every_participant(election: Election) -> None:
    told = list(sides("coblos {P1}, bukan {P2}", election))
    assert len(told) == len(set(told)) == 3


def test_names_move_no_score_of_a_model_that_sees_placeholders(ruleset: Ruleset, election: Election) -> None:
    found = measure_neutrality(make_random_model(), ["coblos {P1}", "berita {P1} dan {P2}"], ruleset, [election])
    assert (found.frames, found.elections, found.readings, found.compared) == (2, 1, 6, 2)
    assert (found.largest_shift, found.shifted, found.flips, found.widest) == (0.0, 0, 0, "")


def test_a_nickname_that_is_an_ordinary_word_is_found_out(ruleset: Ruleset, election: Election) -> None:
    """Then the frame names one participant twice, and another participant beside the first."""
    first, *others = election.participants
    careless = replace(election, participants=(replace(first, short=(*first.short, "tetangga")), *others))
    frames = ["apel pagi {P1}", "coblos {P1} demi tetangga"]
    found = measure_neutrality(make_random_model(), frames, ruleset, [careless])
    assert found.largest_shift > 0
    assert found.widest == f"{election.id}: coblos {{P1}} demi tetangga"


def test_an_election_of_one_has_nobody_to_swap_with(ruleset: Ruleset, election: Election) -> None:
    alone = replace(election, participants=election.participants[:1])
    found = measure_neutrality(make_random_model(), ["coblos {P1}"], ruleset, [alone])
    assert (found.readings, found.largest_shift, found.flips) == (1, 0.0, 0)
