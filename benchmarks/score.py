"""Posts per second of `scanner score` on one core, beside fastText predict on the same posts in the same run.

    python -m benchmarks.score [POSTS_PER_TURN]

Needs nothing but the scanner; with `fasttext-wheel` installed the ratios to it are shown too. All candidates take
turns, and a ratio is the median of the ratios within the turns, so that a noisy machine troubles them alike. Every
turn has posts of its own: what is remembered of earlier ones are words, as in a long run, never posts.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.posts import timeline
from scanner.classify.bundle import load_model
from scanner.detect.reader import Reader, Text
from scanner.domain.flags import Phase
from scanner.resources import data_folder
from scanner.rules.election_files import load_election
from scanner.rules.glance import Glance
from scanner.rules.ruleset import load_ruleset
from scanner.scan.lines import read_lines
from scanner.scan.scoring import score_table
from scanner.scan.tables import BATCH

ANCHOR = "fastText predict"
TURNS = 6
_LABEL = "__label__"


def anchor(rows: Sequence[Mapping[str, Any]], folder: Path) -> Callable[[Sequence[str]], object] | None:
    """Train fastText (wordNgrams 2, dim 100); return its prediction of texts, None when it is not installed.

    `model.predict` with a list and k > 1 repeats the first probability in 0.9.2: line by line is right and as fast.
    """
    try:
        import fasttext
    except ImportError:
        print("fastText is not installed (pip install fasttext-wheel): no ratios")
        return None
    path = folder / "train.txt"
    path.write_text("".join(f"{_LABEL}{row['label']} {' '.join(str(row['text']).split())}\n" for row in rows))
    model = fasttext.train_supervised(
        str(path), dim=100, epoch=5, lr=0.5, wordNgrams=2, minn=0, maxn=0, bucket=2_000_000, thread=1, verbose=0
    )
    predict = model.f.predict
    return lambda texts: each(lambda text: predict(text, -1, 0.0, "strict"), texts)


def each(step: Callable[[Any], object], items: Iterable[Any]) -> None:
    """Do one step with every item and keep nothing."""
    for item in items:
        step(item)


def candidates(
    rows: Sequence[Mapping[str, Any]], folder: Path, reader: Reader
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is measured over the posts of one turn; what comes before the measuring is done when asked for."""
    source, target = str(folder / "posts.jsonl"), str(folder / "scored.jsonl")
    Path(source).write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    texts = [str(row["text"]) for row in rows]
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    yield "scanner score, JSONL", lambda: each(str, score_table(source, target, reader, phase=Phase.KAMPANYE))
    yield "scanner score, words known", lambda: each(str, score_table(source, target, reader, phase=Phase.KAMPANYE))
    yield "  read lines", lambda: each(bool, read_lines(source))
    yield "  glance", lambda: each(reader.matcher.glance, batches)
    glances: list[Glance] = [reader.matcher.glance(batch) for batch in batches]
    yield "  score alone", lambda: each(reader.model.score_quiet, glances)
    loud = [
        Text(text=batch[row], phase=Phase.KAMPANYE)
        for batch, glance in zip(batches, glances, strict=True)
        for row in (~glance.quiet).nonzero()[0].tolist()
    ]
    yield "  read the loud", lambda: reader.read(loud)


def main(count: int) -> None:
    election = load_election("pilgub-lampung-2024")
    reader = Reader(ruleset=load_ruleset(), model=load_model(data_folder("models") / "default"), elections=(election,))
    rows = list(timeline(count * (TURNS + 2), election, reader.matcher))
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        predict = anchor(rows[:count], Path(name))
        for turn in range(1, TURNS + 2):
            own = rows[turn * count : (turn + 1) * count]
            lines = [" ".join(str(row["text"]).split()) + "\n" for row in own]
            named = [(ANCHOR, lambda lines=lines: predict(lines))] if predict is not None else []
            gc.collect()  # once: it clears the processor's caches, which a long run keeps
            for label, run in chain(named, candidates(own, Path(name), reader)):
                began = time.perf_counter()
                run()
                if turn > 1:
                    seconds.setdefault(label, []).append(time.perf_counter() - began)
    report(seconds, count)


def report(seconds: Mapping[str, Sequence[float]], count: int) -> None:
    """Print posts per second (median) and the median of the paired ratios to the anchor."""
    base = seconds.get(ANCHOR)
    print(f"{'':<28}{'posts/s':>10}{'us/post':>10}{'ratio':>8}")
    for name, walls in seconds.items():
        wall = statistics.median(walls)
        ratio = "" if base is None else f"{statistics.median(a / b for a, b in zip(base, walls, strict=True)):8.2f}"
        print(f"{name:<28}{count / wall:>10,.0f}{wall / count * 1e6:>10.1f}{ratio}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
