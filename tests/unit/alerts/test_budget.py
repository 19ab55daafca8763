"""How the bar of a rule with a budget finds its place, and keeps the budget whatever the values are."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_story import RULES, Story, a_rule
from allywatch.alerts.budget import DAYS_A_YEAR, UNIT, first_bar, lowered, raised
from allywatch.alerts.episode import Slot
from allywatch.alerts.rules import Budgets, Rules
from allywatch.alerts.terms import DAY_MS, thresholds_of
from allywatch_schemas import Severity

BUDGETS = Budgets()
A_BUDGET = a_rule(
    name="alarm", measure="z", budget=6, enter=None, exit=None, while_learning=False, for_minutes=0
)

budgets = st.floats(0.25, 52)
spells = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 3)), max_size=60)
"""Days without an alert, and the alerts at the end of them."""


@given(budget=budgets, idle=st.floats(0, 0.9), step=st.floats(0.02, 1), spells=spells)
def test_above_the_floor_alerts_are_what_the_budget_asks_for_and_what_moved_the_bar(
    budget: float, idle: float, step: float, spells: list[tuple[int, int]]
) -> None:
    given = Budgets(idle=idle, step=step)
    floor = round(UNIT * given.floor)
    first = bar = first_bar(budget, given)
    days = openings = steps = 0
    for spell, alerts in spells:
        last = bar
        for _ in range(spell):
            last = lowered(last, budget, given)
        if last <= floor:
            break
        bar, days, openings, steps = last, days + spell, openings + alerts, steps + spell + alerts
        for _ in range(alerts):
            bar = raised(bar, given)
    asked = budget / (1 - idle) * days / DAYS_A_YEAR
    rounding = steps * 0.5 / min(floor, first) / step
    assert openings == pytest.approx(asked + log(bar / first) / step, abs=1e-6 + rounding)


@given(bar=st.integers(round(UNIT * BUDGETS.floor), 100 * UNIT), budget=budgets, days=st.integers(1, 400))
def test_days_lower_the_bar_alike_one_by_one_and_at_once(bar: int, budget: float, days: int) -> None:
    one_by_one = bar
    for _ in range(days):
        one_by_one = lowered(one_by_one, budget, BUDGETS)
    assert one_by_one == pytest.approx(lowered(bar, budget, BUDGETS, days), abs=days)


def test_even_the_smallest_budget_lowers_a_low_bar_by_the_day() -> None:
    bar = UNIT
    for _ in range(365):
        bar = lowered(bar, 1, BUDGETS)
    assert bar == pytest.approx(UNIT * (1 - BUDGETS.step / (1 - BUDGETS.idle)), rel=0.02)


@given(few=budgets, more=budgets)
def test_a_smaller_budget_starts_at_a_higher_bar(few: float, more: float) -> None:
    few, more = sorted((few, more))
    assert first_bar(few, BUDGETS) >= first_bar(more, BUDGETS)
    assert first_bar(6, BUDGETS) == round(UNIT * BUDGETS.start)


@given(bar=st.integers(1, 100 * UNIT), budget=budgets, days=st.integers(0, 10_000))
def test_no_silence_lowers_the_bar_below_its_floor(bar: int, budget: float, days: int) -> None:
    floor = round(UNIT * BUDGETS.floor)
    assert lowered(bar, budget, BUDGETS, days) >= floor
    assert lowered(bar, budget, BUDGETS, days) <= max(bar, floor)


@given(bar=st.integers(round(UNIT * BUDGETS.floor), 100 * UNIT))
def test_an_alert_raises_the_bar_by_one_step(bar: int) -> None:
    assert log(raised(bar, BUDGETS) / bar) == pytest.approx(BUDGETS.step, rel=1e-4)


# What it takes to open another


def test_soon_after_an_alert_only_what_is_half_as_much_again_opens_another() -> None:
    slot = Slot(bar=UNIT, opened=(0,), last_told=4_000)
    quiet_ms = RULES.budgets.quiet_days * DAY_MS
    soon, later = (thresholds_of(A_BUDGET, slot, at, RULES) for at in (quiet_ms, quiet_ms + 1))
    assert soon is not None
    assert later is not None
    assert (soon.enter, later.enter) == (6_000, 1_000)
    assert soon.exit == later.exit < later.enter


def test_what_was_told_does_not_lower_the_bar() -> None:
    lines = thresholds_of(A_BUDGET, Slot(bar=9 * UNIT, opened=(0,), last_told=4_000), 1, RULES)
    assert lines is not None
    assert lines.enter == 9_000


def test_without_quiet_days_the_bar_alone_counts() -> None:
    at_once = Rules(
        version="exercise",
        capped_severity=Severity.WARNING,
        budgets=Budgets(quiet_days=0),
        rules=(A_BUDGET,),
    )
    lines = thresholds_of(A_BUDGET, Slot(bar=UNIT, opened=(0,), last_told=4_000), 1, at_once)
    assert lines is not None
    assert lines.enter == 1_000


def test_an_alert_that_ended_opens_again_within_days_only_if_it_is_much_worse() -> None:
    story = Story(A_BUDGET)
    story.slot = Slot(bar=UNIT)
    story.sees(4).sees(0).sees(0, minutes=60)
    assert story.states == ["firing", "recovering", "resolved"]
    story.sees(5.9, minutes=24 * 60)
    assert story.openings() == 1
    story.sees(6)
    assert story.openings() == 2


def test_what_was_taken_back_leaves_nothing_to_be_worse_than() -> None:
    """After a false report the true one is told, though it is no louder."""
    story = Story(A_BUDGET)
    story.slot = Slot(bar=UNIT)
    story.sees(4).loses(4, 0)
    assert (story.states, story.notices) == (["firing", "cancelled"], ["firing", "cancelled"])
    assert story.sees(4).notices == ["firing", "cancelled", "firing"]


def test_after_the_quiet_days_the_bar_is_enough_again() -> None:
    story = Story(A_BUDGET)
    story.slot = Slot(bar=UNIT)
    story.sees(4).sees(0).sees(0, minutes=60)
    story.sees(1.1, minutes=(RULES.budgets.quiet_days + 1) * 24 * 60)
    assert story.openings() == 2
