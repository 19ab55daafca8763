"""The model of modality: weights of features by modality, as data; multinomial logistic regression."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from allywatch.configfile import parse
from allywatch_schemas import Modality

Row = Annotated[tuple[float, ...], Field(min_length=len(Modality), max_length=len(Modality))]


class ModalityModel(BaseModel):
    """`modality.model.json`: written by `python -m training.modality`, never by hand.

    `labels`: the modalities in the order of each row; `weights`: a row for each feature, `bias` for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    labels: tuple[Modality, ...]
    bias: Row
    weights: dict[str, Row]

    @field_validator("labels")
    @classmethod
    def _all(cls, labels: tuple[Modality, ...]) -> tuple[Modality, ...]:
        if sorted(labels) != sorted(Modality):
            raise ValueError("must name every modality once")
        return labels


@dataclass(frozen=True, slots=True)
class Judgement:
    """A modality and how probable it is, in (0, 1]."""

    modality: Modality
    probability: float


class Judge:
    """A model made ready to judge."""

    def __init__(self, model: ModalityModel) -> None:
        self._labels = model.labels
        self._index = {name: place for place, name in enumerate(model.weights, start=1)}
        self._rows: NDArray[np.float32] = np.array([model.bias, *model.weights.values()], dtype=np.float32)

    def judge(self, features: Collection[str]) -> Judgement:
        """The most probable modality; features that the model does not know count nothing."""
        known = [place for place in map(self._index.get, features) if place is not None]
        known.append(0)
        scores = self._rows.take(known, axis=0).sum(axis=0)
        best = int(scores.argmax())
        return Judgement(self._labels[best], float(1 / np.exp(scores - scores[best]).sum()))


def parse_modality_model(text: str, file: str) -> ModalityModel:
    """Parse and validate `modality.model.json`.

    Raises:
        ConfigError: It is wrong; names the line. Several: an ExceptionGroup of them.
    """
    return parse(text, ModalityModel, file)[0]


@cache
def load_modality_model() -> ModalityModel:
    """The model of this package."""
    file = resources.files("allywatch.text") / "data" / "modality.model.json"
    return ModalityModel.model_validate_json(file.read_bytes())
