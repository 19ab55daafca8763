from datetime import date

from allywatch.backtest.history import Transition
from allywatch.backtest.selfscoring import Opening, SelfScore, Truth, jumps_of, self_score
from allywatch.backtest.yardsticks import Crisis
from allywatch_schemas import AlertState, Severity, TransitionReason

DAY = date(2020, 3, 15).toordinal()
SCORES = {"POL": {DAY + at: 0.0 for at in range(-60, 305)}}


def scored(*days: int, crises: tuple[int, ...] = (), rule: str = "risk-high") -> SelfScore:
    truth = Truth([Crisis("POL", DAY + at, "") for at in crises], {})
    told = [Opening("POL", rule, DAY + at) for at in days]
    return self_score(told, {rule}, [], SCORES, truth, [rule, "silent"])


def test_precision_is_the_share_of_openings_near_something() -> None:
    assert scored(-7, 7, 20, crises=(0,)).overall.precision == 2 / 3


def test_without_any_list_nothing_is_judged() -> None:
    assert scored(1).overall.precision is None


def test_lead_counts_from_the_first_opening_before() -> None:
    (rule, silent) = scored(-3, 2, crises=(0,)).rules
    assert (rule.hits, rule.misses, rule.median_delay_days, rule.median_lead_days) == (1, 0, 2, 3)
    assert (silent.name, silent.openings, silent.hits, silent.misses) == ("silent", 0, 0, 1)


def test_a_jump_of_gprc_founds_an_opening_within_a_week() -> None:
    months = {f"2020-{month:02}": 1.0 + (month == 4) * 5 for month in range(1, 13)}
    truth = Truth((), jumps_of({"POL": months}))
    assert truth.jumps["POL"] == {"2020-04"}
    assert truth.founds(Opening("POL", "r", date(2020, 3, 26).toordinal()))
    assert not truth.founds(Opening("POL", "r", date(2020, 3, 20).toordinal()))


def test_an_episode_that_comes_back_is_counted_as_flapping() -> None:
    def to(state: AlertState, previous: AlertState | None) -> Transition:
        reason = TransitionReason.HELD_FOR
        return Transition(0, "POL", "risk-high", 1, 1, state, previous, reason, Severity.INFO, 1.0, 1.0, True)

    story = [
        to(AlertState.PENDING, None),
        to(AlertState.FIRING, AlertState.PENDING),
        to(AlertState.RECOVERING, AlertState.FIRING),
        to(AlertState.FIRING, AlertState.RECOVERING),
    ]
    found = self_score([], {"risk-high"}, story, SCORES, Truth((), {}), ["risk-high"])
    assert found.rules[0].opens_per_episode == 2.0


def test_an_episode_that_fires_at_once_has_opened_as_well() -> None:
    def fires(number: int, previous: AlertState | None) -> Transition:
        state, reason = AlertState.FIRING, TransitionReason.THRESHOLD_CROSSED
        return Transition(
            0, "POL", "alarm", number, 1, state, previous, reason, Severity.INFO, 1.0, 1.0, True
        )

    story = [fires(1, None), fires(2, None), fires(2, AlertState.RECOVERING)]
    found = self_score([], {"alarm"}, story, SCORES, Truth((), {}), ["alarm"])
    assert found.rules[0].opens_per_episode == 1.5
