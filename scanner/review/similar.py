"""Similar decided posts: what colleagues agreed on, and the written examples, for a reviewer who has decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock

from scanner.classify.encoding import Encoder
from scanner.classify.similar import Judged, JudgedPosts, Neighbour, Origin, Readings, read_posts
from scanner.classify.written import read_written
from scanner.domain.reviews import Verdict
from scanner.review.items import Item
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset
from scanner.store import audit, judgements
from scanner.store.connection import Store
from scanner.store.versions import load_versions

LATEST = 1000
"""Decided posts that are looked through: a transformer needs some 15 ms for each."""


@dataclass
class Finder:
    """Finds judged posts for reviewers, who may ask at once. The corpus is read once, and each decided post once."""

    overlap: int
    ruleset: Ruleset
    election: Election
    encoder: Encoder
    corpus: Path
    """Folder of the written corpus."""
    kept: Path
    """Folder in which the reading of the corpus is kept; of decided posts nothing is kept there."""
    _asking: Lock = field(default_factory=Lock, repr=False)
    _decided: Sequence[Judged] = field(default=(), repr=False)
    """What was decided when it was last asked."""
    _readings: Readings | None = field(default=None, repr=False)
    """Rows of the written posts, and below them of the decided ones."""
    _judged: JudgedPosts | None = field(default=None, repr=False)

    def nearest(self, store: Store, item: Item, *, reviewer: str) -> tuple[Neighbour, ...]:
        """Return up to two judged posts most like this one; none when nothing is near enough."""
        decided = self._look(store, reviewer)
        with self._asking:
            judged = self._ready(decided)
        return judged.nearest(self._matcher.match(item.post.text), without=item.id)

    def prepare(self) -> None:
        """Read the corpus now, so that the first who asks need not wait."""
        with self._asking:
            _ = self._written

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.ruleset, (self.election,))

    @cached_property
    def _written(self) -> tuple[list[Judged], Readings]:
        return read_written(self.corpus, self.ruleset, self.encoder, self.kept)

    def _ready(self, decided: Sequence[Judged]) -> JudgedPosts:
        """Return what is looked through now; what is decided no more, or was forgotten, is dropped from memory."""
        written, readings = self._written
        if self._judged is None or decided != self._decided:
            rows = {one.id: number for number, one in enumerate(self._decided, start=len(written))}
            fresh = [one for one in decided if one.id not in rows]
            known = self._readings or readings
            if fresh:
                rows |= {one.id: number for number, one in enumerate(fresh, start=len(written) + len(rows))}
                known += read_posts([self._matcher.match(one.text) for one in fresh], self.encoder)
            self._readings = known.rows([*range(len(written)), *(rows[one.id] for one in decided)])
            self._judged = JudgedPosts([*written, *decided], self._readings, self.encoder)
            self._decided = decided
        return self._judged

    def _look(self, store: Store, reviewer: str) -> list[Judged]:
        """Read posts on which as many agreed as shall judge them: nothing that still waits is given away.

        That their texts were read is recorded in the audit chain (guardrail G17).
        """
        with store.lease("review: read decided posts") as lease:
            agreed = judgements.agreed(lease, overlap=self.overlap, limit=LATEST)
            versions = load_versions(lease, agreed)
            if agreed:
                detail = {"flags": len(agreed)}
                audit.append(lease, actor=reviewer, action="decided.show", subject="decided", detail=detail)
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
