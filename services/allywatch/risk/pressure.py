"""Pressure: everything a region's ledger holds, faded to one hour; and the same for each day of its past."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from operator import add, mul

from allywatch.risk.decay import Decay
from allywatch.risk.ledger import Ledger
from allywatch.risk.weights import MICRO, BaselineWeights
from allywatch.risk.world import FLOOR, at_volume, shares

Triad = tuple[int, int, int]
"""Micro-points by track: words, acts, de-escalation."""


def of_sums(ledger: Ledger, decay: Decay, hour: int | None) -> Triad:
    """Micro-points of the folded sums at `hour`; None: nothing has faded yet."""
    if hour is None:
        words, acts, calm = (sum(by_hour.values()) for by_hour in ledger.hours)
        return words, acts, calm
    words, acts, calm = (
        decay.total(track, ledger.hours[track], hour) + decay.total_of_days(track, ledger.days[track], hour)
        for track in range(3)
    )
    return words, acts, calm


Ends = Callable[[int, int], Sequence[int]]
"""The world's volume at the end of each day from the first to before the second, thousandths of a record."""


def unknown_world(start: int, end: int) -> Sequence[int]:
    """Where nothing is known of the world, every day has as much news."""
    return [FLOOR] * (end - start)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A region's own past: in shares of the world's news as it is kept, in micro-points `at` a volume."""

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
    values = shares(daily(ledger, decay, start, end), ends(start, end))
    total, count = sum(values), len(values)
    mean = total // count
    variance = (sum(map(mul, values, values)) - mean * (2 * total - count * mean)) // count
    return Baseline(day, mean, isqrt(variance), days)


def daily(ledger: Ledger, decay: Decay, start: int, end: int) -> list[int]:
    """Pressure at the end of each day of [start, end), backfilled history included."""
    out = [0] * (end - start)
    for track in range(3):
        if added := _by_day(ledger, decay, track):
            out = list(map(add, out, decay.at_ends_of_days(track, added, start, end)))
    return out


def _by_day(ledger: Ledger, decay: Decay, track: int) -> dict[int, int]:
    added = dict(ledger.days[track])
    for day, points in ledger.history[track].items():
        added[day] = added.get(day, 0) + points
    recent = list(ledger.hours[track].items())
    for origin in ledger.origins.values():
        recent += [(hour, points) for at, hour, points in origin.lead.entries if at == track]
    for hour, points in recent:
        day = hour // 24
        added[day] = added.get(day, 0) + decay.points(track, points, 24 * (day + 1) - hour)
    return added


def spread_used(baseline: Baseline, weights: BaselineWeights) -> int:
    """What a score divides by, micro-points: the spread of the past and its floors, as independent errors."""
    floor = round(weights.spread_floor * MICRO)
    part = round(weights.spread_share * 1000) * baseline.mean // 1000
    return isqrt(baseline.spread**2 + floor**2 + part**2)
