"""A linear model over named features: each weighted by its rarity, each sentence of length one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """`logits = normed(rarity of the features that are there) @ weights + bias`; temperature is in both.

    `names`: the features known, one a row of `weights` (features by classes). `rarity`: their inverse
    document frequency. Features that are not known count for nothing.
    """

    names: tuple[str, ...]
    rarity: Floats
    weights: Floats
    bias: Floats
    _index: dict[str, int] = field(init=False, repr=False)
    _rows: Floats = field(init=False, repr=False)
    _squares: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not len(self.names) == len(self.rarity) == len(self.weights):
            raise ValueError("names, rarity and weights differ in length")
        object.__setattr__(self, "_index", {name: index for index, name in enumerate(self.names)})
        object.__setattr__(self, "_rows", self.rarity[:, None] * self.weights)
        object.__setattr__(self, "_squares", self.rarity * self.rarity)

    def known(self, names: Iterable[str]) -> list[int]:
        """The rows of the features that are known, each once."""
        return [row for row in set(map(self._index.get, names)) if row is not None]

    def logits(self, sentences: Sequence[Iterable[str]]) -> Floats:
        """Logits of sentences by the names of their features; shape (sentences, classes)."""
        result = np.tile(self.bias, (len(sentences), 1))
        for place, names in enumerate(sentences):
            rows = self.known(names)
            if rows:
                chosen = np.array(rows)
                length = np.sqrt(self._squares.take(chosen).sum())
                result[place] += self._rows.take(chosen, axis=0).sum(axis=0) / length
        return result

    def margins(self, names: Sequence[str], label: int, other: int) -> Floats:
        """How much each feature speaks for one class and against another; 0 if it is not known."""
        rows = np.array([self._index.get(name, -1) for name in names])
        result: Floats = np.where(rows < 0, np.float32(0), self._rows[rows, label] - self._rows[rows, other])
        return result


def softmax(logits: Floats) -> Floats:
    """Probabilities by row."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Floats = shares / shares.sum(axis=1, keepdims=True)
    return result


def sigmoid(logits: Floats) -> Floats:
    """Probabilities of the one class of a model with one."""
    return (1 / (1 + np.exp(-np.clip(logits, -40, 40)))).astype(np.float32)
