"""What else may change a region's state: withdrawals, people, time, coverage, method."""

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from allywatch_schemas.base import Identifier, Message, RegionId, Text, UtcTime


class Retraction(Message):
    """A document no longer stands. Broadcast; may come before the document itself."""

    TYPE: ClassVar[str] = "org.allywatch.retraction.v1"

    id: Identifier = Field(description="The same retraction has the same id again; remembered for 30 days.")
    doc_id: Identifier = Field(description="The article or event that no longer stands, in all versions.")
    reason: Text = Field(description="Why, for people.")
    issued_at: UtcTime = Field(description="When it was withdrawn.")


class AlertAction(StrEnum):
    """What a person may do to an alert."""

    ACKNOWLEDGE = "acknowledge"
    MUTE = "mute"
    UNMUTE = "unmute"
    RESOLVE = "resolve"
    CANCEL = "cancel"


class AlertCommand(Message):
    """A person's decision about one alert. Key: the region."""

    TYPE: ClassVar[str] = "org.allywatch.alert-command.v1"

    id: Identifier = Field(description="The same command has the same id again.")
    region: RegionId = Field(description="Whose alert.")
    alert_key: Identifier = Field(description="`key` of the alert.")
    episode: Identifier | None = Field(
        default=None, description="If given, a command for another episode is ignored."
    )
    action: AlertAction = Field(description="What to do.")
    actor: str = Field(description="Who.", min_length=1, max_length=300)
    reason: Text = Field(default="", description="Why, for people.")
    issued_at: UtcTime = Field(description="When the person decided.")
    until: UtcTime | None = Field(default=None, description="For mute: when it ends.")


class TickOrigin(StrEnum):
    """Who made time pass."""

    LIVE = "live"
    EXTERNAL = "external"


class Tick(Message):
    """Time passes. The engine's clock is the highest tick seen."""

    TYPE: ClassVar[str] = "org.allywatch.tick.v1"

    time: UtcTime = Field(description="What time it is.")
    origin: TickOrigin = Field(
        default=TickOrigin.LIVE, description="`external`: written by a demonstration or a replay."
    )


class CoverageState(StrEnum):
    """Whether we are hearing what we should."""

    OK = "ok"
    DEGRADED = "degraded"
    SILENT = "silent"


class Coverage(Message):
    """How well a feed is heard. Broadcast. A silent feed is not a calm region."""

    TYPE: ClassVar[str] = "org.allywatch.coverage.v1"

    id: Identifier = Field(description="The same report has the same id again.")
    feed: str = Field(description="As in `feed` of its articles.", max_length=300)
    regions: tuple[RegionId, ...] = Field(
        default=(), description="Whom it concerns; empty: every region.", max_length=500
    )
    state: CoverageState = Field(
        description="What that means. `silent`: named regions become `unknown`; without names, all do if "
        "most of the news usually comes through it."
    )
    observed: int = Field(ge=0, description="Records heard in the window.")
    expected: float = Field(
        ge=0,
        description="Records expected in it. 0: the sender does not know; the feed then counts as much as it "
        "usually brings, and not at all if it never brought anything.",
    )
    window_start: UtcTime = Field(description="Start of the window, inclusive.")
    window_end: UtcTime = Field(description="End of the window, exclusive.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.window_end <= self.window_start:
            raise ValueError("a coverage window ends after its start")
        return self


class MethodActivated(Message):
    """From here on these rules are in force. Broadcast; an unknown version stops the worker."""

    TYPE: ClassVar[str] = "org.allywatch.method-activated.v1"

    id: Identifier = Field(description="The same activation has the same id again.")
    version: str = Field(description="Name of the method.", min_length=1, max_length=100)
    digest: str = Field(
        description="SHA-256 over weights, half-lives, rules and registry.",
        pattern=r"^[0-9a-f]{64}$",
    )
    activated_at: UtcTime = Field(description="When it was put in force.")
