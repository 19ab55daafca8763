"""The yardsticks on cases worked out by hand."""

import pytest

from allywatch.backtest.yardsticks import (
    Crisis,
    agreement,
    alarms,
    chance,
    hits,
    judge,
    months,
    ranks,
    spearman,
    threshold_for,
)

DAY = 730_000


def flat(days: int, peaks: dict[int, float] | None = None) -> dict[int, float]:
    return {DAY + at: (peaks or {}).get(at, 0.0) for at in range(days)}


def test_an_alarm_is_silent_for_two_weeks() -> None:
    scores = flat(40, {1: 5.0, 8: 5.0, 15: 5.0, 16: 5.0})
    assert alarms(scores, 4.0) == [DAY + 1, DAY + 16]


def test_half_as_high_again_is_told_at_once() -> None:
    scores = flat(40, {1: 5.0, 3: 7.5, 5: 7.6, 6: 11.5})
    assert alarms(scores, 4.0) == [DAY + 1, DAY + 5, DAY + 6]


def test_the_threshold_meets_the_budget() -> None:
    # Two years with peaks of 1, 2, 3, … 24: twelve alarms of a budget of six a year are the twelve highest.
    scores = flat(731, {30 * at: float(at) for at in range(1, 25)})
    threshold = threshold_for(6.0, [scores])
    assert len(alarms(scores, threshold)) == 12
    assert 11.99 < threshold < 13


def test_a_hit_is_told_of_on_day_0_to_7() -> None:
    scores = {"POL": flat(60)}
    crises = [Crisis("POL", DAY + at, "") for at in (10, 30, 50)]
    openings = {"POL": [DAY + 9, DAY + 17, DAY + 41]}
    delays = [verdict.delay for verdict in judge(crises, openings, scores)]
    assert delays == [7, 11, None]
    found = hits(judge(crises, openings, scores), openings, scores)
    assert (found.hits_3d, found.hits_7d, found.hits_14d, found.median_delay_days) == (0, 1, 2, 9.0)


def test_a_crisis_before_there_are_scores_is_not_assessed() -> None:
    scores = {"POL": flat(60)}
    verdicts = judge([Crisis("POL", DAY + 3, ""), Crisis("XXX", DAY + 30, "")], {}, scores)
    assert [each.assessed for each in verdicts] == [False, False]
    assert hits(verdicts, {}, scores).not_assessed == 2


def test_chance_is_the_share_of_days_that_an_alert_follows_within_a_week() -> None:
    assert chance({"POL": [DAY + 20, DAY + 22]}, {"POL": flat(100), "EST": flat(100)}) == 10 / 200


def test_equal_values_share_their_rank() -> None:
    assert ranks([3.0, 1.0, 3.0, 2.0]) == [3.5, 1.0, 3.5, 2.0]
    assert spearman([1, 2, 3, 4], [10, 20, 30, 5]) == pytest.approx(-0.2)
    assert spearman([1, 1, 1], [1, 2, 3]) is None


def test_agreement_is_within_countries() -> None:
    """A country that is always in the news adds nothing by that; one with two months is left out."""
    levels = {
        "POL": {"2018-01": 1.0, "2018-02": 2.0, "2018-03": 3.0},
        "ISR": {"2018-01": 103.0, "2018-02": 102.0, "2018-03": 101.0},
        "EST": {"2018-01": 1.0, "2018-02": 2.0},
    }
    truth = {region: {"2018-01": 1.0, "2018-02": 2.0, "2018-03": 3.0} for region in levels}
    found = agreement(levels, truth)
    assert (found.rho, found.country_months, found.countries) == (0.0, 6, 2)


def test_a_month_needs_twenty_days() -> None:
    levels = {day: 2.0 for day in range(19)} | {day: 4.0 for day in range(30, 50)}
    names = {day: "2018-01" if day < 30 else "2018-02" for day in levels}
    assert months(levels, names) == {"2018-02": 4.0}
