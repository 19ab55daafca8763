"""A rule with a budget finds its own bar in every region, and keeps finding it.

Each alert raises the bar by a factor, and every day lowers it by so much that at the budget both cancel.
After T years with N alerts, then,

    N = budget / (1 - idle) × T + log(bar now / bar at first) / step

whatever the values were, while the bar is above its floor: the rate comes out at what the budget asks for,
and what is off in the bar at first costs a few alerts once. This is adaptive conformal inference (Gibbs and
Candès, 2021) with a multiplicative step, which fits values whose tails are long.

`idle` makes up for regions so quiet that their bar lies at the floor: the budget is that of the average
region, and a busy one has up to budget / (1 - idle).

Bars are whole millionths of the measure's unit: at one alert a year a day takes less than a thousandth off.
"""

from math import exp, log

from allywatch.alerts.rules import Budgets

DAYS_A_YEAR = 365.25

UNIT = 1_000_000
"""Of a bar: the measure's unit."""

REFERENCE = 6
"""Alerts per region and year that `Budgets.start` is for."""


def first_bar(budget: float, budgets: Budgets) -> int:
    """Where a region starts that has just come to know its past.

    Rarer values are higher: the bar goes with the budget to a power, which is a fit to 2005-2018.
    """
    return round(UNIT * budgets.start * exp(budgets.tail * log(REFERENCE / budget)))


def raised(bar: int, budgets: Budgets) -> int:
    """The bar after an alert."""
    return round(bar * exp(budgets.step))


def lowered(bar: int, budget: float, budgets: Budgets, days: int = 1) -> int:
    """The bar after days; never below the floor."""
    sinks = budgets.step * budget / (1 - budgets.idle) * days / DAYS_A_YEAR
    return max(round(bar * exp(-sinks)), round(UNIT * budgets.floor))
