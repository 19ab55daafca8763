from datetime import UTC, datetime

import pytest

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.icews import items
from allywatch.ingest.items import BadFile
from allywatch_schemas import DiplomaticEvent

from .exports import RAW_HEADER, a_raw_icews_row, rows

FOUR = b"source\trelation\ttarget\tdate"


def events(*lines: bytes) -> list[DiplomaticEvent]:
    found = [item.read() for item in items(rows(*lines))]
    return [event for event in found if isinstance(event, DiplomaticEvent)]


def test_a_raw_row_is_an_event() -> None:
    (event,) = events(RAW_HEADER.encode(), a_raw_icews_row())

    assert (event.id, event.cameo, event.goldstein) == ("icews:500001", "040", 1.0)
    assert event.occurred_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert event.source_actor.country == "POL"
    assert event.source_actor.sectors == ("Executive", "Government", "General Population / Civilian / Social")
    assert event.target_actor.sectors == ()
    assert event.publisher == "Exercise Wire"


def test_a_raw_code_without_its_zero_is_understood() -> None:
    (event,) = events(RAW_HEADER.encode(), a_raw_icews_row(code="40"))

    assert event.cameo == "040"


def test_an_unknown_code_is_taken_from_the_words() -> None:
    (event,) = events(RAW_HEADER.encode(), a_raw_icews_row(code="NA", text="Make statement"))

    assert event.cameo == "010"


def test_four_columns_are_an_event() -> None:
    (event,) = events(FOUR, b"Ministry (South Korea)\tConsult\tUnited Nations\t2026-03-02")

    assert (event.source_actor.country, event.target_actor.country) == ("KOR", None)
    assert (event.cameo, event.text) == ("040", "Consult")


def test_the_same_row_twice_is_two_events_and_the_same_file_twice_is_not() -> None:
    row = b"Poland\tConsult\tLatvia\t2026-03-02"
    once, again = events(FOUR, row, row), events(FOUR, row, row)

    assert once[0].id != once[1].id
    assert [event.id for event in once] == [event.id for event in again]


def test_repetitions_are_counted_by_day_even_when_days_are_mixed() -> None:
    row, other = b"Poland\tConsult\tLatvia\t2026-03-02", b"Poland\tConsult\tLatvia\t2026-03-03"

    assert len({event.id for event in events(FOUR, row, other, row, other)}) == 4


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"Poland\tSing in the rain\tLatvia\t2026-03-02", RejectReason.BAD_ROW),
        (b"Poland\tConsult\tLatvia\tyesterday", RejectReason.BAD_ROW),
        (b"Poland\tConsult\tLatvia", RejectReason.BAD_ROW),
        (b"Pol\xffand\tConsult\tLatvia\t2026-03-02", RejectReason.WRONG_ENCODING),
        (b"P" * 501 + b"\tConsult\tLatvia\t2026-03-02", RejectReason.INVALID),
    ],
)
def test_what_is_wrong_with_a_row_is_said(row: bytes, reason: RejectReason) -> None:
    with pytest.raises(Reject) as caught:
        events(FOUR, row)
    assert caught.value.reason is reason


def test_a_file_with_another_header_is_refused() -> None:
    with pytest.raises(BadFile, match="not an ICEWS file"):
        items(rows(b"who\twhat\twhom"))
