"""Disguise the plain posts of models/guard/obfuscation.jsonl again, as people do who fear a keyword list.

    python -m benchmarks.disguise [FILE]

Each line says its kind; lines of a kind not listed here were disguised by hand and stay as they are. Within a
sentence the words one would hide are disguised (two others where there is none), names in {slots} never.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

from scanner.resources import data_folder

HIDDEN = re.compile(
    r"(?:nyo|men?|pen|me|di|ter|ber)?(?:coblos|pilih|dukung|ndukung|menang|lanjut|tolak|tenggelam|kampanye|relawan"
    r"|deklarasi|sebar|suara|nomo?e?r|paslon|calon|bupati|gubernur|camat|korpri|seragam|dinas|baliho|bansos|vote"
    r"|piliah|periode|sukses|milih|milihnya|dukungan|pemenangan|memenangkan|memilih|mendukung|guru|asn)"
    r"(?:an|kan|nya)?",
    re.IGNORECASE,
)
WORD = re.compile(r"\{\w+\}|[A-Za-z]+|\d+")

CYRILLIC = str.maketrans("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ")
GREEK = str.maketrans("aoivuknpABEHIKMNOPTX", "αοινυκηρΑΒΕΗΙΚΜΝΟΡΤΧ")
LEET = str.maketrans("oieasg", "013459")
SYMBOLS = str.maketrans("aisl", "@!$|")
SMALL = str.maketrans("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ")
ACCENTS = str.maketrans("aeiounc", "áèïöüñç")
MARKS = ("\u0336", "\u0332", "\u0301")
KEYCAP = "\ufe0f\u20e3"
ROMAN = ("", "I", "II", "III", "IV", "V")


def _shifted(first_upper: int, first_lower: int) -> Callable[[str, random.Random], str]:
    def shift(word: str, _: random.Random) -> str:
        return "".join(
            chr(first_upper + ord(char) - 65) if char.isupper() else chr(first_lower + ord(char) - 97) for char in word
        )

    return shift


def _between(*signs: str) -> Callable[[str, random.Random], str]:
    return lambda word, random_: random_.choice(signs).join(word)


def _translated(table: dict[int, int]) -> Callable[[str, random.Random], str]:
    return lambda word, _: word.translate(table)


def _zero_width(word: str, random_: random.Random) -> str:
    return random_.choice(("\u200b", "\u200c", "\u2060", "\u00ad")).join(word)


def _elongated(word: str, random_: random.Random) -> str:
    vowels = [place for place, char in enumerate(word) if char in "aeiou"]
    place = random_.choice(vowels or [len(word) - 1])
    return word[:place] + word[place] * random_.randint(3, 7) + word[place + 1 :]


def _starred(word: str, random_: random.Random) -> str:
    places = [place for place, char in enumerate(word) if 0 < place < len(word) - 1 and char in "aeiou"]
    place = random_.choice(places) if places else 1
    return f"{word[:place]}*{word[place + 1 :]}"


def _mixed_case(word: str, random_: random.Random) -> str:
    return "".join(char.upper() if (place + random_.randint(0, 1)) % 2 else char for place, char in enumerate(word))


def _without_vowels(word: str, _: random.Random) -> str:
    return word[0] + re.sub("[aeiou]", "", word[1:-1]) + word[-1]


def _doubled(word: str, random_: random.Random) -> str:
    place = random_.randrange(1, len(word))
    return "".join(char * 2 if near in {place, place - 1} else char for near, char in enumerate(word))


def _pierced(word: str, random_: random.Random) -> str:
    place = random_.randint(2, len(word) - 2) if len(word) > 3 else 1
    return word[:place] + random_.choice(".-_'~`^") + word[place:]


def _broken(word: str, random_: random.Random) -> str:
    place = random_.randint(2, len(word) - 2) if len(word) > 3 else 1
    return f"{word[:place]} {word[place:]}"


def _marked(word: str, random_: random.Random) -> str:
    mark = random_.choice(MARKS)
    return "".join(char + mark for char in word)


WORDS: dict[str, Callable[[str, random.Random], str]] = {
    "leet": _translated(LEET),
    "symbols": _translated(SYMBOLS),
    "spaced": _between(" "),
    "dots": _between("."),
    "hyphens": _between("-", "_", "·"),
    "zero_width": _zero_width,
    "cyrillic": _translated(CYRILLIC),
    "greek": _translated(GREEK),
    "fullwidth": _shifted(0xFF21, 0xFF41),
    "mathematical": _shifted(0x1D400, 0x1D41A),
    "enclosed_letters": _shifted(0x24B6, 0x24D0),
    "small_capitals": lambda word, _: word.lower().translate(SMALL),
    "accents": _translated(ACCENTS),
    "combining_marks": _marked,
    "elongation": _elongated,
    "asterisk": _starred,
    "mixed_case": _mixed_case,
    "vowels_dropped": _without_vowels,
    "doubled": _doubled,
    "inserted_symbol": _pierced,
    "broken_word": _broken,
}
"""Kind -> what it does to one word."""

NUMBERS: dict[str, Callable[[int, random.Random], str]] = {
    "emoji_digits": lambda number, random_: random_.choice(
        (f"{number}\ufe0f\u20e3", f"0\ufe0f\u20e3{number}\ufe0f\u20e3")
    ),
    "enclosed_digits": lambda number, random_: chr(random_.choice((0x2460, 0x2776, 0x2474, 0x24F5)) + number - 1),
    "roman_digits": lambda number, random_: random_.choice((ROMAN[number], chr(0x2160 + number - 1))),
}
"""Kind -> how it writes a ballot number."""


def disguise(plain: str, kind: str, random_: random.Random) -> str:
    """Return the sentence as somebody would write it who hides it in this way."""
    if kind == "hashtag":
        head, comma, tail = plain.partition(",")
        glued = "".join(word if word[0] == "{" else word.capitalize() for word in WORD.findall(head))
        return f"#{glued}{comma}{tail}"
    if kind in NUMBERS:
        return re.sub(r"\b[1-5]\b", lambda found: NUMBERS[kind](int(found[0]), random_), plain, count=1)
    words = [found for found in WORD.finditer(plain) if found[0].isalpha()]
    chosen = [found for found in words if HIDDEN.fullmatch(found[0])]
    chosen = chosen or sorted(words, key=lambda found: -len(found[0]))[:2]
    for found in sorted(chosen, key=lambda one: -one.start()):
        plain = plain[: found.start()] + WORDS[kind](found[0], random_) + plain[found.end() :]
    return plain


def main(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["kind"] in {*WORDS, *NUMBERS, "hashtag"}:
            row["disguised"] = disguise(row["plain"], row["kind"], random.Random(row["id"]))
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder("models") / "guard" / "obfuscation.jsonl")
