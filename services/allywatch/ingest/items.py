"""What sources and the intake say to each other: portions of items, and what became of each item."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from pydantic import ValidationError

from allywatch.errors import AllywatchError, Reject, RejectReason
from allywatch_schemas import Coverage, DiplomaticEvent, Message, NewsArticle, Retraction

Document = NewsArticle | DiplomaticEvent | Retraction | Coverage


class Kind(StrEnum):
    """Where documents come from; part of `ce_source` and a metric label."""

    GDELT = "gdelt"
    ICEWS = "icews"
    RSS = "rss"
    JSONL = "jsonl"
    NINJS = "ninjs"


class SkipReason(StrEnum):
    """Why a good item makes no message; a metric label."""

    WITHHELD = "withheld"
    """The publisher holds it back (ninjs `pubstatus`)."""
    UNCHANGED = "unchanged"
    """This version of it was sent before."""


@dataclass(frozen=True, slots=True)
class Skip:
    """A good item that makes no message."""

    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a file, or one entry of a feed."""

    number: int
    """Its line, or its place among the entries, from 1."""
    raw: bytes
    """As it stood there; the value of its dead letter."""
    read: Callable[[], "Document | Skip"]
    """What it says. Raises Reject when it cannot be used. Pure: the same answer each time."""


def _forget(acknowledged: int, whole: bool) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Portion:
    """What is taken in and acknowledged together: a file, one answer of a feed."""

    name: str
    """As a person would call it; positions are `name:number`."""
    kind: Kind
    topic: str
    """For which topic the items are meant; those that cannot be used go to its dead letters."""
    items: Iterable[Item]
    """Lazy. Raises BadFile when the whole cannot be read, or cannot be read any further."""
    commit: Callable[[int, bool], None] = _forget
    """Called with (number of the last item, whether that was all) once everything so far is acknowledged."""
    resume_after: int = 0
    """Items up to this number were acknowledged in an earlier run."""
    size: int = 0
    """Bytes to read, for the progress bar; 0: unknown."""
    progress: Callable[[], int] = int
    """Bytes read so far."""


Take = Callable[[Portion], Awaitable[None]]
Report = Callable[[bool, str], None]
"""Says whether a source hears what it should, and what is wrong: its part of `/ready`."""


def unheard(ok: bool, detail: str) -> None:
    """Reports to nobody."""


class Source(Protocol):
    """Where portions come from."""

    async def deliver(self, take: Take) -> None:
        """Hand over every portion, each awaited; return when there are no more, or on request to stop.

        Raises:
            BadFile: After everything else was delivered: these could not be read.
        """
        ...


class BadFile(AllywatchError):
    """A whole file, or the rest of it, cannot be read. Says which, why, and what to do."""


@dataclass(slots=True)
class Tally:
    """What became of the items. Every row is accounted for."""

    rows: int = 0
    resumed: int = 0
    """Rows that an earlier run had taken in; part of `rows`."""
    events: int = 0
    articles: int = 0
    retractions: int = 0
    coverages: int = 0
    """Word on feeds."""
    skipped: Counter[SkipReason] = field(default_factory=Counter)
    rejected: Counter[RejectReason] = field(default_factory=Counter)
    bytes: int = 0
    newest: datetime | None = None
    """Latest event time."""

    @property
    def accounted(self) -> int:
        """Rows of which we can say what became of them. Law: equals `rows`."""
        messages = self.events + self.articles + self.retractions + self.coverages
        return messages + self.resumed + self.skipped.total() + self.rejected.total()

    def count(self, document: "Document | Skip") -> None:
        """Count a row that was understood."""
        match document:
            case Skip(reason):
                self.skipped[reason] += 1
            case DiplomaticEvent():
                self.events += 1
            case NewsArticle():
                self.articles += 1
            case Retraction():
                self.retractions += 1
            case Coverage():
                self.coverages += 1
        moment = None if isinstance(document, Skip | Coverage) else moment_of(document)
        if moment is not None and (self.newest is None or moment > self.newest):
            self.newest = moment

    def add(self, other: "Tally") -> None:
        """Take over the counts of `other`."""
        self.rows += other.rows
        self.resumed += other.resumed
        self.events += other.events
        self.articles += other.articles
        self.retractions += other.retractions
        self.coverages += other.coverages
        self.skipped += other.skipped
        self.rejected += other.rejected
        self.bytes += other.bytes
        if other.newest is not None and (self.newest is None or other.newest > self.newest):
            self.newest = other.newest


def moment_of(document: Document) -> datetime:
    """When it happened: the CloudEvents time of its record."""
    match document:
        case DiplomaticEvent():
            return document.occurred_at
        case NewsArticle():
            return document.published_at
        case Retraction():
            return document.issued_at
        case Coverage():
            return document.window_end


M = TypeVar("M", bound=Message)


def validated(model: type[M], fields: dict[str, object]) -> M:
    """Build a message, unknown fields ignored.

    Raises:
        Reject: `invalid`, with the first error and its field.
    """
    try:
        return model.model_validate(fields, extra="ignore")
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or model.__name__
        more = f" (and {exc.error_count() - 1} more)" if exc.error_count() > 1 else ""
        raise Reject(RejectReason.INVALID, f"{where}: {first['msg']}{more}") from None


def text_of(raw: bytes) -> str:
    """A row as text.

    Raises:
        Reject: `wrong_encoding`, with the first bad byte.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Reject(RejectReason.WRONG_ENCODING, f"byte {exc.start} is not UTF-8") from None
