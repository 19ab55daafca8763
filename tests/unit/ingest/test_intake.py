import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from allywatch.errors import RejectReason, RetryLater, StopWorker
from allywatch.ingest import gdelt, icews, jsonl, ninjs
from allywatch.ingest.intake import Intake, Terms
from allywatch.ingest.items import BadFile, Item, Kind, Portion, Skip
from allywatch.ingest.journal import Journal
from allywatch.ingest.report import summary
from allywatch.ingest.rows import MAX_ROW_BYTES, Rows
from allywatch.ingest.stopping import Stopping
from allywatch.metrics.ingest import IngestMetrics
from allywatch.records import DETAIL, REASON, TOPIC
from allywatch_schemas import PARTITIONS, TOPICS, DiplomaticEvent
from allywatch_schemas.codec import decode, header

from .exports import RAW_HEADER, a_gdelt_row, a_ninjs, a_raw_icews_row, rows
from .sinks import ListSink


def an_intake(
    sink: ListSink, terms: Terms | None = None, registry: CollectorRegistry | None = None
) -> Intake:
    metrics = IngestMetrics.on(registry or CollectorRegistry())
    return Intake(sink, Journal(None), metrics, Stopping(), terms or Terms())


def a_portion(
    *lines: bytes, resume_after: int = 0, commit: Callable[[int, bool], None] | None = None
) -> Portion:
    return Portion(
        "exercise.csv",
        Kind.GDELT,
        "diplomatic-events",
        gdelt.items(rows(*lines)),
        commit=commit or (lambda number, whole: None),
        resume_after=resume_after,
    )


def take(intake: Intake, portion: Portion) -> None:
    asyncio.run(intake.take(portion))


def test_an_event_goes_out_as_a_cloudevent_under_its_id() -> None:
    sink = ListSink()
    take(an_intake(sink), a_portion(a_gdelt_row()))

    (record,) = sink.records
    assert (record.topic, record.key) == ("diplomatic-events", b"gdelt:700001")
    assert header(record.headers, "ce_id") == "gdelt:700001:1"
    assert header(record.headers, "ce_source") == "/allywatch/ingest/gdelt"
    assert (header(record.headers, "ce_time") or "").startswith("2026-03-02T12:15:00")
    assert isinstance(decode(record.value, record.headers), DiplomaticEvent)


def unread() -> Skip:
    raise AssertionError("what is too large is not even read")


def test_of_an_item_that_no_message_can_hold_the_beginning_is_dead_lettered() -> None:
    sink, huge = ListSink(), Item(1, b"<item>" + b"x" * (3 * MAX_ROW_BYTES), unread)
    portion = Portion("feed", Kind.RSS, "news-articles", iter([huge]), commit=lambda number, whole: None)
    take(an_intake(sink), portion)

    [letter] = sink.records
    assert header(letter.headers, REASON) == "oversized"
    assert letter.value == huge.raw[: len(letter.value or b"")]
    assert len(letter.value or b"") < TOPICS["news-articles-dlq"].max_message_bytes - 10_000


def test_a_bad_row_is_dead_lettered_as_it_stood_and_the_rest_goes_on() -> None:
    sink, bad = ListSink(), a_gdelt_row(id="x1")
    intake = an_intake(sink)
    take(intake, a_portion(a_gdelt_row(), bad, a_gdelt_row(id="700002")))

    letter = sink.records[1]
    assert (letter.topic, letter.key, letter.value) == ("diplomatic-events-dlq", b"exercise.csv:2", bad)
    assert header(letter.headers, REASON) == "bad_row"
    assert header(letter.headers, TOPIC) == "diplomatic-events"
    assert (header(letter.headers, DETAIL) or "").startswith("exercise.csv:2: GLOBALEVENTID 'x1'")
    assert (intake.tally.events, intake.tally.rejected[RejectReason.BAD_ROW]) == (2, 1)
    assert summary("gdelt", intake.tally) == "gdelt: 3 rows in = 2 events + 1 rejected (bad_row 1)"


def test_a_row_that_is_too_long_is_cut_and_dead_lettered() -> None:
    sink = ListSink()
    take(an_intake(sink), a_portion(a_gdelt_row(), b"x" * (2 * MAX_ROW_BYTES), a_gdelt_row(id="700002")))

    assert [record.topic for record in sink.records][1:] == ["diplomatic-events-dlq", "diplomatic-events"]
    assert header(sink.records[1].headers, REASON) == "oversized"


def test_a_withdrawal_is_one_copy_for_every_partition_of_regions() -> None:
    sink = ListSink()
    items = ninjs.items(rows(a_ninjs(pubstatus="canceled")))
    take(an_intake(sink), Portion("a.json", Kind.NINJS, "news-articles", items))

    assert [(r.topic, r.partition, r.key) for r in sink.records] == [
        ("region-inputs", partition, None) for partition in range(PARTITIONS)
    ]
    assert len({r.value for r in sink.records}) == 1


def test_backfill_is_marked() -> None:
    sink = ListSink()
    take(an_intake(sink, Terms(backfill=True)), a_portion(a_gdelt_row()))

    found = decode(sink.records[0].value, sink.records[0].headers)
    assert isinstance(found, DiplomaticEvent)
    assert found.backfill


def test_the_position_moves_only_after_everything_up_to_it_is_acknowledged() -> None:
    sink = ListSink()
    noted: list[tuple[int, bool, int]] = []
    portion = a_portion(
        a_gdelt_row(),
        a_gdelt_row(id="700002"),
        commit=lambda number, whole: noted.append((number, whole, sink.acknowledged)),
    )
    take(an_intake(sink), portion)

    assert noted == [(2, True, 2)]


