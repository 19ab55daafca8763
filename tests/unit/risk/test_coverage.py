"""Silence is told from calm: profiles of the week, and what is too little to be an accident."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.risk.coverage import (
    LEARNING_HOURS,
    NOT_LISTENED,
    OVERDISPERSION,
    WEEK,
    Feeds,
    Hearing,
    Volume,
    coarse,
    coverage_contribution,
    tells,
    together,
    told_of,
    turn,
    worst,
)
from allywatch_schemas import CoverageState

OK, DEGRADED, SILENT = CoverageState
MONDAY = 4 * 24
"""Hours from the epoch to its first Monday; it began on a Thursday."""


def newsroom(hour: int) -> int:
    """Thirty records in an hour of a working day, six at night, half of it at the weekend."""
    awake = 30 if 7 <= hour % 24 < 22 else 6
    weekend = (hour - MONDAY) // 24 % 7 >= 5
    return awake // 2 if weekend else awake


def by_day(hour: int) -> int:
    """All of a day's records at midnight: evidence that is dated by the day."""
    return 0 if hour % 24 else 40


def listen(volume: Volume, hours: Iterable[int], brings: Callable[[int], int]) -> list[Volume]:
    """The volume after each of these hours."""
    out = []
    for hour in hours:
        volume = turn(volume, hour, brings(hour), hour + 1)
        out.append(volume)
    return out


def weeks(number: int, start: int = MONDAY) -> range:
    return range(start, start + number * WEEK)


def states(volumes: Iterable[Volume]) -> set[CoverageState]:
    return {volume.hearing.state for volume in volumes}


def after(number: int, brings: Callable[[int], int] = newsroom) -> tuple[Volume, int]:
    """A volume that heard so many weeks, and the hour that begins."""
    return listen(Volume(MONDAY), weeks(number), brings)[-1], MONDAY + number * WEEK


@pytest.mark.parametrize("brings", [newsroom, by_day])
def test_nights_weekends_and_days_told_at_midnight_are_no_silence(brings: Callable[[int], int]) -> None:
    assert states(listen(Volume(MONDAY), weeks(8), brings)) == {OK}


def test_a_feed_that_stops_is_silent_within_a_working_morning() -> None:
    volume, hour = after(4)
    heard = listen(volume, range(hour + 9, hour + 15), lambda _: 0)
    assert heard[-1].hearing.state is SILENT
    assert (heard[-1].hearing.window, heard[-1].hearing.expected, heard[-1].hearing.heard) == (6, 180_000, 0)


def test_a_feed_that_stops_at_night_is_told_by_a_longer_window() -> None:
    volume, hour = after(4)
    night = listen(volume, range(hour, hour + 7), lambda _: 0)
    assert states(night) <= {OK, DEGRADED}
    assert listen(night[-1], range(hour + 7, hour + 13), lambda _: 0)[-1].hearing.state is SILENT


def test_nothing_is_said_in_the_first_two_weeks() -> None:
    heard = listen(Volume(MONDAY), weeks(2), lambda hour: newsroom(hour) if hour < MONDAY + WEEK else 0)
    assert states(heard) == {OK}
    assert len(heard) == LEARNING_HOURS


