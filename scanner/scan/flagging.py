"""Scoring what has not been scored yet, and putting what met its elements into the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scanner.detect.local import Candidate, Detector
from scanner.domain.accounts import Account
from scanner.scan.stopping import ends_scoring
from scanner.store import accounts, flags, posts, scores
from scanner.store.connection import Lease, Store
from scanner.store.versions import Version, unscored

BATCH = 500


@dataclass(frozen=True, slots=True)
class Flagged:
    """How many versions were scored, and how many of them were put before humans that had not been before."""

    scored: int = 0
    flagged: int = 0

    def __add__(self, other: Flagged) -> Flagged:
        return Flagged(self.scored + other.scored, self.flagged + other.flagged)


def flag_unscored(
    store: Store,
    detector: Detector,
    progress: Callable[[int], None] | None = None,
    stop: threading.Event | None = None,
) -> Flagged:
    """Score every version this model and ruleset have not scored yet and save the flags among them.

    The database is held only to read a batch and to save its result, never while scoring. Killed at any
    moment, or stopped behind a batch, the next call goes on with what has no score: scores and flags of a batch are
    saved together. A run that is out of time is not stopped from it.
    """
    listed = {account.id: account for account in store.repeat("flag: read the roster", accounts.load_accounts)}
    done, after = Flagged(), ""
    while not ends_scoring(stop)():
        with store.lease("flag: read a batch") as lease:
            versions = unscored(
                lease, model_id=detector.model.id, ruleset=detector.ruleset.id, limit=BATCH, after=after
            )
        if not versions:
            break
        after = versions[-1].post.version_id
        done += _flag(store, detector, versions, listed)
        if progress is not None:
            progress(done.scored)
    return done


def _flag(store: Store, detector: Detector, versions: Sequence[Version], listed: Mapping[str, Account]) -> Flagged:
    candidates = [
        Candidate(post=version.post, account=listed[version.post.account_id], captured_at=version.captured_at)
        for version in versions
        if version.post.account_id in listed
    ]
    detections = detector.detect(candidates)
    post_of = {version.post.version_id: version.post.id for version in versions}

    def save(lease: Lease) -> int:
        # What was erased since it was read must not come back by the words that a flag quotes.
        there = posts.known_ids(lease, post_of.values())
        kept = [one for one in detections if post_of[one.version_id] in there]
        scores.save_scores(lease, {one.version_id: one.scores for one in kept}, ruleset=detector.ruleset.id)
        return len(flags.save_flags(lease, [one.flag for one in kept if one.flag is not None]))

    return Flagged(scored=len(detections), flagged=store.repeat("flag: save a batch", save))
