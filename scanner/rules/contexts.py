"""What the words around a find do to it: negation, alternatives, quotation and reported speech."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scanner.rules.lexicon import Negation
from scanner.rules.lexicon_contexts import Contexts
from scanner.rules.patterns import BLANK_BOX, PARTICIPANT, PARTY
from scanner.rules.views import COMMA, FILLERS, STOP, View

_QUOTE = re.compile(r"\"[^\"\n]{1,400}\"|(?<!\w)'(?=\w)[^'\n]{1,400}'(?!\w)")
_REPORTABLE = frozenset(
    {"dukung", "mendukung", "ndukung", "ngadukung", "pilih", "milih", "memilih", "nyoblos", "tolak", "vote"}
)
"""Verbs that call when they open a clause and report when somebody else is their subject: warga dukung {P}."""
# fmt: off
_OPENERS = frozenset({
    "saya", "aku", "gue", "gua", "gw", "ane", "kami", "kita", "abdi", "urang", "awak", "ambo", "kito", "kite", "aye",
    "kulo", "kula", "tiang", "iraga", "beta", "nyak", "gham", "kham", "ram", "ikam", "ulun", "unda", "inyong", "nyong",
    "ayo", "ayok", "mari", "yuk", "hayu", "payo", "payu", "nyok", "ngiring", "monggo", "siap", "tetap", "tetep",
    "mohon", "tolong", "wajib", "harus", "kudu", "mesti", "pasti", "fix", "fiks", "auto", "lupa", "lali", "hilap",
    "lupo", "lupe", "ingat", "besok", "nanti", "mending", "mendingan", "terus", "langsung", "tinggal", "cukup",
    "pokoknya", "pokoke", "bismillah", "insyaallah", "mantap", "semangat", "selalu", "rek", "dan", "untuk", "tps",
    "ojo", "jangan", "ulah", "tong", "jan", "dang", "emoh", "ogah", "haram", "teman", "kawan", "dulur", "sedulur",
})
# fmt: on
"""Words after which such a verb is the author's own call or pledge."""
_OBJECTS = frozenset({PARTICIPANT, BLANK_BOX, PARTY})
_OR = frozenset({"atau", "ato", "atw", "apa", "vs", "versus", "utawa", "atawa"})
_AND = frozenset({"dan", "serta", "maupun", "sama", "karo", "jeung", "jo", COMMA})
_BEFORE, _AFTER = 8, 3
"""Words before and after a find in which `kata netizen` makes it reported speech."""


@dataclass(frozen=True, slots=True)
class Negator:
    """Finds words that turn a deed into its opposite."""

    cues: frozenset[str]
    adjacent_only: frozenset[str]
    exceptions: tuple[tuple[str, ...], ...]
    stops: frozenset[str]
    scope: int

    def negates(self, view: View, first: int) -> bool:
        """Tell whether the find that begins at this word stands in the scope of a negation of its sentence."""
        distance = 0
        for index in range(first - 1, -1, -1):
            word = view.words[index]
            if word in self.stops or distance >= self.scope:
                return False
            if word in FILLERS:
                continue
            distance += 1
            if word in self.cues and (distance == 1 or word not in self.adjacent_only):
                return not self._excepted(view.words, index)
        return False

    def _excepted(self, words: Sequence[str], index: int) -> bool:
        return any(
            tuple(words[start : start + len(phrase)]) == phrase
            for phrase in self.exceptions
            for start in range(max(index - len(phrase) + 1, 0), index + 1)
        )


def negator_of(negation: Negation, words: Callable[[str], tuple[str, ...]]) -> Negator:
    """Return the negator; `words` reads a phrase as the matcher reads texts."""
    cues = [words(cue) for language in negation.languages for cue in language.cues]
    return Negator(
        cues=frozenset(cue[0] for cue in cues if len(cue) == 1),
        adjacent_only=frozenset(negation.adjacent_only),
        exceptions=tuple(words(phrase) for language in negation.languages for phrase in language.exceptions),
        stops=frozenset({COMMA, STOP, *negation.stops}),
        scope=negation.scope,
    )


@dataclass(frozen=True, slots=True)
class Reporter:
    """Finds quotation marks and words of reported speech."""

    cues: frozenset[str]

    def reported(self, view: View, first: int, last: int) -> bool:
        """Tell whether the sentence says that somebody else said it: kata netizen …, … ujarnya."""
        before = view.words[max(first - _BEFORE, 0) : first]
        if STOP in before:
            before = before[len(before) - before[::-1].index(STOP) :]
        return any(word in self.cues for word in (*before, *view.words[last : last + _AFTER]))


def reporter_of(contexts: Contexts) -> Reporter:
    """Return the reporter with the words that go with quotations (kata, ujar, menurut) and their forms in -nya."""
    words = {
        word
        for tag in contexts.tags
        for condition in tag.conditions
        if condition.quoted
        for word in condition.cues
        if " " not in word
    }
    return Reporter(cues=frozenset({*words, *(f"{word}nya" for word in words)} - {"tulis", "menurutnya"}))


@dataclass(frozen=True, slots=True)
class Quotations:
    """The stretches of a normalised text that stand in quotation marks, marks included, in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def hold(self, start: int, end: int) -> bool:
        """Tell whether a span lies wholly inside quotation marks."""
        index = bisect_right(self.starts, start) - 1
        return index >= 0 and end <= self.ends[index]


def quotations(text: str) -> Quotations:
    """Find the quotations of a normalised text; marks must close on their own line."""
    found = [match.span() for match in _QUOTE.finditer(text)] if '"' in text or "'" in text else []
    return Quotations(starts=tuple(start for start, _ in found), ends=tuple(end for _, end in found))


def told_of_others(view: View, first: int) -> bool:
    """Tell whether a verb of support has somebody else as its subject: a report, not a call.

    It is the author's own at the beginning of a clause, and after words of oneself, of urging or of time.
    """
    if view.words[first] not in _REPORTABLE:
        return False
    before = next((word for word in reversed(view.words[max(first - _BEFORE, 0) : first]) if word not in FILLERS), STOP)
    return before not in _OPENERS and (before[0].isalpha() or before in _OBJECTS)


def alternative(view: View, slot: int) -> bool:
    """Tell whether the object at this word is one of several to choose from, as in `pilih {P} atau {P}?`."""
    return any(joint in _OR for joint, _ in _coordinated(view, slot))


def companions(view: View, slot: int) -> list[int]:
    """Return the words of further objects named in one breath with this one: dukung {P} dan {P}."""
    return [index for _, index in _coordinated(view, slot)]


def _coordinated(view: View, slot: int) -> Iterator[tuple[str, int]]:
    """Walk over `atau {P}`, `, {P}`, `dan nomor 2` after an object."""
    words, at = view.words, slot
    while (joint := _next(words, at)) is not None and words[joint] in _OR | _AND:
        other = _next(words, joint)
        if other is not None and words[other] == "nomor":
            other = _next(words, other)
        if other is None or not (words[other] in _OBJECTS or words[other].isdigit()):
            return
        yield words[joint], other
        at = other


def _next(words: Sequence[str], index: int) -> int | None:
    following = (place for place in range(index + 1, min(index + 4, len(words))) if words[place] not in FILLERS)
    return next(following, None)
