"""Masking: participants, parties and regions become placeholders, so that no name can carry weight (guardrail G7)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.rules.names import Cues, Name, Names, holds
from scanner.text.normalise import Normalised
from scanner.text.tokens import split_hashtag

PLACEHOLDERS = {"participant": "⟨p⟩", "blank_box": "⟨p⟩", "party": "⟨b⟩", "number": "⟨n⟩", "region": "⟨r⟩"}
"""What stands for a name. One word for the tokeniser and for the features of the classifier."""

PLACEHOLDER_WIDTH = 3
"""Code points of every placeholder."""

_TAG = re.compile(r"#(\w+)")
_JOINT = re.compile(r"\s*(?:[-&/+,|]|\bdan\b)?\s*")
_WORD = re.compile(r"[^\W_]+")
_NEAR = 40
"""Code points on either side that tell how a name is written."""
_ANNOUNCED = re.compile(r"\bpaslon \Z")
_WITHIN = re.compile(r"[^\W_][,'’)-]?[^\S\n]*[(\"'‘“-]?\Z")
"""What stands before a word that begins no sentence."""
_LOWER = re.compile("[a-z]{2}")
_TITLES = re.compile(r"(?<![^\W_])(?:(?:pak|bapak|bu|ibu|mas|mbak|bang|abang|kang|teh) +)+\Z")
_LONGEST_TITLES = 20
"""Code points before a name in which its titles stand."""
_ADDRESSED = re.compile(r"(?:[\w.+-]*\w)?@")
"""What follows the beginning of an e-mail address."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A name found in a normalised text."""

    name: Name
    start: int
    """Code points into the normalised text, half open."""
    end: int
    in_tag: bool = False


