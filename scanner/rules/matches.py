"""What the rules see in one text, as the matcher tells it."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.domain.signals import Exculpatory, Mention, Signal


@dataclass(frozen=True, slots=True)
class Matches:
    """What the rules see in one text."""

    original: str
    masked: str
    """Normalised, with placeholders for participants, parties, ballot numbers and regions."""
    signals: tuple[Signal, ...]
    mentions: tuple[Mention, ...]
    exculpatory: tuple[Exculpatory, ...]
    all_listed: bool
    """All participants of an election are named alike and none is set apart: voter information."""

    @property
    def has_object(self) -> bool:
        """Whether a participant, party or resolved ballot number is named."""
        return any(mention.kind != "number" or mention.ref for mention in self.mentions)

    @property
    def only_number(self) -> bool:
        """Whether it is named by its number alone."""
        return self.has_object and all(mention.kind == "number" for mention in self.mentions)
