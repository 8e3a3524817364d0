"""Tokens and sentences of a text with their places, and the words a hashtag is made of."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from scanner.text.watched import WATCHED


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    HASHTAG = "hashtag"
    MENTION = "mention"
    URL = "url"
    EMOJI = "emoji"
    PUNCT = "punct"


class Token(NamedTuple):
    """One token; a tuple and not a dataclass because millions are made."""

    text: str
    start: int
    """Code points into the text given, half open."""
    end: int
    kind: TokenKind


_PICTURE = "[\u203c\u2049\u231a-\u23ff\u25a0-\u27bf\u2934-\u2b55\u3030\U0001f000-\U0001faff]"
_TOKEN = re.compile(
    r"(?P<url>https?://\S+|www\.\S+)"
    r"|(?P<mention>(?<!\w)@\w+(?:[.@\-]+\w+)*)"
    r"|(?P<hashtag>[#＃]\w+)"
    r"|(?P<emoji>[0-9#*]\ufe0f?\u20e3"
    r"|[\U0001f1e6-\U0001f1ff]{2}"
    rf"|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*)"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?![^\W_]))"
    r"|(?P<word>[^\W_]+(?:['’\-][^\W_]+)*|⟨\w+⟩)"
    r"|(?P<punct>[^\w\s]|_)"
)
_KINDS = {kind.value: kind for kind in TokenKind}


def tokens(text: str) -> list[Token]:
    """Return the tokens in order: `anak-anak`, `50rb` and `⟨p⟩` are one word, `5.000` is one number.

    Works on the original and on normalised text alike.
    """
    return [
        Token(match[0], match.start(), match.end(), _KINDS[match.lastgroup or "punct"])
        for match in _TOKEN.finditer(text)
    ]


_PIECE = re.compile(r"\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")
_LONGEST = 24
"""Letters of the longest word looked for inside a hashtag."""


def split_hashtag(tag: str, known: Collection[str] = ()) -> list[str]:
    """Return the lower-case words of a hashtag: `#PilihNomor2` and `#pilihnomor2` are pilih, nomor, 2.

    Words part at underscores, digits and capitals; what is left in one piece parts into `known` and watched words
    only when they cover it whole, so that `panitia` never holds the party PAN. Give `known` as a set.
    """
    words = []
    for piece in _PIECE.findall(tag):
        lower = piece.lower()
        words += split_words(lower, WATCHED.words, known) or [lower]
    return words


def split_words(letters: str, *known: Collection[str]) -> list[str]:
    """Return the fewest known words that together spell these letters, longest first; empty when none do."""
    steps: list[tuple[int, int] | None] = [None] * len(letters) + [(0, 0)]  # words from here on, end of the first
    for start in reversed(range(len(letters))):
        for end in range(min(len(letters), start + _LONGEST), start, -1):
            rest, best = steps[end], steps[start]
            if rest is None or (best is not None and rest[0] + 1 >= best[0]):
                continue
            if any(letters[start:end] in words for words in known):
                steps[start] = rest[0] + 1, end
    spelt, at = [], 0
    while (step := steps[at]) is not None and at < len(letters):
        spelt.append(letters[at : step[1]])
        at = step[1]
    return spelt


_SHORT = r"no|nmr|dr|drs|dra|ir|h|hj|kh|ust|prof|kab|kec|kel|jl|tgl|hlm|bpk|yth|sdr|rp|st"
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)]*(?=\s|$)|\n+")
_ABBREVIATION = re.compile(rf"(?:\b(?:{_SHORT})|(?<![^\W_])[^\W\d_])\Z", re.IGNORECASE)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the sentences: they end at . ! ? … before white space, and at newlines.

    A full stop after an abbreviation or a single letter ends nothing: `no. 2`, `H. Bima`, `S.H. dan`.
    """
    spans, start = [], 0
    for match in _END.finditer(text):
        if match[0] == "." and _ABBREVIATION.search(text, max(start, match.start() - 6), match.start()):
            continue
        spans.append((start, match.end()))
        start = match.end()
    return [span for first, last in [*spans, (start, len(text))] if (span := _trimmed(text, first, last))]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave white space at both ends out; None when nothing else is there."""
    words = text[start:end].strip()
    if not words:
        return None
    first = text.index(words, start)
    return first, first + len(words)
