"""The shipped encoder by numpy alone: known words count, unknown texts are zero, and nothing heavy is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scanner.classify.encoding import load_static, unit
from scanner.errors import ModelError
from scanner.resources import data_folder
from tests.encoders import WORDS, write_static


@pytest.fixture
def encoder(tmp_path: Path):
    return load_static(write_static(tmp_path / "kecil"))


def test_rows_have_length_one_and_an_unknown_text_is_zero(encoder):
    rows = encoder.encode(["coblos di tps", "⟨p⟩ qwerty", ""])
    assert rows.shape == (3, encoder.dimensions) == (3, 8)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0], abs=1e-6)


def test_no_text_gives_no_row(encoder):
    assert encoder.encode([]).shape == (0, 8)


def test_words_that_mean_the_same_are_alike_and_names_do_not_count(encoder):
    coblos, pilih, named = encoder.encode(["coblos", "pilih", "coblos ⟨p⟩ wirya 0"])
    assert coblos @ pilih == pytest.approx(1, abs=1e-3)
    assert np.array_equal(coblos, named)


def test_a_text_points_where_the_sum_of_its_words_points(encoder):
    together = encoder.encode([" ".join(WORDS)])[0]
    sums = unit(encoder.vectors.weights.sum(axis=0, keepdims=True))[0]
    assert together == pytest.approx(sums, abs=1e-5)


def test_its_name_tells_its_weights(tmp_path: Path, encoder):
    assert encoder.id.startswith("kecil-")
    assert load_static(write_static(tmp_path / "lain" / "kecil", dimensions=9)).id != encoder.id


def test_a_folder_without_weights_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match="scanner train encoder"):
        load_static(tmp_path)


def test_the_shipped_encoder_needs_no_heavy_library():
    code = (
        "import sys; from scanner.classify.swapped import open_encoder; from pathlib import Path; "
        "open_encoder(Path('antah')).encode(['coblos']); "
        "print([one for one in ('torch', 'sentence_transformers', 'sklearn', 'scipy', 'pandas') if one in sys.modules])"
    )
    root = data_folder("models").parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
