"""Scoring what has not been scored yet, and putting what met its elements into the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scanner.detect.local import Candidate, Detector
from scanner.domain.accounts import Account
from scanner.store import accounts, flags, posts, scores
from scanner.store.connection import Lease, Store

BATCH = 500


@dataclass(frozen=True, slots=True)
class Flagged:
    """How many versions were scored, and how many of them were put before humans that had not been before."""

    scored: int = 0
    flagged: int = 0

    def __add__(self, other: Flagged) -> Flagged:
        return Flagged(self.scored + other.scored, self.flagged + other.flagged)


def flag_unscored(store: Store, detector: Detector, progress: Callable[[int], None] | None = None) -> Flagged:
    """Score every version this model and ruleset have not scored yet and save the flags among them.

    The database is held only to read a batch and to save its result, never while scoring. Killed at any
    moment, the next call goes on with what has no score: scores and flags of a batch are saved together.
    """
    listed = {account.id: account for account in store.repeat("flag: read the roster", accounts.load_accounts)}
    done, after = Flagged(), ""
    while True:
        with store.lease("flag: read a batch") as lease:
            versions = posts.unscored(
                lease, model_id=detector.model.id, ruleset=detector.ruleset.id, limit=BATCH, after=after
            )
        if not versions:
            return done
        after = versions[-1].post.version_id
        done += _flag(store, detector, versions, listed)
        if progress is not None:
            progress(done.scored)


def _flag(
    store: Store, detector: Detector, versions: Sequence[posts.Version], listed: Mapping[str, Account]
) -> Flagged:
    candidates = [
        Candidate(post=version.post, account=listed[version.post.account_id], captured_at=version.captured_at)
        for version in versions
        if version.post.account_id in listed
    ]
    detections = detector.detect(candidates)
    found = [detection.flag for detection in detections if detection.flag is not None]
    scored = {detection.version_id: detection.scores for detection in detections}

    def save(lease: Lease) -> int:
        scores.save_scores(lease, scored, ruleset=detector.ruleset.id)
        return len(flags.save_flags(lease, found))

    return Flagged(scored=len(detections), flagged=store.repeat("flag: save a batch", save))
