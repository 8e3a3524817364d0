"""Ten thousand texts weigh the same read closely, by their pieces, and by their pieces compiled."""

from __future__ import annotations

from itertools import islice

import msgspec
import numpy as np
import pytest

from scanner.classify.bundle import load_model
from scanner.classify.model import Model
from scanner.resources import data_folder
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset

MODELS = data_folder("models")


def texts() -> list[str]:
    """Ten thousand texts of the corpus: as they were written, and in capitals with a question behind."""
    paths = sorted((MODELS / "training" / "posts").glob("*.jsonl"))
    written = [msgspec.json.decode(line)["text"] for path in paths for line in path.read_bytes().splitlines()]
    return list(islice((*written, *(f"{text.upper()} Benar 5 persen?" for text in written)), 10_000))


def quiet_scores(model: Model, batch: list[str]) -> tuple[np.ndarray, np.ndarray]:
    glance = Matcher(load_ruleset(), []).glance(batch)
    return glance.quiet, model.score_quiet(glance)


@pytest.mark.slow
def test_ten_thousand_texts_score_as_they_do_read_closely(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_FAST", "0")
    batch, matcher, model = texts(), Matcher(load_ruleset(), []), load_model(MODELS / "default")
    assert len(batch) == 10_000
    quiet, scores = quiet_scores(model, batch)
    closely = model.score([matcher.match(text) for text, cleared in zip(batch, quiet, strict=True) if cleared])
    assert quiet.sum() > 2000
    assert np.abs(scores - closely).max() < 1e-5


@pytest.mark.slow
def test_ten_thousand_texts_score_the_same_compiled(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("numba", reason="numba is not installed (the extra [fast])")
    found = []
    for flag in "01":
        monkeypatch.setenv("SCANNER_FAST", flag)
        found.append(quiet_scores(load_model(MODELS / "default"), texts()))
    (quiet, scores), (also_quiet, also_scores) = found
    assert (quiet == also_quiet).all()
    assert np.abs(scores - also_scores).max() < 1e-5
