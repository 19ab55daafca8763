"""Figures of a classifier: accuracy, F1 by class, calibration, ranking. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

BINS = 15
"""Bins of equal width for the calibration error."""


def accuracy(gold: Sequence[str], said: Sequence[str]) -> float:
    """Share of items that are right, 0…1; 0 for none."""
    return sum(map(str.__eq__, gold, said)) / len(gold) if gold else 0.0


def f1_by_class(gold: Sequence[str], said: Sequence[str]) -> dict[str, float]:
    """F1 of each class that stands in `gold`, 0…1."""
    return {label: _f1(label, gold, said) for label in sorted(set(gold))}


def macro_f1(gold: Sequence[str], said: Sequence[str]) -> float:
    """Mean F1 of the classes that stand in `gold`; 0 for none."""
    values = f1_by_class(gold, said).values()
    return sum(values) / len(values) if values else 0.0


def calibration_error(probabilities: ArrayLike, right: ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error: mean gap between confidence and accuracy, by bins of equal width.

    Guo et al. 2017. `probabilities`: of the answer given, 0…1; `right`: whether it was. 0 for no items.
    """
    confidence = np.asarray(probabilities, dtype=float)
    correct = np.asarray(right, dtype=float)
    if not confidence.size:
        return 0.0
    place = np.clip((confidence * bins).astype(int), 0, bins - 1)
    gaps = np.bincount(place, weights=confidence - correct, minlength=bins)
    return float(np.abs(gaps).sum() / confidence.size)


def area_under_curve(scores: ArrayLike, positive: ArrayLike) -> float:
    """ROC AUC: chance that a positive item scores above a negative one, ties half; NaN without both."""
    values = np.asarray(scores, dtype=float)
    wanted = np.asarray(positive, dtype=bool)
    hits, misses = int(wanted.sum()), int((~wanted).sum())
    if not hits or not misses:
        return float("nan")
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[wanted].sum() - hits * (hits + 1) / 2) / (hits * misses))


def _f1(label: str, gold: Sequence[str], said: Sequence[str]) -> float:
    found = sum(a == label == b for a, b in zip(gold, said, strict=True))
    total = sum(a == label for a in gold) + sum(b == label for b in said)
    return 2 * found / total if total else 0.0
