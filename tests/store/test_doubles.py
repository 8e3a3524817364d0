"""Doubles are the two first blind readings of a post, and nothing that was said later or taken back."""

from __future__ import annotations

import pytest

from scanner.domain.reviews import Stage, Verdict
from scanner.store import flags, judgements, settling
from scanner.store.connection import Lease
from scanner.store.doubles import Reading, load_doubles
from tests.store.samples import HOUR, NOON, make_flag, make_judgement

SUSPECTED, NOT, UNSURE, BACK = Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE, Verdict.WITHDRAWN


def said(lease: Lease, *acts: tuple[int, str, Verdict], stage: Stage = Stage.BLIND, after: int = 0) -> None:
    """Append judgements of numbered flags in this order, an hour apart, from so many hours after noon on."""
    flags.save_flags(lease, [make_flag(number) for number in {number for number, _, _ in acts}])
    for hour, (number, reviewer, verdict) in enumerate(acts, start=after):
        judgements.append_judgement(
            lease,
            make_judgement(
                f"k{hour}",
                flag_id=make_flag(number).id,
                reviewer=reviewer,
                verdict=verdict,
                codes=("AJAKAN-PILIH",) if verdict is SUSPECTED else (),
                decided_at=NOON + hour * HOUR,
                stage=stage,
            ),
        )


def heard(lease: Lease) -> list[tuple[str, Verdict]]:
    """Return who said what of the only double."""
    [double] = load_doubles(lease)
    return [(reading.reviewer, reading.verdict) for reading in double.readings]


def test_a_double_says_who_said_what_with_which_codes(lease: Lease):
    said(lease, (1, "sari", SUSPECTED), (1, "budi", NOT))
    [double] = load_doubles(lease)
    assert double.flag_id == make_flag(1).id
    assert double.readings == (
        Reading(reviewer="sari", verdict=SUSPECTED, codes=("AJAKAN-PILIH",)),
        Reading(reviewer="budi", verdict=NOT, codes=()),
    )


def test_a_post_read_by_one_person_is_no_double(lease: Lease):
    said(lease, (1, "sari", SUSPECTED), (1, " SARI", NOT), (2, "budi", NOT))
    assert load_doubles(lease) == []


def test_a_third_reviewer_does_not_count(lease: Lease):
    said(lease, (1, "sari", SUSPECTED), (1, "budi", NOT), (1, "tina", SUSPECTED))
    assert heard(lease) == [("sari", SUSPECTED), ("budi", NOT)]


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.BLIND])
def test_what_was_not_said_blind_does_not_count_even_when_it_came_first(lease: Lease, stage: Stage):
    said(lease, (1, "ketua", SUSPECTED), stage=stage)
    said(lease, (1, "sari", SUSPECTED), after=1)
    assert load_doubles(lease) == []
    said(lease, (1, "budi", NOT), after=2)
    assert heard(lease) == [("sari", SUSPECTED), ("budi", NOT)]


def test_what_was_said_too_fast_does_not_count(lease: Lease):
    said(lease, (1, "sari", SUSPECTED), (1, "budi", NOT), (1, "tina", UNSURE))
    settling.discount(lease, ["k1"], now=NOON)
    assert heard(lease) == [("sari", SUSPECTED), ("tina", UNSURE)]


def test_what_was_taken_back_does_not_count_and_what_was_said_instead_does(lease: Lease):
    said(lease, (1, "sari", SUSPECTED), (1, "sari", BACK), (1, "budi", NOT), (1, "sari", UNSURE))
    assert heard(lease) == [("budi", NOT), ("sari", UNSURE)]


def test_who_took_everything_back_was_never_there(lease: Lease):
    said(lease, (1, "sari", SUSPECTED), (1, "sari", BACK), (1, "budi", NOT), (1, "tina", UNSURE))
    assert heard(lease) == [("budi", NOT), ("tina", UNSURE)]


def test_a_change_of_mind_after_the_machine_was_seen_does_not_count(lease: Lease):
    said(lease, (1, "sari", NOT), (1, "budi", NOT), (1, "sari", SUSPECTED))
    assert heard(lease) == [("sari", NOT), ("budi", NOT)]


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"since": NOON + HOUR}, 1),
        ({"since": NOON + 2 * HOUR}, 0),
        ({"until": NOON + HOUR}, 0),
        ({"until": NOON + 2 * HOUR}, 1),
        ({"since": NOON, "until": NOON + 2 * HOUR}, 1),
    ],
)
def test_the_second_reading_says_to_which_period_a_double_belongs(lease: Lease, bounds, found: int):
    said(lease, (1, "sari", SUSPECTED), (1, "budi", NOT))
    assert len(load_doubles(lease, **bounds)) == found


def test_doubles_come_in_the_order_of_their_flags(lease: Lease):
    said(lease, *((number, who, NOT) for who in ("budi", "sari") for number in (3, 1, 2)))
    found = [double.flag_id for double in load_doubles(lease)]
    assert found == sorted(make_flag(number).id for number in (1, 2, 3))
