"""In-memory stand-ins for clocks and logs, for unit tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allywatch.records import Record
from allywatch_schemas.base import Message
from allywatch_schemas.codec import encode


@dataclass(frozen=True)
class FakeRegion:
    """A region that has a name and nothing else."""

    name: str


@dataclass(frozen=True)
class FakePlaces:
    """What the engine needs of a registry: Latvia, Estonia, their group, and Taiwan."""

    digest: str = "0" * 64
    regions: Mapping[str, FakeRegion] = field(
        default_factory=lambda: {
            "LVA": FakeRegion("Latvia"),
            "EST": FakeRegion("Estonia"),
            "TWN": FakeRegion("Taiwan"),
            "BALTIC_STATES": FakeRegion("Baltic states"),
        }
    )

    def groups_of(self, region: str) -> tuple[str, ...]:
        return ("BALTIC_STATES",) if region in {"LVA", "EST"} else ()


class InputLog:
    """Messages as records of one partition of `region-inputs`, with rising offsets."""

    def __init__(self, partition: int = 0, offset: int = 0) -> None:
        self.partition = partition
        self.offset = offset

    def record(self, message: Message, *extra: tuple[str, bytes]) -> Record:
        value, headers = encode(message, id=f"input-{self.offset}", source="/exercise")
        record = Record("region-inputs", self.partition, self.offset, None, value, (*headers, *extra))
        self.offset += 1
        return record

    def records(self, messages: Iterable[Message]) -> list[Record]:
        return [self.record(message) for message in messages]


class FakeConsumer:
    """What the client uses of `kafka.KafkaConsumer`, over one list of records; `place` is its group's."""

    def __init__(
        self, topic: str, records: Sequence[Record] = (), place: dict[Any, int] | None = None
    ) -> None:
        self.topic = topic
        self.records = list(records)
        self.place = {} if place is None else place
        self.closed = False
        self.moved = False
        """Set it: the next poll revokes the partition and assigns it again."""
        self._at: dict[Any, int] = {}
        self._listener: Any = None

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return {0} if topic == self.topic else None

    def assign(self, held: Sequence[Any]) -> None:
        self._at = dict.fromkeys(held, 0)

    def subscribe(self, topics: Sequence[str], listener: Any) -> None:
        self._listener = listener
        self.moved = True

    def assignment(self) -> set[Any]:
        return set(self._at)

    def committed(self, tp: Any) -> int | None:
        return self.place.get(tp)

    def commit(self, offsets: dict[Any, Any], timeout_ms: int) -> None:
        self.place.update({tp: at.offset for tp, at in offsets.items()})

    def beginning_offsets(self, held: Sequence[Any]) -> dict[Any, int]:
        return dict.fromkeys(held, 0)

    def end_offsets(self, held: Sequence[Any]) -> dict[Any, int]:
        return dict.fromkeys(held, len(self.records))

    def seek(self, tp: Any, offset: int) -> None:
        self._at[tp] = offset

    def seek_to_beginning(self, *held: Any) -> None:
        self._at.update(dict.fromkeys(held, 0))

    def position(self, tp: Any) -> int:
        return self._at[tp]

    def poll(self, timeout_ms: int) -> dict[Any, list[Record]]:
        if self.moved:
            self._rejoin()
        out = {tp: self.records[at:] for tp, at in self._at.items() if at < len(self.records)}
        self._at = dict.fromkeys(self._at, len(self.records))
        return out

    def _rejoin(self) -> None:
        from kafka import TopicPartition

        self.moved = False
        self._listener.on_partitions_revoked(list(self._at))
        tp = TopicPartition(self.topic, 0)
        self._at = {tp: self.place.get(tp, 0)}
        self._listener.on_partitions_assigned([tp])

    def close(self) -> None:
        self.closed = True