def test_without_acknowledgement_the_position_stays_and_nothing_counts() -> None:
    sink = ListSink(failing=True)
    noted: list[int] = []
    intake = an_intake(sink)
    with pytest.raises(RetryLater):
        take(intake, a_portion(a_gdelt_row(), commit=lambda number, whole: noted.append(number)))

    assert noted == []
    assert intake.tally.rows == 0


def test_rows_taken_in_before_are_not_sent_again() -> None:
    sink = ListSink()
    intake = an_intake(sink)
    take(intake, a_portion(a_gdelt_row(), a_gdelt_row(id="700002"), resume_after=1))

    assert [record.key for record in sink.records] == [b"gdelt:700002"]
    assert (intake.tally.rows, intake.tally.accounted, intake.tally.resumed) == (2, 2, 1)


def test_what_came_before_damage_is_kept() -> None:
    def damaged() -> Iterator[Item]:
        yield from gdelt.items(rows(a_gdelt_row()))
        raise BadFile("exercise.csv: torn. Fetch it again.")

    sink = ListSink()
    noted: list[tuple[int, bool]] = []
    portion = Portion(
        "exercise.csv", Kind.GDELT, "diplomatic-events", damaged(), lambda *position: noted.append(position)
    )
    with pytest.raises(BadFile):
        take(an_intake(sink), portion)

    assert len(sink.records) == 1
    assert noted == [(1, False)]


def test_a_limit_stops_and_leaves_the_rest_for_the_next_run() -> None:
    sink = ListSink()
    noted: list[tuple[int, bool]] = []
    intake = an_intake(sink, Terms(limit=2))
    lines = [a_gdelt_row(id=str(n)) for n in range(5)]
    take(intake, a_portion(*lines, commit=lambda *position: noted.append(position)))

    assert (len(sink.records), intake.stopping.requested, noted[-1]) == (2, True, (2, False))


def broken() -> DiplomaticEvent:
    raise ZeroDivisionError("a defect")


def test_a_defect_of_ours_costs_one_row_but_many_stop_the_worker() -> None:
    sink = ListSink()
    items = [Item(number, b"row", broken) for number in range(1, 5)]
    intake = an_intake(sink, Terms(failure_limit=3))
    with pytest.raises(StopWorker, match="unexpected failures"):
        take(intake, Portion("a", Kind.GDELT, "diplomatic-events", items))

    assert header(sink.records[0].headers, REASON) == "processing_failed"


def test_every_outcome_is_measured() -> None:
    registry = CollectorRegistry()
    take(an_intake(ListSink(), registry=registry), a_portion(a_gdelt_row(), a_gdelt_row(id="x")))

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"allywatch_ingest_{name}", {"source": "gdelt", **labels})

    assert value("records_total", outcome="event") == value("records_total", outcome="rejected") == 1
    assert value("rejects_total", reason="bad_row") == 1
    assert value("rejects_total", reason="oversized") == 0
    assert value("newest_item_timestamp_seconds") == 1772453700


READERS: list[tuple[Callable[[Rows], Iterator[Item]], list[bytes]]] = [
    (gdelt.items, [a_gdelt_row()]),
    (icews.items, [RAW_HEADER.encode(), a_raw_icews_row()]),
    (icews.items, [b"source\trelation\ttarget\tdate", b"Poland\tConsult\tLatvia\t2026-03-02"]),
    (jsonl.items, [b'{"title": "no id"}']),
]
garbage = st.lists(st.binary(max_size=80) | st.text(max_size=40).map(str.encode), max_size=30)


@given(reader=st.sampled_from(READERS), lines=garbage)
def test_every_row_is_accounted_for_whatever_stands_in_it(
    reader: tuple[Callable[[Rows], Iterator[Item]], list[bytes]], lines: list[bytes]
) -> None:
    read, head = reader
    sink, whole = ListSink(), b"\n".join([*head, *lines])
    intake = an_intake(sink)
    take(intake, Portion("garbage", Kind.JSONL, "news-articles", read(rows(whole))))

    not_empty = [line for line in (whole + b"\n").split(b"\n") if line.rstrip(b"\r")]
    assert intake.tally.rows == intake.tally.accounted == len(sink.records)
    assert intake.tally.rows == len(not_empty) - (read is icews.items)
    assert RejectReason.PROCESSING_FAILED not in intake.tally.rejected


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=8))
def test_any_value_in_a_ninjs_item_is_read_or_rejected(value: object) -> None:
    names = (
        "uri",
        "version",
        "versioncreated",
        "pubstatus",
        "headline",
        "headlines",
        "bodies",
        "infosources",
    )
    items = [item for name in names for item in ninjs.items(rows(a_ninjs(**{name: value})))]
    intake = an_intake(ListSink())
    take(intake, Portion("a.json", Kind.NINJS, "news-articles", items))

    assert intake.tally.rows == intake.tally.accounted
    assert RejectReason.PROCESSING_FAILED not in intake.tally.rejected


def test_the_journal_path_is_free_of_surprises(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deep" / "ingest.json")
    journal.save()
    with pytest.raises(StopWorker, match="another ingest"):
        Journal(tmp_path / "deep" / "ingest.json")
    journal.close()
    (tmp_path / "deep" / "ingest.json").write_text("{")
    with pytest.raises(StopWorker, match="Move it away"):
        Journal(tmp_path / "deep" / "ingest.json")
