"""From one poll to batches: one log of evidence per partition of regions, nothing lost and nothing split.

The law that readers of `region-inputs` rely on (their watermark per source partition is the highest range
end they have seen): *when a batch with the range [start, end) stands in a partition's log, all evidence for
that partition from offsets below `start` stands before it, and all from [start, end) stands in it.* So a
reader that skips what is below its watermark counts each record once, however often a range is polled
again, and however another poll cuts it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from pydantic import TypeAdapter

from allywatch.errors import RejectReason
from allywatch.records import REDRIVEN, Record, Rejection
from allywatch.stream.extraction import Extraction
from allywatch.stream.reading import Reading
from allywatch_schemas import Document, Evidence, Retraction, SourceRange
from allywatch_schemas.evidence import FeedCount
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import MAX_BATCH_BYTES

# The serializers themselves: once a record, what wraps them costs as much as they do.
_ITEMS = TypeAdapter(list[Evidence]).serializer
_DOCUMENT = TypeAdapter(Document).serializer
_RANGES = TypeAdapter(list[SourceRange]).serializer
_PLACED = {"range", "offset", "redriven"}
"""Fields of a document that say where its record stood: put in by `_placed`."""
_HOUR = len("2026-11-22T14")
_FRAME = 200
"""Bytes of a batch that are neither ranges nor content: id, field names, brackets."""
_OFFSET = 20
"""Bytes that the start of a cut range may be longer than that of the whole."""
_PLACE = len('{"range":99999,"offset":9223372036854775807,"redriven":true,,,,')
"""Bytes that placing a document in a batch can add."""
MAX_FEEDS = 64
"""Feeds of a poll and source partition that are counted by name."""
OTHER_FEEDS = "other"
_FEED_BYTES = 100
"""Of a feed's name; together they must leave room for evidence."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll took from one source partition.

    `readings` are in order of offset and within [start, end). Offsets without a reading (deleted, compacted
    or aborted records, markers of transactions) belong to the range: nothing will ever come from them.
    """

    topic: str
    topic_id: str
    partition: int
    start: int
    end: int
    readings: Sequence[Reading]
    hours: Sequence[str | None] = field(init=False, repr=False, compare=False)
    """The hour of each reading's time, as totals name it: worked out once, as every cut counts them anew."""
    feeds: Sequence[str | None] = field(init=False, repr=False, compare=False)
    """The feed of each reading, likewise."""

    def __post_init__(self) -> None:
        """Work out hours and feeds."""
        hours = [reading.time.isoformat()[:_HOUR] if reading.time else None for reading in self.readings]
        object.__setattr__(self, "hours", hours)
        object.__setattr__(self, "feeds", _feeds(self.readings))


def _feeds(readings: Sequence[Reading]) -> list[str | None]:
    """The feed of each reading: the busiest of a poll by name, all others as one."""
    given = [reading.extraction.feed if reading.extraction else None for reading in readings]
    counts = Counter(filter(None, given))
    busiest = sorted(counts, key=lambda feed: (-counts[feed], feed))[:MAX_FEEDS]
    named: dict[str | None, str | None] = {
        feed: feed if len(feed.encode()) <= _FEED_BYTES and feed.isprintable() else OTHER_FEEDS
        for feed in busiest
    }
    named[None] = None
    return [named.get(feed, OTHER_FEEDS) for feed in given]


@dataclass(frozen=True, slots=True)
class Batch:
    """The value of one EvidenceBatch, and the partition of `region-inputs` it goes to."""

    partition: int
    id: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """What a poll sends."""

    batches: Sequence[Sequence[Batch]]
    """By partition. A partition's later batch may be sent only when its earlier one is acknowledged."""
    retractions: Sequence[Retraction] = ()
    """Each to every partition."""
    rejected: Sequence[tuple[Record, Rejection]] = ()
    """Records whose evidence no batch can hold: they contribute nothing anywhere."""


@dataclass(slots=True)
class _Share:
    """What one record adds to one partition, serialised once. `at`: its source and place in the poll."""

    at: tuple[int, int]
    offset: int
    redriven: bool
    superseded: bytes
    document: bytes
    items: bytes
    size: int
    """At most this many bytes of a batch."""


@dataclass(slots=True)
class _Shares:
    by_partition: list[list[_Share]]
    retractions: dict[str, Retraction] = field(default_factory=dict)
    rejected: list[tuple[Record, Rejection]] = field(default_factory=list)


