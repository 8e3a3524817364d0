"""From stored versions of listed accounts' posts to flags or none, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from scanner.classify.model import Model
from scanner.detect.explain import explain
from scanner.detect.judge import NOT_AUTHORED
from scanner.detect.reader import Reader, Reading, Text
from scanner.domain.accounts import Account, Confidence
from scanner.domain.flags import Flag, Phase, Score
from scanner.domain.posts import Post
from scanner.rules.elections import Election
from scanner.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored version of a listed account's post."""

    post: Post
    account: Account
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Detection:
    """The scores of one version, and its flag when it met the elements of a code."""

    version_id: str
    scores: tuple[Score, ...]
    flag: Flag | None


@dataclass(frozen=True)
class Detector:
    """Rules, model and the election watched."""

    ruleset: Ruleset
    model: Model
    election: Election

    @cached_property
    def reader(self) -> Reader:
        """Reads the texts."""
        return Reader(ruleset=self.ruleset, model=self.model, elections=(self.election,))

    def detect(self, candidates: Sequence[Candidate]) -> list[Detection]:
        """Score versions and flag those that met their elements.

        Left out, not even scored: unconfirmed accounts (guardrail G4), posts of unknown time or outside the
        service dates (G5), and posts in which the account is only tagged, depicted or a further author (G18).
        """
        possible = [(one, moment) for one in candidates if (moment := self._moment(one)) is not None]
        texts = [
            Text(text=one.post.text, phase=self.election.phase_at(moment), role=one.post.role)
            for one, moment in possible
        ]
        skimmed = self.reader.skim([text.text for text in texts], texts.__getitem__)
        flags = {
            row: self._flag(*possible[row], reading, texts[row].phase)
            for row, reading in skimmed.readings.items()
            if reading.findings
        }
        return [
            Detection(
                version_id=one.post.version_id,
                scores=self.model.records(skimmed.probabilities[row]),
                flag=flags.get(row),
            )
            for row, (one, _) in enumerate(possible)
        ]

    def _moment(self, candidate: Candidate) -> datetime | None:
        """Return when the post was written, or None when it may not be scored."""
        post, account = candidate.post, candidate.account
        if post.posted_at is None or post.role in NOT_AUTHORED or account.confidence is Confidence.C:
            return None
        return post.posted_at if account.in_service_on(self.election.local_date(post.posted_at)) else None

    def _flag(self, candidate: Candidate, posted_at: datetime, reading: Reading, phase: Phase) -> Flag:
        post, matches = candidate.post, reading.matches
        return Flag(
            post_id=post.id,
            version_id=post.version_id,
            account_id=post.account_id,
            election_id=self.election.id,
            phase=phase,
            posted_at=posted_at,
            known_at=candidate.captured_at,
            findings=reading.findings,
            signals=matches.signals,
            mentions=matches.mentions,
            exculpatory=matches.exculpatory,
            scores=reading.scores,
            ruleset=self.ruleset.id,
            model_id=self.model.id,
            explanation=explain(self.ruleset, matches, reading.findings, phase),
        )
