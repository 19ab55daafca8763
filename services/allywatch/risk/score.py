"""Pressure to score, level and confidence. Scores are whole tenths, confidence is per mille: exact."""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from allywatch.risk.baseline import Baseline, spread_used
from allywatch.risk.confidence import confidence_of
from allywatch.risk.ledger import Origin
from allywatch.risk.weights import MICRO, Curve, Weights
from allywatch_schemas import CoverageState, Level

LEVELS = tuple(Level)


class Cap(StrEnum):
    """Why a level is held down."""

    LEARNING = "learning"
    FEW_ORIGINS = "few_origins"
    LOW_CONFIDENCE = "low_confidence"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A score and what it is worth."""

    score: int
    """Tenths, 0 to 1000."""
    effective: int
    """The score that rules see: held below the next level where the level is capped."""
    level: Level
    confidence: int
    """Per mille."""
    caps: tuple[Cap, ...]
    z_milli: int | None = None
    """Thousandths of a standard deviation above the region's own past; None while learning."""


def interpolate(curve: Curve, x_milli: int) -> int:
    """The curve at `x_milli` thousandths, in tenths of a score; flat beyond both ends."""
    xs, ys = _knots(curve)
    right = bisect_right(xs, x_milli)
    if right == 0:
        return ys[0]
    if right == len(xs):
        return ys[-1]
    x0, y0 = xs[right - 1], ys[right - 1]
    return y0 + (ys[right] - y0) * (x_milli - x0) // (xs[right] - x0)


@lru_cache(maxsize=64)
def _knots(curve: Curve) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of a curve: thousandths, and tenths of a score."""
    return tuple(round(x * 1000) for x, _ in curve), tuple(round(y * 10) for _, y in curve)


def score_of(pressure: int, baseline: Baseline, weights: Weights) -> int:
    """Tenths: how far pressure stands above the region's own past, or above nothing while learning."""
    return _score(pressure, z_milli(pressure, baseline, weights), weights)


def _score(pressure: int, z: int | None, weights: Weights) -> int:
    if z is None:
        return interpolate(weights.learning, pressure * 1000 // MICRO)
    return interpolate(weights.standardised, z)


def z_milli(pressure: int, baseline: Baseline, weights: Weights) -> int | None:
    """Thousandths of a standard deviation that pressure stands above the region's own past, unbounded.

    Args:
        pressure: Micro-points.
        baseline: At today's volume of news.
        weights: Of the method.

    Returns:
        None: the region is learning.
    """
    if is_learning(baseline, weights):
        return None
    return (baseline.of(pressure) - baseline.mean) * 1000 // spread_used(baseline, weights.baseline)


def is_learning(baseline: Baseline, weights: Weights) -> bool:
    """Whether there is too little history to compare with."""
    return baseline.days < weights.baseline.learning_days


def level_of(score: int, weights: Weights) -> Level:
    """The level of a score in tenths."""
    return LEVELS[bisect_right(weights.floors, score) - 1]


def assess(
    pressure: int,
    baseline: Baseline,
    origins: Collection[Origin],
    coverage: CoverageState,
    weights: Weights,
) -> Assessment:
    """Score, level and confidence of a region. Caps lower the level, never the score."""
    z = z_milli(pressure, baseline, weights)
    score = _score(pressure, z, weights)
    learning = is_learning(baseline, weights)
    leads = [origin.lead for origin in origins]
    raising = [copy for copy in leads if copy.raises]
    sure = confidence_of(raising or leads, coverage, baseline.days, weights)
    caps = tuple(_caps(sure.roots if raising else 0, sure.founded, learning, weights))
    level = level_of(score, weights)
    if not caps or LEVELS.index(level) <= LEVELS.index(weights.caps.level):
        return Assessment(score, score, level, sure.total, caps, z)
    effective = weights.floors[LEVELS.index(weights.caps.level) + 1] - 1
    return Assessment(score, effective, weights.caps.level, sure.total, caps, z)


def _caps(roots: int, founded: int, learning: bool, weights: Weights) -> list[Cap]:
    out = [Cap.LEARNING] if learning else []
    if roots < weights.caps.min_origins:
        out.append(Cap.FEW_ORIGINS)
    if founded < round(weights.caps.min_confidence * 1000):
        out.append(Cap.LOW_CONFIDENCE)
    return out
