"""Second step: Cyrillic, Greek and Armenian letters that stand in for Latin ones inside a word."""

from __future__ import annotations

import re

from scanner.text.edits import Edit, Edits, Kind
from scanner.text.watched import Vocabulary

_LOOK_ALIKES = str.maketrans(
    "АВСЕНІЈКМОРЅТУХЗаьсԁеһіїјкӏмоорԛгѕтиѵԝхуёвнпΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεηικνορςστυωχօոսհցք",
    "ABCEHIJKMOPSTYXEabcdehiijklmoopqrstuvwxyebhnABEZHIKMNOPTYXabyenikvopsstuwxonuhgp",
)
FOREIGN = re.compile("[\u0370-\u052f\u0531-\u058f]")
"""Greek, Cyrillic and Armenian."""

_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile("[A-Za-z]")


def latin_letters(text: str, watched: Vocabulary) -> Edits:
    """Return the edits that put Latin letters for their doubles in mixed words; whole foreign words stay.

    A word without a single Latin letter is read as Latin only when it then spells a watched word.
    """
    if text.isascii() or not FOREIGN.search(text):
        return ()
    edits = []
    for match in _WORD.finditer(text):
        word = match[0]
        latin = word.translate(_LOOK_ALIKES)
        if latin != word and (_LATIN.search(word) or latin.lower() in watched.words):
            edits.append(Edit(match.start(), match.end(), latin, Kind.HOMOGLYPH))
    return edits
