"""Posts per second of `normalise`, beside a bare `str.lower().split()` in the same run.

    python -m benchmarks.normalise [POSTS]

The posts are made here from a fixed seed. Four kinds: plain sentences, sentences with slang, posts with emoji and
hashtags, disguised posts. Rates differ between machines; the ratio to the anchor hardly does.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

from scanner.text.normalise import normalise
from scanner.text.slang import shipped_slang

_WORDS = """
hari ini kami rapat di kantor bersama warga desa untuk membahas jalan baru dan pasar yang akan dibuka
pekan depan terima kasih atas kerja sama semua pihak semoga lancar cuaca cerah anak sekolah ikut lomba
guru murid panen padi sungai kebun kopi nasi goreng pagi sore malam sehat selalu pelayanan antre loket
""".split()  # noqa: SIM905
_SLANG = sorted(shipped_slang())
_DISGUISED = ["c0blos", "p i l i h", "m3nangkan", "duk*ng", "соblos", "mantaaaap", "nomer2", "②"]
_DECORATION = ["🙏🏻", "🔥", "#SalamSehat", "“baik”", "–", "✌️", "RT 02", "50rb"]


def _post(random_: random.Random, extras: Sequence[str], count: int) -> str:
    words = random_.choices(_WORDS, k=14)
    for extra in random_.sample(extras, count):
        words.insert(random_.randrange(len(words)), extra)
    return " ".join(words).capitalize() + "."


def _rate(step: Callable[[str], object], posts: Sequence[str]) -> float:
    """Return posts per second, the best of three passes."""
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        for post in posts:
            step(post)
        best = max(best, len(posts) / (time.perf_counter() - began))
    return best


def main(count: int) -> None:
    random_ = random.Random(20261121)
    kinds = {
        "plain": (_WORDS, 0),
        "slang": (_SLANG, 2),
        "emoji, hashtags": (_DECORATION, 3),
        "disguised": (_DISGUISED, 3),
    }
    print(f"{'posts':<16}{'normalise/s':>12}{'anchor/s':>12}{'ratio':>8}")
    for kind, (extras, number) in kinds.items():
        posts = [_post(random_, extras, number) for _ in range(count)]
        rate, anchor = _rate(normalise, posts), _rate(lambda post: post.lower().split(), posts)
        print(f"{kind:<16}{rate:>12,.0f}{anchor:>12,.0f}{rate / anchor:>8.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
