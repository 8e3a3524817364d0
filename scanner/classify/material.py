"""What a training run learns from: written posts and judged lines as one matrix, divided into folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scanner.classify.casts import load_names
from scanner.classify.domains import balanced
from scanner.classify.examples import CorpusPost, corpus_sha256, load_corpus
from scanner.classify.features import FeatureParams, counts
from scanner.classify.folds import divide, group_posts
from scanner.classify.frequencies import document_frequencies, inverse_frequencies, weigh
from scanner.classify.genres import Catalogue, load_catalogue
from scanner.classify.tellings import Telling, tell
from scanner.classify.timeline import Line, load_timeline
from scanner.domain.flags import Label
from scanner.rules.elections import Election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_FEWEST = 50
"""Lines of a label without which the timeline has nothing to say about it."""
_PAIRS = {
    (False, False): "neither",
    (False, True): "support",
    (True, False): "attribute",
    (True, True): "attribute and support",
}
"""Genres by attribute use and support."""


@dataclass(frozen=True, slots=True)
class Material:
    """One row per telling of a written post, then one per judged line."""

    posts: Sequence[CorpusPost]
    tellings: Sequence[Telling]
    lines: Sequence[Line]
    index: NDArray[np.int64]
    """Post of every row; lines are counted on after the posts."""
    first: NDArray[np.int64]
    """Row of every post's first telling."""
    named: NDArray[np.bool_]
    """Whether a row names a participant, party or number of a loaded election."""
    matrix: csr_array
    """Weighed features."""
    frequencies: NDArray[np.uint32]
    folds: NDArray[np.int64]
    """Fold of every row."""
    catalogue: Catalogue
    corpus_sha256: str

    @property
    def written(self) -> NDArray[np.bool_]:
        """Whether a row tells a written post."""
        return np.arange(len(self.index)) < len(self.tellings)

    def labels(self, label: Label) -> NDArray[np.bool_]:
        """Return one label for every row."""
        every = [*self.posts, *(line.judged for line in self.lines)]
        return np.array([bool(getattr(one, label)) for one in every])[self.index]

    def genres(self, label: Label) -> NDArray[np.str_]:
        """Return the genre of every row among those that a head tells apart.

        Of campaign support they are those of the corpus. Of attributes they are the four pairs of labels: support
        without an attribute is what attribute use in a campaign is taken for most.
        """
        support = self.labels(Label.CAMPAIGN_SUPPORT).tolist()
        if label is not Label.CAMPAIGN_SUPPORT:
            return np.array([_PAIRS[pair] for pair in zip(self.labels(label).tolist(), support, strict=True)])
        categories = [post.category for post in self.posts] + [line.judged.kind for line in self.lines]
        pairs = zip(self.index.tolist(), support, strict=True)
        return np.array([self.catalogue.genre(categories[index], support=side) for index, side in pairs])

    def rows(self, label: Label) -> NDArray[np.bool_]:
        """Return the rows a label is learnt from: lines only where enough of them carry it."""
        carried = np.count_nonzero(self.labels(label) & ~self.written)
        return self.written | (carried >= _FEWEST)

    @property
    def weights(self) -> NDArray[np.float64]:
        """Every post weighs one, shared among its tellings; a line as much as its readers were sure."""
        sure = np.array([1.0] * len(self.posts) + [line.judged.weight for line in self.lines])
        return (sure / np.bincount(self.index))[self.index]

    @property
    def even(self) -> NDArray[np.float64]:
        """Weights with written posts as a whole weighing as much as all lines, and all within either the same."""
        shares = 1 / np.bincount(self.index)[self.index]
        return shares * np.where(self.written, 1.0, len(self.posts) / max(len(self.lines), 1))

    def balanced(self, label: Label) -> NDArray[np.float64]:
        """Weights with both classes of a label weighing the same in every file of posts, and in the timeline."""
        files = [post.writer for post in self.posts] + ["the timeline"] * len(self.lines)
        groups = np.unique(files, return_inverse=True)[1]
        return balanced(self.weights, self.labels(label), groups[self.index])


def prepare(
    corpus: Path,
    ruleset: Ruleset,
    elections: Sequence[Election],
    seed: int,
    params: FeatureParams,
    lines: Path | None = None,
) -> Material:
    """Read, tell and vectorise the corpus and, where `lines` is given, the judged lines; divide them into folds."""
    posts = load_corpus(corpus)
    found = load_timeline(corpus, lines) if lines else []
    tellings = tell(posts, load_names(corpus / "names.yaml"), ruleset, elections, seed)
    matcher = Matcher(ruleset, elections)
    batch = [*(telling.matches for telling in tellings), *(matcher.match(line.text) for line in found)]
    index = np.array([telling.post for telling in tellings] + list(range(len(posts), len(posts) + len(found))))
    first = np.flatnonzero(np.diff(index[: len(tellings)], prepend=-1))
    raw = counts(batch, params)
    frequencies = document_frequencies(raw, index)
    idf = inverse_frequencies(frequencies, len(posts) + len(found))
    matrix = weigh(raw, idf)
    worded = counts([batch[row] for row in first], replace(params, class_scale=0.0))  # classes make all praise alike
    groups = group_posts(weigh(worded, idf), [f"{post.writer}:{post.category}" for post in posts])
    folds = divide(np.array([bool(post.campaign_support) for post in posts]), groups, seed)
    random = np.random.default_rng(seed)
    return Material(
        posts=posts,
        tellings=tellings,
        lines=found,
        index=index,
        first=first,
        named=np.array([one.has_object for one in batch]),
        matrix=matrix,
        frequencies=frequencies,
        folds=np.concatenate([folds, random.integers(0, folds.max() + 1, len(found))])[index],
        catalogue=load_catalogue(corpus),
        corpus_sha256=corpus_sha256(corpus),
    )
