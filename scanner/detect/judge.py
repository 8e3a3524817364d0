"""From what rules and classifier see in one post to the codes whose elements it meets. Pure; accuses nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.classify.model import Threshold
from scanner.domain.flags import Citation, Element, Finding, Label, Met, Phase
from scanner.domain.posts import Role
from scanner.domain.signals import Signal, Weight
from scanner.rules.codes import Code, Need
from scanner.rules.elections import ElectionType
from scanner.rules.matches import Matches
from scanner.rules.minimum import TextFinding, finding_of, suppresses, text_findings, weight
from scanner.rules.ruleset import Ruleset

NOT_AUTHORED = frozenset({Role.TAGGED, Role.DEPICTED, Role.CO_AUTHORED})
"""Being tagged or depicted is not authorship; what somebody else published jointly is context only (G18)."""

_OWN_WORDS = {Role.REPOSTED: "MEDSOS-SEBAR", Role.COMMENTED: "MEDSOS-KOMENTAR"}
"""Codes that say how words were spread; for all other roles the words are the account's own post."""

_GENERAL = {Label.CAMPAIGN_SUPPORT: "MEDSOS-DUKUNG", Label.PNS_ATTRIBUTE_USE: "ATRIBUT-PNS"}
"""Code of a post that the classifier alone is sure about and in which no signal names a closer one."""

_ORDER = {Weight.H: 0, Weight.M: 1, Weight.L: 2}


@dataclass(frozen=True, slots=True)
class Sight:
    """All that decides about one post."""

    matches: Matches
    probabilities: Mapping[Label, float]
    phase: Phase
    role: Role = Role.POSTED


@dataclass(frozen=True, slots=True)
class Judge:
    """The elements of the codes, and from which probability a post is worth a reviewer's time."""

    ruleset: Ruleset
    thresholds: Mapping[Label, Threshold]
    election_type: ElectionType | None = None

    def findings(self, sight: Sight) -> tuple[Finding, ...]:
        """Return the codes whose elements are met; empty when there is nothing for a human to look at.

        What the text itself says decides first (rules catalogue 2d, exculpatory contexts 3b). Where it does not
        reach, a head that is sure enough may supply deed and object; both are then marked as inferred, and more
        is asked of it when nobody we know is named. Codes that are only context in this phase stand beside
        others, never alone.
        """
        if sight.role in NOT_AUTHORED or sight.matches.all_listed or self._silent(sight):
            return ()
        said = text_findings(self.ruleset, sight.matches, sight.phase, self.election_type)
        met = [finding for finding in said if not finding.suppressed_by and self._agrees(finding, sight)]
        found = [self._finding(finding, sight) for finding in met]
        found += [self._inferred(code, sight) for code in self._sure(sight, met)]
        alone = {finding.code for finding in met if finding.context_only}
        if all(finding.code in alone for finding in found):
            return ()
        return tuple({finding.code: finding for finding in found}.values())  # support and sharing of it become one

    def _silent(self, sight: Sight) -> bool:
        """Tell whether neither the rules see a signal nor any head can be sure enough."""
        return not sight.matches.signals and all(
            sight.probabilities[label] < min(limit.named, limit.unnamed) for label, limit in self.thresholds.items()
        )

    def _agrees(self, finding: TextFinding, sight: Sight) -> bool:
        """For shared words of others the classifier must agree: sharing is not yet endorsing (guardrail G11)."""
        label = self.ruleset.codes[finding.code].label
        return sight.role is not Role.REPOSTED or label is None or self._reached(label, sight)

    def _sure(self, sight: Sight, met: Sequence[TextFinding]) -> Iterator[Code]:
        """Yield a code for each head that is sure although the text alone did not reach the minimum."""
        reached = {self.ruleset.codes[finding.code].label for finding in met}
        for label in Label:
            if label in reached or not self._reached(label, sight):
                continue
            code = self._closest(label, sight)
            if code.enabled and sight.phase in code.phases:
                yield code

    def _reached(self, label: Label, sight: Sight) -> bool:
        """Tell whether a head is sure enough; lawful contexts raise what is asked of it."""
        lawful = any(suppresses(self.ruleset, one, sight.phase) for one in sight.matches.exculpatory)
        named = sight.matches.has_object and not lawful
        return sight.probabilities[label] >= self.thresholds[label].at(named=named)

    def _closest(self, label: Label, sight: Sight) -> Code:
        """Return the code of the strongest signal of this label, or the general one for the role."""
        codes = self.ruleset.codes
        near = sorted(
            (
                signal
                for signal in sight.matches.signals
                if not signal.negated and self._usable(signal, label, sight.phase)
            ),
            key=lambda signal: _ORDER[weight(signal)],
        )
        if sight.role in _OWN_WORDS and label is Label.CAMPAIGN_SUPPORT:
            return codes[_OWN_WORDS[sight.role]]
        return codes[near[0].code] if near else codes[_GENERAL[label]]

    def _usable(self, signal: Signal, label: Label, phase: Phase) -> bool:
        code = self.ruleset.codes[signal.code]
        return code.enabled and code.addressed_to_asn and code.label is label and phase in code.phases

    def _finding(self, finding: TextFinding, sight: Sight) -> Finding:
        code = self.ruleset.codes[finding.code]
        spread = _OWN_WORDS.get(sight.role)
        if spread is not None and code.code == _GENERAL[Label.CAMPAIGN_SUPPORT]:
            code = self.ruleset.codes[spread]
            finding = finding_of(self.ruleset, code, sight.matches, sight.phase, self.election_type)
        return self._build(code, finding, dict.fromkeys(_required(code), Met.YES))

    def _inferred(self, code: Code, sight: Sight) -> Finding:
        elements = dict.fromkeys(_required(code), Met.YES)
        elements |= {element: Met.INFERRED for element in (Element.D, Element.C) if element in elements}
        if Element.O in elements and not sight.matches.has_object:
            elements[Element.O] = Met.INFERRED
        return self._build(
            code, finding_of(self.ruleset, code, sight.matches, sight.phase, self.election_type), elements
        )

    def _build(self, code: Code, finding: TextFinding, elements: Mapping[Element, Met]) -> Finding:
        return Finding(
            code=code.code,
            elements=elements,
            citations=(
                *(self._citation(clause, primary=True) for clause in finding.primary),
                *(self._citation(clause, primary=False) for clause in finding.secondary),
            ),
            class_hint=finding.class_hint,
            modifiers=finding.modifiers,
            contested=finding.contested,
        )

    def _citation(self, clause: str, *, primary: bool) -> Citation:
        return Citation(clause_id=clause, primary=primary, verified=self.ruleset.clauses[clause].verified)


def _required(code: Code) -> list[Element]:
    return [element for element in Element if code.need(element) in (Need.REQUIRED, Need.PARTY)]
