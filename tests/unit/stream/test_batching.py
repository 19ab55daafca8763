"""The laws that watermarks rest on, held against a reader that is as simple as can be."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.errors import RejectReason
from allywatch.records import REDRIVEN, Record
from allywatch.stream.batching import MAX_FEEDS, OTHER_FEEDS, Packed, Polled, home_of, pack
from allywatch.stream.extraction import Extraction
from allywatch.stream.reading import Reading
from allywatch_schemas import EvidenceBatch, Superseded
from builders import NOON, a_document, a_retraction, an_evidence

PARTITIONS = 4
REGIONS = ("POL", "LVA", "TWN", "JPN", "UKR", "BALTIC_STATES")
LIMIT = 8_000


def a_record(offset: int, topic: str = "news-articles", partition: int = 0, **changes: object) -> Record:
    return Record(topic, partition, offset, b"k", b"{}", **changes)  # type: ignore[arg-type]


def a_reading(
    offset: int,
    regions: tuple[str, ...] = (),
    *,
    doc_id: str | None = None,
    version: int = 1,
    quote: str = "",
    time: datetime | None = NOON,
    partition: int = 0,
    redriven: bool = False,
    feed: str | None = None,
) -> Reading:
    name = doc_id or f"doc-{partition}-{offset}"
    document = a_document(doc_id=name, version=version, range=0, offset=0)
    items = tuple(
        an_evidence(id=f"{name}/{version}/{n}", doc_id=name, region=region, quote=quote, span=None)
        for n, region in enumerate(regions)
    )
    superseded = Superseded(doc_id=name, version=version) if version > 1 else None
    headers = ((REDRIVEN, b"news-articles-dlq:0:7"),) if redriven else ()
    record = a_record(offset, partition=partition, headers=headers)
    return Reading(record, Extraction(document, items, superseded, feed=feed), time=time)


def a_poll(*readings: Reading, start: int = 0, end: int | None = None, partition: int = 0) -> Polled:
    last = readings[-1].record.offset + 1 if readings else start
    return Polled("news-articles", "id-1", partition, start, last if end is None else end, readings)


def parsed(packed: Packed) -> list[list[EvidenceBatch]]:
    return [[EvidenceBatch.model_validate_json(b.value) for b in batches] for batches in packed.batches]


class Reader:
    """What the engine does with watermarks, and nothing else."""

    def __init__(self) -> None:
        self.watermarks: dict[tuple[str, str, int], int] = {}
        self.items: Counter[str] = Counter()
        self.order: list[tuple[int, int]] = []
        self.holes: list[tuple[int, int]] = []

    def apply(self, batch: EvidenceBatch) -> None:
        keys = [(r.topic, r.topic_id, r.partition) for r in batch.ranges]
        counted = set()
        for document in batch.documents:
            if document.offset >= self.watermarks.get(keys[document.range], 0):
                counted.add(document.doc_id)
                self.order.append((keys[document.range][2], document.offset))
        self.items.update(item.id for item in batch.items if item.doc_id in counted)
        for key, taken in zip(keys, batch.ranges, strict=True):
            at = self.watermarks.get(key, 0)
            if taken.start > at:
                self.holes.append((at, taken.start))
            self.watermarks[key] = max(at, taken.end)


@st.composite
def polls(draw: st.DrawFn) -> list[Polled]:
    """One to three source partitions, with holes, rejects, and documents of many sizes."""
    out = []
    for partition in range(draw(st.integers(1, 3))):
        offset, readings = 0, []
        for _ in range(draw(st.integers(0, 12))):
            offset += draw(st.integers(0, 3))
            if draw(st.booleans()):
                regions = tuple(draw(st.lists(st.sampled_from(REGIONS), max_size=4)))
                size = draw(st.sampled_from((0, 300, 900)))
                readings.append(a_reading(offset, regions, quote="x" * size, partition=partition))
            else:
                readings.append(Reading(a_record(offset, partition=partition)))
            offset += 1
        out.append(a_poll(*readings, end=offset + draw(st.integers(0, 2)), partition=partition))
    return out


def expected_items(poll: list[Polled], home: int, rejected: set[tuple[int, int]]) -> Counter[str]:
    return Counter(
        item.id
        for taken in poll
        for reading in taken.readings
        if reading.extraction and (taken.partition, reading.record.offset) not in rejected
        for item in reading.extraction.items
        if home_of(item.region, PARTITIONS) == home
    )


def rejected_places(packed: Packed) -> set[tuple[int, int]]:
    return {(record.partition, record.offset) for record, _ in packed.rejected}


@given(polls())
@settings(deadline=None, max_examples=150)
def test_every_item_is_in_its_own_partition_once_and_in_order(poll: list[Polled]) -> None:
    packed = pack(poll, PARTITIONS, LIMIT)
    for home, batches in enumerate(parsed(packed)):
        reader = Reader()
        for batch in batches:
            reader.apply(batch)
        assert reader.items == expected_items(poll, home, rejected_places(packed))
        assert reader.order == sorted(reader.order)


@given(polls())
@settings(deadline=None, max_examples=150)
def test_ranges_cover_what_was_polled_without_holes_and_no_batch_is_too_large(poll: list[Polled]) -> None:
    packed = pack(poll, PARTITIONS, LIMIT)
    assert all(len(batch.value) <= LIMIT for batches in packed.batches for batch in batches)
    for batches in parsed(packed):
        assert batches
        for taken in poll:
            ranges = [r for b in batches for r in b.ranges if r.partition == taken.partition]
            edges = [taken.start, *(r.end for r in ranges)]
            assert [r.start for r in ranges] == edges[:-1]
            assert edges[-1] == taken.end
            hours = sum((Counter(r.totals) for r in ranges), Counter[str]())
            assert hours.total() == sum(1 for r in taken.readings if r.time)


@given(polls(), st.data())
@settings(deadline=None, max_examples=150)
def test_a_restart_at_any_point_and_another_cut_count_each_record_once(
    poll: list[Polled], data: st.DataObject
) -> None:
    """A first extractor dies somewhere; a second polls from the same offsets, in two polls, cut elsewhere."""
    first = pack(poll, PARTITIONS, LIMIT)
    half = [data.draw(st.integers(taken.start, taken.end)) for taken in poll]
    early, late = ([_part(t, lo, hi) for t, lo, hi in cut] for cut in _halves(poll, half))
    second = [pack(early, PARTITIONS, LIMIT), pack(late, PARTITIONS, LIMIT)]
    lost = rejected_places(first)
    for home in range(PARTITIONS):
        batches = parsed(first)[home]
        sent = batches[: data.draw(st.integers(0, len(batches)))]
        zombie = data.draw(st.booleans())
        resent = [b for packed in second for b in parsed(packed)[home]]
        reader = Reader()
        for batch in [*sent, *resent, *(batches[len(sent) :] if zombie else ())]:
            reader.apply(batch)
        assert reader.items == expected_items(poll, home, lost)
        assert reader.holes == []


def _halves(poll: list[Polled], half: list[int]) -> tuple[list[tuple[Polled, int, int]], ...]:
    return (
        [(t, t.start, h) for t, h in zip(poll, half, strict=True)],
        [(t, h, t.end) for t, h in zip(poll, half, strict=True)],
    )


def _part(taken: Polled, start: int, end: int) -> Polled:
    kept = [r for r in taken.readings if start <= r.record.offset < end]
    return Polled(taken.topic, taken.topic_id, taken.partition, start, end, kept)


def test_nothing_polled_sends_nothing() -> None:
    assert pack([], PARTITIONS) == Packed([])


def test_every_partition_hears_of_a_poll_without_evidence() -> None:
    batches = parsed(pack([a_poll(a_reading(4), start=2, end=9)], PARTITIONS))
    assert [[(r.start, r.end, r.totals) for b in one for r in b.ranges] for one in batches] == [
        [(2, 9, {"2026-03-02T12": 1})]
    ] * PARTITIONS


def test_a_batch_has_the_same_id_when_it_is_sent_again_and_another_in_each_partition() -> None:
    poll = [a_poll(a_reading(0, ("POL",)))]
    ids = [batch.id for batches in pack(poll, PARTITIONS).batches for batch in batches]
    again = [batch.id for batches in pack(poll, PARTITIONS).batches for batch in batches]
    assert ids == again
    assert len(set(ids)) == PARTITIONS


def test_documents_say_where_their_record_stood() -> None:
    poll = [a_poll(a_reading(3, ("POL",))), a_poll(a_reading(8, ("POL",), partition=1), partition=1)]
    (batch,) = parsed(pack(poll, PARTITIONS))[home_of("POL", PARTITIONS)]
    assert [(batch.ranges[d.range].partition, d.offset) for d in batch.documents] == [(0, 3), (1, 8)]


def test_a_record_that_was_put_back_says_so() -> None:
    poll = [a_poll(a_reading(0, ("POL",)), a_reading(1, ("POL",), redriven=True))]
    (batch,) = parsed(pack(poll, PARTITIONS))[home_of("POL", PARTITIONS)]
    assert [d.redriven for d in batch.documents] == [False, True]


def test_a_new_version_is_told_to_every_partition() -> None:
    batches = parsed(pack([a_poll(a_reading(0, ("POL",), doc_id="d", version=3))], PARTITIONS))
    assert [[s.version for b in one for s in b.superseded] for one in batches] == [[3]] * PARTITIONS


@pytest.mark.parametrize("versions", [(1, 2), (2, 1), (2, 2)])
def test_of_versions_and_copies_in_one_poll_only_the_highest_and_first_counts(
    versions: tuple[int, int],
) -> None:
    poll = [a_poll(*(a_reading(n, ("POL",), doc_id="d", version=v) for n, v in enumerate(versions)))]
    (batch,) = parsed(pack(poll, PARTITIONS))[home_of("POL", PARTITIONS)]
    assert [(d.version, d.offset) for d in batch.documents] == [(2, versions.index(2))]
    assert [item.id for item in batch.items] == ["d/2/0"]
    assert sum(batch.ranges[0].totals.values()) == 2


def test_a_record_that_no_batch_can_hold_is_rejected_whole() -> None:
    large = a_reading(0, ("POL",) * 5 + ("TWN",), quote="x" * 2_000)
    packed = pack([a_poll(large, a_reading(1, ("POL",)))], PARTITIONS, LIMIT)
    assert [(r.offset, rejection.reason) for r, rejection in packed.rejected] == [(0, RejectReason.OVERSIZED)]
    assert [i.doc_id for one in parsed(packed) for b in one for i in b.items] == ["doc-0-1"]


def test_a_retraction_is_sent_once_however_often_the_poll_holds_it() -> None:
    withdrawn = Extraction(a_document(), retraction=a_retraction())
    packed = pack([a_poll(*(Reading(a_record(n), withdrawn) for n in range(2)))], PARTITIONS)
    assert packed.retractions == [a_retraction()]


def test_totals_are_by_hour_of_event_time() -> None:
    moments = (NOON, NOON + timedelta(minutes=59), datetime(9999, 12, 31, 23, tzinfo=UTC), None)
    poll = [a_poll(*(a_reading(n, time=moment) for n, moment in enumerate(moments)))]
    (batch,) = parsed(pack(poll, PARTITIONS))[0]
    assert batch.ranges[0].totals == {"2026-03-02T12": 2, "9999-12-31T23": 1}


def feeds_of(batches: list[EvidenceBatch]) -> Counter[str]:
    """Records by feed over all batches of a partition."""
    counts: Counter[str] = Counter()
    for batch in batches:
        for taken in batch.ranges:
            counts.update({each.feed: each.records for each in taken.feeds})
    return counts


def test_records_are_counted_by_feed_once_however_the_poll_is_cut() -> None:
    feeds = ["wire", "paper", None, "wire"] * 10
    readings = [a_reading(offset, ("LVA",), quote="x" * 500, feed=feed) for offset, feed in enumerate(feeds)]
    for batches in parsed(pack([a_poll(*readings)], PARTITIONS, LIMIT)):
        assert feeds_of(batches) == {"wire": 20, "paper": 10}


def test_only_the_busiest_feeds_are_counted_by_name() -> None:
    feeds = [f"feed-{n:03}" for n in range(MAX_FEEDS + 20)] * 2 + ["busy"] * 3
    readings = [a_reading(offset, feed=feed) for offset, feed in enumerate(feeds)]
    (batch,) = parsed(pack([a_poll(*readings)], 1))[0]
    counts = feeds_of([batch])
    assert (counts["busy"], counts[OTHER_FEEDS], len(counts)) == (3, 2 * 21, MAX_FEEDS + 1)


def test_a_feed_whose_name_is_no_name_is_counted_with_the_others() -> None:
    readings = [a_reading(0, feed="\n" * 5), a_reading(1, feed="f" * 300), a_reading(2, feed="wire")]
    (batch,) = parsed(pack([a_poll(*readings)], 1))[0]
    assert feeds_of([batch]) == {OTHER_FEEDS: 2, "wire": 1}
