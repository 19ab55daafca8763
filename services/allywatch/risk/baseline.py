"""A region's own past: what its share of the world's news was at the end of each day, and how far it varied.

A day is closed once, with what was known when it ended: what comes later belongs to the pressure of its time,
and never changes what today is held against. Backfilled history adds to the days that it is about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from operator import add, mul

from allywatch.risk.decay import Decay
from allywatch.risk.ledger import Ledger
from allywatch.risk.weights import MICRO, BaselineWeights
from allywatch.risk.world import FLOOR, at_volume, share, shares

KEPT = 400
"""Closed days that a state keeps."""

Ends = Callable[[int, int], Sequence[int]]
"""The world's volume at the end of each day from the first to before the second, thousandths of a record."""


def unknown_world(start: int, end: int) -> Sequence[int]:
    """Where nothing is known of the world, every day has as much news."""
    return [FLOOR] * (end - start)


@dataclass(frozen=True, slots=True)
class Closed:
    """Shares of consecutive days, in micro-points per a thousand records of the world's news."""

    first: int = 0
    shares: tuple[int, ...] = ()

    def until(self, day: int, ledger: Ledger, decay: Decay, born: int, ends: Ends) -> "Closed":
        """With every day before `day` closed; the first of them is the day the region was born."""
        start = max(self.first + len(self.shares) if self.shares else born, day - KEPT)
        if start >= day:
            return self
        fresh = [share(at_end_of(ledger, decay, each), ends(each, each + 1)[0]) for each in range(start, day)]
        kept = (*self.shares, *fresh)[-KEPT:]
        return Closed(day - len(kept), kept)

    def between(self, start: int, end: int) -> list[int]:
        """Shares of the days of [start, end); of a day that was never closed, nothing."""
        before, after = max(0, self.first - start), max(0, end - self.first - len(self.shares))
        known = self.shares[max(0, start - self.first) : max(0, end - self.first)]
        return [*[0] * min(before, end - start), *known, *[0] * min(after, end - start)]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual: in shares of the world's news as it is kept, in micro-points `at` a volume."""

    day: int
    """The clock's day on which it was worked out."""
    mean: int
    spread: int
    days: int
    """Days of history behind it; fewer than `learning_days`: the region is learning."""

    def at(self, world: int) -> "Baseline":
        """What is usual when the world's news comes to so much (`risk.world.volume`): micro-points."""
        return replace(self, mean=at_volume(self.mean, world), spread=at_volume(self.spread, world))


def baseline(
    closed: Closed,
    ledger: Ledger,
    decay: Decay,
    weights: BaselineWeights,
    day: int,
    first_day: int,
    ends: Ends = unknown_world,
) -> Baseline:
    """Mean and standard deviation of the daily share in the trailing window before `day`."""
    days = day - first_day
    if days < weights.learning_days:
        return Baseline(day, 0, 0, days)
    short = days < weights.short_until_days
    gap = weights.short_gap_days if short else weights.gap_days
    window = min(weights.window_days, days - gap)
    start, end = day - gap - window, day - gap
    values = closed.between(start, end)
    if any(ledger.history):
        values = list(map(add, values, shares(of_history(ledger, decay, start, end), ends(start, end))))
    total, count = sum(values), len(values)
    mean = total // count
    variance = (sum(map(mul, values, values)) - mean * (2 * total - count * mean)) // count
    return Baseline(day, mean, isqrt(variance), days)


def at_end_of(ledger: Ledger, decay: Decay, day: int) -> int:
    """Micro-points of pressure at the end of a day, from what it and the days before brought."""
    end = 24 * (day + 1)
    total = 0
    for track in range(3):
        past = {hour: points for hour, points in ledger.hours[track].items() if hour < end}
        total += decay.total(track, past, end) + decay.total_of_days(track, ledger.days[track], end)
    for origin in ledger.origins.values():
        for track, hour, points in origin.lead.entries:
            if hour < end:
                total += decay.points(track, points, end - hour)
    return total


def of_history(ledger: Ledger, decay: Decay, start: int, end: int) -> list[int]:
    """Micro-points of backfilled pressure at the end of each day of [start, end)."""
    out = [0] * (end - start)
    for track, added in enumerate(ledger.history):
        if added:
            out = list(map(add, out, decay.at_ends_of_days(track, added, start, end)))
    return out


def spread_used(baseline: Baseline, weights: BaselineWeights) -> int:
    """What a score divides by, micro-points: the spread of the past and its floors, as independent errors."""
    floor = round(weights.spread_floor * MICRO)
    part = round(weights.spread_share * 1000) * baseline.mean // 1000
    return isqrt(baseline.spread**2 + floor**2 + part**2)
