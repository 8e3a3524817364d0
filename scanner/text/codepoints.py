"""First step: one plain code point for every way Unicode has to write a letter, digit, space or quotation mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from scanner.text.edits import Edit, Edits, Kind
from scanner.text.watched import Vocabulary

_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Marks of no script, stacked on anything. Vowel signs of Javanese, Arabic and others are not among them."""
_INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_SELECTORS = "\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef"
"""Variation selectors and skin tones: how an emoji looks, not what it says."""
_NUMERALS = (
    "\u2160-\u216b\u2170-\u217b\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf"
    "\U0001f100-\U0001f10c\U0001f51f"
)

_HALVES = re.compile("[\ud800-\udfff]")
_SUSPECTS = re.compile("[^\t\n\r\x20-\x2f\x3a-\x7e]+")
"""Runs of anything that may be strange, and of digits, which may be keycaps: one class, so found fast."""
_STRANGE = re.compile(
    "(?P<keycaps>(?:[0-9]\ufe0f?\u20e3)+)"
    f"|(?P<numeral>[{_NUMERALS}])"
    "|(?P<flags>[\U0001f1e6-\U0001f1ff]+)"
    f"|(?P<selectors>[{_SELECTORS}]+)"
    f"|(?P<invisible>[{_INVISIBLE}]+)"
    f"|(?P<marks>[{_MARKS}]+)"
    "|(?P<other>[^\x00-\x7f])"
)
_MARK = re.compile(f"[{_MARKS}]")

_TYPOGRAPHY = {
    **dict.fromkeys("“”„‟«»″〝〞", '"'),
    **dict.fromkeys("‘’‚‛′ʼ", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("™℠®©", ""),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
}
_LATIN = dict(
    zip(
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢɑɐǝəɛɡɩıɨłƚɫøɵđħɓƈɗƒɠƙɱɲŋƥʇƭŧʋʌƴƶ",
        "abcdefghijklmnopqrstuvwyzaaeeegiiillloodhbcdfgkmnnptttvvyz",
        strict=True,
    )
)
"""Latin letters that no compatibility form leads back to a-z."""
_NEGATIVE_LETTERS = ((0x1F150, 0x1F169), (0x1F170, 0x1F189))
"""Negative circled and squared A to Z."""
_FIRST_FLAG_LETTER = 0x1F1E6


def without_halves(text: str) -> str:
    """Replace lone surrogates by U+FFFD, one code point for one: nothing can store, hash or search them."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def plain_code_points(text: str, watched: Vocabulary) -> Edits:
    """Return the edits that leave compatibility forms, accents and invisible characters behind.

    Letters of other scripts stay. Numerals that are emoji become digits that never grow into a neighbouring word.
    Upper case stays too: `str.lower` afterwards changes no length, because the only letter that would is gone.
    """
    if text.isascii() and text.isprintable():
        return ()
    edits: list[Edit] = []
    for suspects in _SUSPECTS.finditer(text):
        for match in _STRANGE.finditer(text, suspects.start(), suspects.end()):
            if match.lastgroup != "other":
                edits += _edits(text, match, watched)
            elif (change := _change(match[0])) is not None:
                edits.append(Edit(match.start(), match.end(), *change))
    return edits


def is_plain(sign: str) -> bool:
    """Tell of one code point outside ASCII that it stays as it is, whatever stands beside it."""
    found = _STRANGE.match(sign)
    return found is not None and found.lastgroup == "other" and _change(sign) is None


def _edits(text: str, match: re.Match[str], watched: Vocabulary) -> Iterator[Edit]:
    start, end = match.span()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    match match.lastgroup:
        case "selectors":
            yield Edit(start, end, "", None)
        case "marks":
            yield Edit(start, end, "", Kind.UNICODE)
        case "invisible":
            yield Edit(start, end, "", Kind.ZERO_WIDTH if before.isalnum() and after.isalnum() else None)
        case "flags":
            yield from _flag_letters(start, match[0], watched)
        case _:
            yield _number(start, match[0], before, after)


def _number(start: int, found: str, before: str, after: str) -> Edit:
    """Read keycaps digit by digit (0️⃣2️⃣ is 02) and every other numeral as a whole number (②② is 2 2)."""
    end = start + len(found)
    letter = unicodedata.normalize("NFKC", found)
    if "\u2160" <= found <= "\u217b" and len(letter) == 1 and (before.isalpha() or after.isalpha()):
        return Edit(start, end, letter, Kind.HOMOGLYPH)  # pⅰlih, not four
    digits = "".join(filter(str.isascii, found)) or _value(found)
    left, right = " " * before.isalnum(), " " * after.isalnum()
    return Edit(start, end, f"{left}{digits}{right}", Kind.EMOJI_DIGIT)


def _value(numeral: str) -> str:
    return "10" if numeral == "\U0001f51f" else str(int(unicodedata.numeric(numeral)))


def _flag_letters(start: int, found: str, watched: Vocabulary) -> Iterator[Edit]:
    """Read regional indicators as letters when they are single or spell a watched word; pairs are flags: 🇮🇩."""
    letters = "".join(chr(ord(sign) - _FIRST_FLAG_LETTER + ord("a")) for sign in found)
    if len(found) == 1 or letters in watched.words:
        for position, letter in enumerate(letters, start):
            yield Edit(position, position + 1, letter, Kind.HOMOGLYPH)


@lru_cache(maxsize=8192)
def _change(sign: str) -> tuple[str, Kind | None] | None:
    """Return what one code point outside ASCII is read as, and why; None when it stays."""
    if sign in _TYPOGRAPHY:
        return _TYPOGRAPHY[sign], None
    if sign.isspace():
        return " ", None
    if sign in _LATIN:
        return _LATIN[sign], Kind.HOMOGLYPH
    for first, last in _NEGATIVE_LETTERS:
        if first <= ord(sign) <= last:
            return chr(ord(sign) - first + ord("a")), Kind.HOMOGLYPH
    bare = _MARK.sub("", unicodedata.normalize("NFKD", sign))
    plain = bare if bare.isascii() and bare else unicodedata.normalize("NFKC", sign)
    return None if plain == sign else (plain, Kind.UNICODE)
