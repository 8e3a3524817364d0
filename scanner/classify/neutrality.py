"""The name-swap test (guardrail G7): the same post for every participant, number, party and region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

import numpy as np

from scanner.classify.casts import fill_slots
from scanner.classify.model import Model
from scanner.rules.elections import Election, Kind, Participant
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Neutrality:
    """What changing sides changed."""

    frames: int
    elections: int
    readings: int
    """Posts scored: frames times sides."""
    compared: int
    """Frames times elections."""
    largest_shift: float
    """Largest difference of probability between two sides of one election."""
    shifted: int
    """Comparisons with a difference above 0.02."""
    flips: int
    """Frames and elections in which changing sides crossed a threshold."""
    widest: str = ""
    """Election and frame of the largest difference: where to look first."""


def draw_frames(texts: Sequence[str], seed: int) -> list[str]:
    """Draw sixty posts that name somebody by slots (all where there are fewer), the same for the same seed."""
    framed = [text for text in texts if "{P1}" in text or "{N1}" in text or "{B1}" in text]
    return Random(seed).sample(framed, min(60, len(framed)))  # noqa: S311  a repeatable draw


def measure_neutrality(
    model: Model, frames: Sequence[str], ruleset: Ruleset, elections: Sequence[Election]
) -> Neutrality:
    """Fill each frame's slots with every participant of each election in turn and compare the scores."""
    shifts, flips, readings, widest = [0.0], 0, 0, ""
    for election in elections:
        matcher = Matcher(ruleset, [election])
        for frame in frames:
            batch = [matcher.match(text) for text in sides(frame, election)]
            if not batch:
                continue
            scores = model.score(batch)
            named = np.array([one.has_object for one in batch])
            cuts = np.array([[head.threshold.at(named=bool(one)) for head in model.heads] for one in named])
            flags = scores >= cuts
            readings += len(batch)
            shift = float(np.ptp(scores, axis=0).max())
            widest = f"{election.id}: {frame}" if shift > max(shifts) else widest
            shifts.append(shift)
            flips += int((flags.any(axis=0) & ~flags.all(axis=0)).sum())
    return Neutrality(
        frames=len(frames),
        elections=len(elections),
        readings=readings,
        compared=len(shifts) - 1,
        largest_shift=max(shifts),
        shifted=sum(shift > 0.02 for shift in shifts),
        flips=flips,
        widest=widest,
    )


def sides(frame: str, election: Election) -> Iterator[str]:
    """Tell a frame once for every participant of an election, the others moving along.

    Each is called by a name that means nothing else: whether an ambiguous one is meant politically is for
    the rules to say, and they need a cue. Who has no such name takes no part.
    """
    persons = [one for one in election.participants if one.kind is not Kind.BLANK_BOX and _names(one)]
    parties = [one for one in election.known_parties if _names(one)] or persons
    for turn in range(len(persons)):
        yield fill_slots(frame, partial(_name, turn=turn, persons=persons, parties=parties, election=election))


def _names(one: Participant) -> list[str]:
    return [name for name in one.aliases if name not in one.ambiguous]


def _name(
    kind: str, index: int, turn: int, persons: Sequence[Participant], parties: Sequence[Participant], election: Election
) -> str:
    person = persons[(index + turn) % len(persons)]
    if kind == "N":
        return str(person.number or (index + turn) % len(persons) + 1)
    if kind == "R":
        return election.region.name
    return _names(parties[(index + turn) % len(parties)] if kind == "B" else person)[0]
