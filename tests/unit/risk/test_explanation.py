from collections import Counter
from functools import partial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.risk.baseline import Baseline
from allywatch.risk.explanation import Shares, allocate, explain, shares_of
from allywatch.risk.ledger import Origin
from allywatch.risk.score import score_of
from explaining import KNOWN, LEARNING, WEIGHTS, an_origin

LAW = settings(max_examples=200, deadline=None)
POINTS = st.integers(-(10**8), 10**8)
BASELINES = st.sampled_from([KNOWN, LEARNING, Baseline(20_000, 0, 0, 365)])


def scored(baseline: Baseline, pressure: int) -> int:
    return score_of(pressure, baseline, WEIGHTS)


@LAW
@given(st.integers(-1_000, 1_000), st.lists(POINTS, max_size=20))
def test_an_allocation_sums_to_its_total_exactly(total: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        total = 0
    assert sum(allocate(total, weights)) == total


@LAW
@given(st.integers(-1_000, 1_000), st.lists(st.integers(0, 10**8), min_size=1, max_size=20))
def test_weights_of_one_sign_give_parts_of_one_sign_that_follow_their_size(
    total: int, weights: list[int]
) -> None:
    parts = allocate(total, [*weights, 1])
    sign = 1 if total >= 0 else -1
    assert all(sign * part >= 0 for part in parts)
    for a, part_a in zip(weights, parts, strict=False):
        for b, part_b in zip(weights, parts, strict=False):
            assert sign * part_a <= sign * part_b + (a == b) or a > b


@LAW
@given(st.integers(-1_000, 1_000), st.lists(POINTS, max_size=20), st.randoms())
def test_the_order_of_weights_matters_to_ties_alone(total: int, weights: list[int], random: Random) -> None:
    if sum(weights) == 0:
        total = 0
    shuffled = random.sample(weights, len(weights))
    one, other = (Counter(zip(each, allocate(total, each), strict=True)) for each in (weights, shuffled))
    assert {weight for weight, _ in one - other} <= {
        weight for weight in weights if tied(weight, weights, total)
    }


def tied(weight: int, weights: list[int], total: int) -> bool:
    whole = abs(sum(weights)) or 1
    return sum((each - weight) * total % whole == 0 for each in weights) > 1


def test_nothing_cannot_be_shared_out_as_something() -> None:
    assert allocate(0, [3, -3]) == [0, 0]
    with pytest.raises(ValueError, match="sum to 0"):
        allocate(1, [3, -3])


@LAW
@given(st.lists(POINTS, max_size=16), POINTS, BASELINES)
def test_shares_sum_to_the_score_exactly(points: list[int], rest: int, baseline: Baseline) -> None:
    now = {f"text {n}": each for n, each in enumerate(points)}
    shares = shares_of(now, rest, partial(scored, baseline))
    parts = shares.usual + shares.rest + sum(shares.origins.values())
    assert parts == scored(baseline, sum(points) + rest)


@LAW
@given(st.lists(POINTS, max_size=16), POINTS, BASELINES)
def test_no_share_is_larger_than_the_steepest_line_makes_it(
    points: list[int], rest: int, baseline: Baseline
) -> None:
    """Where reasons cancel, rounding does not make shares of hundreds of points."""
    now = {f"text {n}": each for n, each in enumerate(points)}
    shares = shares_of(now, rest, partial(scored, baseline))
    most = 8 * 1000 + 8
    assert all(abs(each) <= most for each in (shares.rest, *shares.origins.values()))


def test_a_share_is_what_its_points_are_worth_along_the_way_from_nothing() -> None:
    shares = shares_of({"a": 4_000_000, "b": 1_000_000, "c": -1_000_000}, 1_000_000, partial(scored, KNOWN))
    # 5 points of pressure are two standard deviations: 40. None are three below: 0.
    assert shares == Shares(usual=0, rest=80, origins={"a": 320, "b": 80, "c": -80})


def test_reasons_that_cancel_still_say_what_they_are_worth() -> None:
    shares = shares_of({"a": 1_000_000, "b": -1_000_000}, 1, partial(scored, LEARNING))
    assert shares.origins == {"a": 100, "b": -100}


def test_rows_sum_to_the_score_and_end_with_the_rest_and_the_usual() -> None:
    origins = {f"text {n:02}": an_origin(f"doc{n:02}", n * 100_000) for n in range(12)}
    now = {name: origin.lead.weight for name, origin in origins.items()}
    shares = shares_of(now, 50_000, partial(scored, LEARNING))
    rows = explain(origins, now, 50_000, shares)
    assert [row.origin for row in rows[-2:]] == ["other", "usual"]
    assert sum(row.score_tenths for row in rows) == scored(LEARNING, sum(now.values()) + 50_000)
    assert sum(row.points for row in rows) == sum(now.values()) + 50_000
    assert rows[0].origin == "text 11"
    assert rows[-1].score_tenths == scored(LEARNING, 0)


def test_a_row_says_whose_word_it_is_and_who_else_carries_it() -> None:
    papers = [("a.example", "A"), ("b.example", "B"), ("c.example", "C"), ("b.example", "B")]
    copies = tuple(
        an_origin(id + str(n), voice="agency", source_id=id, source_name=name).lead
        for n, (id, name) in enumerate(papers)
    )
    (row, _) = explain({"t": Origin(copies)}, {"t": 1}, 0, Shares(0, 0, {"t": 1}))
    assert row.root == "agency"
    assert row.source is not None
    assert row.source.id == "a.example"
    assert [each.name for each in row.copies] == ["B", "C"]
