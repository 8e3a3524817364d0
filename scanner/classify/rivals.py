"""Which of two models stays: the one that ranks a frozen set and labelled posts neither has learnt from better."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.bundle import CONFIG, METRICS, load_model
from scanner.classify.evaluate import average_precision
from scanner.classify.examples import LabelledPost
from scanner.classify.model import Model
from scanner.errors import ModelError
from scanner.rules.matches import Matches

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Frozen:
    """Posts that no model learns from; their labels are of campaign support."""

    batch: Sequence[Matches]
    labels: Bools


@dataclass(frozen=True, slots=True)
class Rival:
    """The model a new one must be at least as good as."""

    model: Model
    in_place: bool
    """Whether it lies where the new one shall."""
    seen: frozenset[str]
    """Marks of the posts it was adapted to."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Average precision of campaign support, mean of the frozen set and of the labelled posts."""

    rival: str
    """Its model id."""
    before: float
    after: float
    frozen: tuple[float, float]
    """On the frozen set alone: rival, new."""
    labelled: tuple[float, float] | None
    """On the labelled posts alone; None when the rival has learnt from too many of them."""
    posts: tuple[int, int]
    """How many of the frozen set, and of the labelled ones, decided."""
    alarms: tuple[int, int]
    """Posts labelled 0 of the frozen set that reach the threshold: rival, new."""

    @property
    def replaces(self) -> bool:
        """Tell whether the new one is at least as good."""
        return self.after >= self.before


def mark(text: str) -> str:
    """Return 16 bits of a text's SHA-256: enough to leave seen posts out, too few to prove that a post was judged."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()[:4]


def read_seen(folder: Path) -> frozenset[str]:
    """Return the marks of the posts a model folder was adapted to; none for a model that never was."""
    try:
        metrics: Mapping[str, Any] = json.loads((folder / METRICS).read_bytes())
        return frozenset(metrics.get("adapted", {}).get("seen", ()))
    except FileNotFoundError:
        return frozenset()


def load_rival(out: Path, base: Path) -> Rival:
    """Read the model that lies in `out`, or else the base. ModelError for a folder that holds something else."""
    in_place = (out / CONFIG).is_file()
    if not in_place and out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ModelError(f"{out}: holds something that is no model, and would be replaced; name a new folder")
    folder = out if in_place else base
    return Rival(model=load_model(folder), in_place=in_place, seen=read_seen(folder))


def compare(
    rival: Rival,
    new: Model,
    held_out: Floats,
    posts: Sequence[LabelledPost],
    matches: Sequence[Matches],
    frozen: Frozen,
) -> Verdict:
    """Compare two models on a frozen set and on labelled posts; `matches` are those of the posts.

    `held_out` are the new one's probabilities of the posts, by folds that had not seen them. Posts that the rival
    was adapted to do not count: it would be praised for remembering them.
    """
    olds, news = (_support(model, frozen.batch) for model in (rival.model, new))
    on_frozen = average_precision(olds, frozen.labels), average_precision(news, frozen.labels)
    unseen = np.array([mark(post.text) not in rival.seen for post in posts], dtype=bool)
    labels = np.array([post.campaign_support == 1 for post in posts], dtype=bool)[unseen]
    on_labelled = None
    if 0 < np.count_nonzero(labels) < len(labels):
        known = _support(rival.model, [one for one, fresh in zip(matches, unseen, strict=True) if fresh])
        on_labelled = average_precision(known, labels), average_precision(held_out[unseen], labels)
    both = [on_frozen] if on_labelled is None else [on_frozen, on_labelled]
    before, after = (float(np.mean([pair[side] for pair in both])) for side in (0, 1))
    return Verdict(
        rival=rival.model.id,
        before=before,
        after=after,
        frozen=on_frozen,
        labelled=on_labelled,
        posts=(len(frozen.labels), len(labels)),
        alarms=(_alarms(rival.model, olds, frozen), _alarms(new, news, frozen)),
    )


def _support(model: Model, batch: Sequence[Matches]) -> Floats:
    return model.score(batch)[:, 0].astype(np.float64)


def _alarms(model: Model, probabilities: Floats, frozen: Frozen) -> int:
    cuts = np.array([model.heads[0].threshold.at(named=one.has_object) for one in frozen.batch])
    return int(np.count_nonzero((probabilities >= cuts) & ~frozen.labels))
