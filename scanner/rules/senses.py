"""Words with two senses: `relawan` of a campaign or of the Red Cross, `serangan fajar` as bribe or as film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.rules.names import Cues, Names, holds
from scanner.rules.views import Reader, View
from scanner.text.normalise import normalise


@dataclass(frozen=True, slots=True)
class Senses:
    """Ambiguous words with the cues that decide between their senses."""

    words: Mapping[str, Cues]
    """By row of words: ` serangan fajar `."""
    window: int
    """Words on either side in which a cue counts."""

    def ordinary(self, view: View, first: int, last: int) -> bool:
        """Tell whether a find holds an ambiguous word that is meant in its ordinary sense.

        True when an ordinary cue stands near one of its words and no political cue does.
        """
        row = f" {' '.join(view.words[first:last])} "
        cues = [cues for word, cues in self.words.items() if word in row]
        if not cues:
            return False
        left, right = view.words[max(first - self.window, 0) : first], view.words[last : last + self.window]
        around = f" {' '.join(left)} | {' '.join(right)} "
        return any(
            any(holds(around, cue) for cue in one.ordinary) and not any(holds(around, cue) for cue in one.political)
            for one in cues
        )


def senses_of(names: Names, reader: Reader) -> Senses:
    """Return the senses of the listed words, read as the matcher reads texts."""
    return Senses(
        words={f" {' '.join(reader.read(normalise(word).text).words)} ": cues for word, cues in names.cues.items()},
        window=names.window,
    )
