"""Names of people masked in words that leave the house: of listed people by list, of others behind a form of address.

No model finds names here, so those of others without a form of address, or in small letters, stay: it is no
anonymising. Names of those who take part in the election stay on purpose: they stand for a public office, and whom a
post speaks for is what is asked (reliability P4 and guardrail G21 are about third parties).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
from ahocorasick_rs import AhoCorasick

from scanner.report.snapshot.masking import MASK

TELLING = 4
"""Characters from which a name is looked for: a shorter one stands in words of every day."""

_FORMS = (
    "bapak|ibu|pak|bu|bpk|mas|mbak|mba|kak|kakak|bang|abang|kang|teh|uda|uni|gus|ning|ust|ustad|ustadz|ustadzah|ustaz|"
    "kyai|kiai|nyai|haji|hajah|hj|dr|drs|dra|ir|prof|sdr|sdri|saudara|saudari|pakde|bude|om|tante|a\\.?n"
)
_WORD = r"[^\W\d_][\w'’-]*"
_ADDRESSED = re.compile(rf"\b((?:{_FORMS})\.?\s+(?:h\.\s*|hj\.\s*)?)({_WORD}(?:\s+{_WORD}){{0,3}})", re.IGNORECASE)
_OFFICES = frozenset(
    """bupati wakil gubernur wali walikota kota camat lurah kades kepala desa dusun sekretaris sekda sekdes ketua dinas
    guru dosen presiden menteri dewan anggota polisi lapangan pendidikan agama ibu bapak dan kpu bawaslu asn
    pns""".split()  # noqa: SIM905  a list of words is read more easily as one
)
"""What follows a form of address and is nobody's name."""


@dataclass(frozen=True, slots=True)
class People:
    """Whose names are masked, and whose are not."""

    finder: AhoCorasick | None
    public: frozenset[str]
    """Words of the names of those who take part, and of offices."""

    def masked(self, text: str) -> str:
        """Return a text without names, as far as they can be known."""
        return _ADDRESSED.sub(self._addressed, self._unlisted(text))

    def _unlisted(self, text: str) -> str:
        """Mask the names on the list, as whole words, however large they are written."""
        if self.finder is None:
            return text
        low = text.lower()
        if len(low) != len(text):  # a few letters have two in small
            low = "".join(one.lower()[0] for one in text)
        found = self.finder.find_matches_as_indexes(low, overlapping=True)
        for start, end in reversed(_joined((start, end) for _, start, end in found if _whole(low, start, end))):
            text = text[:start] + MASK + text[end:]
        return text

    def _addressed(self, match: re.Match[str]) -> str:
        """Mask the words behind a form of address, from the first that is somebody's name on."""
        words = re.split(r"(\s+)", match[2])
        names = 0
        while names < len(words) and words[names][0].isupper() and words[names].lower() not in self.public:
            names += 2
        return match[1] + MASK + "".join(words[names - 1 :]) if names else match[0]


def know(listed: Iterable[str], public: Iterable[str]) -> People:
    """Make ready to mask the names on a list, but for those of people who stand for a public office."""
    office = {one.lower() for one in public}
    words = frozenset(word for one in office for word in one.split()) | _OFFICES
    names = {one.strip().lower() for one in listed}
    names |= {word for one in names for word in one.split()} - words
    names = {one for one in names if len(one) >= TELLING} - office
    return People(AhoCorasick(sorted(names)) if names else None, words)


def mask_names(table: pa.Table, people: People) -> pa.Table:
    """Return a table with the names in its column `text` masked."""
    texts = pa.array((people.masked(text) for text in table["text"].to_pylist()), pa.string())
    return table.set_column(table.column_names.index("text"), "text", texts)


def _whole(text: str, start: int, end: int) -> bool:
    return not any(map(str.isalnum, text[max(start - 1, 0) : start] + text[end : end + 1]))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
