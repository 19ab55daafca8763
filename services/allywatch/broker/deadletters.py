"""Dead letters as values: what one says, which ones are meant, how it is put back, which were. No I/O."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from allywatch.errors import AllywatchError
from allywatch.moments import parse_moment
from allywatch.records import (
    DETAIL,
    OFFSET,
    PARTITION,
    REASON,
    REDRIVEN,
    REGION,
    TOPIC,
    WORKER,
    Output,
    Record,
)
from allywatch_schemas import TOPICS, dead_letters_of
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES, REGION_INPUTS

_WHY = frozenset({REASON, DETAIL, WORKER, REGION, TOPIC, PARTITION, OFFSET, REDRIVEN})
_READ_AGAIN = frozenset({NEWS_ARTICLES.name, DIPLOMATIC_EVENTS.name, REGION_INPUTS.name})
_NO_PARTITION = "-1"  # ingest says so of what was never a record
_LARGEST_NOTE = 4000  # Kafka keeps 4096 bytes beside a committed offset


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record of a dead-letter topic."""

    record: Record
    time: datetime
    """When it was dead-lettered (Kafka's record time)."""

    def header(self, name: str) -> str:
        """A header's text; empty when it is absent."""
        value = next((value for key, value in self.record.headers if key == name), None)
        return value.decode("utf-8", "replace") if value else ""

    @property
    def topic(self) -> str:
        """The topic it was first read from or meant for."""
        return original_topic(self.record.topic)

    @property
    def partition(self) -> int:
        """The partition it was first read from; that of the dead letter when it does not say."""
        text = self.header(PARTITION)
        return int(text) if text.isdecimal() else self.record.partition

    @property
    def origin(self) -> tuple[int, str]:
        """Which record it was: several regions may have rejected the same one."""
        offset = self.header(OFFSET) or f"dead letter {self.record.partition}:{self.record.offset}"
        return self.partition, offset

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.record.key or b"") + len(self.record.value or b"")

    @property
    def hindrance(self) -> str | None:
        """Why it cannot be put back, and what to do instead; None: it can."""
        if self.topic not in _READ_AGAIN:
            return f"nothing reads {self.topic} again: its records are made anew from {REGION_INPUTS.name}"
        if self.header(PARTITION) == _NO_PARTITION:
            return "an item of a feed or file, not a message: correct it and run `allywatch ingest` again"
        if self.size > TOPICS[self.topic].max_message_bytes:
            return f"larger than {self.topic} takes: have its writer send less"
        return None


def original_topic(name: str) -> str:
    """`news-articles` for itself and for its dead-letter topic."""
    return name.removesuffix(dead_letters_of(""))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters are meant; every condition that is set must hold."""

    reason: str | None = None
    since: datetime | None = None
    partition: int | None = None
    """The original one."""
    region: str | None = None
    """The region that rejected it, or its key."""
    text: str | None = None
    """Occurs in the value, the key or the detail, whatever the case."""

    def matches(self, letter: DeadLetter) -> bool:
        """Whether a letter is meant."""
        return (
            (self.reason is None or letter.header(REASON) == self.reason)
            and (self.since is None or letter.time >= self.since)
            and (self.partition is None or letter.partition == self.partition)
            and (self.region is None or self._of_region(letter, self.region))
            and (self.text is None or self._contains(letter, self.text))
        )

    @staticmethod
    def _of_region(letter: DeadLetter, region: str) -> bool:
        return letter.header(REGION) == region or letter.record.key == region.encode()

    @staticmethod
    def _contains(letter: DeadLetter, text: str) -> bool:
        parts = (letter.record.value or b"", letter.record.key or b"", letter.header(DETAIL).encode())
        return any(text.casefold() in part.decode("utf-8", "replace").casefold() for part in parts)


def parse_since(text: str, now: datetime) -> datetime:
    """A moment in ISO 8601 (UTC unless it says otherwise), or how long ago: `90s`, `15m`, `2h`, `3d`."""
    try:
        return parse_moment(text, now)
    except AllywatchError as wrong:
        raise AllywatchError(f"--since {wrong}") from None


def put_back(letter: DeadLetter) -> tuple[Output, int | None]:
    """The original record for its topic, marked as redriven; and its partition, None: by key.

    On `region-inputs` the partition decides whose state it changes, so it goes to where it was read.
    """
    record = letter.record
    kept = tuple(pair for pair in record.headers if pair[0] not in _WHY)
    mark = (REDRIVEN, f"{record.topic}:{record.partition}:{record.offset}".encode())
    where = letter.partition if letter.topic == REGION_INPUTS.name else None
    return Output(letter.topic, record.key, record.value, (*kept, mark)), where


@dataclass(frozen=True, slots=True)
class Progress:
    """Which letters of one partition were put back: all below `position`, and those in `ranges` above it.

    It is kept where Kafka keeps a group's offset, the ranges in the text beside it.
    """

    position: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    """Ascending, each from its first offset up to, not including, its second."""

    def __contains__(self, offset: int) -> bool:
        if offset < self.position:
            return True
        index = bisect_right(self.ranges, (offset, 1 << 63)) - 1
        return index >= 0 and offset < self.ranges[index][1]

    @property
    def note(self) -> str:
        """The ranges as text."""
        return ",".join(f"{first}-{end}" for first, end in self.ranges)

    @classmethod
    def parse(cls, position: int, note: str) -> "Progress":
        """From a committed offset and the text beside it."""
        pairs = [part.split("-") for part in note.split(",") if part]
        return cls(max(position, 0), tuple((int(first), int(end)) for first, end in pairs))

    @classmethod
    def after(cls, offsets: Sequence[int], done: Collection[int]) -> "Progress":
        """What to remember when, of the letters at these ascending offsets, those in `done` were put back.

        Offsets without a letter (transaction markers) do not break a range.

        Raises:
            AllywatchError: The choice is too scattered to be remembered.
        """
        progress = cls(*_position_and_ranges(offsets, done))
        if len(progress.note) > _LARGEST_NOTE:
            raise AllywatchError(
                "these letters lie too scattered to remember which were put back. "
                "Use a wider filter, or --limit, and go step by step."
            )
        return progress


def _position_and_ranges(
    offsets: Iterable[int], done: Collection[int]
) -> tuple[int, tuple[tuple[int, int], ...]]:
    position, ranges = 0, list[tuple[int, int]]()
    unbroken = joined = True
    for offset in offsets:
        if offset not in done:
            if unbroken:
                position = offset
            unbroken = joined = False
        elif unbroken:
            position = offset + 1
        elif joined:
            ranges[-1] = (ranges[-1][0], offset + 1)
        else:
            ranges.append((offset, offset + 1))
            joined = True
    return position, tuple(ranges)
