"""The written corpus as judged posts, read once per encoder and kept: with a transformer that takes minutes."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from random import Random
from tempfile import NamedTemporaryFile

from scanner import __version__
from scanner.classify.casts import draw_cast, load_names
from scanner.classify.encoding import Encoder
from scanner.classify.examples import CorpusPost, corpus_sha256, load_corpus
from scanner.classify.similar import PARAMS, Judged, Origin, Readings, read_posts
from scanner.domain.flags import Label
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset

KEPT = "judged.safetensors"
_NAMES = "names.yaml"


def read_written(
    corpus: Path, ruleset: Ruleset, encoder: Encoder, home: Path | None = None
) -> tuple[list[Judged], Readings]:
    """Read the corpus folder with fictional names in its slots; the same names every time.

    With a folder `home` the reading is kept there, until corpus, rules, encoder or this program change.
    """
    random = Random(0)  # noqa: S311  a repeatable draw, not a secret
    cast = draw_cast(load_names(corpus / _NAMES), random)
    posts = load_corpus(corpus)
    judged = [_judged(post, cast.fill(post.text, random)) for post in posts]
    if home is not None and is_kept(corpus, ruleset, encoder, home):
        return judged, _load(home / KEPT, len(judged))
    matcher = Matcher(ruleset, [cast.election(0)])
    readings = read_posts([matcher.match(one.text) for one in judged], encoder)
    if home is not None:
        with contextlib.suppress(OSError):  # a full disk costs time, not the answer
            _keep(home / KEPT, _key(corpus, ruleset, encoder), readings)
    return judged, readings


def is_kept(corpus: Path, ruleset: Ruleset, encoder: Encoder, home: Path) -> bool:
    """Tell whether a reading that fits is kept, so that nobody has to wait for one."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(home / KEPT, framework="numpy") as file:
            return (file.metadata() or {}).get("key") == _key(corpus, ruleset, encoder)
    except (OSError, SafetensorError):
        return False


def _key(corpus: Path, ruleset: Ruleset, encoder: Encoder) -> str:
    names = (corpus / _NAMES).read_text("utf-8")
    parts = (__version__, corpus_sha256(corpus), names, ruleset.id, encoder.id)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _judged(post: CorpusPost, text: str) -> Judged:
    about = tuple(str(label) for label in Label if getattr(post, label))
    return Judged(id=post.id, text=text, suspected=bool(about), about=about, origin=Origin.WRITTEN)


def _keep(path: Path, key: str, readings: Readings) -> None:
    from safetensors.numpy import save

    features = readings.features
    arrays = {"data": features.data, "indices": features.indices, "indptr": features.indptr}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as fresh:
        fresh.write(save({**arrays, "encoded": readings.encoded}, metadata={"key": key}))
    Path(fresh.name).replace(path)  # whole or not at all, and two sessions do not meet


def _load(path: Path, count: int) -> Readings:
    from safetensors.numpy import load_file
    from scipy.sparse import csr_array

    arrays = load_file(path)
    cells = (arrays["data"], arrays["indices"], arrays["indptr"])
    return Readings(features=csr_array(cells, shape=(count, PARAMS.size)), encoded=arrays["encoded"])
