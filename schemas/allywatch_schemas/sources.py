"""What comes in: news articles and coded diplomatic events."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from allywatch_schemas.base import Identifier, Message, Part, Url, UtcTime


class ArticleStatus(StrEnum):
    """After IPTC ninjs `pubStatus`."""

    USABLE = "usable"
    CANCELED = "canceled"


class MediaType(StrEnum):
    """How to read a body."""

    PLAIN = "text/plain"
    HTML = "text/html"


class Source(Part):
    """Who published a document."""

    id: Identifier = Field(description="Stable, lower case; a host name where there is one.")
    name: str = Field(description="As a reader would see it.", max_length=300)


class NewsArticle(Message):
    """One version of one article. A higher `version` replaces what a lower one contributed."""

    TYPE: ClassVar[str] = "org.allywatch.news-article.v1"

    id: Identifier = Field(description="Deterministic: the same article has the same id again.")
    version: int = Field(default=1, ge=1, description="Counts up when the publisher changes the article.")
    status: ArticleStatus = Field(
        default=ArticleStatus.USABLE, description="`canceled`: the publisher withdrew it."
    )
    title: str = Field(default="", description="Plain text, as published.", max_length=4_000)
    body: str = Field(
        default="", description="As published; see `media_type`. In characters.", max_length=1_000_000
    )
    media_type: MediaType = Field(default=MediaType.PLAIN, description="How to read `body`.")
    language: str | None = Field(
        default=None, description="BCP 47, as declared by the publisher.", max_length=35
    )
    published_at: UtcTime = Field(
        description="When this version was published; the event time of its evidence."
    )
    url: Url | None = Field(default=None, description="Where a person can read it.")
    source: Source = Field(description="Who published it.")
    feed: str | None = Field(
        default=None,
        description="The feed it came through; coverage is kept by feed.",
        max_length=300,
    )
    backfill: bool = Field(
        default=False, description="History: it fills buckets and never causes a transition."
    )
    exercise: bool = Field(default=False, description="Invented for a drill or a demonstration.")


class Actor(Part):
    """One side of a coded event."""

    name: str = Field(default="", description="As the provider writes it.", max_length=500)
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, description="ISO 3166-1 alpha-3, where the actor belongs to a country."
    )
    sectors: tuple[Annotated[str, StringConstraints(max_length=500)], ...] = Field(
        default=(), description="Roles such as Military or Government, as coded.", max_length=64
    )


class DiplomaticEvent(Message):
    """Who did what to whom, coded in CAMEO."""

    TYPE: ClassVar[str] = "org.allywatch.diplomatic-event.v1"

    id: Identifier = Field(description="Deterministic: provider and the provider's own number.")
    version: int = Field(default=1, ge=1, description="Counts up when the provider recodes the event.")
    provider: str = Field(description="Who coded it: gdelt, icews, …", max_length=100)
    occurred_at: UtcTime = Field(
        description="Event time; a provider's day is its start in UTC, or `reported_at` on that day."
    )
    reported_at: UtcTime | None = Field(default=None, description="When the provider first published it.")
    source_actor: Actor = Field(description="Who did it.")
    target_actor: Actor = Field(description="To whom.")
    cameo: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,4}$")] = Field(
        description="CAMEO event code, with leading zero."
    )
    goldstein: float | None = Field(
        default=None, description="Goldstein scale: −10 conflict, +10 cooperation.", ge=-10, le=10
    )
    mentions: int = Field(default=1, ge=1, description="Mentions in the news, as counted by the provider.")
    tone: float | None = Field(
        default=None,
        description="Average tone of the documents; about the documents, not the event.",
    )
    text: str | None = Field(
        default=None,
        description="The code in words, or the sentence, where the provider has it.",
        max_length=2_000,
    )
    url: Url | None = Field(default=None, description="A document that reports it.")
    publisher: str | None = Field(default=None, description="Who published that document.", max_length=300)
    backfill: bool = Field(
        default=False, description="History: it fills buckets and never causes a transition."
    )
    exercise: bool = Field(default=False, description="Invented for a drill or a demonstration.")
