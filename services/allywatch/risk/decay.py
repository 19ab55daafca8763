"""Fading by half-life in integers, so that a replay gives the same bytes on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

_BITS = 32
_HALF = 1 << (_BITS - 1)
_STEP_BITS = 128


def _table(half_life_hours: int) -> tuple[int, ...]:
    """Factors for 0, 1, 2, … hours as multiples of 2⁻³², until they vanish."""
    with localcontext() as context:
        context.prec = 60
        step = int(Decimal(2) ** (_STEP_BITS - 1 / Decimal(half_life_hours)))
    factors, exact = [], 1 << _STEP_BITS
    while factor := exact >> (_STEP_BITS - _BITS):
        factors.append(factor)
        exact = exact * step >> _STEP_BITS
    return tuple(factors)


@dataclass(frozen=True, slots=True)
class Decay:
    """The fading of each track: `tables[track][hours]` is a factor in units of 2⁻³²."""

    tables: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, half_lives: tuple[int, ...]) -> "Decay":
        """From half-lives in hours, one per track."""
        return cls(tuple(_table(hours) for hours in half_lives))

    def days(self, track: int) -> int:
        """After how many days nothing is left of what a day brought."""
        return len(self.tables[track]) // 24 + 1

    def points(self, track: int, points: int, hours: int) -> int:
        """`points` after `hours`, rounded to the nearest; nothing fades before its time (`hours` < 0)."""
        table = self.tables[track]
        if hours <= 0:
            return points
        if hours >= len(table):
            return 0
        return (points * table[hours] + _HALF) >> _BITS

    def total(self, track: int, by_hour: Mapping[int, int], now: int) -> int:
        """The sum of points by hour, each rounded as by `points`."""
        table = self.tables[track]
        length, total = len(table), 0
        for hour, points in by_hour.items():
            age = now - hour
            if age <= 0:
                total += points
            elif age < length:
                total += (points * table[age] + _HALF) >> _BITS
        return total

    def total_of_days(self, track: int, by_day: Mapping[int, int], now: int) -> int:
        """The sum of points by day, each as it stood at the end of its day; no day is still going on."""
        if not by_day:
            return 0
        table, total = self.tables[track], 0
        length = len(table)
        for day, points in by_day.items():
            age = now - 24 * (day + 1)
            if 0 <= age < length:
                total += (points * table[age] + _HALF) >> _BITS
        return total

    def of_days(
        self, days: tuple[Mapping[int, int], Mapping[int, int], Mapping[int, int]], now: int
    ) -> tuple[int, int, int]:
        """`total_of_days` of each track."""
        words, acts, calm = days
        return (
            self.total_of_days(0, words, now),
            self.total_of_days(1, acts, now),
            self.total_of_days(2, calm, now),
        )

    def at_ends_of_days(self, track: int, added: Mapping[int, int], start: int, end: int) -> list[int]:
        """What stands at the end of each day of [start, end), if each day left so much as of its own end."""
        table = self.tables[track]
        fade = table[24] if len(table) > 24 else 0
        of_day, running = added.get, 0
        for day in range(min(added, default=end), start):
            running = ((running * fade + _HALF) >> _BITS) + of_day(day, 0)
        out = []
        for day in range(start, end):
            running = ((running * fade + _HALF) >> _BITS) + of_day(day, 0)
            out.append(running)
        return out
