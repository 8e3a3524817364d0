"""Word vectors from plain text: which words stand near which, weighed and reduced. scipy and scikit-learn alone.

Levy, Goldberg and Dagan 2015: positive pointwise mutual information with smoothed contexts, reduced by SVD.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_WORD = re.compile(r"[^\W\d_]+")
_SMOOTHING = 0.75  # of context counts, so that rare contexts do not look meaningful


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Words and their vectors; a text is the sum of its words."""

    words: tuple[str, ...]
    weights: NDArray[np.float32]
    """words x dimensions: a direction of length one times the word's inverse document frequency."""


def learn_vectors(
    texts: Sequence[Sequence[str]], words: Sequence[str], *, dimensions: int = 256, window: int = 5, seed: int = 0
) -> Vectors:
    """Learn a vector for each of `words` from tokenised texts; a neighbour at distance d counts 1/d.

    With fewer words than dimensions the vectors have as many dimensions as there are words.
    """
    from sklearn.utils.extmath import randomized_svd

    number = {word: index for index, word in enumerate(words)}
    shifted = _mutual_information(_neighbours(texts, number, window))
    left, sizes, _ = randomized_svd(shifted, min(dimensions, len(words)), n_iter=4, random_state=seed)
    directions = left * np.sqrt(sizes)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    weights = directions * _inverse_frequencies(texts, number)[:, None]
    return Vectors(words=tuple(words), weights=weights.astype(np.float32))


def frequent_words(texts: Iterable[Sequence[str]], *, least: int, most: int, never: Collection[str]) -> list[str]:
    """List words of letters that stand at least `least` times, the most frequent first, without those of `never`."""
    found = Counter(word for text in texts for word in text)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    good = (word for word, count in ranked if count >= least and word not in never and _WORD.fullmatch(word))
    return [word for word, _ in zip(good, range(most), strict=False)]


def proper_names(texts: Iterable[str], *, share: float = 0.8) -> frozenset[str]:
    """Words that are written with a capital at least `share` of the times they stand inside a sentence.

    Texts written in one case say nothing about it.
    """
    inside: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        if text in (text.upper(), text.lower()):
            continue
        for found in list(_WORD.finditer(text))[1:]:
            if text[: found.start()].rstrip(" \"'“(")[-1:] not in ".!?:":
                inside[found[0].lower()] += 1
                capital[found[0].lower()] += found[0][0].isupper()
    return frozenset(word for word, count in inside.items() if count > 1 and capital[word] >= share * count)


def _neighbours(texts: Sequence[Sequence[str]], number: Mapping[str, int], window: int) -> csr_array:
    """Count neighbours in both directions: words x words."""
    from scipy.sparse import coo_array, csr_array

    gap = [-1] * window  # no window reaches into the next text
    places = np.array([place for text in texts for place in (*(number.get(word, -1) for word in text), *gap)])
    size = (len(number), len(number))
    ahead: Any = csr_array(size, dtype=np.float32)
    for distance in range(1, window + 1):
        first, second = places[:-distance], places[distance:]
        both = (first >= 0) & (second >= 0)
        near = np.full(int(both.sum()), 1 / distance, np.float32)
        ahead = ahead + coo_array((near, (first[both], second[both])), shape=size).tocsr()
    around: csr_array = (ahead + ahead.T).tocsr()
    return around


def _mutual_information(near: csr_array) -> csr_array:
    from scipy.sparse import csr_array

    cells = near.tocoo()
    total = np.asarray(near.sum(axis=1)).ravel()
    smoothed = total**_SMOOTHING
    smoothed = smoothed / smoothed.sum()
    information = np.log(cells.data / (total[cells.row] * smoothed[cells.col]))
    above = information > 0
    kept = (information[above].astype(np.float32), (cells.row[above], cells.col[above]))
    positive: csr_array = csr_array(kept, shape=near.shape)
    return positive


def _inverse_frequencies(texts: Sequence[Sequence[str]], number: Mapping[str, int]) -> NDArray[np.float64]:
    frequencies = np.zeros(len(number))
    for text in texts:
        frequencies[[number[word] for word in set(text) if word in number]] += 1
    idf: NDArray[np.float64] = np.log((1 + len(texts)) / (1 + frequencies)) + 1
    return idf
