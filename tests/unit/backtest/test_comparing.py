from allywatch.backtest.comparing import compare
from allywatch.backtest.selfscoring import Opening

NONE: tuple[dict[str, dict[int, float]], dict[str, dict[int, float]]] = ({}, {})


def openings(*days: int, rule: str = "risk-high") -> list[Opening]:
    return [Opening("POL", rule, day) for day in days]


def test_a_change_that_changes_nothing_says_so() -> None:
    scores = {"POL": {1: 0.5, 2: 1.5}}
    found = compare(openings(1, 30), openings(1, 30), (scores, scores), (scores, scores))
    assert found.nothing
    assert found.kept == 2


def test_an_alert_within_a_week_is_the_same_one_moved() -> None:
    found = compare(openings(10, 40), openings(13, 60), NONE, NONE)
    assert [(each.old_day, each.new_day, each.by) for each in found.moved] == [(10, 13, 3)]
    assert [each.day for each in found.lost] == [40]
    assert [each.day for each in found.gained] == [60]


def test_an_equal_day_is_kept_even_if_another_is_nearer_to_a_lost_one() -> None:
    found = compare(openings(10, 14), openings(14), NONE, NONE)
    assert found.kept == 1
    assert [each.day for each in found.lost] == [10]


def test_another_rule_is_another_alert() -> None:
    found = compare(openings(10), openings(10, rule="rapid-rise"), NONE, NONE)
    assert (len(found.gained), len(found.lost), len(found.moved)) == (1, 1, 0)


def test_bias_is_the_mean_of_new_minus_old() -> None:
    old = {"POL": {1: 1.0, 2: 2.0}, "EST": {1: 1.0}}
    new = {"POL": {1: 1.5, 2: 3.5, 3: 9.0}, "EST": {1: 1.0}}
    found = compare(openings(1), openings(1, 30), (old, new), (old, old))
    assert [(each.region, each.score, each.alerts) for each in found.bias] == [("POL", 1.0, 1)]
