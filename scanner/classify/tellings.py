"""Telling each corpus post several times: with names the matcher knows, and with names it has never heard.

From the first the model learns what the placeholders mean, from the second that a participant of an
election nobody loaded is still somebody: it must judge by what is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from scanner.classify.casts import Names, draw_cast
from scanner.classify.examples import CorpusPost
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.matches import Matches
from scanner.rules.ruleset import Ruleset

KNOWN, UNKNOWN = 2, 2  # tellings of a post with slots, of either sort


@dataclass(frozen=True, slots=True)
class Telling:
    """A post with its slots filled, as the matcher read it."""

    post: int
    """Index of the post in the corpus."""
    known: bool
    """Whether the matcher knew the names."""
    matches: Matches


def tell(
    posts: Sequence[CorpusPost], names: Names, ruleset: Ruleset, elections: Sequence[Election], seed: int
) -> list[Telling]:
    """Fill and match every post. The first telling of a post is with known names.

    A post without slots is told once: it would read the same every time.
    """
    random = Random(seed)  # noqa: S311  a repeatable draw, not a secret
    tellings = [*_known(posts, names, ruleset, random), *_unknown(posts, names, Matcher(ruleset, elections), random)]
    return sorted(tellings, key=lambda telling: telling.post)


def _known(posts: Sequence[CorpusPost], names: Names, ruleset: Ruleset, random: Random) -> Iterator[Telling]:
    for number in range(KNOWN):
        cast = draw_cast(names, random)
        matcher = Matcher(ruleset, [cast.election(number)])
        for index, post in enumerate(posts):
            if number == 0 or "{" in post.text:
                yield Telling(post=index, known=True, matches=matcher.match(cast.fill(post.text, random)))


def _unknown(posts: Sequence[CorpusPost], names: Names, matcher: Matcher, random: Random) -> Iterator[Telling]:
    for index, post in enumerate(posts):
        if "{" not in post.text:
            continue
        for _ in range(UNKNOWN):
            filled = draw_cast(names, random).fill(post.text, random)
            yield Telling(post=index, known=False, matches=matcher.match(filled))
