from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.risk.decay import Decay

DECAY = Decay.of((24, 48, 48))
POINTS = st.integers(-(10**9), 10**9)

LAW = settings(max_examples=60, deadline=None)


def test_half_is_left_after_the_half_life() -> None:
    assert DECAY.points(0, 1_000_000, 24) == 500_000
    assert DECAY.points(1, 1_000_000, 48) == 500_000


def test_nothing_fades_before_its_time() -> None:
    assert DECAY.points(0, 1_000_000, -3) == 1_000_000


@LAW
@given(POINTS)
def test_everything_vanishes_in_the_end(points: int) -> None:
    assert DECAY.points(0, points, 24 * 40) == 0


@LAW
@given(POINTS, st.integers(0, 2_000))
def test_risk_and_relief_fade_alike_to_the_micro_point(points: int, hours: int) -> None:
    assert abs(DECAY.points(2, points, hours) + DECAY.points(2, -points, hours)) <= 1


@LAW
@given(st.integers(0, 10**9), st.integers(0, 2_000))
def test_what_fades_never_grows(points: int, hours: int) -> None:
    assert DECAY.points(1, points, hours + 1) <= DECAY.points(1, points, hours)


@LAW
@given(st.dictionaries(st.integers(0, 60), POINTS), st.integers(0, 90))
def test_a_total_is_the_sum_of_its_parts(by_hour: dict[int, int], now: int) -> None:
    assert DECAY.total(1, by_hour, now) == sum(DECAY.points(1, p, now - at) for at, p in by_hour.items())


@LAW
@given(st.dictionaries(st.integers(0, 90), POINTS), st.integers(24 * 91, 24 * 200))
def test_a_total_of_days_is_the_sum_of_its_parts(by_day: dict[int, int], now: int) -> None:
    parts = (DECAY.points(2, points, now - 24 * day - 24) for day, points in by_day.items())
    assert DECAY.total_of_days(2, by_day, now) == sum(parts)
