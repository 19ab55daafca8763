"""CloudEvents 1.0 in Kafka's binary mode: attributes in `ce_*` headers, the message as JSON in the value.

See the CloudEvents Kafka protocol binding, section 3.2. Written out here (it is twenty lines) so that
reading alerts needs pydantic alone; the contract tests hold it against the cloudevents library.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from pydantic import ValidationError

from allywatch_schemas import MESSAGES
from allywatch_schemas.base import Message

Headers = tuple[tuple[str, bytes], ...]

CONTENT_TYPE = b"application/json"


class DecodeReason(StrEnum):
    """Why a record could not be read; a header of its dead letter and a metric label."""

    NULL_VALUE = "null_value"
    WRONG_ENCODING = "wrong_encoding"
    NOT_JSON = "not_json"
    UNKNOWN_TYPE = "unknown_type"
    INVALID = "invalid"
    OVERSIZED = "oversized"


class DecodeError(ValueError):
    """A record that cannot be read, with a reason from a closed set."""

    def __init__(self, reason: DecodeReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Envelope:
    """The CloudEvents attributes of a record."""

    id: str
    source: str
    type: str
    time: datetime | None = None
    subject: str | None = None
    partition_key: str | None = None


def headers_of(envelope: Envelope) -> Headers:
    """The Kafka headers of an envelope."""
    pairs: list[tuple[str, str | None]] = [
        ("ce_specversion", "1.0"),
        ("ce_id", envelope.id),
        ("ce_source", envelope.source),
        ("ce_type", envelope.type),
        ("ce_time", envelope.time.isoformat().replace("+00:00", "Z") if envelope.time else None),
        ("ce_subject", envelope.subject),
        ("ce_partitionkey", envelope.partition_key),
    ]
    return (
        *((name, text.encode()) for name, text in pairs if text is not None),
        ("content-type", CONTENT_TYPE),
    )


def encode(
    message: Message,
    *,
    id: str,
    source: str,
    time: datetime | None = None,
    subject: str | None = None,
    partition_key: str | None = None,
) -> tuple[bytes, Headers]:
    """A message as a record's value and headers.

    Args:
        message: What to say.
        id: With `source`, the identity of this event: the same event has the same id again.
        source: Who says it, a URI reference such as `/allywatch/ingest`.
        time: When it happened.
        subject: What it is about, such as a region.
        partition_key: The record's key as text, where it has one.
    """
    return message.write(), headers_of(Envelope(id, source, message.TYPE, time, subject, partition_key))


def header(headers: Iterable[tuple[str, bytes | None]], name: str) -> str | None:
    """The first header of that name as text; None if there is none, or Kafka's null as its value."""
    for key, value in headers:  # for every record: a generator expression costs three times as much
        if key == name:
            return None if value is None else value.decode("utf-8", "replace")
    return None


def decode(
    value: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
    expected: Iterable[type[Message]] | None = None,
) -> Message:
    """The message of a record, read leniently.

    Args:
        value: The record's value.
        headers: The record's headers; `ce_type` decides which message it is.
        expected: The messages that may stand on this topic; none: any. A record without `ce_type` is
            read as the only expected message, so that a plain JSON producer works too.

    Raises:
        DecodeError: With the reason and where.
    """
    if value is None:
        raise DecodeError(DecodeReason.NULL_VALUE, "the record has no value")
    allowed = MESSAGES if expected is None else _by_type(tuple(expected))
    kind = header(headers, "ce_type")
    if kind is None and len(allowed) == 1:
        kind = next(iter(allowed))
    model = allowed.get(kind or "")
    if model is None:
        raise DecodeError(DecodeReason.UNKNOWN_TYPE, f"ce_type {kind!r} is none of {sorted(allowed)}")
    try:
        return model.read(value)
    except ValidationError as exc:
        raise _explain(value, exc) from None


@lru_cache(maxsize=64)
def _by_type(expected: tuple[type[Message], ...]) -> Mapping[str, type[Message]]:
    return {message.TYPE: message for message in expected}


def _explain(value: bytes, exc: ValidationError) -> DecodeError:
    first = exc.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] != "json_invalid":
        more = f" (and {exc.error_count() - 1} more)" if exc.error_count() > 1 else ""
        return DecodeError(DecodeReason.INVALID, f"{where}: {first['msg']}{more}")
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as bad:
        return DecodeError(DecodeReason.WRONG_ENCODING, f"byte {bad.start} is not UTF-8")
    return DecodeError(DecodeReason.NOT_JSON, first["msg"])
