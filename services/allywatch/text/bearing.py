"""What a sentence says of a region, and how likely: a linear model over its words and the parts in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allywatch.classes.linear import Floats, LinearModel, softmax
from allywatch.text.lexicon import Rule
from allywatch.text.relations import ADVERSARY, PATRON, SELF
from allywatch_schemas import Mechanism

MODEL_FILE = "bearing.npz"
NONE = "none"
_PARTS = (SELF, PATRON, ADVERSARY)
_SKIP = 5
"""Words between which pairs are formed."""

Row = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Bearing:
    """A mechanism, its sign, and how likely the sentence says it of the region, in [0, 1]."""

    mechanism: Mechanism
    sign: int
    probability: float
    trigger: int
    """Index of the symbol that speaks most for it."""


def features(row: Row) -> list[str]:
    """The names of what there is in a row of symbols: runs of up to three, pairs, places around the parts."""
    words = [symbol for symbol, _ in row]
    found = list(words)
    found += [f"{a} {b}" for a, b in pairwise(words)]
    found += [f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    found += [f"{word}_{other}" for at, word in enumerate(words) for other in words[at + 2 : at + _SKIP]]
    places = [next((at for at, word in enumerate(words) if word.startswith(part)), None) for part in _PARTS]
    for part, place in zip(_PARTS, places, strict=True):
        if place is None:
            found.append(f"no {part}")
        else:
            found += [f"{part}-{word}" for word in words[max(0, place - 4) : place]]
            found += [f"{part}+{word}" for word in words[place + 1 : place + 5]]
    order = sorted((place, part) for part, place in zip(_PARTS, places, strict=True) if place is not None)
    found.append("order " + "".join(part for _, part in order))
    for (first, one), (last, other) in pairwise(order):
        found += [f"{one}{word}{other}" for word in words[first + 1 : last]]
    return found


def of_cues(row: Row, cues: Sequence[tuple[int, Rule]]) -> list[str]:
    """The names of what the lexicon knows in the sentence: each rule, and which parts stand around it."""
    parts = [(at, symbol.rstrip("'")) for symbol, at in row if symbol.startswith("<")]
    found: list[str] = []
    for place, rule in cues:
        said = label_of(rule.mechanism, 1 if rule.sign > 0 else -1)
        before = next((part for at, part in reversed(parts) if at < place), "")
        after = next((part for at, part in parts if at >= place), "")
        found += [f"rule {rule.id}", f"says {said}", f"{before} says {said} {after}"]
    return found


def label_of(mechanism: Mechanism, sign: int) -> str:
    """The model's class."""
    return f"{mechanism.value}{'+' if sign > 0 else '-'}"


class BearingModel:
    """A linear model whose classes are mechanisms with a sign, and none."""

    def __init__(self, linear: LinearModel, labels: Sequence[str]) -> None:
        self._linear = linear
        self.labels = tuple(labels)
        self._none = labels.index(NONE)
        self._meanings = [
            None if label == NONE else (Mechanism(label[:-1]), 1 if label.endswith("+") else -1)
            for label in labels
        ]

    @classmethod
    def load(cls) -> "BearingModel":
        """The model of this package."""
        path = resources.files("allywatch.text") / "data" / MODEL_FILE
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return cls.unpacked(arrays)

    @classmethod
    def unpacked(cls, arrays: Mapping[str, NDArray[Any]]) -> "BearingModel":
        """From the arrays of a model file."""
        linear = LinearModel(
            tuple(_text(arrays["names"]).split("\n")),
            arrays["rarity"].astype(np.float32),
            arrays["weights"].astype(np.float32),
            arrays["bias"],
        )
        return cls(linear, _text(arrays["labels"]).split("\n"))

    def shares(self, named: Sequence[Iterable[str]]) -> Floats:
        """The probability of each of `labels`, by the names of features; shape (rows, labels)."""
        return softmax(self._linear.logits(named))

    def read(self, rows: Sequence[Row], named: Sequence[Iterable[str]], least: float) -> list[list[Bearing]]:
        """For each row what it says with a probability of at least `least`, the likeliest first.

        `named`: the features of each row, from `features` and the functions beside it.
        """
        if not rows:
            return []
        return [self._said(row, shares, least) for row, shares in zip(rows, self.shares(named), strict=True)]

    def _said(self, row: Row, shares: Floats, least: float) -> list[Bearing]:
        likely = [index for index in np.argsort(-shares).tolist() if shares[index] >= least]
        return [
            Bearing(meaning[0], meaning[1], float(shares[index]), self._trigger(row, index))
            for index in likely
            if (meaning := self._meanings[index]) is not None
        ]

    def _trigger(self, row: Row, label: int) -> int:
        """The word that, with the pairs it stands in, speaks most for a class and against none."""
        words = [symbol for symbol, _ in row]
        around = zip(["", *words], words, [*words[1:], ""], strict=False)
        names = [(word, f"{before} {word}", f"{word} {after}") for before, word, after in around]
        margins = self._linear.margins([name for three in names for name in three], label, self._none)
        spoken = margins.reshape(-1, 3).sum(axis=1)
        spoken[[word.startswith("<") for word in words]] = -inf
        return int(spoken.argmax())


def _text(array: NDArray[np.uint8]) -> str:
    return bytes(array.tobytes()).decode()
