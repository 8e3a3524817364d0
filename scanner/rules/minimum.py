"""The minimum before a post may be queued: which codes have their elements, judged from the text and the phase alone.

The room `detect` adds who wrote it, when, and what the classifier thinks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanner.domain.flags import Element, Label, Met, Phase
from scanner.domain.signals import Exculpatory, Signal, Weight
from scanner.rules.codes import Code, Need
from scanner.rules.elections import ElectionType
from scanner.rules.matches import Matches
from scanner.rules.ruleset import Ruleset

_CHOICE = ("pilih", "milih", "pile", "coblos", "cobloh", "nyoblos", "dukung", "menang", "suara", "periode", "calon")
_CHOICE_CUES = (*_CHOICE, "paslon", "asal", "pilkada", "pemilu", "pilgub", "pilbup", "pilwakot", "pilpres", "tps")
"""Stems that show that somebody is spoken of as a choice and not as an official (guardrail G10)."""

_FOR_PEMILU, _FOR_PILKADA = "P17:", "K16:"
"""Clauses of the election laws hold for their own kind of election only."""


@dataclass(frozen=True, slots=True)
class TextFinding:
    """A code whose elements the text and the phase meet, as far as a text can tell."""

    code: str
    elements: Mapping[Element, Met]
    """O, D, C and T; A and P are not the text's to tell."""
    primary: tuple[str, ...]
    """Clauses it may touch, of the right side of penetapan."""
    secondary: tuple[str, ...]
    class_hint: str
    """Sanction class letter; hidden from first reviewers."""
    signals: tuple[Signal, ...]
    """The signals of this code that count."""
    context_only: bool = False
    """The phase lets the code stand beside another finding, never alone."""
    modifiers: tuple[str, ...] = ()
    contested: str | None = None
    suppressed_by: tuple[str, ...] = ()
    """Exculpatory tags for which nothing may be queued."""
    dampened_by: tuple[str, ...] = ()
    """Exculpatory tags that are only shown."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How strongly a post speaks, over all codes of the phase."""

    strong: bool
    """An H signal with a resolved object, said by the author."""
    channels: int
    """Channels with an M signal and a resolved object."""
    context: bool
    """An L signal of attribute or facility."""

    @property
    def enough(self) -> bool:
        """The minimum of section 2d: one H, two M of different channels, or one M beside a context."""
        return self.strong or self.channels > 1 or (self.channels > 0 and self.context)


def weight(signal: Signal) -> Weight:
    """Return what a signal counts: quoted or reported words one step less, negated ones as context."""
    if signal.negated or (signal.quoted and signal.weight is Weight.M):
        return Weight.L
    return Weight.M if signal.quoted and signal.weight is Weight.H else signal.weight


def resolved(signal: Signal, phase: Phase) -> bool:
    """Tell whether a signal has an object. A ballot number names nobody before penetapan: none is drawn yet."""
    return bool(signal.object_kind) and (signal.object_kind != "number" or phase.after_penetapan)


def strength(ruleset: Ruleset, signals: Sequence[Signal], phase: Phase) -> Strength:
    """Weigh the signals of all codes that are enabled, addressed to ASN and known in this phase."""
    live = [signal for signal in signals if _applies(ruleset.codes[signal.code], phase)]
    with_object = [signal for signal in live if resolved(signal, phase)]
    return Strength(
        strong=any(weight(signal) is Weight.H for signal in with_object),
        channels=len({signal.channel for signal in with_object if weight(signal) is Weight.M}),
        context=any(
            signal.weight is Weight.L
            and not signal.negated
            and ruleset.codes[signal.code].label is Label.PNS_ATTRIBUTE_USE
            for signal in live
        ),
    )


def enough(code: Code, signals: Sequence[Signal], post: Strength, phase: Phase) -> bool:
    """Tell whether one code has its object, deed and context, given its own signals and the strength of the post."""
    counting = _counting(code, signals)
    if not counting:
        return False
    if code.need(Element.O) is Need.NONE:
        return post.enough or any(weight(signal) is Weight.H for signal in counting)
    if code.need(Element.O) is Need.PARTY and not any(signal.object_kind == "party" for signal in counting):
        return False
    deeds = [signal for signal in counting if weight(signal) is not Weight.L]
    return post.enough and (not deeds or any(resolved(signal, phase) for signal in deeds))


