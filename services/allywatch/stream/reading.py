"""One record of a source topic: decoded and extracted, or the reason why not."""

from dataclasses import dataclass
from datetime import datetime

from allywatch.errors import Reject, RejectReason
from allywatch.records import Record, Rejection
from allywatch.stream.extraction import Extraction, Extractor, Incoming
from allywatch_schemas import DiplomaticEvent, NewsArticle
from allywatch_schemas.base import Message
from allywatch_schemas.codec import DecodeError, decode
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES

_EXPECTED: dict[str, tuple[type[Message], ...]] = {
    topic.name: topic.messages for topic in (NEWS_ARTICLES, DIPLOMATIC_EVENTS)
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A record and what it said. Without an extraction it was rejected, and contributes nothing."""

    record: Record
    extraction: Extraction | None = None
    rejection: Rejection | None = None
    time: datetime | None = None
    """When it happened or was published; none if that is unknown, or it is no news (a withdrawal)."""


def read(record: Record, extract: Extractor) -> Reading:
    """Decode a record and extract its evidence. Never raises: a defect becomes `PROCESSING_FAILED`."""
    try:
        message = decode(record.value, record.headers, _EXPECTED[record.topic])
        assert isinstance(message, NewsArticle | DiplomaticEvent)
        extraction = extract(message)
    except DecodeError as exc:
        return _rejected(record, RejectReason(exc.reason.value), exc.detail)
    except Reject as exc:
        return _rejected(record, exc.reason, exc.detail)
    except Exception as exc:
        return _rejected(record, RejectReason.PROCESSING_FAILED, f"{type(exc).__name__}: {exc}")
    return Reading(record, extraction, time=None if extraction.retraction else time_of(message))


def _rejected(record: Record, reason: RejectReason, detail: str) -> Reading:
    return Reading(record, rejection=Rejection(reason, detail))


def time_of(incoming: Incoming) -> datetime:
    """The event time of a document's evidence."""
    return incoming.occurred_at if isinstance(incoming, DiplomaticEvent) else incoming.published_at
