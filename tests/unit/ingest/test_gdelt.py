from datetime import UTC, datetime

import pytest

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.gdelt import items, parse
from allywatch.ingest.items import BadFile

from .exports import a_gdelt_row, rows


def test_a_row_is_an_event() -> None:
    event = parse(a_gdelt_row())

    assert event.id == "gdelt:700001"
    assert (event.source_actor.country, event.source_actor.sectors) == ("RUS", ("GOV",))
    assert event.target_actor.country == "LVA"
    assert (event.cameo, event.goldstein, event.mentions, event.tone) == ("138", -7.0, 10, -3.25)
    assert event.reported_at == event.occurred_at == datetime(2026, 3, 2, 12, 15, tzinfo=UTC)
    assert event.publisher == "herald.example"


def test_a_day_before_the_report_is_its_start() -> None:
    assert parse(a_gdelt_row(day="20260301")).occurred_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_an_actor_of_a_region_has_no_country() -> None:
    assert parse(a_gdelt_row(country1="EUR")).source_actor.country is None


def test_a_source_that_is_no_address_is_the_publisher() -> None:
    event = parse(a_gdelt_row(url="Exercise Monitoring"))

    assert (event.url, event.publisher) == (None, "Exercise Monitoring")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"one\ttwo", RejectReason.BAD_ROW),
        (a_gdelt_row(id="x1"), RejectReason.BAD_ROW),
        (a_gdelt_row(day="20261399"), RejectReason.BAD_ROW),
        (a_gdelt_row(added="soon"), RejectReason.BAD_ROW),
        (a_gdelt_row(tone="nan"), RejectReason.BAD_ROW),
        (a_gdelt_row(code="---"), RejectReason.INVALID),
        (a_gdelt_row(goldstein="-11"), RejectReason.INVALID),
        (a_gdelt_row(mentions="0"), RejectReason.INVALID),
        (a_gdelt_row().replace(b"EXERCISE", b"\xff\xfe"), RejectReason.WRONG_ENCODING),
    ],
)
def test_what_is_wrong_with_a_row_is_said(row: bytes, reason: RejectReason) -> None:
    with pytest.raises(Reject) as caught:
        parse(row)
    assert caught.value.reason is reason


def test_one_bad_row_does_not_make_a_bad_file() -> None:
    found = list(items(rows(b"rubbish", a_gdelt_row())))

    assert [item.number for item in found] == [1, 2]


def test_a_file_without_any_row_of_61_columns_is_refused() -> None:
    with pytest.raises(BadFile, match="not a GDELT 2 event export"):
        list(items(rows(b"a,b,c", b"1,2,3")))