def pack(polled: Sequence[Polled], partitions: int, limit: int = MAX_BATCH_BYTES) -> Packed:
    """The batches of one poll.

    Args:
        polled: What was read, at most one element per source partition.
        partitions: Partitions of `region-inputs`. Each gets at least one batch, unless nothing was polled,
            so that watermarks and world totals reach all of them.
        limit: Bytes of a batch, at most.
    """
    if not polled:
        return Packed([])
    whole = _ranges(polled, (0, 0), (len(polled), 0))
    room = limit - _FRAME - len(_RANGES.to_json(whole)) - _OFFSET * len(whole)
    shares = _share_out(polled, partitions, limit // 2)
    every = range(partitions)
    return Packed(
        [list(_batches(polled, p, shares.by_partition[p], room, whole)) for p in every],
        list(shares.retractions.values()),
        shares.rejected,
    )


@lru_cache(maxsize=10_000)
def home_of(region: str, partitions: int) -> int:
    """The partition a region belongs to."""
    return partition_of(region.encode(), partitions)


def _share_out(polled: Sequence[Polled], partitions: int, largest: int) -> _Shares:
    """Each record's shares. `largest` does not depend on the poll: another poll must judge a record alike."""
    out = _Shares([[] for _ in range(partitions)])
    standing = _standing(polled)
    for source, taken in enumerate(polled):
        for index, reading in enumerate(taken.readings):
            said = reading.extraction
            if said is None or standing[said.document.doc_id] is not reading:
                continue
            if said.retraction:
                out.retractions[said.retraction.id] = said.retraction
            if not said.items and not said.superseded:
                continue
            shares = _shares(said, (source, index), reading.record, partitions)
            if (size := max(share.size for _, share in shares)) > largest:
                out.rejected.append((reading.record, _too_large(size, largest)))
                continue
            for partition, share in shares:
                out.by_partition[partition].append(share)
    return out


def _standing(polled: Iterable[Polled]) -> dict[str, Reading]:
    """Of each document the reading that counts: its highest version, and of copies the first.

    An item names its document by id alone, so a batch must hold one version of it. What falls out here would
    be superseded, or dropped as known, by the very batch that holds what stays.
    """
    standing: dict[str, Reading] = {}
    for taken in polled:
        for reading in taken.readings:
            if reading.extraction is None:
                continue
            document = reading.extraction.document
            known = standing.get(document.doc_id)
            if known is None or document.version > _version(known):
                standing[document.doc_id] = reading
    return standing


def _version(reading: Reading) -> int:
    return reading.extraction.document.version if reading.extraction else 0


def _shares(
    said: Extraction, at: tuple[int, int], record: Record, partitions: int
) -> list[tuple[int, _Share]]:
    by_partition: dict[int, list[Evidence]] = {}
    for item in said.items:
        by_partition.setdefault(home_of(item.region, partitions), []).append(item)
    document = b""
    if by_partition:
        document = _DOCUMENT.to_json(said.document, exclude=_PLACED, exclude_none=True)[1:]
    superseded = said.superseded.model_dump_json().encode() if said.superseded else b""
    redriven = REDRIVEN in [name for name, _ in record.headers]
    out = []
    for partition in range(partitions) if superseded else by_partition:
        items = by_partition.get(partition)
        dumped = _ITEMS.to_json(items, exclude_none=True)[1:-1] if items else b""
        described = document if items else b""
        size = len(superseded) + len(described) + len(dumped) + _PLACE
        out.append((partition, _Share(at, record.offset, redriven, superseded, described, dumped, size)))
    return out


def _too_large(size: int, largest: int) -> Rejection:
    detail = f"its evidence for one partition takes {size} bytes; a record may have {largest}"
    return Rejection(RejectReason.OVERSIZED, detail)


def _batches(
    polled: Sequence[Polled], partition: int, shares: Sequence[_Share], room: int, whole: list[SourceRange]
) -> Iterator[Batch]:
    """Cut a partition's shares, in order, where the room ends; the ranges follow the cuts."""
    start, held, size = (0, 0), list[_Share](), 0
    for share in shares:
        if held and size + share.size > room:
            after = (held[-1].at[0], held[-1].at[1] + 1)
            yield _batch(partition, held, _ranges(polled, start, after), polled)
            start, held, size = after, [], 0
        held.append(share)
        size += share.size
    if start == (0, 0):
        yield _batch(partition, held, whole, polled)
    else:
        yield _batch(partition, held, _ranges(polled, start, (len(polled), 0)), polled)


def _ranges(polled: Sequence[Polled], start: tuple[int, int], stop: tuple[int, int]) -> list[SourceRange]:
    """The ranges from one place (source, index of reading) up to another."""
    out = []
    for source in range(start[0], min(stop[0] + 1, len(polled))):
        taken = polled[source]
        first = start[1] if source == start[0] else 0
        last = stop[1] if source == stop[0] else len(taken.readings)
        begin = taken.readings[first - 1].record.offset + 1 if first else taken.start
        end = taken.end if source < stop[0] else taken.readings[last - 1].record.offset + 1 if last else begin
        if end > begin:
            out.append(_range(taken, begin, end, first, last))
    return out


def _range(taken: Polled, start: int, end: int, first: int, last: int) -> SourceRange:
    hours, feeds = taken.hours[first:last], taken.feeds[first:last]
    by_feed = Counter(filter(None, feeds))
    return SourceRange(
        topic=taken.topic,
        topic_id=taken.topic_id,
        partition=taken.partition,
        start=start,
        end=end,
        totals=Counter(filter(None, hours)),
        feeds=tuple(FeedCount(feed=feed, records=by_feed[feed]) for feed in sorted(by_feed)),
    )


def _batch(
    partition: int, shares: Sequence[_Share], ranges: Sequence[SourceRange], polled: Sequence[Polled]
) -> Batch:
    index = {(r.topic, r.partition): i for i, r in enumerate(ranges)}
    places = [index.get((taken.topic, taken.partition), -1) for taken in polled]
    identity = _identity(partition, ranges)
    value = b'{"id":"%s","ranges":%s,"superseded":[%s],"documents":[%s],"items":[%s]}' % (
        identity.encode(),
        _RANGES.to_json(list(ranges)),
        b",".join(share.superseded for share in shares if share.superseded),
        b",".join(_placed(share, places[share.at[0]]) for share in shares if share.document),
        b",".join(share.items for share in shares if share.items),
    )
    return Batch(partition, identity, value)


def _placed(share: _Share, place: int) -> bytes:
    redriven = b'"redriven":true,' if share.redriven else b""
    return b'{"range":%d,"offset":%d,%s%s' % (place, share.offset, redriven, share.document)


def _identity(partition: int, ranges: Iterable[SourceRange]) -> str:
    """Equal for equal ranges: a batch that is sent again is recognised as the same event."""
    parts = [f"{r.topic} {r.topic_id} {r.partition} {r.start} {r.end}" for r in ranges]
    return blake2b("\n".join([str(partition), *parts]).encode(), digest_size=16).hexdigest()
