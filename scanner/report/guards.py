"""The shipped guard sets: lawful posts that must not be queued, and disguises that must not hide a post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec
import numpy as np

from scanner.classify.casts import draw_cast, load_names
from scanner.classify.evaluate import Interval
from scanner.classify.model import Model
from scanner.classify.neutrality import sides
from scanner.classify.rivals import Frozen
from scanner.classify.slices import wilson
from scanner.detect.reader import Reader, Reading, Text
from scanner.domain.flags import Label, Phase
from scanner.errors import ModelError
from scanner.rules.elections import Election
from scanner.rules.ruleset import Ruleset

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class LawfulPost:
    """A post nobody may be troubled for: criticism, complaint, satire, news, religion, voting information."""

    id: str
    text: str
    kind: str
    language: str
    phase: Phase = Phase.KAMPANYE


@dataclass(frozen=True, slots=True)
class DisguisedPost:
    """The same post plainly written and disguised: both must be decided alike."""

    id: str
    plain: str
    disguised: str
    kind: str
    """How it is disguised."""
    phase: Phase = Phase.KAMPANYE


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some posts; the interval is Wilson's, 95 %."""

    name: str
    hits: int
    posts: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Guard:
    """What became of one guard set."""

    name: str
    whole: Share
    groups: tuple[Share, ...]
    failures: tuple[tuple[str, str], ...]
    """Id and text of every post that was decided wrongly."""


def fictional_election(folder: Path) -> Election:
    """Return the poll of the fictional cast that fills the slots; `folder` is the shipped `models`."""
    return draw_cast(load_names(folder / "training" / "names.yaml"), Random(0)).election(0)  # noqa: S311  repeatable


def told(text: str, election: Election) -> str:
    """Fill a text's slots with the first participants of an election; a text without slots stays as it is."""
    return next(sides(text, election))


def load_lawful(folder: Path) -> list[LawfulPost]:
    """Read `guard/guard.jsonl` of the shipped `models`. Raises ModelError with file and line."""
    return list(_records(folder / "guard" / "guard.jsonl", LawfulPost))


def load_disguised(folder: Path) -> list[DisguisedPost]:
    """Read `guard/obfuscation.jsonl` of the shipped `models`. Raises ModelError with file and line."""
    return list(_records(folder / "guard" / "obfuscation.jsonl", DisguisedPost))


def load_frozen(folder: Path, reader: Reader) -> Frozen:
    """Return the guard sets as posts of campaign support that no model learns from; `folder` is the shipped `models`.

    Lawful posts are labelled 0, the plain texts of the disguised pairs in which `reader` finds support 1.
    `reader` knows one election, which fills the slots.
    """
    texts = [Text(text=told(post.text, reader.elections[0]), phase=post.phase) for post in load_lawful(folder)]
    plain = dict.fromkeys(_text(post.phase, post.plain, reader) for post in load_disguised(folder))
    support = [one.matches for one in reader.read(list(plain)) if Label.CAMPAIGN_SUPPORT in one.labels]
    lawful = [one.matches for one in reader.read(texts)]
    return Frozen(batch=[*lawful, *support], labels=np.repeat([False, True], [len(lawful), len(support)]))


def measure_lawful(posts: Sequence[LawfulPost], reader: Reader) -> Guard:
    """Count the lawful posts that would be put before reviewers; `reader` knows one election, which fills the slots."""
    texts = [Text(text=told(post.text, reader.elections[0]), phase=post.phase) for post in posts]
    queued = [bool(reading.findings) for reading in reader.read(texts)]
    groups = [(post.language, hit) for post, hit in zip(posts, queued, strict=True)]
    groups += [(post.kind, hit) for post, hit in zip(posts, queued, strict=True)]
    return Guard(
        name="lawful",
        whole=_share("all", queued),
        groups=tuple(_shares(groups)),
        failures=tuple((post.id, post.text) for post, hit in zip(posts, queued, strict=True) if hit),
    )


def measure_disguised(posts: Sequence[DisguisedPost], reader: Reader) -> Guard:
    """Count the disguised posts that get the same labels as their plain twins."""
    plain, disguised = (
        [_labels(reading) for reading in reader.read([_text(post.phase, text, reader) for post, text in pairs])]
        for pairs in ([(post, post.plain) for post in posts], [(post, post.disguised) for post in posts])
    )
    kept = [first == second for first, second in zip(plain, disguised, strict=True)]
    groups = [("twin queued" if twin else "twin not queued", hit) for twin, hit in zip(plain, kept, strict=True)]
    groups += [(post.kind, hit) for post, hit in zip(posts, kept, strict=True)]
    return Guard(
        name="disguised",
        whole=_share("all", kept),
        groups=tuple(_shares(groups)),
        failures=tuple((post.id, post.disguised) for post, hit in zip(posts, kept, strict=True) if not hit),
    )


GUARDS = {"lawful": "lawful posts queued", "disguised": "decisions kept in disguise"}
"""What each guard set counts, in words."""


def guard_figures(models: Path, model: Model, ruleset: Ruleset) -> dict[str, dict[str, float]]:
    """Measure a model on both guard sets, for its card. `models` is the shipped folder."""
    reader = Reader(ruleset=ruleset, model=model, elections=(fictional_election(models),))
    guards = (measure_lawful(load_lawful(models), reader), measure_disguised(load_disguised(models), reader))
    return {GUARDS[one.name]: {"posts": one.whole.posts, **asdict(one.whole.interval)} for one in guards}


def _text(phase: Phase, text: str, reader: Reader) -> Text:
    return Text(text=told(text, reader.elections[0]), phase=phase)


def _labels(reading: Reading) -> frozenset[object]:
    """Return what is decided: the labels, or that it is queued under a code without one."""
    return frozenset(reading.labels) or frozenset({"queued"} if reading.findings else ())


def _shares(groups: Iterable[tuple[str, bool]]) -> Iterator[Share]:
    by_name: dict[str, list[bool]] = {}
    for name, hit in groups:
        by_name.setdefault(name, []).append(hit)
    return (_share(name, hits) for name, hits in by_name.items())


def _share(name: str, hits: Sequence[bool]) -> Share:
    return Share(name=name, hits=sum(hits), posts=len(hits), interval=wilson(sum(hits), len(hits)))


def _records(path: Path, record: type[Record]) -> Iterator[Record]:
    if not path.is_file():
        raise ModelError(f"{path}: missing; it ships with the scanner: the installation is incomplete")
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            yield msgspec.json.decode(line, type=record)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ModelError(f"{path}:{number}: {error}") from error
