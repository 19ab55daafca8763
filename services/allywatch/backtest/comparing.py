"""Two methods on the same history: alerts gained, lost and moved, and bias by region. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import fsum

from allywatch.backtest.selfscoring import Opening
from allywatch.backtest.yardsticks import Days

MOVED_DAYS = 7
"""An opening of the same rule and region within so many days is the same alert, moved."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An alert that opens on another day."""

    region: str
    rule: str
    old_day: int
    new_day: int

    @property
    def by(self) -> int:
        """Days; below zero: earlier."""
        return self.new_day - self.old_day


@dataclass(frozen=True, slots=True)
class Bias:
    """What the new method thinks of a region, as against the old one."""

    region: str
    score: float | None
    """Mean difference of the standardised score on days that both know; None: there are none."""
    level: float
    """Mean difference of the slow pressure, points."""
    alerts: int
    """Openings more, or fewer."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes."""

    kept: int
    gained: tuple[Opening, ...]
    lost: tuple[Opening, ...]
    moved: tuple[Moved, ...]
    bias: tuple[Bias, ...]
    """Regions that differ; the largest difference of the score first."""

    @property
    def nothing(self) -> bool:
        """The change changes nothing that anybody would see."""
        return not (self.gained or self.lost or self.moved or self.bias)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "changes_nothing": self.nothing,
            "alerts_kept": self.kept,
            "alerts_gained": [_dated(each) for each in self.gained],
            "alerts_lost": [_dated(each) for each in self.lost],
            "alerts_moved": [
                {
                    "region": each.region,
                    "rule": each.rule,
                    "from": date.fromordinal(each.old_day).isoformat(),
                    "to": date.fromordinal(each.new_day).isoformat(),
                    "days": each.by,
                }
                for each in self.moved
            ],
            "bias": [asdict(each) for each in self.bias],
        }


def _dated(opening: Opening) -> dict[str, str]:
    day = date.fromordinal(opening.day).isoformat()
    return {"region": opening.region, "rule": opening.rule, "date": day}


def compare(
    old: Sequence[Opening],
    new: Sequence[Opening],
    scores: tuple[Mapping[str, Days], Mapping[str, Days]],
    levels: tuple[Mapping[str, Days], Mapping[str, Days]],
) -> Comparison:
    """Hold two replays of one history against each other.

    Args:
        old: Openings under the old method.
        new: Openings under the new one.
        scores: Standardised, by region and day, old and new.
        levels: Slow pressure, by region and day, old and new.
    """
    gained: list[Opening] = []
    lost: list[Opening] = []
    moved: list[Moved] = []
    kept = 0
    before, after = _days(old), _days(new)
    for region, rule in sorted({*before, *after}):
        key = region, rule
        pairs, only_old, only_new = _paired(before[key], after[key])
        kept += sum(a == b for a, b in pairs)
        moved += [Moved(region, rule, a, b) for a, b in pairs if a != b]
        lost += [Opening(region, rule, day) for day in only_old]
        gained += [Opening(region, rule, day) for day in only_new]
    bias = (_bias(region, old, new, scores, levels) for region in sorted({*levels[0], *levels[1]}))
    differing = [each for each in bias if each.score or each.level or each.alerts]
    differing.sort(key=lambda each: (-abs(each.score or 0.0), -abs(each.level), each.region))
    return Comparison(kept, tuple(gained), tuple(lost), tuple(moved), tuple(differing))


def _days(openings: Iterable[Opening]) -> defaultdict[tuple[str, str], list[int]]:
    out: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for each in openings:
        out[each.region, each.rule].append(each.day)
    for days in out.values():
        days.sort()
    return out


def _paired(old: Sequence[int], new: Sequence[int]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Equal days first, then the nearest that are left within `MOVED_DAYS`, oldest first."""
    left = list(new)
    pairs: list[tuple[int, int]] = []
    unmatched: list[int] = []
    for day in old:
        at = bisect_left(left, day)
        if at < len(left) and left[at] == day:
            pairs.append((day, left.pop(at)))
        else:
            unmatched.append(day)
    lost = []
    for day in unmatched:
        nearest = min(left, key=lambda other: (abs(other - day), other), default=None)
        if nearest is None or abs(nearest - day) > MOVED_DAYS:
            lost.append(day)
        else:
            left.remove(nearest)
            pairs.append((day, nearest))
    return sorted(pairs), lost, left


def _bias(
    region: str,
    old: Sequence[Opening],
    new: Sequence[Opening],
    scores: tuple[Mapping[str, Days], Mapping[str, Days]],
    levels: tuple[Mapping[str, Days], Mapping[str, Days]],
) -> Bias:
    count = sum(each.region == region for each in new) - sum(each.region == region for each in old)
    score = _mean_difference(*(side.get(region, {}) for side in scores))
    level = _mean_difference(*(side.get(region, {}) for side in levels))
    return Bias(region, None if score is None else round(score, 4), round(level or 0.0, 6), count)


def _mean_difference(old: Days, new: Days) -> float | None:
    both = [new[day] - value for day, value in old.items() if day in new]
    return fsum(both) / len(both) if both else None
