"""The heads of the model: root with marks and without, event or none, RETREAT or CONCEDE."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allywatch.classes import ROOTS, MarkedSentence
from allywatch.classes.linear import LinearModel, softmax
from allywatch.classes.modelfile import HeldOut, key_of
from training.examples import Example, code_names, leads, plover, titles
from training.fitting import Array, fit_roots, fit_two, heated, space_of, temperature

FOLDS = 5
_RETREAT_FEATURES = 3_000
_RETREAT_C = 3.0

Read = Callable[[MarkedSentence], list[str]]
"""A sentence to the names of its features."""


@dataclass(frozen=True, slots=True)
class RootHead:
    """A model of roots, and what models that had not seen them say of the task's sentences."""

    model: LinearModel
    held_out: HeldOut
    heat: float


def root_head(data: Path, read: Read, *, raw: bool) -> RootHead:
    """Learn the root, without marks if `raw`; answers are held out in `FOLDS` folds.

    Sentences of equal text are in one fold. Each fold's temperature is that of the others.
    """
    own, more = plover(data), [*titles(data), *code_names(data)]
    if raw:
        own, more = [_bare(one) for one in own], [_bare(one) for one in more]
    names, further = [read(one.sentence) for one in own], [read(one.sentence) for one in more]
    labels, other_labels = _labels(own), _labels(more)
    other_weights = np.array([one.weight for one in more])
    fold = np.array([fold_of(one.sentence.text) for one in own])

    def fitted(rows: Sequence[int]) -> LinearModel:
        chosen = [*(names[row] for row in rows), *further]
        weights = np.concatenate([np.ones(len(rows)), other_weights])
        return fit_roots(space_of(chosen), chosen, np.concatenate([labels[rows], other_labels]), weights)

    logits = np.zeros((len(own), len(ROOTS)))
    for number in range(FOLDS):
        out = np.flatnonzero(fold == number)
        logits[out] = fitted(list(np.flatnonzero(fold != number))).logits([names[row] for row in out])
    calibrated = logits.copy()
    for number in range(FOLDS):
        calibrated[fold == number] *= temperature(logits[fold != number], labels[fold != number])
    heat = temperature(logits, labels)
    return RootHead(heated(fitted(range(len(own))), heat), _held_out(own, calibrated), heat)


def fold_of(text: str) -> int:
    """The fold of a sentence, 0 … `FOLDS` − 1, by its text alone."""
    return zlib.crc32(" ".join(text.lower().split()).encode()) % FOLDS


def retreat_head(data: Path, read: Read) -> LinearModel:
    """RETREAT against CONCEDE, from the synthetic stories that are either."""
    some = [one for one in leads(data) if one.label in ("RETREAT", "CONCEDE")]
    names = [read(one.sentence) for one in some]
    positive = np.array([one.label == "RETREAT" for one in some])
    return fit_two(space_of(names, most=_RETREAT_FEATURES), names, positive, np.ones(len(some)), _RETREAT_C)


def _held_out(own: Sequence[Example], logits: Array) -> HeldOut:
    probabilities = softmax(logits.astype(np.float32))
    by_key = {key_of(one.sentence): row for one, row in zip(own, probabilities, strict=True)}
    keys = sorted(by_key)
    return HeldOut(np.array(keys, dtype=np.uint64), np.array([by_key[key] for key in keys]))


def _labels(examples: Sequence[Example]) -> NDArray[np.int64]:
    places = {root.value: place for place, root in enumerate(ROOTS)}
    return np.array([places[one.label] for one in examples])


def _bare(example: Example) -> Example:
    return Example(MarkedSentence(example.sentence.text), example.label, example.weight)
