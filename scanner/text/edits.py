"""What every cleaning step speaks: edits to a text, how they are applied, and what they must leave alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """Why a piece of text was rewritten (rules catalogue, section 3: "show which rewrite fired")."""

    UNICODE = "unicode"  # compatibility forms, accents and stacked marks
    ZERO_WIDTH = "zero_width"  # invisible characters inside a word
    HOMOGLYPH = "homoglyph"  # letters borrowed from other alphabets
    LEET = "leet"  # digits and symbols standing for letters
    SPACED = "spaced"  # c o b l o s and cob los joined, nomer2 parted
    ELONGATION = "elongation"  # cobloossss, cobbloos
    SPELLING = "spelling"  # tjoblos, cbls, solboc
    EMOJI_DIGIT = "emoji_digit"  # keycaps, circled and Roman numerals
    SLANG = "slang"


class Edit(NamedTuple):
    """Replace `text[start:end]`, in code points of the text the step saw; equal ends insert.

    A tuple and not a dataclass: millions are made.
    """

    start: int
    end: int
    replacement: str
    kind: Kind | None
    """None for changes that hide nothing: white space, typographic quotes, skin tones."""


Edits = Sequence[Edit]
"""Edits of one step: sorted by start, not overlapping."""

_LINKS = re.compile(r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w+|(?<![\w|])@\w[\w.]*")


def apply(text: str, edits: Edits) -> str:
    """Return the text with the edits made."""
    parts: list[str] = []
    at = 0
    for start, end, replacement, _ in edits:
        parts += text[at:start], replacement
        at = end
    parts.append(text[at:])
    return "".join(parts)


def spare_links(text: str, edits: Edits) -> Edits:
    """Drop the edits that touch a web address, e-mail address or @handle: those are names, not words."""
    if not ("@" in text or "://" in text or "www." in text) or not any(_in_link(text, edit) for edit in edits):
        return edits
    links = _LINKS.finditer(text)
    link = next(links, None)
    kept = []
    for edit in edits:
        while link is not None and link.end() <= edit.start:
            link = next(links, None)
        if link is None or edit.end <= link.start():
            kept.append(edit)
    return kept


def _in_link(text: str, edit: Edit) -> bool:
    """Tell whether an edit may touch a link: none reaches across a blank."""
    first = max(text.rfind(" ", 0, edit.start), text.rfind("\n", 0, edit.start)) + 1
    last = text.find(" ", edit.end)
    around = text[first : last if last >= 0 else len(text)]
    return "@" in around or "://" in around or "www." in around
