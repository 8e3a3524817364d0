"""The fictional polls of these tests and how their names fill the slots of examples."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scanner.rules.election_files import load_election
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset, load_ruleset

FICTION = Path(__file__).parent / "elections"


@cache
def ruleset() -> Ruleset:
    return load_ruleset()


@cache
def election(name: str = "pilbup-uji") -> Election:
    return load_election(name, FICTION)


@cache
def matcher(*names: str) -> Matcher:
    return Matcher(ruleset(), [election(name) for name in names or ("pilbup-uji",)])


def matcher_for(text: str) -> Matcher:
    """The poll a text speaks of: the one with a blank box where it names that."""
    return matcher("pilbup-tunggal") if "kosong" in text else matcher()


def filled(text: str, *, first: int = 0) -> str:
    """Fill the slots with participant `first` (0 or 1) as {P} and {P1}, the other one as {P2}."""
    one, two = election().participants[first], election().participants[1 - first]
    slots = {
        "{P}": one.short[0],
        "{P1}": one.short[0],
        "{P2}": two.short[0],
        "{N}": str(one.number),
        "{N1}": str(one.number),
        "{N2}": str(two.number),
        "{B}": "PMM",
    }
    for slot, name in slots.items():
        text = text.replace(slot, name)
    return text
