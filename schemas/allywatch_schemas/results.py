"""What goes out: a score per region and alerts."""

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from allywatch_schemas.base import Identifier, Message, Part, RegionId, Share, Text, Url, UtcTime
from allywatch_schemas.control import CoverageState
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

    partition: int = Field(ge=0, description="Of `region-inputs`.")
    offset: int = Field(ge=0, description="In that partition.")


class Contribution(Part):
    """What one origin (all copies of one story) adds. All contributions sum to the pressure, exactly."""

    origin: str = Field(
        description="Fingerprint of the text; `other` for everything not listed; `usual` for what the region "
        "scores without any news; `coverage` for what is not heard.",
        max_length=100,
    )
    track: Track | None = Field(default=None, description="Which line of the triad; none for `other`.")
    points: int = Field(
        description="Micro-points of pressure now, after decay. Negative: it lowers the risk."
    )
    score_tenths: int = Field(
        default=0,
        description="What it adds to the score, in tenths of a point. All of a region's contributions sum to "
        "its score, exactly. All 0: the writer did not say.",
    )
    documents: int = Field(ge=0, description="Documents, all copies counted.")
    root: str | None = Field(
        default=None,
        description="Whose word it is in the end: the agency that is cited, or else the publisher's family. "
        "Origins with one root are not independent of each other.",
        max_length=200,
    )
    copies: tuple[Source, ...] = Field(
        default=(), description="Who else carries it, the strongest first.", max_length=8
    )
    evidence_id: Identifier | None = Field(default=None, description="Its strongest item of evidence.")
    kind: EvidenceKind | None = Field(default=None, description="Of that item.")
    mechanism: Mechanism | None = Field(default=None, description="Of that item.")
    plover_root: PloverRoot | None = Field(default=None, description="Of that item.")
    modality: Modality | None = Field(default=None, description="How sure the source is.")
    quote: Text = Field(default="", description="The words that count, exactly as published.")
    title: str = Field(default="", description="Of the document quoted.", max_length=300)
    url: Url | None = Field(default=None, description="Of the document quoted.")
    source: Source | None = Field(default=None, description="Who published it.")
    published_at: UtcTime | None = Field(default=None, description="When.")


class FlipSet(Part):
    """The fewest independent origins without which the level would be lower; nothing else changed."""

    size: int = Field(ge=1, description="How many origins.")
    origins: tuple[str, ...] = Field(
        default=(),
        description="Which, as in `contributions`; none listed if there are more than 20.",
        max_length=20,
    )
    level: Level = Field(description="What the level would be without them.")


class Tracks(Part):
    """Pressure by line of the triad, micro-points."""

    words: int = Field(default=0, description="Threats, demands, doubts; micro-points.")
    acts: int = Field(default=0, description="What was done; micro-points.")
    de_escalation: int = Field(default=0, description="What calms; micro-points, usually negative.")


class OpenAlert(Part):
    """An alert that is open, for those who join late."""

    key: Identifier = Field(description="As in the Alert.")
    episode: Identifier = Field(description="As in the Alert.")
    revision: int = Field(ge=1, description="Of its last transition.")
    rule: str = Field(description="As in the Alert.", max_length=100)
    state: "AlertState" = Field(description="Now.")
    severity: Severity = Field(description="Now.")
    since: UtcTime = Field(description="When the episode began.")


