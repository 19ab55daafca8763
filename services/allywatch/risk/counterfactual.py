"""The fewest origins without which a level would be lower; the region's past and all else stay as they are.

A level falls below itself in one of four ways, and no other: too little pressure is left, or, where it stands
above the level that caps allow, too few independent roots, too weak a corroboration, or too little that is
said firmly. Each is monotone in what is removed, so each has an exact smallest set of its own, found without
trying subsets; the smallest of the four is the answer.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, chain
from math import prod

from allywatch.risk.baseline import Baseline
from allywatch.risk.confidence import FULL, history_of, root_of
from allywatch.risk.ledger import Origin
from allywatch.risk.score import LEVELS, Assessment, assess, level_of, score_of
from allywatch.risk.weights import Weights
from allywatch_schemas import CoverageState, Level


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What evidence is held against: what stays as it is when some of it is thought away."""

    baseline: Baseline
    coverage: CoverageState
    weights: Weights

    def score(self, pressure: int) -> int:
        """Tenths."""
        return score_of(pressure, self.baseline, self.weights)

    def assess(self, pressure: int, origins: Iterable[Origin]) -> Assessment:
        """Of so many micro-points, from these origins and what is in the sums."""
        return assess(pressure, self.baseline, tuple(origins), self.coverage, self.weights)


@dataclass(frozen=True, slots=True)
class Flip:
    """What a level hangs on."""

    origins: tuple[str, ...]
    """The strongest first."""
    level: Level
    """What the level would be without them."""


def flip_set(
    origins: Mapping[str, Origin], now: Mapping[str, int], pressure: int, level: Level, seen: Standpoint
) -> Flip | None:
    """The smallest set of origins without which the level would be lower.

    Of sets of one size that of pressure comes before those of caps, and the strongest origins before others.

    Args:
        origins: By fingerprint.
        now: What each adds now, micro-points.
        pressure: Of the region: these and the sums.
        level: Of the region, after caps.
        seen: What they are held against.

    Returns:
        None: it is the lowest level, or it would stand without all of them.
    """
    if level is LEVELS[0]:
        return None
    ranked = sorted(origins, key=lambda name: (-now[name], name))
    found = [_without_pressure(ranked, now, pressure, level, seen)]
    if LEVELS.index(level) > LEVELS.index(seen.weights.caps.level):
        raising = {name: origins[name] for name in ranked if origins[name].lead.raises}
        found.append(_without_roots(raising, seen.weights.caps.min_origins - 1))
        found.append(_without_firmness(raising, seen))
        found.append(_without_corroboration(raising, seen, _smallest(found, len(raising))))
    fewest = min((each for each in found if each is not None), key=len, default=None)
    if fewest is None:
        return None
    left = pressure - sum(now[name] for name in fewest)
    rest = [origin for name, origin in origins.items() if name not in fewest]
    return Flip(tuple(name for name in ranked if name in fewest), seen.assess(left, rest).level)


Names = tuple[str, ...]


def _smallest(found: list[Names | None], otherwise: int) -> int:
    return min((len(each) for each in found if each is not None), default=otherwise)


def _without_pressure(
    ranked: list[str], now: Mapping[str, int], pressure: int, level: Level, seen: Standpoint
) -> Names | None:
    """The strongest, as many as it takes: no other set of that size takes away more."""
    raising = [name for name in ranked if now[name] > 0]
    left = [pressure, *(pressure - taken for taken in accumulate(now[name] for name in raising))]
    rank = LEVELS.index(level)
    count = bisect_left(
        left, True, key=lambda rest: LEVELS.index(level_of(seen.score(rest), seen.weights)) < rank
    )
    return tuple(raising[:count]) if count < len(left) else None


def _without_roots(raising: Mapping[str, Origin], kept: int) -> Names:
    """All but the `kept` roots with the most origins; of equal ones the weaker are kept."""
    by_root = list(_by_root(raising).values())
    by_root.sort(key=len)  # stable: the root with the strongest origin comes first
    return tuple(chain.from_iterable(by_root[: max(0, len(by_root) - kept)]))


def _without_firmness(raising: Mapping[str, Origin], seen: Standpoint) -> Names | None:
    """Those that hold the mean modality up most.

    With weights w, modalities m and t the least mean that passes, it fails as soon as Σ w (m − t) < 0: a sum
    of which each origin has its own part.
    """
    said, least = seen.weights.said, _least(seen)
    leads = {name: origin.lead for name, origin in raising.items()}
    excess = {name: copy.weight * (said[copy.modality] - least) for name, copy in leads.items()}
    order = sorted(raising, key=lambda name: -excess[name])
    left = accumulate((-excess[name] for name in order), initial=sum(excess.values()))
    count = next((count for count, rest in enumerate(left) if rest < 0), None)
    return None if count is None else tuple(order[:count])


def _without_corroboration(raising: Mapping[str, Origin], seen: Standpoint, fewer_than: int) -> Names | None:
    """The fewest without which it is too likely that all roots are wrong, if fewer than `fewer_than`.

    A root is as reliable as its best origin, so of each the best go first; which root gives up how many is
    found root by root, the most doubt for every number of origins so far.
    """
    most, least = round(seen.weights.confidence.one_origin * FULL), _least(seen)
    by_root = list(_by_root(raising).values())
    doubts = [sorted(FULL - min(raising[name].lead.certainty, most) for name in names) for names in by_root]
    enough = (FULL - least) * FULL ** len(by_root)
    if _most_doubt([each[0] for each in doubts], fewer_than - 1) * FULL <= enough:
        return None
    best: list[tuple[int, Names]] = [(1, ())]
    for names, after in zip(by_root, doubts, strict=True):
        order = sorted(names, key=lambda name: -raising[name].lead.certainty)
        grown: list[tuple[int, Names]] = [(0, ())] * min(len(best) + len(names), fewer_than)
        for before, (doubt, chosen) in enumerate(best):
            for count, left in enumerate((*after, FULL)[: len(grown) - before]):
                if doubt * left > grown[before + count][0]:
                    grown[before + count] = doubt * left, (*chosen, *order[:count])
        best = grown
    return next((chosen for doubt, chosen in best if doubt * FULL > enough), None)


def _most_doubt(roots: list[int], gone: int) -> int:
    """That all roots are wrong once the `gone` most reliable fall silent, at the cost of one origin each."""
    kept = sorted(roots)[gone:]
    silent: int = FULL ** (len(roots) - len(kept))
    return silent * prod(kept)


def _by_root(raising: Mapping[str, Origin]) -> dict[str, list[str]]:
    """The origins of each root; both with the strongest first."""
    out: dict[str, list[str]] = {}
    for name, origin in raising.items():
        out.setdefault(root_of(origin.lead), []).append(name)
    return out


def _least(seen: Standpoint) -> int:
    """The least corroboration, and the least firmness, that caps accept: per mille."""
    history = history_of(seen.baseline.days, seen.weights.confidence)
    return -(-round(seen.weights.caps.min_confidence * FULL) * FULL // history)