def test_a_third_of_the_usual_is_degraded_and_a_tenth_is_silent() -> None:
    volume, hour = after(4)
    few = listen(volume, range(hour, hour + 72), lambda at: newsroom(at) // 3)
    fewer = listen(volume, range(hour, hour + 72), lambda at: newsroom(at) // 10)
    assert few[-1].hearing.state is DEGRADED
    assert SILENT not in states(few)
    assert fewer[-1].hearing.state is SILENT


def test_hearing_again_ends_it_within_a_day_and_it_does_not_flap() -> None:
    volume, hour = after(4)
    gone = listen(volume, range(hour, hour + 60), lambda _: 0)
    back = listen(gone[-1], range(hour + 60, hour + 84), newsroom)
    said = [each.hearing.state for each in back]
    assert said[0] is SILENT
    assert said[-1] is OK
    assert sum(one is not other for one, other in pairwise(said)) <= 2


def test_silence_does_not_end_at_a_trickle() -> None:
    volume, hour = after(4)
    gone = listen(volume, range(hour, hour + 48), lambda _: 0)
    trickle = listen(gone[-1], range(hour + 48, hour + 72), lambda at: newsroom(at) * 3 // 10)
    assert trickle[-1].hearing.state is SILENT
    fresh = listen(volume, range(hour, hour + 72), lambda at: newsroom(at) * 3 // 10)
    assert SILENT not in states(fresh)


def test_a_flood_is_not_taken_for_a_habit() -> None:
    volume, hour = after(4)
    flooded = listen(volume, weeks(1, hour), lambda at: newsroom(at) * (100 if at == hour + 30 else 1))
    assert states(listen(flooded[-1], weeks(3, hour + WEEK), newsroom)) == {OK}


def test_hours_in_which_the_clock_stood_still_say_nothing() -> None:
    volume, hour = after(4)
    away = turn(volume, hour + 9, 30, hour + 40)
    assert away.latest[(hour + 20) % WEEK] == NOT_LISTENED
    assert states(listen(away, range(hour + 40, hour + 70), newsroom)) == {OK}


def test_a_clock_that_moves_by_days_learns_and_tells_by_days() -> None:
    volume = Volume(MONDAY)
    for day in range(28):
        at = MONDAY + 24 * day
        volume = turn(volume, at, 50, at + 24)
    at = MONDAY + 24 * 28
    assert volume.hearing.state is OK
    assert turn(volume, at, 0, at + 24).hearing.state is SILENT


def test_a_feed_that_ended_for_good_is_forgotten_in_the_end() -> None:
    volume, hour = after(4)
    gone = listen(volume, weeks(40, hour), lambda _: 0)
    assert gone[6 * WEEK].hearing.state is SILENT
    assert gone[10 * WEEK].hearing.state is OK
    assert gone[-1].usual == (0,) * WEEK


def test_what_brings_little_is_never_called_silent() -> None:
    rare = listen(Volume(MONDAY), weeks(8), lambda hour: int(hour % 24 == 12))
    assert states([*rare, *listen(rare[-1], weeks(2, MONDAY + 8 * WEEK), lambda _: 0)]) == {OK}


def test_the_bound_is_that_of_the_poisson_distribution_of_bursts() -> None:
    # P(0) = e^-mean is below 1e-4 from 9.2103 on; P(0 or 1) from 11.756 on.
    assert [tells(OVERDISPERSION * mean, 0) for mean in (9_210, 9_211)] == [False, True]
    assert [tells(OVERDISPERSION * mean, OVERDISPERSION) for mean in (11_756, 11_757)] == [False, True]
    assert tells(1_000_000, 500)
    assert not tells(1_000_000, 501)


@given(st.integers(0, 1 << 40))
def test_two_bytes_hold_a_number_to_one_in_a_thousand(number: int) -> None:
    assert abs(number - coarse(number)) * 2_048 <= number
    assert coarse(coarse(number)) == coarse(number)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 400)), min_size=1, max_size=60))
def test_whatever_the_clock_does_a_volume_keeps_its_shape(hours: list[tuple[int, int]]) -> None:
    volume, hour = Volume(0), 0
    for heard, passed in hours:
        volume = turn(volume, hour, heard, hour + passed)
        hour += passed
    assert len(volume.usual) == len(volume.latest) == WEEK
    assert min(volume.usual) >= 0
    assert volume.hearing.heard >= 0


def test_feeds_matter_as_much_as_they_bring() -> None:
    rates = {"wire": 600, "paper": 300, "letter": 100}
    assert together(rates, {"letter": SILENT}) == Feeds(OK, 100, ("letter",))
    assert together(rates, {"paper": SILENT}).state is DEGRADED
    assert together(rates, {"wire": SILENT, "letter": SILENT}) == Feeds(SILENT, 700, ("wire", "letter"))
    assert together(rates, {"wire": DEGRADED}).state is DEGRADED
    assert together(rates, {"paper": DEGRADED}).state is OK


def test_word_on_a_feed_that_never_brought_anything_counts_as_it_stands() -> None:
    assert together({"wire": 600}, {"partner": SILENT}).state is SILENT
    assert together({}, {"partner": DEGRADED}).state is DEGRADED
    assert together({}, {}) == Feeds()


def test_the_worst_state_wins() -> None:
    assert worst([OK, SILENT, DEGRADED]) is SILENT
    assert worst([]) is OK


def test_an_alert_cites_what_was_expected_and_what_was_heard() -> None:
    cited = coverage_contribution(Hearing(SILENT, 24, 42_300, 3), Feeds(SILENT, 620, ("wire",)), heard=False)
    assert (cited.origin, cited.points, cited.documents) == ("coverage", 0, 3)
    assert cited.title == (
        "Expected about 42 records in 24 h, heard 3. Silent: wire, 62 % of what usually comes."
    )
    assert told_of(Hearing(SILENT, 72, 42_300, 3), Feeds()) == (
        "Expected about 42 records in 3 days, heard 3."
    )
    assert coverage_contribution(Hearing(), Feeds(), heard=False).title.startswith(
        "Some of the news is missing"
    )
    assert coverage_contribution(Hearing(), Feeds(), heard=True).title == "What usually comes is heard."


def test_when_a_crisis_ends_its_calm_is_no_silence() -> None:
    volume, hour = after(8)
    crisis = listen(volume, weeks(6, hour), lambda at: 6 * newsroom(at))
    over = listen(crisis[-1], weeks(4, hour + 6 * WEEK), newsroom)
    assert SILENT not in states(over)
    assert over[-1].hearing.state is OK


def test_growth_is_learnt_in_the_end() -> None:
    volume, hour = after(4)
    grown = listen(volume, weeks(40, hour), lambda at: 3 * newsroom(at))
    assert grown[-1].rate > 2 * volume.rate
