"""CloudEvents in Kafka's binary mode, held against the cloudevents library; every way to be unreadable."""

import json
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from allywatch_schemas import Alert, NewsArticle, Tick
from allywatch_schemas.codec import DecodeError, DecodeReason, decode, encode, header
from allywatch_schemas.generate.examples import EXAMPLES, Example
from builders import NOON, a_batch, a_tick, an_alert, an_article

every_example = pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{type(e.message).__name__}-{e.name}" for e in EXAMPLES]
)


def _encoded(example: Example) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    return encode(
        example.message,
        id=example.id,
        source=example.source,
        time=NOON,
        subject=example.subject,
        partition_key=example.key,
    )


@every_example
def test_the_cloudevents_library_reads_what_we_write(example: Example) -> None:
    value, headers = _encoded(example)
    event = from_binary(KafkaMessage(dict(headers), example.key, value), JSONFormat())
    assert (event.get_type(), event.get_id(), event.get_source()) == (
        example.message.TYPE,
        example.id,
        example.source,
    )
    assert event.get_specversion() == "1.0"
    assert event.get_time() == NOON
    assert event.get_subject() == example.subject
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("partitionkey") == example.key
    assert event.get_data() == json.loads(example.message.write())


@every_example
def test_we_read_what_the_cloudevents_library_writes_and_the_headers_are_the_same(example: Example) -> None:
    value, headers = _encoded(example)
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": example.id,
        "source": example.source,
        "type": example.message.TYPE,
        "time": NOON,
        "subject": example.subject,
        "partitionkey": example.key,
        "datacontenttype": "application/json",
    }
    event = CloudEvent({k: v for k, v in attributes.items() if v is not None}, json.loads(value))
    theirs = to_binary(event, JSONFormat())
    assert theirs.headers == dict(headers)
    assert theirs.key == example.key
    assert decode(theirs.value, tuple(theirs.headers.items())) == example.message


def _reason(value: bytes | None, *headers: tuple[str, bytes | None], expected: Any = None) -> DecodeReason:
    with pytest.raises(DecodeError) as caught:
        decode(value, headers, expected)
    return caught.value.reason


TICK_TYPE = ("ce_type", Tick.TYPE.encode())


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, DecodeReason.NULL_VALUE),
        (b"", DecodeReason.NOT_JSON),
        (b"not json", DecodeReason.NOT_JSON),
        (b'{"time":', DecodeReason.NOT_JSON),
        (b"[" * 100_000, DecodeReason.NOT_JSON),
        ('{"time": "é"}'.encode("latin-1"), DecodeReason.WRONG_ENCODING),
        ('{"time": "2026-03-02T12:00:00Z"}'.encode("utf-16"), DecodeReason.WRONG_ENCODING),
        (b"{}", DecodeReason.INVALID),
        (b"[]", DecodeReason.INVALID),
        (b"null", DecodeReason.INVALID),
        (b'{"time": "9999-12-31T23:59:59-10:00"}', DecodeReason.INVALID),
        (b'{"time": 1e999}', DecodeReason.INVALID),
    ],
)
def test_a_value_that_cannot_be_read_says_why(value: bytes | None, reason: DecodeReason) -> None:
    assert _reason(value, TICK_TYPE) is reason


@pytest.mark.parametrize("kind", [b"com.example.other", b"", b"\xff", None])
def test_a_type_that_nobody_expects_is_unknown(kind: bytes | None) -> None:
    assert _reason(a_tick().write(), ("ce_type", kind)) is DecodeReason.UNKNOWN_TYPE


def test_a_known_type_on_the_wrong_topic_is_unknown() -> None:
    assert _reason(a_tick().write(), TICK_TYPE, expected=(NewsArticle, Alert)) is DecodeReason.UNKNOWN_TYPE


def test_a_plain_json_record_is_read_where_one_message_is_expected() -> None:
    assert decode(an_article().write(), (), (NewsArticle,)) == an_article()
    assert _reason(an_article().write(), expected=(NewsArticle, Tick)) is DecodeReason.UNKNOWN_TYPE


def test_the_detail_names_the_field_and_counts_the_rest() -> None:
    with pytest.raises(DecodeError, match=r"^invalid: id: Field required \(and 2 more\)$"):
        decode(b"{}", (), (NewsArticle,))


def test_a_null_header_is_as_none() -> None:
    headers = (("ce_type", None), ("ce_id", b"1"))
    assert header(headers, "ce_type") is None
    assert header(headers, "ce_id") == "1"
    assert decode(an_alert().write(), headers, (Alert,)) == an_alert()


def test_the_same_message_is_the_same_record() -> None:
    def record() -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
        return encode(a_batch(), id="batch-1", source="/allywatch/extract", time=NOON)

    assert record() == record()
