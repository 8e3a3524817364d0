"""What people type at the desk: notes and reasons, in one spelling and of bounded length."""

from __future__ import annotations

import unicodedata

from scanner.errors import UsageError

LONGEST = 10_000
"""Characters of a note."""


def clean_note(note: str, *, what: str = "note") -> str:
    """Return a note in Unicode's composed form (NFC), without space around it.

    UsageError when it is too long or holds what no text may: NUL, or half of a surrogate pair.
    """
    if len(note) > LONGEST:
        raise UsageError(f"{what}: {len(note)} characters; up to {LONGEST} would be valid")
    for position, character in enumerate(note):
        if character == "\0" or unicodedata.category(character) == "Cs":
            raise UsageError(f"{what}: character {position + 1} is U+{ord(character):04X}, which is no text; remove it")
    return unicodedata.normalize("NFC", note).strip()
