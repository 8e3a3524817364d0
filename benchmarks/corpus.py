"""What the training corpus holds, and how many of its posts are near-duplicates of each other.

Run from the root: `python -m benchmarks.corpus` (about a minute; needs the extra `[dev]`).
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

import numpy as np
from rapidfuzz import fuzz, process

from scanner.classify.examples import CorpusPost, load_corpus
from scanner.resources import data_folder

SIMILAR = 85
"""token_sort_ratio from which two posts count as near-duplicates."""
BLOCK = 500


def near_duplicates(texts: list[str]) -> list[tuple[int, int]]:
    """Return the pairs of texts that are as similar as that."""
    pairs = []
    for start in range(0, len(texts), BLOCK):
        block = texts[start : start + BLOCK]
        scores = process.cdist(
            block, texts, scorer=fuzz.token_sort_ratio, score_cutoff=SIMILAR, dtype=np.uint8, workers=-1
        )
        pairs += [(start + int(row), int(column)) for row, column in zip(*np.nonzero(scores), strict=True)]
    return [(one, other) for one, other in pairs if one < other]


def main() -> None:
    posts = load_corpus(data_folder("models") / "training")
    print(f"{len(posts)} posts")
    for label in ("campaign_support", "pns_attribute_use"):
        print(f"{label}: {sum(getattr(post, label) for post in posts)}")
    for field in ("difficulty", "platform", "register", "language", "election_type"):
        print(f"{field}: {_shares(posts, field)}")
    pairs = near_duplicates([post.text for post in posts])
    possible = len(posts) * (len(posts) - 1) // 2
    print(f"pairs above {SIMILAR}: {len(pairs)} of {possible} ({100 * len(pairs) / possible:.6f} %)")
    for one, other in islice(pairs, 5):
        print(f"  {posts[one].id} ~ {posts[other].id}")


def _shares(posts: list[CorpusPost], field: str) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(getattr(post, field) for post in posts).most_common())


if __name__ == "__main__":
    main()
