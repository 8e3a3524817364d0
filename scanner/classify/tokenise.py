"""Tokens of a masked text: words, marks and emoji; every number, handle and link reads the same."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"⟨\w+⟩|@[\w.]+|(?:https?://|www\.)\S+|[^\W\d_]+|\d+|[#?!\"%]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_NUMBER_WORDS = frozenset({"satu", "dua", "tiga", "empat", "lima", "kesatu", "kedua", "ketiga", "keempat", "kelima"})


def tokens(masked: str) -> list[tuple[str, int, int]]:
    """Divide a masked text into tokens with their places (code points of the masked text, half open).

    Digits and number words all read `0`, handles `@`, links `url`: which one was meant must not carry weight
    (guardrail G7).
    """
    return [(_neutral(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(masked)]


def tokenise(masked: str) -> str:
    """Return the tokens joined by single spaces."""
    if masked.isascii() and masked.isalpha():
        return "0" if masked in _NUMBER_WORDS else masked
    return " ".join(map(_neutral, _TOKEN.findall(masked)))


def _neutral(token: str) -> str:
    if token[0].isdigit() or token in _NUMBER_WORDS:
        return "0"
    return "@" if token[0] == "@" else "url" if token.startswith(("http://", "https://", "www.")) else token