def text_findings(
    ruleset: Ruleset, matches: Matches, phase: Phase, election_type: ElectionType | None = None
) -> tuple[TextFinding, ...]:
    """Return the codes that the text meets in this phase, with clauses, modifiers and exculpatory contexts.

    A suppressed finding is returned too, with the tags that suppress it: it may be counted, never queued.
    `election_type` leaves out clauses of the law of another kind of election.
    """
    said = {signal.code for signal in matches.signals}
    if not said:
        return ()
    post = strength(ruleset, matches.signals, phase)
    suppressed, dampened = _exculpation(ruleset, matches, post, phase)
    return tuple(
        finding_of(ruleset, code, matches, phase, election_type, suppressed, dampened)
        for code in ruleset.codes.values()
        if code.code in said
        and _applies(code, phase)
        and enough(code, _own(code, matches.signals), post, phase)
        and _against_a_candidate(code, matches, phase)
    )


def finding_of(
    ruleset: Ruleset,
    code: Code,
    matches: Matches,
    phase: Phase,
    election_type: ElectionType | None = None,
    suppressed: tuple[str, ...] = (),
    dampened: tuple[str, ...] = (),
) -> TextFinding:
    """Return what a code would cite in this phase, whether the text alone meets it or the classifier says so."""
    side = code.clauses.after_penetapan if phase.after_penetapan else code.clauses.before_penetapan
    modifiers = [one for one in ruleset.modifiers if phase in one.phases]
    other = {ElectionType.PILKADA: _FOR_PEMILU, None: "-"}.get(election_type, _FOR_PILKADA)
    added = [clause for one in modifiers for clause in one.clauses]
    return TextFinding(
        code=code.code,
        elements={element: Met.YES for element in (*Element,) if _judged(code, element)},
        primary=tuple(clause for clause in side.primary if not clause.startswith(other)),
        secondary=tuple(clause for clause in (*side.secondary, *added) if not clause.startswith(other)),
        class_hint=side.sanction_class or "",
        signals=tuple(_counting(code, _own(code, matches.signals))),
        context_only=phase in code.context_phases,
        modifiers=tuple(one.tag for one in modifiers),
        contested=code.contested,
        suppressed_by=suppressed,
        dampened_by=dampened,
    )


def _applies(code: Code, phase: Phase) -> bool:
    return code.enabled and code.addressed_to_asn and (phase in code.phases or phase in code.context_phases)


def _own(code: Code, signals: Sequence[Signal]) -> list[Signal]:
    return [signal for signal in signals if signal.code == code.code]


def _counting(code: Code, own: Sequence[Signal]) -> list[Signal]:
    """Signals that can carry the code: H and M, and for a code of context its L signals too."""
    context = code.need(Element.C) is Need.REQUIRED
    return [signal for signal in own if weight(signal) is not Weight.L or (context and not signal.negated)]


def _judged(code: Code, element: Element) -> bool:
    return element in (Element.O, Element.D, Element.C, Element.T) and code.need(element) in (Need.REQUIRED, Need.PARTY)


def _against_a_candidate(code: Code, matches: Matches, phase: Phase) -> bool:
    """Before penetapan an official is no candidate: an attack counts only where the words speak of a choice (G10)."""
    if code.code != "SERANG-CALON" or phase.after_penetapan:
        return True
    return any(stem in matches.masked for stem in _CHOICE_CUES)


def _exculpation(
    ruleset: Ruleset, matches: Matches, post: Strength, phase: Phase
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide the tags: suppressing while no strong signal remains, otherwise only shown (section 3b)."""
    tags = {tag.tag: tag for tag in ruleset.lexicon.contexts.tags}
    suppressed: list[str] = []
    dampened: list[str] = []
    for tag in dict.fromkeys(one.tag for one in matches.exculpatory):
        found = [one for one in matches.exculpatory if one.tag == tag]
        wins = not post.strong or matches.all_listed or (matches.only_number and tags[tag].number_only_h)
        (suppressed if wins and any(suppresses(ruleset, one, phase) for one in found) else dampened).append(tag)
    return tuple(suppressed), tuple(dampened)


def suppresses(ruleset: Ruleset, exculpatory: Exculpatory, phase: Phase) -> bool:
    """Tell whether a context suppresses in this phase, if no strong signal remains; some do in some phases only."""
    return exculpatory.suppresses or any(
        tag.tag == exculpatory.tag and exculpatory.cue in condition.cues and phase in condition.phases
        for tag in ruleset.lexicon.contexts.tags
        for condition in tag.conditions
    )
