"""How many may read one item, who may be the next, and what their readings come to. Pure; decides about nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.domain.reviews import Stage, Verdict


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's place at one item."""

    person: str
    stage: Stage
    """BLIND, ADJUDICATION or GOLD."""
    verdict: Verdict | None = None
    """What the person said that counts."""
    judged: bool = False
    """They have said something and not taken it back, whether it counts or was made too fast."""
    held: bool = False
    """The item is kept for them, who have not judged it."""
    revealed: bool = False
    """They were shown others' views."""
    put_off: int = 0
    """When they last put it off, in microseconds since 1970; 0: never."""

    @property
    def knows(self) -> bool:
        """Tell whether the person can read the item no more as somebody who has not read it."""
        return self.judged or self.revealed


def counted(seats: Iterable[Seat]) -> list[Seat]:
    """Return the blind judgements that count."""
    return [one for one in seats if one.stage is Stage.BLIND and one.verdict is not None]


def outcome(seats: Sequence[Seat], *, overlap: int) -> Verdict | None:
    """Return what an item is settled with: the ruling, or else what enough said who are more than half; None if open.

    Nothing is settled as unsure.
    """
    for one in seats:
        if one.stage is Stage.ADJUDICATION and one.verdict is not None:
            return one.verdict
    said = [one.verdict for one in counted(seats)]
    for verdict in (Verdict.SUSPECTED, Verdict.NOT_VIOLATION):
        if said.count(verdict) >= overlap and 2 * said.count(verdict) > len(said):
            return verdict
    return None


def is_disputed(seats: Sequence[Seat], *, overlap: int) -> bool:
    """Tell whether enough have judged an item and it is not settled: a third person must rule."""
    return len(counted(seats)) >= overlap and outcome(seats, overlap=overlap) is None


def has_room(seats: Iterable[Seat], person: str, *, overlap: int) -> bool:
    """Tell whether one more blind reading is wanted: judgements and people holding the item never exceed `overlap`."""
    others = [one for one in seats if one.person != person and one.stage is Stage.BLIND]
    return sum(one.verdict is not None or one.held for one in others) < overlap


def part_of(person: str, seats: Sequence[Seat], *, overlap: int, adjudicates: bool) -> Stage | None:
    """Tell which part of the review of an item waits for a person: BLIND, ADJUDICATION, or None.

    Blind: whoever does not know the item, while fewer than `overlap` have judged it or hold it. Adjudication: an
    adjudicator who was none of those who disagree, one at a time. Adjudicators read nothing blind: in an office with
    one of them nobody would be left to rule on what they read.
    """
    mine = next((one for one in seats if one.person == person), None)
    if not adjudicates:
        knows = mine is not None and mine.knows
        return Stage.BLIND if not knows and has_room(seats, person, overlap=overlap) else None
    if (mine and mine.stage is Stage.BLIND and mine.knows) or not is_disputed(seats, overlap=overlap):
        return None
    taken = any(one.stage is Stage.ADJUDICATION and one.held and one.person != person for one in seats)
    return None if taken else Stage.ADJUDICATION
