"""Strict when written, lenient when read; equal messages are equal bytes."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from allywatch_schemas import MESSAGES, Alert, EvidenceBatch, EvidenceKind, Message, NewsArticle, Tick
from allywatch_schemas.generate.examples import EXAMPLES
from allywatch_schemas.generate.jsonschema import schema_of
from builders import (
    NOON,
    a_batch,
    a_contagion,
    a_contribution,
    a_coverage,
    a_document,
    a_range,
    a_risk,
    a_tick,
    an_alert,
    an_article,
    an_event_evidence,
    an_evidence,
)
from contracts.strategies import values_of

every_message = pytest.mark.parametrize("message", MESSAGES.values(), ids=lambda m: m.__name__)
every_example = pytest.mark.parametrize(
    "example", [e.message for e in EXAMPLES], ids=[f"{type(e.message).__name__}-{e.name}" for e in EXAMPLES]
)


def _with_strangers(value: Any) -> Any:
    """The same JSON from a newer writer: an unknown field in every object that is a part."""
    if isinstance(value, list):
        return [_with_strangers(item) for item in value]
    if not isinstance(value, dict):
        return value
    is_map = all(name[:4].isdecimal() for name in value) and value
    return {k: _with_strangers(v) for k, v in value.items()} | ({} if is_map else {"stranger": {"a": [1]}})


@every_message
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_reads_back_equal_and_writes_the_same_bytes(
    message: type[Message], data: st.DataObject
) -> None:
    read = message.read(json.dumps(data.draw(values_of(schema_of(message)))).encode())
    again = message.read(read.write())
    assert again == read
    assert again.write() == read.write()


@every_example
def test_a_field_of_a_newer_writer_is_ignored_at_every_depth(example: Message) -> None:
    newer = json.dumps(_with_strangers(json.loads(example.write()))).encode()
    assert b"stranger" in newer
    assert type(example).read(newer) == example


@every_message
def test_building_with_an_unknown_field_is_an_error(message: type[Message]) -> None:
    example = next(e.message for e in EXAMPLES if isinstance(e.message, message))
    with pytest.raises(ValidationError, match="stranger"):
        message(**{**dict(example), "stranger": 1})


@every_example
def test_absent_fields_are_left_out_rather_than_null(example: Message) -> None:
    assert b"null" not in example.write()


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        an_article().title = "another"  # type: ignore[misc]


def test_an_alert_without_evidence_cannot_be_built() -> None:
    with pytest.raises(ValidationError, match="evidence"):
        an_alert(evidence=())
    with pytest.raises(ValidationError, match="evidence"):
        Alert(**{name: value for name, value in an_alert() if name != "evidence"})


def test_an_alert_without_origins_cannot_be_built() -> None:
    with pytest.raises(ValidationError, match="origins"):
        an_alert(origins=0)


def test_times_are_utc_whatever_offset_they_came_in() -> None:
    there = datetime(2026, 3, 2, 21, tzinfo=timezone(timedelta(hours=9)))
    assert a_tick(time=there).time.utcoffset() == timedelta(0)
    assert a_tick(time=there) == a_tick(time=datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert a_tick(time=there).write() == a_tick(time=NOON).write() == Tick.read(a_tick().write()).write()


@pytest.mark.parametrize(
    "time", ["2026-03-02T12:00:00", "9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00", "noon", None]
)
def test_a_time_that_is_no_instant_is_invalid(time: str | None) -> None:
    with pytest.raises(ValidationError):
        Tick.read(json.dumps({"time": time}).encode())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_are_finite(number: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        an_alert(value=number)


@pytest.mark.parametrize("field", ["id", "title", "body"])
def test_text_that_cannot_be_written_cannot_be_built(field: str) -> None:
    with pytest.raises(ValidationError, match="unicode"):
        an_article(**{field: "\ud800"})


def test_equal_totals_in_another_order_are_the_same_bytes() -> None:
    one, other = {"2026-03-02T11": 1, "2026-03-02T12": 2}, {"2026-03-02T12": 2, "2026-03-02T11": 1}
    assert a_batch(ranges=(a_range(totals=one),)).write() == a_batch(ranges=(a_range(totals=other),)).write()


def test_contagion_and_only_contagion_names_what_it_is_derived_from() -> None:
    with pytest.raises(ValidationError, match="contagion"):
        a_contagion(derived_from=None)
    with pytest.raises(ValidationError, match="contagion"):
        an_evidence(derived_from="evidence-0")


def test_evidence_names_the_class_of_its_kind() -> None:
    with pytest.raises(ValidationError, match="mechanism"):
        an_evidence(mechanism=None)
    with pytest.raises(ValidationError, match="PLOVER"):
        an_event_evidence(plover_root=None)
    assert a_contagion(mechanism=None).kind is EvidenceKind.CONTAGION


def test_a_batch_holds_the_documents_and_ranges_that_it_names() -> None:
    with pytest.raises(ValidationError, match="does not hold"):
        a_batch(documents=())
    with pytest.raises(ValidationError, match="names range 1 of 1"):
        a_batch(documents=(a_document(range=1),))


def test_intervals_are_in_order() -> None:
    with pytest.raises(ValidationError, match="range ends"):
        a_range(start=2, end=1)
    with pytest.raises(ValidationError, match="window ends"):
        a_coverage(window_end=NOON - timedelta(hours=1))


def test_contributions_sum_to_the_pressure_and_to_the_score() -> None:
    with pytest.raises(ValidationError, match="sum to the pressure"):
        a_risk(contributions=(a_contribution(points=2),), pressure=1)
    with pytest.raises(ValidationError, match="sum to the score"):
        a_risk(contributions=(a_contribution(score_tenths=414),), score=41.5)
    assert a_risk(contributions=(a_contribution(score_tenths=415),), score=41.5).score == 41.5


def test_a_writer_that_does_not_share_out_the_score_is_still_understood() -> None:
    assert a_risk(contributions=(a_contribution(),), score=41.5).contributions[0].score_tenths == 0


def test_quotes_of_the_examples_stand_in_their_article() -> None:
    articles = {
        e.message.id: e.message
        for e in EXAMPLES
        if isinstance(e.message, NewsArticle) and e.name == "plain-text"
    }
    quoted = 0
    for batch in (e.message for e in EXAMPLES if isinstance(e.message, EvidenceBatch)):
        for item in batch.items:
            if item.span is not None:
                article = articles[item.doc_id]
                assert f"{article.title}\n\n{article.body}"[slice(*item.span)] == item.quote
                quoted += 1
    assert quoted > 0
