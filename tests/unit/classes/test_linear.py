"""The linear model in numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.classes.linear import Floats, LinearModel, sigmoid, softmax


def floats(*values: object) -> Floats:
    return np.array(values, dtype=np.float32)


MODEL = LinearModel(
    ("accuse", "aid", "of"), floats(3, 4, 1), floats([1, 0], [0, 1], [0, 0]), floats(0.5, -0.5)
)


def test_logits_are_weights_of_a_sentence_of_length_one() -> None:
    np.testing.assert_allclose(MODEL.logits([["aid", "accuse"]]), [[0.5 + 3 / 5, -0.5 + 4 / 5]], rtol=1e-6)


def test_a_feature_counts_once_and_unknown_ones_not_at_all() -> None:
    np.testing.assert_array_equal(MODEL.logits([["aid", "aid", "nothing"]]), MODEL.logits([["aid"]]))


def test_a_sentence_of_which_nothing_is_known_has_the_bias() -> None:
    np.testing.assert_array_equal(MODEL.logits([[], ["nothing"]]), [[0.5, -0.5]] * 2)


def test_no_sentences_have_no_logits() -> None:
    assert MODEL.logits([]).shape == (0, 2)


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        LinearModel(("a",), floats(1, 2), floats([1], [2]), floats(0))


FINITE = st.floats(-1e4, 1e4, width=32)


@given(st.lists(st.tuples(FINITE, FINITE, FINITE), min_size=1, max_size=5))
def test_probabilities_of_a_row_make_one(rows: list[tuple[float, float, float]]) -> None:
    shares = softmax(floats(*rows))
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    assert (shares >= 0).all()


@given(st.lists(FINITE, min_size=1, max_size=5))
def test_one_class_has_a_probability(values: list[float]) -> None:
    shares = sigmoid(floats(*values))
    assert shares.dtype == np.float32
    assert ((shares >= 0) & (shares <= 1)).all()
