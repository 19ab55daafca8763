"""Figures of classifiers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.evaluation.classification import (
    accuracy,
    area_under_curve,
    calibration_error,
    f1_by_class,
    macro_f1,
)


def test_accuracy_is_the_share_of_right_answers() -> None:
    assert accuracy(["A", "B", "B", "C"], ["A", "B", "C", "C"]) == 0.75


def test_f1_weighs_misses_and_false_alarms() -> None:
    assert f1_by_class(["A", "A", "B"], ["A", "B", "B"]) == pytest.approx({"A": 2 / 3, "B": 2 / 3})


def test_a_class_never_said_pulls_the_mean_down() -> None:
    assert macro_f1(["A", "A", "B"], ["A", "A", "A"]) == pytest.approx((0.8 + 0) / 2)


def test_confidence_that_comes_true_has_no_calibration_error() -> None:
    assert calibration_error([0.75] * 4, [1, 1, 1, 0]) == pytest.approx(0)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    assert calibration_error([0.9, 0.9, 0.1, 0.1], [1, 0, 0, 0]) == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)


def test_certainty_falls_into_the_last_bin() -> None:
    assert calibration_error([1.0, 1.0], [1, 1]) == 0


def test_a_ranking_that_is_right_has_an_area_of_one() -> None:
    assert area_under_curve([0.1, 0.2, 0.8], [False, False, True]) == 1
    assert area_under_curve([0.5, 0.5], [False, True]) == 0.5


def test_no_ranking_without_both_kinds() -> None:
    assert math.isnan(area_under_curve([0.1], [True]))


SCORES = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=20)


@given(SCORES)
def test_the_area_is_the_share_of_pairs_in_order(items: list[tuple[int, bool]]) -> None:
    good = [score for score, wanted in items if wanted]
    bad = [score for score, wanted in items if not wanted]
    if good and bad:
        pairs = [(a > b) + (a == b) / 2 for a in good for b in bad]
        found = area_under_curve([score for score, _ in items], [wanted for _, wanted in items])
        assert found == pytest.approx(sum(pairs) / len(pairs))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
def test_calibration_error_is_a_share(items: list[tuple[float, bool]]) -> None:
    assert 0 <= calibration_error([p for p, _ in items], [right for _, right in items]) <= 1
