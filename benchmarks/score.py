"""Posts per second of `scanner score` on one core, beside fastText predict on the same posts in the same run.

    python -m benchmarks.score [POSTS]

Needs nothing but the scanner; with `fasttext-wheel` installed the ratios to it are shown too. All candidates take
turns, and a ratio is the median of the ratios within the turns, so that a noisy machine troubles them alike.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.posts import timeline
from scanner.classify.bundle import load_model
from scanner.detect.reader import Reader
from scanner.domain.flags import Phase
from scanner.resources import data_folder
from scanner.rules.elections import load_election
from scanner.rules.ruleset import load_ruleset
from scanner.scan.lines import read_lines
from scanner.scan.scoring import score_table
from scanner.scan.tables import BATCH
from scanner.text.normalise import normalise

ANCHOR = "fastText predict"
TURNS = 7
_LABEL = "__label__"


def anchor(rows: Sequence[Mapping[str, Any]], folder: Path) -> Callable[[], object] | None:
    """Train fastText (wordNgrams 2, dim 100) on the first half; return its prediction of all, None when not installed.

    `model.predict` with a list and k > 1 repeats the first probability in 0.9.2: line by line is right and as fast.
    """
    try:
        import fasttext
    except ImportError:
        print("fastText is not installed (pip install fasttext-wheel): no ratios")
        return None
    lines = [" ".join(str(row["text"]).split()) + "\n" for row in rows]
    half = len(rows) // 2
    path = folder / "train.txt"
    path.write_text(
        "".join(f"{_LABEL}{row['label']} {line}" for row, line in zip(rows[:half], lines[:half], strict=True))
    )
    model = fasttext.train_supervised(
        str(path), dim=100, epoch=5, lr=0.5, wordNgrams=2, minn=0, maxn=0, bucket=2_000_000, thread=1, verbose=0
    )
    predict = model.f.predict
    return lambda: each(lambda line: predict(line, -1, 0.0, "strict"), lines)


def each(step: Callable[[Any], object], items: Iterable[Any]) -> None:
    """Do one step with every item and keep nothing."""
    for item in items:
        step(item)


def interleaved(candidates: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return the seconds of every candidate, turn by turn, after one turn that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(TURNS + 1):
        for name, run in candidates.items():
            gc.collect()
            began = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def main(count: int) -> None:
    election = load_election("pilgub-lampung-2024")
    reader = Reader(ruleset=load_ruleset(), model=load_model(data_folder("models") / "default"), elections=(election,))
    rows = list(timeline(count, election, reader.matcher))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target = str(folder / "posts.jsonl"), str(folder / "scored.jsonl")
        Path(source).write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        texts = [str(row["text"]) for row in rows]
        matches = [reader.matcher.match(text) for text in texts]
        batches = [matches[start : start + BATCH] for start in range(0, count, BATCH)]
        shown = sum(bool(one.signals) for one in matches) / count
        print(f"{count:,} posts, {sum(map(len, texts)) / count:.0f} characters each, {shown:.1%} with signals")
        predict = anchor(rows, folder)
        candidates: dict[str, Callable[[], object]] = {} if predict is None else {ANCHOR: predict}
        candidates |= {
            "scanner score, JSONL": lambda: sum(1 for _ in score_table(source, target, reader, phase=Phase.KAMPANYE)),
            "  read lines": lambda: each(bool, read_lines(source)),
            "  normalise": lambda: each(normalise, texts),
            "  match": lambda: each(reader.matcher.match, texts),
            "  score matched posts": lambda: each(reader.model.score, batches),
        }
        report(interleaved(candidates), count)


def report(seconds: Mapping[str, Sequence[float]], count: int) -> None:
    """Print posts per second (median) and the median of the paired ratios to the anchor."""
    base = seconds.get(ANCHOR)
    print(f"{'':<24}{'posts/s':>10}{'us/post':>10}{'ratio':>8}")
    for name, walls in seconds.items():
        wall = statistics.median(walls)
        ratio = "" if base is None else f"{statistics.median(a / b for a, b in zip(base, walls, strict=True)):8.2f}"
        print(f"{name:<24}{count / wall:>10,.0f}{wall / count * 1e6:>10.1f}{ratio}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
