"""The weights of the method: data in `weights.yaml`, checked here."""

from functools import cached_property
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from allywatch_schemas import EvidenceKind, Level, Modality, Track

MICRO = 1_000_000
"""Micro-points in a point."""

TRACKS = (Track.WORDS, Track.ACTS, Track.DE_ESCALATION)
"""The order in which states list the triad."""

UNSURE = (Modality.CONDITIONAL, Modality.SPECULATIVE, Modality.DENIED, Modality.HISTORIC)
"""What is said so is no report that it is so: by itself it never lifts a level above the cap."""

Weight = Annotated[float, Field(ge=0, le=1)]
Curve = Annotated[tuple[tuple[float, float], ...], Field(min_length=2)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HalfLives(_Part):
    """Hours after which evidence weighs half."""

    words: int = Field(ge=1, le=720)
    acts: int = Field(ge=1, le=720)
    de_escalation: int = Field(ge=1, le=720)
    slow: int = Field(ge=24, le=720)
    """Of the slow pressure, all tracks."""


class BaselineWeights(_Part):
    """How much history is used, in days; the least spread in roots of a point."""

    learning_days: int = Field(ge=2, le=365)
    window_days: int = Field(ge=2, le=380)
    gap_days: int = Field(ge=0, le=60)
    short_until_days: int = Field(ge=2, le=365)
    short_gap_days: int = Field(ge=0, le=60)
    spread_floor: float = Field(gt=0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.short_gap_days + 2 > self.learning_days:
            raise ValueError("learning_days must leave at least two days before short_gap_days")
        if self.window_days + self.gap_days > 400:
            raise ValueError("window_days + gap_days must be at most 400, the days that a state keeps")
        return self


class LevelFloors(_Part):
    """The lowest score of each level."""

    guarded: float
    elevated: float
    high: float
    critical: float

    @model_validator(mode="after")
    def _rising(self) -> Self:
        floors = (0, self.guarded, self.elevated, self.high, self.critical, 100)
        if any(low >= high for low, high in pairwise(floors)):
            raise ValueError("levels must rise strictly from guarded to critical, within 0 and 100")
        return self

    def floor(self, level: Level) -> float:
        """The lowest score of `level`."""
        return 0.0 if level is Level.LOW else float(getattr(self, level.value))


class ConfidenceWeights(_Part):
    """What lowers confidence."""

    one_origin: Weight
    no_history: float = Field(ge=0.01, le=1)
    history_half_days: int = Field(ge=1, le=400)
    degraded: Weight
    silent: Weight


class EventWeights(_Part):
    """What a coded event counts by who the other side is to the region, and if it calms."""

    adversary: Weight
    patron: Weight
    other: Weight
    calming: Weight


class Caps(_Part):
    """With fewer independent origins or less confidence than this, no level above `level`."""

    level: Level
    min_origins: int = Field(ge=1)
    min_confidence: Weight


class Weights(_Part):
    """All of `weights.yaml`."""

    version: str = Field(min_length=1, max_length=40)
    half_life_hours: HalfLives
    modality: dict[Modality, Weight]
    kind: dict[EvidenceKind, Weight]
    event: EventWeights
    baseline: BaselineWeights
    standardised: Curve
    learning: Curve
    levels: LevelFloors
    confidence: ConfidenceWeights
    caps: Caps
    coverage_hours: int = Field(ge=1)

    @cached_property
    def said(self) -> dict[str, int]:
        """The weight of each modality, per mille; what has none was said plainly."""
        return {"": 1000} | {
            modality.value: round(weight * 1000) for modality, weight in self.modality.items()
        }

    @cached_property
    def floors(self) -> tuple[int, ...]:
        """The lowest score of each level, rising, in tenths."""
        return tuple(round(self.levels.floor(level) * 10) for level in Level)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name, given, needed in (
            ("modality", set(self.modality), set(Modality)),
            ("kind", set(self.kind), set(EvidenceKind)),
        ):
            if missing := sorted(needed - given):
                raise ValueError(f"{name} must give a weight to every {name}; missing: {', '.join(missing)}")
        for name in ("standardised", "learning"):
            _check_curve(name, getattr(self, name))
        for unsure in UNSURE:
            if self.modality[unsure] >= self.caps.min_confidence:
                raise ValueError(
                    f"caps.min_confidence must be above modality.{unsure}: that alone must not pass"
                )
        if self.learning[-1][1] >= self.levels.high:
            raise ValueError("learning must stay below levels.high: nothing is above elevated while learning")
        return self


def _check_curve(name: str, curve: Curve) -> None:
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x1 <= x0 or y1 < y0:
            raise ValueError(f"{name} must rise: [{x1}, {y1}] follows [{x0}, {y0}]")
    if curve[0][1] < 0 or curve[-1][1] > 100:
        raise ValueError(f"{name} must stay within scores 0 and 100")
