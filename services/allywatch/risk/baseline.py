"""A region's own past: how tense each day was when it ended, and how far that varied.

*Tension* is the root of the region's share of the world's news: the tenth report of one day says less than
the first. A root also tames the long tails of crises, which would hide the next one behind a huge spread.

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
from allywatch.risk.world import FLOOR, at_volume, share

STILL = MICRO // 10
"""Share, in micro-points, at which the root begins."""

KEPT = 400
"""Closed days that a state keeps."""

Ends = Callable[[int, int], Sequence[int]]
"""The world's volume at the end of each day from the first to before the second, thousandths of a record."""


def unknown_world(start: int, end: int) -> Sequence[int]:
    """Where nothing is known of the world, every day has as much news."""
    return [FLOOR] * (end - start)


def tension(share: int) -> int:
    """Micro-roots of a point: √(share + 0.1 points); of a share below zero as of none.

    The tenth of a point keeps the first report of a quiet region from standing for the whole world.
    """
    return isqrt((max(share, 0) + STILL) * MICRO)


NO_NEWS = tension(0)


def share_of(tension: int) -> int:
    """The share that a tension is the root of, micro-points."""
    return max(tension**2 // MICRO - STILL, 0)


@dataclass(frozen=True, slots=True)
class Closed:
    """The tension of consecutive days, in micro-roots, each as it was when the day ended."""

    first: int = 0
    tensions: tuple[int, ...] = ()

    def until(self, day: int, ledger: Ledger, decay: Decay, born: int, ends: Ends) -> "Closed":
        """With every day before `day` closed; the first of them is the day the region was born."""
        start = max(self.first + len(self.tensions) if self.tensions else born, day - KEPT)
        if start >= day:
            return self
        fresh = [
            tension(share(at_end_of(ledger, decay, each), ends(each, each + 1)[0]))
            for each in range(start, day)
        ]
        kept = (*self.tensions, *fresh)[-KEPT:]
        return Closed(day - len(kept), kept)

    def between(self, start: int, end: int) -> list[int]:
        """Those of the days of [start, end); of a day that was never closed, that of no news."""
        first, last = self.first, self.first + len(self.tensions)
        before = max(0, min(first, end) - start)
        after = max(0, end - max(last, start))
        known = self.tensions[max(0, start - first) : max(0, end - first)]
        return [*[NO_NEWS] * before, *known, *[NO_NEWS] * after]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual: mean and standard deviation of the daily tension, in micro-roots."""

    day: int
    """The clock's day on which it was worked out."""
    mean: int
    spread: int
    days: int
    """Days of history behind it; fewer than `learning_days`: the region is learning."""
    world: int = 0
    """What pressure is held against it at: `risk.world.volume`."""

    def at(self, world: int) -> "Baseline":
        """The same when the world's news comes to so much."""
        return replace(self, world=world)

    def of(self, pressure: int) -> int:
        """The tension of so many micro-points."""
        return tension(share(pressure, self.world))

    @property
    def usual(self) -> int:
        """Micro-points of pressure of a day like most."""
        return self._points(self.mean)

    @property
    def usually_within(self) -> int:
        """Micro-points between that and a day one standard deviation more tense."""
        return self._points(self.mean + self.spread) - self.usual

    def _points(self, tension: int) -> int:
        return at_volume(share_of(tension), self.world)


def baseline(
    closed: Closed,
    ledger: Ledger,
    decay: Decay,
    weights: BaselineWeights,
    day: int,
    first_day: int,
    ends: Ends = unknown_world,
) -> Baseline:
    """Mean and standard deviation of the daily tension in the trailing window before `day`."""
    days = day - first_day
    if days < weights.learning_days:
        return Baseline(day, 0, 0, days)
    short = days < weights.short_until_days
    gap = weights.short_gap_days if short else weights.gap_days
    window = min(weights.window_days, days - gap)
    start, end = day - gap - window, day - gap
    values = closed.between(start, end)
    if any(ledger.history):
        more = map(share, of_history(ledger, decay, start, end), ends(start, end))
        values = [tension(share_of(known) + added) for known, added in zip(values, more, strict=True)]
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
    """What a score divides by, micro-roots: the spread of the past and its floor, as independent errors."""
    return isqrt(baseline.spread**2 + round(weights.spread_floor * MICRO) ** 2)
