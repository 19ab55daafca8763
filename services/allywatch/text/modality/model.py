"""The model of modality: weights of features by modality, as data; multinomial logistic regression."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp, fsum
from typing import Annotated

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
    """A model made ready to judge.

    A dozen rows of seven are added faster without numpy than with it; `fsum` gives one sum in any order.
    """

    def __init__(self, model: ModalityModel) -> None:
        self._labels = model.labels
        self._bias = model.bias
        self._weights = model.weights

    def judge(self, features: Collection[str]) -> Judgement:
        """The most probable modality; features that the model does not know count nothing."""
        known = filter(None, map(self._weights.get, features))
        scores = [fsum(column) for column in zip(self._bias, *known, strict=True)]
        best = max(scores)
        return Judgement(self._labels[scores.index(best)], 1 / sum([exp(score - best) for score in scores]))


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
