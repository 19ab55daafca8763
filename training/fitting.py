"""Fits linear models over named features with scikit-learn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from allywatch.classes.linear import LinearModel

Names = Sequence[Sequence[str]]
Array = NDArray[np.float64]

_SVC_C, _LOGISTIC_C = 0.5, 30.0
_SVC_SHARE = 4.5
"""Margins are worth this many times the logits of the logistic model: both then spread alike."""
_TEMPERATURES = np.geomspace(0.2, 4, 60)


@dataclass(frozen=True, slots=True)
class Space:
    """The features known and how rare each is."""

    names: tuple[str, ...]
    rarity: Array

    def matrix(self, sentences: Names) -> csr_matrix:
        """Sentences by features, each row of length one."""
        index = {name: place for place, name in enumerate(self.names)}
        rows = [sorted({index[name] for name in names if name in index}) for names in sentences]
        columns = [column for row in rows for column in row]
        starts = np.cumsum([0, *map(len, rows)])
        values = self.rarity[columns] if columns else np.zeros(0)
        return normalize(csr_matrix((values, columns, starts), shape=(len(rows), len(self.names))))


def space_of(sentences: Names, fewest: int = 2, most: int | None = None) -> Space:
    """Features that stand in at least `fewest` sentences; of them the `most` frequent."""
    counts = Counter(name for names in sentences for name in set(names))
    kept = [(name, count) for name, count in counts.items() if count >= fewest]
    kept.sort(key=lambda pair: (-pair[1], pair[0]))
    kept = sorted(kept[:most])
    rarity = np.log((len(sentences) + 1) / (np.array([count for _, count in kept]) + 1))
    return Space(tuple(name for name, _ in kept), rarity.astype(np.float16).astype(float))


def fit_roots(space: Space, sentences: Names, labels: NDArray[np.int64], weights: Array) -> LinearModel:
    """One model of many classes: the mean of a linear SVC's margins and a logistic model's logits.

    Both are linear over the same features, so their mean is one matrix. Not calibrated yet.
    """
    matrix = space.matrix(sentences)
    margins = LinearSVC(C=_SVC_C, random_state=0).fit(matrix, labels, sample_weight=weights)
    logistic = LogisticRegression(C=_LOGISTIC_C, max_iter=300, tol=1e-3).fit(
        matrix, labels, sample_weight=weights
    )
    rows = (_SVC_SHARE * _centred(margins.coef_) + _centred(logistic.coef_)) / 2
    bias = (_SVC_SHARE * _centred(margins.intercept_) + _centred(logistic.intercept_)) / 2
    return _model(space, rows.T, bias)


def fit_two(
    space: Space, sentences: Names, positive: NDArray[np.bool_], weights: Array, strength: float
) -> LinearModel:
    """A logistic model of one class, both sides of equal weight; `strength` is its C."""
    share = np.where(positive, weights[~positive].sum(), weights[positive].sum())
    balanced = weights * share * len(weights) / (2 * weights[positive].sum() * weights[~positive].sum())
    model = LogisticRegression(C=strength, max_iter=500, tol=1e-4)
    model.fit(space.matrix(sentences), positive, sample_weight=balanced)
    return _model(space, model.coef_.T, model.intercept_)


def temperature(logits: Array, labels: NDArray[np.int64]) -> float:
    """The factor of logits under which the labels are likeliest (Guo et al. 2017)."""

    def surprise(factor: float) -> float:
        scaled = factor * logits
        total = np.logaddexp.reduce(scaled, axis=1)
        return float((total - scaled[np.arange(len(labels)), labels]).mean())

    return float(min(_TEMPERATURES, key=surprise))


def heated(model: LinearModel, factor: float) -> LinearModel:
    """The model with its logits times `factor`."""
    return LinearModel(model.names, model.rarity, model.weights * factor, model.bias * factor)


def _model(space: Space, weights: Array, bias: Array) -> LinearModel:
    return LinearModel(
        space.names, space.rarity.astype(np.float32), weights.astype(np.float32), bias.astype(np.float32)
    )


def _centred(values: Array) -> Array:
    centred: Array = values - values.mean(axis=0, keepdims=True)
    return centred
