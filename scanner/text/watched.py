"""The few words worth hiding: verbs, numbers and nouns of campaigning that disguised tokens are resolved against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SKELETON = str.maketrans("0134578@$|!9lv", "oieastbasiigiu")
_REPEAT = re.compile(r"(.)\1\1+")

_WORDS = """
korpri seragam dinas bupati gubernur presiden walikota camat lurah kades
coblos nyoblos mencoblos dicoblos cobloskan coblosan pencoblosan cobloh tusuk vote
pilih milih memilih dipilih terpilih pilihan pilihlah pilihkan piliah
dukung ndukung ngadukung mendukung didukung dukungan pendukung dukungin dukuang
menang menangkan memenangkan dimenangkan menangin menangno menangke menangko pemenangan kemenangan
lanjut lanjutkan melanjutkan dilanjutkan lanjutin lanjutno lanjutke lanjutko periode
kampanye berkampanye mengkampanyekan mengampanyekan jurkam timses relawan simpatisan deklarasi
paslon calon capres cawapres cagub cawagub cabup cawabup cawalkot caleg bacaleg cakada petahana
pemilu pilkada pilpres pileg pilgub pilbup pilwakot partai suara kolom kosong
nomor nomer no nmr urut satu dua tiga empat lima enam jari salam
gas gaspol gaskeun menyala sebarkan viralkan bersama tolak boikot tenggelamkan
amplop sembako baliho spanduk kaos serangan fajar
"""


def skeleton(token: str) -> str:
    """Return what is left of a token when characters that look alike count as one: i, l, 1, | and ! as i."""
    return token.translate(_SKELETON)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words a disguised token may stand for. Built with `vocabulary`."""

    words: frozenset[str]
    skeletons: Mapping[str, str]
    """Skeleton -> word."""

    def resolve(self, token: str) -> str | None:
        """Return the watched word that a disguised token stands for: c0blos, cob|os, c*blos; else None.

        `*` stands for one letter; it needs at least three plain letters beside it and no second reading.
        """
        shape = skeleton(_REPEAT.sub(r"\1", token))
        if "*" not in shape:
            return self.skeletons.get(shape)
        if len(shape) - shape.count("*") < 3:
            return None
        pattern = re.compile(re.escape(shape).replace(r"\*", "[a-z]"))
        found = [word for bones, word in self.skeletons.items() if pattern.fullmatch(bones)]
        return found[0] if len(found) == 1 else None


def vocabulary(words: Iterable[str]) -> Vocabulary:
    """Return the vocabulary of these lower-case words, for example the shipped ones and names of participants."""
    known = frozenset(words)
    return Vocabulary(words=known, skeletons={skeleton(word): word for word in sorted(known)})


WATCHED = vocabulary(_WORDS.split())
"""The shipped words, all from the rules catalogue, section 3."""