class RegionRisk(Message):
    """The latest score of a region, with its reasons."""

    TYPE: ClassVar[str] = "org.allywatch.region-risk.v1"

    region: RegionId = Field(description="Whose score it is.")
    name: str = Field(description="Of the region, in English.", max_length=200)
    time: UtcTime = Field(description="The engine's clock.")
    score: float = Field(description="0 calm, 100 as bad as it gets.", ge=0, le=100)
    level: Level = Field(description="The score in words.")
    confidence: Share = Field(description="How well the score is founded; never part of it.")
    state: RegionState = Field(description="What the score rests on.")
    pressure: int = Field(description="Micro-points, after decay.")
    baseline_mean: int = Field(default=0, description="Of the region's own history, micro-points.")
    baseline_spread: int = Field(
        default=0, ge=0, description="Standard deviation of that history, micro-points."
    )
    history_days: int = Field(default=0, ge=0, description="Days of history known.")
    z: float | None = Field(
        default=None,
        description="Pressure above its usual, in standard deviations: what alarms are made of. Unbounded; "
        "none while learning.",
    )
    slow_pressure: int = Field(
        default=0, description="Micro-points at a half-life of about a week: how tense the times are."
    )
    coverage: CoverageState = Field(
        default=CoverageState.OK, description="The worst of the feeds that speak of it."
    )
    flip: FlipSet | None = Field(
        default=None, description="What the level hangs on; none at the lowest level, or where none suffices."
    )
    note: Text = Field(default="", description="In words: what holds the level down, or what is inexact.")
    tracks: Tracks = Field(default=Tracks(), description="The pressure, line by line.")
    contributions: tuple[Contribution, ...] = Field(
        default=(), description="Where the pressure comes from, strongest first."
    )
    origins: int = Field(default=0, ge=0, description="Independent origins that are live.")
    open_alerts: tuple[OpenAlert, ...] = Field(
        default=(), description="What is open now, for those who join late."
    )
    groups: tuple[RegionId, ...] = Field(default=(), description="Groups and theatres it belongs to.")
    sequence: Sequence = Field(description="The input record after which this was true.")
    method_version: str = Field(description="The method in force.", max_length=100)
    exercise: bool = Field(default=False, description="Some of it was invented for a drill.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.contributions and sum(c.points for c in self.contributions) != self.pressure:
            raise ValueError("contributions do not sum to the pressure")
        tenths = [c.score_tenths for c in self.contributions]
        if any(tenths) and sum(tenths) != round(self.score * 10):
            raise ValueError("contributions do not sum to the score")
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
    """What it stood on was withdrawn: the end of the episode."""
    EVIDENCE_REVISED = "evidence_revised"
    """Some of what it began with was withdrawn or corrected, and it stands on the rest."""
    NEW_EVIDENCE = "new_evidence"
    """Independent evidence came that was not known when people were last told."""
    ESCALATED = "escalated"
    """The value is half as high again as when people were last told."""
    UNHEARD = "unheard"
    """Too little is heard to believe that it is over."""
    OTHER = "other"
    """A reason that this reader does not know: written by a newer release."""

    @classmethod
    def _missing_(cls, value: object) -> "TransitionReason":
        """Readers outlive writers: what a newer writer says is kept apart, not refused."""
        return cls.OTHER


class Alert(Message):
    """One transition of one alert. (`episode`, `revision`) is the idempotency key."""

    TYPE: ClassVar[str] = "org.allywatch.alert.v1"

    key: Identifier = Field(description="Rule and region.")
    episode: Identifier = Field(description="Key and a counter: one story from opening to end.")
    revision: int = Field(ge=1, description="Counts up within the episode.")
    rule: str = Field(description="The alert rule, by name.", max_length=100)
    region: RegionId = Field(description="Where.")
    region_name: str = Field(description="Of the region, in English.", max_length=200)
    groups: tuple[RegionId, ...] = Field(
        default=(), description="Groups and theatres of the region, to hold back alerts for one cause."
    )
    state: AlertState = Field(description="After this transition.")
    previous_state: AlertState | None = Field(
        default=None, description="Before it; none when the episode opens."
    )
    reason: TransitionReason = Field(description="Why it changed.")
    severity: Severity = Field(description="How urgent.")
    score: float = Field(description="Of the region, when it changed.", ge=0, le=100)
    level: Level = Field(description="That score in words.")
    confidence: Share = Field(description="How well the score is founded; never part of it.")
    threshold: float = Field(description="What the rule's value was held against.")
    value: float = Field(description="What the rule measured.")
    started_at: UtcTime = Field(description="When the episode began.")
    changed_at: UtcTime = Field(description="When this transition happened, on the engine's clock.")
    evidence: tuple[Contribution, ...] = Field(
        min_length=1, description="The strongest reasons, strongest first."
    )
    origins: int = Field(ge=1, description="Independent origins behind it.")
    actor: str | None = Field(default=None, description="Who, where a person caused the transition.")
    muted: bool = Field(default=False, description="A person asked for silence; transitions go on.")
    notify: bool = Field(
        default=True,
        description="Whether to tell people: it opened, grew worse, ended, or stands on new ground. "
        "False for what changes nothing they were told; while it flaps, only that it grew worse is told.",
    )
    flapping: bool = Field(
        default=False,
        description="It opened and closed too often lately; it is reported once, not each time.",
    )
    flip: FlipSet | None = Field(
        default=None, description="What the level hangs on; none at the lowest level, or where none suffices."
    )
    sequence: Sequence = Field(description="The input record that caused it.")
    method_version: str = Field(description="The method in force.", max_length=100)
    exercise: bool = Field(default=False, description="Some of its evidence was invented for a drill.")
    note: Text = Field(default="", description="In words: what a person said, or what is inexact.")

    @property
    def open(self) -> bool:
        """Whether the episode goes on after this transition."""
        return self.state not in (AlertState.RESOLVED, AlertState.CANCELLED)


OpenAlert.model_rebuild()
RegionRisk.model_rebuild()
