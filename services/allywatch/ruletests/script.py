"""The file format of rule tests, in the spirit of `promtool test rules`: checked data, no code.

    interval_minutes: 30
    tests:
      - name: doubt that holds fires
        region: LVA
        steps:
          - at: 0m
            evidence: {origin: leak, points: 4, mechanism: patron_disengagement}
          - at: 30m
            expect: {rule: patron-doubt, state: firing, reason: held_for}

Times are counted from the start of a test: `90m`, `2d3h`. Each step ticks the clock to its time, then tells
the engine what is given, then compares. Between steps the clock ticks every `interval_minutes`.
"""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from allywatch_schemas import (
    AlertAction,
    AlertState,
    CoverageState,
    Level,
    Mechanism,
    Modality,
    PloverRoot,
    RegionState,
    Severity,
    Track,
    TransitionReason,
)
from allywatch_schemas.base import ActorCode

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


def duration(text: Any) -> timedelta:
    """`2d3h`, `90m` or `0m` as a time span.

    Raises:
        ValueError: It is none of that.
    """
    found = _DURATION.fullmatch(str(text))
    if not text or found is None:
        raise ValueError("give a time like 30m, 6h or 2d3h")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def written(span: timedelta) -> str:
    """A time span as a test file states it."""
    hours, minutes = divmod(span.seconds // 60, 60)
    parts = ((span.days, "d"), (hours, "h"), (minutes, "m"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def _several(value: Any) -> Any:
    return value if isinstance(value, list | tuple) or value is None else (value,)


def _known(reason: TransitionReason) -> TransitionReason:
    if reason is TransitionReason.OTHER:
        known = ", ".join(sorted(set(TransitionReason) - {TransitionReason.OTHER}))
        raise ValueError(f"no such reason; known are {known}")
    return reason


Span = Annotated[timedelta, BeforeValidator(duration)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Given(_Part):
    """What one document, or several copies of it, say."""

    origin: str = Field(min_length=1, max_length=40)
    """Which text; documents of one origin are copies of each other."""
    points: float = Field(ge=-100, le=100)
    """Of an asserted fact; what modality and kind leave of them is the method's business."""
    regions: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    """Empty: the test's own. A group gets what its members get only if it is named."""
    document: str = ""
    """Its id; empty: that of the origin."""
    root: str = ""
    """Whose word it is; empty: the document's own."""
    track: Track = Track.WORDS
    mechanism: Mechanism | None = None
    event: PloverRoot = PloverRoot.THREATEN
    """What was done, where no mechanism is named."""
    adversary: ActorCode | None = None
    """Whose deed it was, if it was an adversary's: of what anybody else does, a method may count less."""
    modality: Modality = Modality.ASSERTED
    contagion: bool = False
    """Derived from evidence on another region."""
    version: int = Field(default=1, ge=1)
    """Above 1: a correction, which withdraws the versions before."""
    copies: int = Field(default=1, ge=1, le=1_000)
    age: Span = timedelta(0)
    """How long before the step it happened."""


class Command(_Part):
    """What a person does to the alert of a rule."""

    rule: str
    action: AlertAction
    region: str | None = None
    until: Span | None = None
    """For mute: when it ends, as `at`."""


class Heard(_Part):
    """Word on the feed that the regions of the test depend on."""

    state: CoverageState


class Expected(_Part):
    """The last transition of a rule's alert; only what is stated is compared."""

    rule: str
    region: str | None = None
    state: AlertState | Literal["none"]
    """`none`: no alert was ever opened."""
    reason: Annotated[TransitionReason, AfterValidator(_known)] | None = None
    severity: Severity | None = None
    level: Level | None = None
    notify: bool | None = None
    flapping: bool | None = None
    muted: bool | None = None
    episode: int | None = None
    """Which episode, counted from 1."""
    revision: int | None = None
    told: int | None = None
    """How often people were told of this rule's alert since the test began."""
    inhibited_by: str | None = None
    """Rule and region of the alert that speaks for it, `risk-high:BALTIC_STATES`; `nobody`."""


class ExpectedScore(_Part):
    """The last score of a region."""

    region: str | None = None
    level: Level | None = None
    state: RegionState | None = None
    at_least: float | None = None
    at_most: float | None = None


class Step(_Part):
    """What is given at one moment, and what must be true after it."""

    at: Span
    evidence: Annotated[tuple[Given, ...], BeforeValidator(_several)] = ()
    retract: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    """Ids of documents that are withdrawn."""
    command: Command | None = None
    coverage: Heard | None = None
    expect: Annotated[tuple[Expected, ...], BeforeValidator(_several)] = ()
    expect_score: Annotated[tuple[ExpectedScore, ...], BeforeValidator(_several)] = ()


class History(_Part):
    """A past, so that the region is not learning: so many points a day for so many days."""

    days: int = Field(ge=1, le=390)
    points: float = Field(ge=-100, le=100)


class RuleTest(_Part):
    """One story, told to an engine that knows nothing yet."""

    name: str = Field(min_length=1, max_length=200)
    region: str
    history: History | None = None
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        times = [step.at for step in self.steps]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("steps must come in the order of their times, each time once")
        if times[-1] > timedelta(days=60):
            raise ValueError("a test lasts 60 days at most")
        return self


class Script(_Part):
    """All of one file."""

    interval_minutes: int = Field(default=30, ge=1, le=1_440)
    tests: tuple[RuleTest, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> Self:
        names = [test.name for test in self.tests]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"tests must have different names: {', '.join(twice)}")
        return self
