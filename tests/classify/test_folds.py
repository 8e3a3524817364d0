from __future__ import annotations

import numpy as np

from scanner.classify.features import FeatureParams, counts
from scanner.classify.folds import divide, group_posts
from tests.classify.readings import read


def test_near_duplicates_and_posts_of_one_kind_are_one_group():
    texts = ["ayo kita coblos besok pagi", "ayo kita coblos besok pagi ya", "hujan deras di kantor", "rapat", "kopi"]
    raw = counts([read(text) for text in texts], FeatureParams(cue_scale=0.1))
    groups = group_posts(raw, ["a:x", "b:y", "c:z", "d:w", "d:w"])
    assert groups[0] == groups[1]
    assert groups[3] == groups[4]
    assert len(set(groups.tolist())) == 3


def test_no_group_is_divided_between_folds():
    random = np.random.default_rng(0)
    groups = random.integers(0, 40, 300)
    folds = divide(random.random(300) < 0.4, groups, seed=0)
    assert set(folds.tolist()) == {0, 1, 2, 3, 4}
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in range(40))
