"""How figures are worked out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.report import emit, growth, percentile


def test_a_figure_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    emit("broker_ready_s", 1.23456, "s")

    assert json.loads(capsys.readouterr().out) == {"name": "broker_ready_s", "value": 1.235, "unit": "s"}


def test_p99_of_a_hundred_values_is_the_ninety_ninth() -> None:
    assert percentile(range(1, 101), 0.99) == 99


def test_the_median_of_three_is_the_middle_one() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 1000))
def test_at_least_the_share_of_values_is_within_the_percentile(values: list[float], mille: int) -> None:
    bound = percentile(values, mille / 1000)

    assert bound in values
    assert 1000 * sum(value <= bound for value in values) >= mille * len(values)


def test_growth_compares_the_last_third_of_the_time_with_the_first() -> None:
    rising = [(float(second), float(second)) for second in range(61)]

    assert growth(rising, 0.5) == 40.0


def test_what_stays_does_not_grow() -> None:
    assert growth([(0.0, 7.0), (1.0, 9.0), (2.0, 7.0)], 0.99) == 0.0
