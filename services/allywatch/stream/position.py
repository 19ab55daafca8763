r"""Where an owner stands: its position in the input log, and how often it was started there.

Both are records of the state topic, under `\0position` and `\0attempt`.
"""

import json
from dataclasses import dataclass, replace

from allywatch.errors import StopWorker

POSITION_KEY = b"\0position"
ATTEMPT_KEY = b"\0attempt"

_REBUILD = "`allywatch rebuild-state --partition {partition}`"


@dataclass(frozen=True, slots=True)
class Position:
    """The next input offset to apply, and the id of the topic it belongs to."""

    topic_id: str
    offset: int

    def encode(self) -> bytes:
        """As stored."""
        return json.dumps({"offset": self.offset, "topic_id": self.topic_id}).encode()


def decode_position(value: bytes, partition: int) -> Position:
    """A stored position.

    Raises:
        StopWorker: It cannot be read.
    """
    try:
        stored = json.loads(value)
        return Position(str(stored["topic_id"]), int(stored["offset"]))
    except (ValueError, KeyError, TypeError):
        raise StopWorker(
            f"the stored position of partition {partition} cannot be read ({value[:80]!r}). "
            f"Run {_REBUILD.format(partition=partition)}."
        ) from None


def resume(
    stored: Position | None, *, topic: str, topic_id: str, partition: int, begin: int, end: int
) -> int:
    """The offset to go on from.

    Args:
        stored: The position restored with the states; None: there was none.
        topic: The input topic.
        topic_id: Its id now.
        partition: Of the input topic.
        begin: The first offset its log still holds.
        end: The offset its next record will get.

    Raises:
        StopWorker: Going on would skip records, or apply others than those the position speaks of.
    """
    where = f"{topic} partition {partition}"
    rebuild = _REBUILD.format(partition=partition)
    if stored is None:
        if begin == 0:
            return 0
        raise StopWorker(
            f"{where} starts at {begin} and there is no stored position: what came before is unknown. "
            f"Run {rebuild} --accept-loss to start there."
        )
    if stored.topic_id != topic_id:
        raise StopWorker(
            f"{where} was made anew: the state belongs to topic id {stored.topic_id}, not {topic_id}. "
            f"Run {rebuild} to start over."
        )
    if stored.offset < begin:
        raise StopWorker(
            f"{where} starts at {begin}, above the position {stored.offset}: retention removed "
            f"{begin - stored.offset} offsets that were never applied. "
            f"Run {rebuild} --accept-loss to go on without them."
        )
    check_end(stored.offset, topic=topic, partition=partition, end=end)
    return stored.offset


def check_end(position: int, *, topic: str, partition: int, end: int) -> None:
    """Hold the position against the log's end.

    Raises:
        StopWorker: The log ends before the position: it lost records, or is another log.
    """
    if end < position:
        raise StopWorker(
            f"{topic} partition {partition} ends at {end}, before the position {position}: the broker lost "
            f"records or the topic was made anew. Run {_REBUILD.format(partition=partition)} to start over."
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often workers were started on one position without getting past it.

    A record that kills the process would otherwise kill it for ever: the second start takes records
    singly and notes each beforehand as in hand, the third gives up on the one that was in hand.
    An owner that takes over again after a failure it survived does not count as a start.
    """

    offset: int
    starts: int
    in_hand: int | None = None

    def encode(self) -> bytes:
        """As stored."""
        stored = {"in_hand": self.in_hand, "offset": self.offset, "starts": self.starts}
        return json.dumps(stored).encode()

    @property
    def careful(self) -> bool:
        """Whether to take records singly."""
        return self.starts >= 2

    @property
    def condemned(self) -> int | None:
        """The offset of the record to give up on, if any."""
        return self.in_hand if self.starts >= 3 and self.in_hand == self.offset else None


def decode_attempt(value: bytes) -> Attempt | None:
    """A stored attempt; None if it cannot be read (it is only a precaution)."""
    try:
        stored = json.loads(value)
        in_hand = stored["in_hand"]
        return Attempt(
            int(stored["offset"]), int(stored["starts"]), None if in_hand is None else int(in_hand)
        )
    except (ValueError, KeyError, TypeError):
        return None


def next_attempt(last: Attempt | None, offset: int) -> Attempt:
    """The attempt that a new start on `offset` is."""
    if last is None or last.offset != offset:
        return Attempt(offset, 1)
    return replace(last, starts=last.starts + 1)


def once_counted(last: Attempt | None, announced: Attempt | None, offset: int) -> Attempt:
    """The attempt of a start that may have been written already, and is then `announced`."""
    if announced is None or announced.offset != offset:
        return next_attempt(last, offset)
    if last is None or last.offset != offset or last.starts < announced.starts:
        return announced
    return last
