"""What goes out: a score per region and alerts."""

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from allywatch_schemas.base import Identifier, Message, Part, RegionId, Share, Text, UtcTime
from allywatch_schemas.evidence import EvidenceKind, Mechanism, Modality, PloverRoot, Track
from allywatch_schemas.sources import Source


class Level(StrEnum):
    """A score in words, lowest first."""

    LOW = "low"
    GUARDED = "guarded"
    ELEVATED = "elevated"
    HIGH = "high"
    CRITICAL = "critical"


class Severity(StrEnum):
    """How urgent a rule is, lowest first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class RegionState(StrEnum):
    """What a score rests on."""

    OK = "ok"
    LEARNING = "learning"
    """Less than 30 days of history: absolute thresholds, nothing above elevated."""
    UNKNOWN = "unknown"
    """A feed is silent, or the state was lost: the score says little, and nothing resolves."""


class Sequence(Part):
    """The input record after which this was true."""

    partition: int = Field(ge=0)
    offset: int = Field(ge=0)


class Contribution(Part):
    """What one origin (all copies of one text) adds. All contributions sum to the pressure, exactly."""

    origin: str = Field(
        description="Fingerprint of the text; `other` for everything not listed.", max_length=100
    )
    track: Track | None = None
    points: int = Field(
        description="Micro-points of pressure now, after decay. Negative: it lowers the risk."
    )
    documents: int = Field(ge=0, description="Documents, all copies counted.")
    evidence_id: Identifier | None = None
    kind: EvidenceKind | None = None
    mechanism: Mechanism | None = None
    plover_root: PloverRoot | None = None
    modality: Modality | None = None
    quote: Text = ""
    title: str = Field(default="", max_length=300)
    url: str | None = None
    source: Source | None = None
    published_at: UtcTime | None = None


class Tracks(Part):
    """Pressure by line of the triad, micro-points."""

    words: int = 0
    acts: int = 0
    de_escalation: int = 0


class OpenAlert(Part):
    """An alert that is open, for those who join late."""

    key: Identifier
    episode: Identifier
    revision: int = Field(ge=1)
    rule: str
    state: "AlertState"
    severity: Severity
    since: UtcTime


class RegionRisk(Message):
    """The latest score of a region, with its reasons."""

    TYPE: ClassVar[str] = "org.allywatch.region-risk.v1"

    region: RegionId
    name: str = Field(max_length=200)
    time: UtcTime = Field(description="The engine's clock.")
    score: float = Field(ge=0, le=100)
    level: Level
    confidence: Share
    state: RegionState
    pressure: int = Field(description="Micro-points, after decay.")
    baseline_mean: int = Field(default=0, description="Of the region's own history, micro-points.")
    baseline_spread: int = Field(
        default=0, ge=0, description="Standard deviation of that history, micro-points."
    )
    history_days: int = Field(default=0, ge=0)
    tracks: Tracks = Tracks()
    contributions: tuple[Contribution, ...] = ()
    origins: int = Field(default=0, ge=0, description="Independent origins that are live.")
    open_alerts: tuple[OpenAlert, ...] = ()
    groups: tuple[RegionId, ...] = ()
    sequence: Sequence
    method_version: str = Field(max_length=100)
    exercise: bool = Field(default=False, description="Some of it was invented for a drill.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.contributions and sum(c.points for c in self.contributions) != self.pressure:
            raise ValueError("contributions do not sum to the pressure")
        return self


class AlertState(StrEnum):
    """The life of an alert."""

    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class TransitionReason(StrEnum):
    """Why an alert changed."""

    THRESHOLD_CROSSED = "threshold_crossed"
    HELD_FOR = "held_for"
    SEVERITY_RAISED = "severity_raised"
    BACK_ABOVE = "back_above"
    FELL_BELOW = "fell_below"
    STAYED_BELOW = "stayed_below"
    NOT_HELD = "not_held"
    ACKNOWLEDGED_BY_PERSON = "acknowledged_by_person"
    RESOLVED_BY_PERSON = "resolved_by_person"
    CANCELLED_BY_PERSON = "cancelled_by_person"
    EVIDENCE_RETRACTED = "evidence_retracted"


class Alert(Message):
    """One transition of one alert. (`episode`, `revision`) is the idempotency key."""

    TYPE: ClassVar[str] = "org.allywatch.alert.v1"

    key: Identifier = Field(description="Rule and region.")
    episode: Identifier = Field(description="Key and a counter: one story from opening to end.")
    revision: int = Field(ge=1, description="Counts up within the episode.")
    rule: str = Field(max_length=100)
    region: RegionId
    region_name: str = Field(max_length=200)
    groups: tuple[RegionId, ...] = ()
    state: AlertState
    previous_state: AlertState | None = None
    reason: TransitionReason
    severity: Severity
    score: float = Field(ge=0, le=100)
    level: Level
    confidence: Share
    threshold: float = Field(description="What the rule's value was held against.")
    value: float = Field(description="What the rule measured.")
    started_at: UtcTime = Field(description="When the episode began.")
    changed_at: UtcTime = Field(description="When this transition happened, on the engine's clock.")
    evidence: tuple[Contribution, ...] = Field(
        min_length=1, description="The strongest reasons, strongest first."
    )
    origins: int = Field(ge=1, description="Independent origins behind it.")
    actor: str | None = Field(default=None, description="Who, where a person caused the transition.")
    muted: bool = False
    sequence: Sequence
    method_version: str = Field(max_length=100)
    exercise: bool = False
    note: Text = ""

    @property
    def open(self) -> bool:
        """Whether the episode goes on after this transition."""
        return self.state not in (AlertState.RESOLVED, AlertState.CANCELLED)


OpenAlert.model_rebuild()
RegionRisk.model_rebuild()
