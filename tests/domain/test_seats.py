"""Who may read an item next: whatever is said and held, never more than enough, nobody twice, a third for a dispute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.reviews import Stage, Verdict
from scanner.domain.seats import Seat, counted, has_room, is_disputed, outcome, part_of

YES, NO, UNSURE = Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE
NAMES = ("budi", "ketua", "sari", "tina", "wakil", "wati")
VERDICTS = st.sampled_from([None, YES, NO, UNSURE])


@st.composite
def seats_of_one_item(draw: st.DrawFn) -> list[Seat]:
    """Seats as they come about: whoever has judged holds nothing, at most one has ruled."""
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        verdict, judged = draw(VERDICTS), draw(st.booleans())
        found.append(
            Seat(
                person=name,
                stage=Stage.BLIND,
                verdict=verdict if judged else None,
                judged=judged,
                held=not judged and draw(st.booleans()),
                revealed=judged and draw(st.booleans()),
            )
        )
    if draw(st.booleans()):
        verdict = draw(st.sampled_from([None, YES, NO]))
        found.append(Seat("hakim", Stage.ADJUDICATION, verdict, judged=verdict is not None, held=verdict is None))
    return found


@given(seats_of_one_item(), st.sampled_from([*NAMES, "orang.baru"]), st.booleans(), st.integers(2, 4))
def test_whoever_is_given_a_blind_reading_does_not_know_the_item_and_is_wanted(seats, person, adjudicates, overlap):
    stage = part_of(person, seats, overlap=overlap, adjudicates=adjudicates)
    mine = next((one for one in seats if one.person == person), None)
    others = [one for one in seats if one.person != person and one.stage is Stage.BLIND]
    taken = sum(one.verdict is not None or one.held for one in others)
    if stage is Stage.BLIND:
        assert not adjudicates, "an adjudicator who reads blind could not rule where the two disagree"
        assert mine is None or not mine.knows
        assert taken < overlap
        assert has_room(seats, person, overlap=overlap)
    elif stage is Stage.ADJUDICATION:
        assert adjudicates
        assert mine is None or not (mine.stage is Stage.BLIND and mine.knows)
        assert len(counted(seats)) >= overlap
        assert outcome(seats, overlap=overlap) is None
    else:
        assert stage is None


@given(seats_of_one_item(), st.integers(2, 4))
def test_what_is_settled_is_settled_by_a_ruling_or_by_enough_of_one_mind(seats, overlap):
    verdict = outcome(seats, overlap=overlap)
    ruling = [one.verdict for one in seats if one.stage is Stage.ADJUDICATION and one.verdict]
    said = [one.verdict for one in counted(seats)]
    if ruling:
        assert verdict is ruling[0]
    elif verdict is not None:
        assert verdict is not UNSURE
        assert said.count(verdict) >= overlap
        assert 2 * said.count(verdict) > len(said)
    assert not (verdict and is_disputed(seats, overlap=overlap))


@given(seats_of_one_item(), st.randoms(use_true_random=False), st.integers(2, 4))
def test_the_order_of_seats_decides_nothing(seats, chance, overlap):
    shuffled = chance.sample(seats, len(seats))
    assert outcome(shuffled, overlap=overlap) is outcome(seats, overlap=overlap)
    for person in NAMES:
        parts = {part_of(person, order, overlap=overlap, adjudicates=True) for order in (seats, shuffled)}
        assert len(parts) == 1


def judged(person: str, verdict: Verdict) -> Seat:
    return Seat(person, Stage.BLIND, verdict, judged=True)


def test_gold_readings_count_for_nothing():
    seats = [judged("sari", YES), Seat("tina", Stage.GOLD, YES, judged=True)]
    assert counted(seats) == seats[:1]
    assert outcome(seats, overlap=2) is None
    assert part_of("budi", seats, overlap=2, adjudicates=False) is Stage.BLIND


def test_what_was_read_too_fast_leaves_a_place_but_not_for_who_was_fast():
    seats = [judged("sari", YES), Seat("budi", Stage.BLIND, None, judged=True)]
    assert part_of("tina", seats, overlap=2, adjudicates=False) is Stage.BLIND
    assert part_of("budi", seats, overlap=2, adjudicates=False) is None


def test_a_dispute_is_for_one_adjudicator_at_a_time_who_was_none_of_the_two():
    seats = [judged("sari", YES), judged("budi", NO)]
    assert part_of("ketua", seats, overlap=2, adjudicates=True) is Stage.ADJUDICATION
    assert part_of("tina", seats, overlap=2, adjudicates=False) is None
    assert part_of("sari", seats, overlap=2, adjudicates=True) is None
    wakil = [Seat("wakil", Stage.BLIND, YES, judged=True), judged("sari", NO)]
    assert part_of("wakil", wakil, overlap=2, adjudicates=True) is None, "as a reviewer they were one of the two"
    held = [*seats, Seat("wakil", Stage.ADJUDICATION, held=True, revealed=True)]
    assert part_of("ketua", held, overlap=2, adjudicates=True) is None
    assert part_of("wakil", held, overlap=2, adjudicates=True) is Stage.ADJUDICATION


def test_an_adjudicator_is_given_nothing_that_nobody_disputes():
    for seats in ([], [judged("sari", YES)], [judged("sari", YES), judged("budi", YES)]):
        assert part_of("ketua", seats, overlap=2, adjudicates=True) is None


def test_an_adjudicator_who_saw_it_settled_may_rule_once_two_disagree():
    opened = Seat("ketua", Stage.ADJUDICATION, revealed=True)
    assert part_of("ketua", [judged("sari", YES), opened], overlap=2, adjudicates=True) is None
    two = [judged("sari", YES), judged("budi", NO), opened]
    assert part_of("ketua", two, overlap=2, adjudicates=True) is Stage.ADJUDICATION
    assert part_of("wakil", two, overlap=2, adjudicates=True) is Stage.ADJUDICATION, "it is kept for nobody"


def test_an_adjudicator_who_has_seen_both_views_is_no_second_reader_when_one_is_taken_back():
    seats = [judged("sari", YES), Seat("ketua", Stage.ADJUDICATION, held=True, revealed=True)]
    assert part_of("ketua", seats, overlap=2, adjudicates=True) is None
    assert part_of("budi", seats, overlap=2, adjudicates=False) is Stage.BLIND
