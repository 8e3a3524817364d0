"""Digits and symbols that stand for letters (c0blos, p@slon, c*blos), and numbers glued to a word (nomer2)."""

from __future__ import annotations

import re
from itertools import accumulate, islice

from scanner.text.edits import Edit, Edits, Kind
from scanner.text.tokens import split_words
from scanner.text.watched import WATCHED, Vocabulary

_SYMBOL = re.compile(r"[0-9@$|!*]")
_MIXED = re.compile(
    r"[0-9@$|!*](?:(?<=[a-z][0-9$])|(?<=[0-9$])(?=[a-z])|(?<=[a-z][@|!*])[0-9@$|!*]*[a-z])",
)
"""A symbol that touches a letter. It begins with a class, so that text without symbols is passed over fast."""
_RUN = re.compile(r"[a-z0-9@$|!*]+")
_MIXED_RUN = re.compile(r"(?<![a-z0-9@$|!*])[a-z]*[0-9@$|!*][a-z0-9@$|!*]*")
_EDGES = "|!*"
"""Symbols that never begin or end a disguised word: exclamation, bold type, a bar between words."""
_WORDS_AND_NUMBER = re.compile(r"(?<![\w#@])([a-z]{6,})(?=\d{1,2}\b)")
"""Words written as one with the number behind them; hashtags are split elsewhere."""
_VOWEL = re.compile("[aeiou]")
_LETTER = re.compile("[a-z]")
_REPEAT = re.compile(r"([a-z])\1\1+")

_U_AS_V = re.compile("v[b-df-hj-np-tv-z]")
"""v before a consonant: hardly ever Indonesian, so worth a look (dvkung)."""

_INSIDE = re.compile(
    r"[a-z]+(?:(?:[0134]|(?<=[aeiou])[5789$]|[5789$](?=[aeiou])|(?<![a-z]{3})@)[a-z]+)+(?<=[a-z]{2})"
    r"|[a-z]+(?:[0134][a-z]+){2,}",
)
"""Single symbols between letters that can be spoken: a vowel anywhere, a consonant beside a vowel.

`@` only near the beginning (k@mi), because rapat@aula means `at`; one letter behind a single
digit is a class: kelas4b, but c4m4t.
"""
_LETTERS = str.maketrans("01345789@$", "oieastbgas")
_COUNTED = re.compile(
    "ke|ber|per|se|ter|di|jam|tgl|hari|minggu|bulan|tahun|thn|umur|usia|hal|bab|pasal|ayat|juz|qs|rt|rw|tps|dapil|zona"
    "|sd|smp|sma|smk|kelas|kls|blok|gang|gg|jl|km|lantai|lt|rp|tim|grup|mp|web|seri|tipe|level|part|vol|versi|ronde"
)
"""Words that a real number follows, also without a space: jam4sore, ke3nya, mp3player."""

_GLUED = re.compile(
    r"(?<![\w#@])(?:"
    r"(?:nomor|nomer|nmor|nmr|no|nourut|urut)(?=\d{1,3}\b)"
    r"|(?:paslon|pilih|coblos|nyoblos|tusuk|vote|dukung|menangkan|salam)(?=(?:0\d|[13-9])\b)"  # pilih2 is pilih-pilih
    r"|(?:gas|gaspol)(?=0\d\b)"  # gas3 is cooking gas
    r"|0(?=(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)\b)"
    r")"
)


def letters_for_symbols(text: str, watched: Vocabulary) -> Edits:
    """Return the edits that read symbols as letters, in lower-case text.

    A token is rewritten when it then is a watched word, or when it is a plain word but for single symbols between
    letters. What merely holds a number stays: 2024, 50rb, s1, b3, covid19, h-1, 17an, 4x4, salam3jari.
    """
    hidden_u = "v" in text and _U_AS_V.search(text)
    if not hidden_u and not _MIXED.search(text):
        return ()
    edits = []
    for match in (_RUN if hidden_u else _MIXED_RUN).finditer(text):
        token = match[0].strip(_EDGES)
        word = _word(token, text.startswith("#", max(match.start() - 1, 0)), watched)
        if word is not None and word != token:
            start = match.start() + match[0].index(token)
            edits.append(Edit(start, start + len(token), word, Kind.LEET))
    return edits


def _word(token: str, is_hashtag: bool, watched: Vocabulary) -> str | None:
    """Return what a disguised token says, or None when it holds no disguise."""
    if not _LETTER.search(token):
        return None
    if not _SYMBOL.search(token):
        return watched.resolve(token) if _U_AS_V.search(token) else None
    word = watched.resolve(token)
    return word if word is not None or is_hashtag else _unwatched_word(token, watched)


def _unwatched_word(token: str, watched: Vocabulary) -> str | None:
    """Read single symbols inside a plain word: j0k0wi; not P4GN, jam4sore, pilih1hati."""
    parts = _SYMBOL.split(token)
    if len(token) < 4 or not _INSIDE.fullmatch(token) or _COUNTED.fullmatch(parts[0]):
        return None
    if len(parts) == 2 and not _VOWEL.search(token):
        return None
    if any(part in watched.words for part in parts):
        return None
    return _REPEAT.sub(r"\1", token.translate(_LETTERS))


def parted_numbers(text: str) -> Edits:
    """Return the edits that part words and the ballot number glued to them: nomer2, 0dua, pilih02, coblosnomor2."""
    if not _MIXED.search(text):
        return ()
    edits = [Edit(match.end(), match.end(), " ", Kind.SPACED) for match in _GLUED.finditer(text)]
    edits += [edit for match in _WORDS_AND_NUMBER.finditer(text) for edit in _parted_words(match)]
    return sorted(edits)


def _parted_words(match: re.Match[str]) -> Edits:
    """Part a run such as coblosnomor2, but only where watched words alone spell its letters."""
    words = split_words(match[1], WATCHED.words)
    ends = accumulate(map(len, words), initial=match.start(1))
    return [Edit(end, end, " ", Kind.SPACED) for end in islice(ends, 1, None)] if len(words) > 1 else ()
