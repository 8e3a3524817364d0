from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from scanner.classify.domains import balanced, design, divided

ROWS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 3), st.floats(0.1, 5.0)),
    min_size=1,
    max_size=40,
)


def test_written_rows_stand_twice_and_lines_once():
    matrix = csr_array(np.array([[1.0, 2.0], [3.0, 0.0]], dtype=np.float32))
    found = design(matrix, np.array([True, False])).toarray()
    assert found.tolist() == [[1.0, 2.0, 1.0, 2.0], [3.0, 0.0, 0.0, 0.0]]


def test_shared_weights_come_first():
    shared, own = divided(np.array([1.0, 2.0, 3.0, 4.0]))
    assert shared.tolist() == [1.0, 2.0]
    assert own.tolist() == [3.0, 4.0]


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_balancing_makes_both_classes_weigh_the_same_in_every_group(rows):
    labels = np.array([row[0] for row in rows])
    groups = np.array([row[1] for row in rows])
    weights = np.array([row[2] for row in rows])
    found = balanced(weights, labels, groups)
    for group in np.unique(groups):
        inside = groups == group
        assert np.isclose(found[inside].sum(), weights[inside].sum())
        sides = [found[inside & (labels == side)].sum() for side in (False, True)]
        assert 0 in sides or np.isclose(*sides)
