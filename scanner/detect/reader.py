"""Reading texts in batches: match, score, judge; without author, store or network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scanner.classify.model import LABELS, Model
from scanner.detect.judge import Judge, Sight
from scanner.domain.flags import Finding, Label, Phase, Score
from scanner.domain.posts import Role
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.matches import Matches
from scanner.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be read by itself."""

    text: str
    phase: Phase
    role: Role = Role.POSTED


@dataclass(frozen=True, slots=True)
class Reading:
    """What rules and model make of one text."""

    matches: Matches
    scores: tuple[Score, ...]
    findings: tuple[Finding, ...]
    labels: frozenset[Label]
    """The heads that the findings belong to."""

    def probability(self, label: Label) -> float:
        """Return the calibrated probability of one label."""
        return next(score.probability for score in self.scores if score.label is label)


@dataclass(frozen=True, slots=True)
class Skimmed:
    """What rules and model make of some texts."""

    probabilities: NDArray[np.float32]
    """Texts x labels, in the order of `Label`."""
    readings: Mapping[int, Reading]
    """By index, of the texts in which there may be more to see than that. All others have no signal and no finding."""


@dataclass(frozen=True)
class Reader:
    """Rules and model together, for the participants of some elections."""

    ruleset: Ruleset
    model: Model
    elections: tuple[Election, ...] = ()
    """A ballot number names somebody only when there is exactly one."""

    @cached_property
    def matcher(self) -> Matcher:
        """The rules compiled for these elections."""
        return Matcher(self.ruleset, self.elections)

    @cached_property
    def judge(self) -> Judge:
        """The elements and thresholds."""
        kinds = {election.type for election in self.elections}
        return Judge(
            ruleset=self.ruleset,
            thresholds=self.model.thresholds,
            election_type=kinds.pop() if len(kinds) == 1 else None,
        )

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Read texts in the order given."""
        matches = [self.matcher.match(text.text) for text in texts]
        scores = self.model.scores(matches)
        return [self._reading(*row) for row in zip(texts, matches, scores, strict=True)]

    def skim(self, texts: Sequence[str], closer: Callable[[int], Text]) -> Skimmed:
        """Score texts as `read` does, and read those alone that may hold something to tell: `closer` hands them over.

        A text in which the rules see nothing is told of only where a head is sure although nobody we know is named.
        """
        glance = self.matcher.glance(texts)
        probabilities = np.empty((len(texts), len(self.model.heads)), np.float32)
        probabilities[glance.quiet] = self.model.score_quiet(glance)
        unnamed = [self.model.thresholds[label].unnamed for label in LABELS]
        loud = np.flatnonzero(~glance.quiet | (probabilities >= unnamed).any(axis=1)).tolist()
        readings = dict(zip(loud, self.read([closer(row) for row in loud]), strict=True))
        for row, reading in readings.items():
            probabilities[row] = [score.probability for score in reading.scores]
        return Skimmed(probabilities=probabilities, readings=readings)

    def _reading(self, text: Text, matches: Matches, scores: tuple[Score, ...]) -> Reading:
        sight = Sight(
            matches=matches,
            probabilities={score.label: score.probability for score in scores},
            phase=text.phase,
            role=text.role,
        )
        findings = self.judge.findings(sight)
        labels = {self.ruleset.codes[finding.code].label for finding in findings}
        return Reading(
            matches=matches,
            scores=scores,
            findings=findings,
            labels=frozenset(label for label in labels if label is not None),
        )
