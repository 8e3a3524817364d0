"""Every name by which the participants, parties and regions of some elections can be called, ready to be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ahocorasick_rs import AhoCorasick, MatchKind

from scanner.rules.elections import Election, Kind, Participant
from scanner.rules.lexicon import Lexicon
from scanner.rules.lexicon_contexts import AmbiguousWord
from scanner.text.normalise import normalise

_JOINTS = (" ", "-", " - ", " & ", " dan ", "&", "/")
"""How people join the two names of a pair."""


_STEM = 5
_DEED = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class Name:
    """One way to name something, as it reads in normalised text."""

    words: str
    kind: str
    """participant | party | blank_box | region"""
    refs: tuple[str, ...]
    """Election id and participant id, one for each election that knows the name; empty for regions."""
    ambiguous: bool = False
    """It also means something else and needs a political cue."""
    written: str = ""
    """How it is written where it is also a common word (an acronym such as ERA); empty where case tells nothing."""
    shared: bool = False
    """Two participants of one election bear it: it names a participant, but not which."""

    @property
    def ref(self) -> str:
        """The participant, as mentions write it; empty for a shared name."""
        return "" if self.shared or not self.refs else self.refs[0]


@dataclass(frozen=True, slots=True)
class Cues:
    """Words that decide between the political and the ordinary sense of one word."""

    political: tuple[str, ...]
    ordinary: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """The names of some elections. Longest name first, leftmost first."""

    known: tuple[Name, ...]
    cues: Mapping[str, Cues]
    """For each ambiguous word, normalised."""
    common: Cues
    """For names that are ambiguous without being listed as words."""
    window: int
    """Words on either side in which a cue counts."""
    deeds: frozenset[str]
    """Words of the lexicon: what may stand beside a name in a hashtag written in one."""

    @cached_property
    def automaton(self) -> AhoCorasick:
        """Finds every name in one pass, those inside others too: `Pak X` is no name in `Bapak X`, but X is."""
        return AhoCorasick([name.words for name in self.known], matchkind=MatchKind.Standard)

    @cached_property
    def joined(self) -> dict[str, Name]:
        """Names as they stand in a hashtag: letters and digits alone."""
        joined = {"".join(re.findall(r"[^\W_]+", name.words)): name for name in reversed(self.known)}
        joined.pop("", None)
        return joined

    @cached_property
    def tag_words(self) -> frozenset[str]:
        """Everything a hashtag written in one may part into."""
        return self.deeds.union(self.joined)

    @cached_property
    def joined_automaton(self) -> AhoCorasick:
        """Tells quickly whether a hashtag can hold a name."""
        return AhoCorasick(list(self.joined), matchkind=MatchKind.LeftmostLongest)

    def cues_for(self, name: Name) -> Cues:
        """The words that decide in which sense an ambiguous name is meant."""
        return self.cues.get(name.words, self.common)


def holds(around: str, cue: str) -> bool:
    """Tell whether words between single blanks hold a cue.

    Short cues (TPS, DPC) must be whole words; longer ones also count inside longer words (dukung, pendukung).
    """
    return cue in around and (len(cue) >= _STEM or f" {cue} " in around)


def names_of(elections: Sequence[Election], lexicon: Lexicon) -> Names:
    """Gather the names of the participants, known parties and regions of these elections."""
    ambiguous = lexicon.ambiguous
    merged: dict[str, Name] = {}
    listed = {_plain(word.word): word for word in ambiguous.words}
    for name in _all_names(elections, listed):
        seen = merged.get(name.words)
        merged[name.words] = name if seen is None else _both(seen, name)
    political = tuple(map(_plain, (*ambiguous.political_cues_common, *lexicon.numbers.beside)))
    return Names(
        known=tuple(merged.values()),
        cues={
            _plain(word.word): Cues(
                political=(*political, *map(_plain, word.political_cues)),
                ordinary=tuple(map(_plain, word.ordinary_cues)),
            )
            for word in ambiguous.words
        },
        common=Cues(political=political, ordinary=()),
        window=ambiguous.window,
        deeds=frozenset(_words_of(lexicon)),
    )


def _words_of(lexicon: Lexicon) -> Iterator[str]:
    for text in (*(one.pattern for one in lexicon.entries), *(one.pattern for one in lexicon.hashtags.patterns)):
        yield from _DEED.findall(text.lower())


def _plain(text: str) -> str:
    return normalise(text).text.strip()


def _all_names(elections: Sequence[Election], listed: Mapping[str, AmbiguousWord]) -> Iterator[Name]:
    for election in elections:
        for one in election.participants:
            yield from _names_of(one, f"{election.id}#{one.id}", listed)
        for one in election.known_parties:
            yield from _names_of(one, f"{election.parties or election.id}#{one.id}", listed)
        for alias in (election.region.name, *election.region.aliases):
            yield Name(words=_plain(alias), kind="region", refs=())


def _names_of(one: Participant, ref: str, listed: Mapping[str, AmbiguousWord]) -> Iterator[Name]:
    kind = {Kind.PARTY: "party", Kind.BLANK_BOX: "blank_box"}.get(one.kind, "participant")
    for alias in one.aliases:
        plain, ambiguous = _plain(alias), alias in one.ambiguous
        word = listed.get(plain)
        common = word is not None and (word.everyday or kind == "participant")
        common = ambiguous and (common or (alias in one.acronym and kind == "participant"))
        for words in _spellings(plain, joined=alias in one.pair):
            yield Name(words=words, kind=kind, refs=(ref,), ambiguous=ambiguous, written=alias if common else "")


def _spellings(words: str, *, joined: bool) -> Iterable[str]:
    """Return a name, and for the joined names of a pair every joint: Bima-Sari, Bima & Sari, Bima dan Sari."""
    parts = re.split(r"\s*[-&/]\s*|\s+dan\s+|\s+", words)
    return [joint.join(parts) for joint in _JOINTS] if joined and len(parts) > 1 else [words] if words else []


def _both(first: Name, second: Name) -> Name:
    """Return what one spelling means when two bear it. A participant goes before a party, a party before a region."""
    order = ("blank_box", "participant", "party", "region")
    if first.kind != second.kind:
        return min(first, second, key=lambda name: order.index(name.kind))
    refs = tuple(dict.fromkeys(first.refs + second.refs))
    elections = [ref.partition("#")[0] for ref in refs]
    return replace(
        first,
        refs=refs,
        ambiguous=first.ambiguous or second.ambiguous,
        written=second.written and first.written,
        shared=len(set(elections)) < len(elections),
    )
