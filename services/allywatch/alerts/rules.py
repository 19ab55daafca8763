"""Alert rules: data in `rules.yaml`, checked here."""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from allywatch_schemas import Severity

SEVERITIES = tuple(Severity)


class Measure(StrEnum):
    """What a rule holds against its thresholds."""

    SCORE = "score"
    RISE = "rise"
    """Score above its lowest in the last `window_hours`."""
    WORDS = "words"
    ACTS = "acts"
    DE_ESCALATION = "de_escalation"


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
    window_hours: int = Field(default=24, ge=1, le=47)
    enter: float
    exit: float
    for_minutes: int = Field(ge=0, le=10_080)
    keep_firing_minutes: int = Field(ge=0, le=43_200)
    severity: Severity
    regions: Selector = Selector()

    @model_validator(mode="after")
    def _hysteresis(self) -> Self:
        if self.exit >= self.enter:
            raise ValueError(f"exit ({self.exit}) must be below enter ({self.enter})")
        return self

    @property
    def for_ms(self) -> int:
        """How long it must hold before it fires, milliseconds."""
        return self.for_minutes * 60_000

    @property
    def keep_firing_ms(self) -> int:
        """How long it must stay below before it resolves, milliseconds."""
        return self.keep_firing_minutes * 60_000


class Rules(_Part):
    """All of `rules.yaml`."""

    version: str = Field(min_length=1, max_length=40)
    capped_severity: Severity
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=8)

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


def alert_key(rule: str, region: str) -> str:
    """The identity of an alert: its rule and its region."""
    return f"{rule}:{region}"


def episode_id(key: str, number: int) -> str:
    """The identity of one episode of an alert."""
    return f"{key}:{number}"