@dataclass(frozen=True, slots=True)
class Masked:
    """A normalised text whose names are placeholders, and the way back."""

    normalised: Normalised
    text: str
    segments: tuple[Segment, ...]
    starts: tuple[int, ...] = field(repr=False)
    """For each segment the place of its placeholder in `text`; all placeholders are three code points long."""

    def segment_at(self, place: int) -> Segment | None:
        """Return the name whose placeholder begins at this place of `text`."""
        index = bisect_right(self.starts, place) - 1
        return self.segments[index] if index >= 0 and self.starts[index] == place else None

    def plain(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the normalised text that `text[start:end]` stands for."""
        return self._back(start, last=False), self._back(end, last=True)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that `text[start:end]` stands for."""
        return self.normalised.span(*self.plain(start, end))

    def _back(self, place: int, *, last: bool) -> int:
        index = bisect_right(self.starts, place - last) - 1
        if index < 0:
            return place
        segment, beyond = self.segments[index], place - self.starts[index] - PLACEHOLDER_WIDTH
        if beyond < 0 or (beyond == 0 and last):
            return segment.end if last else segment.start
        return segment.end + beyond


def mask(normalised: Normalised, names: Names) -> Masked:
    """Replace every name by its placeholder.

    A name counts where it stands as a whole word, as a whole @handle, or as whole words inside a hashtag.
    An ambiguous one (PAN, Garuda, a common given name) counts only with a political cue near and no ordinary one. One
    that is a common word too (an acronym such as ERA) must also be written as a name.
    Several names of one participant in a row are one segment.
    """
    text = normalised.text
    found = sorted((*_inline(normalised, names), *_in_tags(normalised, names)), key=lambda segment: segment.start)
    if not found:
        return Masked(normalised=normalised, text=text, segments=(), starts=())
    segments = tuple(_merged(text, found))
    parts: list[str] = []
    starts: list[int] = []
    at = length = 0
    for segment in segments:
        starts.append(length + segment.start - at)
        parts += text[at : segment.start], PLACEHOLDERS[segment.name.kind]
        length = starts[-1] + PLACEHOLDER_WIDTH
        at = segment.end
    parts.append(text[at:])
    return Masked(normalised=normalised, text="".join(parts), segments=segments, starts=tuple(starts))


def _inline(normalised: Normalised, names: Names) -> Iterator[Segment]:
    """Yield the names beside each other, leftmost first, of those that begin together the longest."""
    at = 0
    for segment in sorted(_candidates(normalised, names), key=lambda one: (one.start, -one.end)):
        if segment.start >= at:
            yield segment
            at = segment.end


def _candidates(normalised: Normalised, names: Names) -> Iterator[Segment]:
    """Yield every name that is meant as one, those inside others too."""
    text = normalised.text
    for index, start, end in names.automaton.find_matches_as_indexes(text, overlapping=True):
        name, is_handle = names.known[index], text[start - 1 : start] == "@"
        if not _stands_alone(text, start, end):
            continue
        if name.ambiguous and not _meant(text, start, end, names.cues_for(name), names.window):
            continue
        if not name.written or is_handle or _written_as_name(normalised, start, end, name.written):
            first = start - is_handle
            yield Segment(name=name, start=_titled(text, first) if name.kind == "participant" else first, end=end)


def _titled(text: str, start: int) -> int:
    """Return where a name begins with its titles: some aliases hold one, and Pak X reads as Bu Y does (G7)."""
    found = _TITLES.search(text, max(start - _LONGEST_TITLES, 0), start)
    return found.start() if found else start


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a find begins and ends with a word, and lies neither in a link nor behind the @ of a handle."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalnum() or before in ("_", "#") or after.isalnum() or after == "_" or _ADDRESSED.match(text, end):
        return False
    chunk = text[max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1 : start]
    return not ("://" in chunk or chunk.startswith("www.") or ("@" in chunk and chunk != "@"))


def _in_tags(normalised: Normalised, names: Names) -> Iterator[Segment]:
    text = normalised.text
    if "#" not in text:
        return
    for tag in _TAG.finditer(text):
        if not names.joined_automaton.find_matches_as_indexes(tag[1]):
            continue
        written = normalised.quote(tag.start(), tag.end())
        for way in (written, tag[0]):
            found = list(_runs(tag[1], split_hashtag(way, names.tag_words), names.joined))
            if found:
                break
        for name, start, end in found:
            first, last = tag.start(1) + start, tag.start(1) + end
            if not name.ambiguous or _meant(text, first, last, names.cues_for(name), names.window):
                yield Segment(name=name, start=first, end=last, in_tag=True)


def _runs(body: str, words: Sequence[str], joined: Mapping[str, Name]) -> Iterator[tuple[Name, int, int]]:
    """Find names that are whole words, or several whole words in a row, of a hashtag."""
    places, at = [], 0
    for word in words:
        at = body.find(word, at)
        if at < 0:
            return
        places.append((at, at + len(word)))
        at += len(word)
    first = 0
    while first < len(words):
        for last in range(len(words), first, -1):
            name = joined.get("".join(words[first:last]))
            if name is not None:
                yield name, places[first][0], places[last - 1][1]
                first = last - 1
                break
        first += 1


def _meant(text: str, start: int, end: int, cues: Cues, window: int) -> bool:
    """Tell whether an ambiguous name is meant politically by the words around it."""
    left, right = _WORD.findall(text[max(start - 90, 0) : start]), _WORD.findall(text[end : end + 90])
    if left and left[-1] == "partai":
        return True
    around = f" {' '.join(left[-window:])} | {' '.join(right[:window])} "
    return any(holds(around, cue) for cue in cues.political) and not any(holds(around, cue) for cue in cues.ordinary)


def _written_as_name(normalised: Normalised, start: int, end: int, name: str) -> bool:
    """Tell of a name that is also a common word whether it is meant: DIA or paslon dia, not dia or Dia (he, she).

    It is written as in the election file or in capitals, beside words that are not, and a capital that only begins a
    sentence tells nothing.
    """
    if _ANNOUNCED.search(normalised.text, max(start - _NEAR, 0), start):
        return True
    first, last = normalised.span(start, end)
    original = normalised.original
    quote, before = original[first:last], original[max(first - _NEAR, 0) : first]
    if not quote.isupper() and (quote != name or not _WITHIN.search(before)):
        return False
    return _LOWER.search(before) is not None or _LOWER.search(original, last, last + _NEAR) is not None


def _merged(text: str, found: Sequence[Segment]) -> Iterator[Segment]:
    """Join neighbouring names of one participant and drop what overlaps."""
    last: Segment | None = None
    for segment in found:
        if last is None:
            last = segment
        elif segment.start < last.end:
            continue
        elif (
            segment.name.ref and segment.name.ref == last.name.ref and _JOINT.fullmatch(text[last.end : segment.start])
        ):
            last = replace(last, end=segment.end)
        else:
            yield last
            last = segment
    if last is not None:
        yield last
