"""Fictional casts for the slots of the corpus, so that no name, number, party or region can tell the label."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, ClassVar

import msgspec
import yaml

from scanner.errors import ModelError
from scanner.rules.calendars import Calendar
from scanner.rules.elections import Election, ElectionType, Kind, Participant, Region

_SLOT = re.compile(r"\{([PNBHR])([1-9])\}")
_INSIDE_TAG = re.compile(r"[#@][\w{}]*$")


@dataclass(frozen=True, slots=True)
class Names:
    """Fictional names to draw from (`names.yaml`)."""

    persons: Annotated[tuple[str, ...], msgspec.Meta(min_length=6)]
    nicknames: Annotated[tuple[str, ...], msgspec.Meta(min_length=3)]
    parties: Annotated[tuple[str, ...], msgspec.Meta(min_length=3)]
    regions: Annotated[tuple[str, ...], msgspec.Meta(min_length=3)]


@dataclass(frozen=True, slots=True)
class Cast:
    """Three fictional pairs with their numbers, parties and regions: what the slots mean in one telling."""

    pairs: tuple[Participant, ...]
    parties: tuple[Participant, ...]
    regions: tuple[str, ...]

    slots: ClassVar[int] = 3
    """Slots of a kind: {P1} to {P3}."""

    def election(self, number: int) -> Election:
        """Return the cast as a poll a matcher can know."""
        return Election(
            id=f"fiktif-{number}",
            name="Pemilihan fiktif",
            type=ElectionType.PILKADA,
            region=Region(code="00", name=self.regions[0], tz="Asia/Jakarta", aliases=self.regions),
            calendar=Calendar(),
            participants=self.pairs,
            source="names.yaml",
            verified=False,
            known_parties=self.parties,
        )

    def fill(self, text: str, random: Random) -> str:
        """Put names into the slots; the same slot is the same participant throughout, in one of its forms."""
        return fill_slots(text, lambda kind, index: self._name(kind, index % self.slots, random))

    def _name(self, kind: str, index: int, random: Random) -> str:
        pair = self.pairs[index]
        if kind == "N":
            return str(pair.number)
        if kind == "R":
            return self.regions[index]
        return random.choice((self.parties[index] if kind == "B" else pair).aliases)


def fill_slots(text: str, name: Callable[[str, int], str]) -> str:
    """Put `name(kind, index)` into every slot; kinds are P, N, B and R, {P1} has index 0.

    Inside a hashtag or a handle names are written as one word; {H1} is {P1}.
    """

    def filled(slot: re.Match[str]) -> str:
        put = name("P" if slot[1] == "H" else slot[1], int(slot[2]) - 1)
        inside = _INSIDE_TAG.search(text, 0, slot.start())
        return "".join(re.findall(r"\w+", put.title())) if inside else put

    return _SLOT.sub(filled, text)


def load_names(path: Path) -> Names:
    """Read `names.yaml`. Raises ModelError with the file and what would be valid."""
    try:
        return msgspec.convert(yaml.safe_load(path.read_bytes()), Names)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"{path}: {reason}; lists persons, nicknames, parties and regions are read") from error


def draw_cast(names: Names, random: Random) -> Cast:
    """Draw a cast: nobody in it twice, numbers shuffled."""
    persons = random.sample(names.persons, 2 * Cast.slots)
    nicknames = random.sample(names.nicknames, Cast.slots)
    numbers = random.sample(range(1, Cast.slots + 1), Cast.slots)
    pairs = [
        _pair(number, persons[2 * index : 2 * index + 2], nicknames[index]) for index, number in enumerate(numbers)
    ]
    parties = [_party(index + 1, name) for index, name in enumerate(random.sample(names.parties, Cast.slots))]
    return Cast(pairs=tuple(pairs), parties=tuple(parties), regions=tuple(random.sample(names.regions, Cast.slots)))


def _pair(number: int, persons: list[str], nickname: str) -> Participant:
    head, deputy = persons
    first, second = head.split()[0], deputy.split()[0]
    return Participant(
        id=str(number),
        kind=Kind.PAIR,
        number=number,
        names=(head,),
        short=(nickname, " ".join(head.split()[:2])),
        pair=(f"{first}-{second}", f"{head} - {deputy}"),
    )


def _party(number: int, name: str) -> Participant:
    return Participant(id=f"b{number}", kind=Kind.PARTY, number=None, names=(name,), short=(name.split(" ", 1)[1],))
