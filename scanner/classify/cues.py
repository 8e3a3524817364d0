"""What the rules saw in a post, said in pseudo-words the classifier can weigh.

Nothing here tells which participant, party, number or region was named, nor how long its name is:
the same post has the same cues for every one of them (guardrail G7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from scanner.classify.casing import cases
from scanner.domain.signals import Channel, Mention, Signal, Weight

if TYPE_CHECKING:
    from scanner.rules.matches import Matches


def cues(batch: Sequence[Matches]) -> list[list[str]]:
    """Pseudo-words for each post: signals, contexts that speak for the author, and the shape of the text."""
    plains = [_without_names(one.original, one.mentions) if one.mentions else one.original for one in batch]
    return [
        [*_rule_cues(one), *shape_cues(plain, len(one.masked.split())), f"case={casing}"]
        for one, plain, casing in zip(batch, plains, cases(plains).names(), strict=True)
    ]


def _rule_cues(matches: Matches) -> Sequence[str]:
    if not (matches.signals or matches.mentions or matches.exculpatory or matches.all_listed):
        return NOTHING_SEEN
    return [
        *_signal_cues(matches.signals),
        *_distance_cues(matches.signals, matches.mentions),
        *(f"x={one.tag}" for one in matches.exculpatory),
        *_object_cues(matches),
    ]


def _signal_cues(signals: Sequence[Signal]) -> Iterator[str]:
    strong = medium = 0
    for one in signals:
        mark = f"{'-not' if one.negated else ''}{'-quoted' if one.quoted else ''}"
        yield f"s={one.code}{mark}"
        yield f"w={one.weight}{mark}"
        yield f"c={one.channel}:{one.weight}"
        if one.object_kind:
            yield f"o={one.object_kind}:{one.weight}{mark}"
        strong += one.weight is Weight.H and not mark
        medium += one.weight is Weight.M and not mark
    yield f"strong={min(strong, 2)}"
    yield f"medium={min(medium, 3)}"
    if any(one.channel is Channel.EMOJI for one in signals) and strong + medium > 1:
        yield "gesture-beside-signal"


def _distance_cues(signals: Sequence[Signal], mentions: Sequence[Mention]) -> Iterator[str]:
    """How near the nearest named object stands to a signal, names counted as one character."""
    taken = sorted((one.start, one.end) for one in mentions)

    def place(offset: int) -> int:
        return offset - sum(min(end, offset) - start - 1 for start, end in taken if start < offset)

    spots = [(place(start), place(end)) for start, end in taken]
    for one in signals:
        if one.weight is Weight.L or not spots:
            continue
        start, end = place(one.start), place(one.end)
        gap = min(max(first - end, start - last, 0) for first, last in spots)
        yield f"gap={one.weight}:{'touching' if gap <= 1 else 'near' if gap <= 25 else 'same' if gap <= 80 else 'far'}"


def _object_cues(matches: Matches) -> Iterator[str]:
    named = {one.ref for one in matches.mentions}
    yield f"named={min(len(named), 3)}"
    yield from (f"kind={kind}" for kind in sorted({one.kind for one in matches.mentions}))
    flags = {"object": matches.has_object, "only-number": matches.only_number, "all-listed": matches.all_listed}
    yield from (name for name, met in flags.items() if met)


MOST_HASHTAGS = 3
"""More are not told apart."""
NOTHING_SEEN = ("strong=0", "medium=0", "named=0")
"""The cues of a post in which the rules see nothing."""

_MARKS = (
    ("?", "ends-with-question", re.compile(r"\?\W*$")),
    ("@", "addressed", re.compile(r"(?<!\w)@\w")),
    ("[", "bracketed-note", re.compile(r"\[[^\]]+\]")),
    ("url", "link", re.compile(r"\burl\b")),
    ("nya", "attribution", re.compile(r"\b(?:kata|ujar|jelas|ungkap|tutur|tegas)nya\b")),
    ("kata", "attribution", re.compile(r"\bkata\b")),
    ("ujar", "attribution", re.compile(r"\bujar\b")),
    ("menurut", "attribution", re.compile(r"\bmenurut\b")),
)
"""A piece of text without which the pattern cannot match, cue, pattern: most posts are then read without it."""
_FIGURES = (
    ("percent", re.compile(r"\d\s*(?:%|persen)")),
    (
        "clock-or-date",
        re.compile(r"\d(?:[.:/]\d\d|(?<=\b\d)\d?\s+(?:jan|feb|mar|apr|mei|jun|jul|agu|sep|okt|nov|des))"),
    ),
)
"""Both begin with a digit: text without digits is passed over fast."""
_PIECES = {
    "question": ("?",),
    "exclamation": ("!",),
    "quotation": tuple('"“”«»'),
    "link": ("http", "www."),
    "laughing": ("wkwk", "haha", "hehe", *"😂🤣😅"),
}
_LOOKED_FOR = tuple({piece: None for pieces in _PIECES.values() for piece in pieces} | {one[0]: None for one in _MARKS})
"""Every piece once: one pass over the text finds those that are there."""
_SHOWN = tuple(tuple(name for name, pieces in _PIECES.items() if piece in pieces) for piece in _LOOKED_FOR)
_MARKED = tuple(tuple(one[1:] for one in _MARKS if one[0] == piece) for piece in _LOOKED_FOR)
"""What each piece shows by itself, and the patterns it is needed for."""
_EMOJI = {
    "heart-fire-strength": frozenset("❤🔥💪🙌🤍💙💚💛🧡💜"),
    "praying": frozenset("🙏🤲"),
    "gesture": frozenset("✌☝👍👌🤟🤘🤙🖐✊👆✋"),
}
_WORD = re.compile(r"[^\W\d_]{2,}")
_HASHTAG = re.compile(r"#\w+")


def shape_cues(plain: str, length: int) -> Iterator[str]:
    """Pseudo-words for the shape of a text without its names; `length` counts the pieces between its blanks."""
    lower = plain.lower()
    if found := _automaton().find_matches_as_indexes(lower, overlapping=True):
        for index in dict.fromkeys(index for index, _, _ in found):
            yield from _SHOWN[index]
            yield from (name for name, pattern in _MARKED[index] if pattern.search(lower))
    yield from (name for name, pattern in _FIGURES if pattern.search(lower))
    if not plain.isascii():
        letters = set(plain)
        yield from (name for name, emoji in _EMOJI.items() if not letters.isdisjoint(emoji))
    hashtags, wordy = hashtags_and_words(plain) if "#" in plain else (0, True)
    yield f"hashtags={min(hashtags, MOST_HASHTAGS)}"
    if hashtags and not wordy:
        yield "hashtags-only"
    yield f"length={length.bit_length()}"


def hashtags_and_words(plain: str) -> tuple[int, bool]:
    """Return how many hashtags a text has, and whether there is a word beside them."""
    return len(_HASHTAG.findall(plain)), _WORD.search(_HASHTAG.sub(" ", plain)) is not None


@lru_cache(maxsize=1)
def _automaton() -> AhoCorasick:
    return AhoCorasick(_LOOKED_FOR, matchkind=MatchKind.Standard, implementation=Implementation.DFA)


def _without_names(original: str, mentions: Sequence[Mention]) -> str:
    pieces, last = [], 0
    for one in sorted(mentions, key=lambda mention: (mention.start, -mention.end)):
        if one.start >= last:
            pieces.append(original[last : one.start])
            last = one.end
    return "x".join([*pieces, original[last:]])  # one letter, so that a hashtag with a name stays a hashtag
