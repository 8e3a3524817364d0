"""Similar decided posts: what colleagues agreed on, and the written examples, for a reviewer who has decided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scanner.classify.encoding import Encoder
from scanner.classify.similar import Judged, JudgedPosts, Neighbour, Origin, read_posts
from scanner.classify.written import read_written
from scanner.domain.reviews import Verdict
from scanner.review.items import Item
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset
from scanner.store import audit, judgements, posts
from scanner.store.connection import Store

LATEST = 1000
"""Decided posts that are looked through: a transformer needs some 15 ms for each."""


@dataclass(frozen=True)
class Finder:
    """Finds judged posts for one reviewer. What it looks through is read when the first is asked for."""

    store: Store
    reviewer: str
    overlap: int
    ruleset: Ruleset
    election: Election
    encoder: Encoder
    corpus: Path
    """Folder of the written corpus."""
    kept: Path
    """Folder in which the reading of the corpus is kept; of decided posts nothing is kept."""

    def nearest(self, item: Item) -> tuple[Neighbour, ...]:
        """Return up to two judged posts most like this one; none when nothing is near enough."""
        return self._judged.nearest(self._matcher.match(item.post.text), without=item.id)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.ruleset, (self.election,))

    @cached_property
    def _judged(self) -> JudgedPosts:
        written, readings = read_written(self.corpus, self.ruleset, self.encoder, self.kept)
        decided = self._decided()
        if decided:
            readings += read_posts([self._matcher.match(one.text) for one in decided], self.encoder)
        return JudgedPosts([*written, *decided], readings, self.encoder)

    def _decided(self) -> list[Judged]:
        """Read posts on which as many agreed as shall judge them: nothing that still waits is given away.

        That their texts were read is recorded in the audit chain (guardrail G17).
        """
        with self.store.lease("review: read decided posts") as lease:
            agreed = judgements.agreed(lease, overlap=self.overlap, limit=LATEST)
            versions = posts.load_versions(lease, agreed)
            if agreed:
                detail = {"flags": len(agreed)}
                audit.append(lease, actor=self.reviewer, action="decided.show", subject="decided", detail=detail)
        return [
            Judged(
                id=flag_id,
                text=versions[flag_id].post.text,
                suspected=verdict is Verdict.SUSPECTED,
                about=codes,
                origin=Origin.DECIDED,
            )
            for flag_id, (verdict, codes) in agreed.items()
        ]
