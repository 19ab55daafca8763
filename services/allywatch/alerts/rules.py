"""Alert rules: data in `rules.yaml`, checked here."""

from collections.abc import Collection
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from allywatch.alerts.thresholds import Direction, Thresholds, milli
from allywatch_schemas import Mechanism, Severity

SEVERITIES = tuple(Severity)

MAX_RULES = 16
"""Every rule may hold an open alert in a region's state, which is bounded."""


class Measure(StrEnum):
    """What a rule holds against its thresholds, and in which unit."""

    SCORE = "score"
    """0 to 100, held down where the level is capped."""
    Z = "z"
    """Standard deviations of pressure above the region's own past; nothing while it is learning."""
    RISE = "rise"
    """Score above its lowest in the last `window_hours`."""
    WORDS = "words"
    """Points of that line of the triad; the same for the next two."""
    ACTS = "acts"
    DE_ESCALATION = "de_escalation"
    """Usually negative: a rule on calm has `direction: below`."""
    MECHANISM = "mechanism"
    """Points of the live origins whose best reason is the rule's `mechanism`."""
    COVERAGE = "coverage"
    """1 while too little is heard of the region to believe in calm, else 0."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Selector(_Part):
    """Which regions a rule is for; empty: every region."""

    ids: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def matches(self, region: str, groups: Collection[str]) -> bool:
        """Whether the rule is for `region`, which belongs to `groups`."""
        return not (self.ids or self.groups) or region in self.ids or not set(groups).isdisjoint(self.groups)


class Rule(_Part):
    """One alert rule. Names are part of alert keys: renaming one starts new alerts."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,49}$")]
    measure: Measure
    mechanism: Mechanism | None = None
    window_hours: int = Field(default=24, ge=1, le=47)
    direction: Direction = Direction.ABOVE
    enter: float | None = None
    exit: float | None = None
    budget: float | None = Field(default=None, gt=0, le=100)
    """Alerts per region and year: the threshold follows from the region's own past."""
    while_learning: bool | Literal["only"] = True
    """Whether it runs in a region with too little history to compare with, or only there."""
    for_minutes: int = Field(ge=0, le=10_080)
    keep_firing_minutes: int = Field(ge=0, le=43_200)
    severity: Severity
    regions: Selector = Selector()

    @model_validator(mode="after")
    def _one_kind_of_threshold(self) -> Self:
        if self.budget is not None:
            if self.enter is not None or self.exit is not None:
                raise ValueError("give either a budget or enter and exit, not both")
            if self.while_learning is not False:
                raise ValueError("a budget needs history: say while_learning: false")
            if self.measure is not Measure.Z or self.direction is not Direction.ABOVE:
                raise ValueError("a budget is kept on measure z, direction above")
        elif self.enter is None or self.exit is None:
            raise ValueError("give enter and exit, or a budget")
        return self

    @model_validator(mode="after")
    def _hysteresis(self) -> Self:
        if self.fixed is None or self.fixed.exit < self.fixed.enter:
            return self
        side = "below" if self.direction is Direction.ABOVE else "above"
        raise ValueError(f"exit ({self.exit}) must be {side} enter ({self.enter})")

    @model_validator(mode="after")
    def _fits_its_measure(self) -> Self:
        if (self.mechanism is not None) != (self.measure is Measure.MECHANISM):
            raise ValueError("measure mechanism, and no other, names a mechanism")
        if self.measure is Measure.Z and self.while_learning is not False:
            raise ValueError("there is no z without history: say while_learning: false")
        return self

    @cached_property
    def fixed(self) -> Thresholds | None:
        """Its stated thresholds; None: it has a budget."""
        if self.enter is None or self.exit is None:
            return None
        sign = self.direction.sign
        return Thresholds(sign * milli(self.enter), sign * milli(self.exit))

    def runs(self, learning: bool) -> bool:
        """Whether it may open an alert in a region that is, or is not, learning."""
        return self.while_learning is not False if learning else self.while_learning != "only"

    @property
    def for_ms(self) -> int:
        """How long it must hold before it fires, milliseconds."""
        return self.for_minutes * 60_000

    @property
    def keep_firing_ms(self) -> int:
        """How long it must stay below before it resolves, milliseconds."""
        return self.keep_firing_minutes * 60_000


class Flapping(_Part):
    """When an alert opens and closes too often."""

    openings: int = Field(default=3, ge=2, le=8)
    """So many openings, the latest included, ..."""
    within_hours: int = Field(default=72, ge=1, le=720)
    """... within so long. Such an alert ends only after it stayed calm for as long."""


class Telling(_Part):
    """What is worth telling people again about an alert that is open."""

    escalated: float = Field(default=1.5, gt=1, le=10)
    """The value is so many times that of the last notification."""
    new_share: float = Field(default=0.25, gt=0, le=1)
    """Origins that were not known then make up this share of the evidence, at least one by a new root."""


class Budgets(_Part):
    """How the bar of a rule with a budget finds its place (`allywatch.alerts.budget`)."""

    start: float = Field(default=1.3, gt=0, le=100)
    """The first bar of a region at six alerts a year, in the measure's unit."""
    tail: float = Field(default=0.5, ge=0, le=2)
    """How the first bar goes with the budget: (6 / budget) to this power."""
    step: float = Field(default=0.1, gt=0, le=2)
    """Logarithm of the factor by which an alert raises the bar."""
    floor: float = Field(default=0.3, gt=0)
    """The lowest bar, in the measure's unit."""
    idle: float = Field(default=0.3, ge=0, lt=1)
    """The share of a budget that no value asks for: in weeks of silence the bar waits at its floor, and for
    some days after an alert it does not matter. So it sinks as if the budget were that much larger."""
    quiet_days: int = Field(default=5, ge=0, le=60)
    """So long after an alert the next one must be `telling.escalated` times what people were last told."""


class Rules(_Part):
    """All of `rules.yaml`."""

    version: str = Field(min_length=1, max_length=40)
    capped_severity: Severity
    flapping: Flapping = Flapping()
    telling: Telling = Telling()
    budgets: Budgets = Budgets()
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=MAX_RULES)

    @model_validator(mode="after")
    def _unique(self) -> Self:
        names = [rule.name for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"rules must have different names: {', '.join(twice)}")
        return self

    def severity(self, rule: Rule, capped: bool) -> Severity:
        """The severity of a rule, held down where the region's level is capped."""
        if not capped:
            return rule.severity
        return min(rule.severity, self.capped_severity, key=SEVERITIES.index)

    def of(self, region: str, groups: Collection[str]) -> tuple[Rule, ...]:
        """The rules for a region."""
        return tuple(rule for rule in self.rules if rule.regions.matches(region, groups))


def alert_key(rule: str, region: str) -> str:
    """The identity of an alert: its rule and its region."""
    return f"{rule}:{region}"


def episode_id(key: str, number: int) -> str:
    """The identity of one episode of an alert."""
    return f"{key}:{number}"
