"""Read dead letters from Kafka and put them back (kafka-python).

At least once: progress is committed after the records are acknowledged, so a crash may put some back twice.
That is harmless, as everything behind drops what it has counted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from allywatch.broker.deadletters import DeadLetter, Filter, Progress, put_back
from allywatch.client.connection import connect, read_to_end
from allywatch.config import KafkaSettings
from allywatch.errors import AllywatchError
from allywatch.records import Record
from allywatch_schemas import TOPICS, dead_letters_of

_GROUP = "redrive"
_BATCH = 200
_TIMEOUT_MS = 30_000


@dataclass(slots=True)
class Plan:
    """What a pass over a dead-letter topic found, by its partitions."""

    offsets: dict[int, list[int]] = field(default_factory=dict)
    """Of all letters."""
    chosen: dict[int, set[int]] = field(default_factory=dict)
    """Those that match, can be put back, and (unless again) were not."""
    done: dict[int, set[int]] = field(default_factory=dict)
    """Those that were put back before."""
    hindrances: dict[str, int] = field(default_factory=dict)
    """Why letters that match cannot be put back, and how many."""

    @property
    def count(self) -> int:
        """How many letters would be put back."""
        return sum(len(offsets) for offsets in self.chosen.values())


class Redrive:
    """One dead-letter topic, opened for reading and putting back."""

    def __init__(self, kafka: KafkaSettings, topic: str, consumer: Any) -> None:
        from kafka import TopicPartition

        self._kafka = kafka
        self._topic = dead_letters_of(topic)
        self._consumer = consumer
        partitions = sorted(consumer.partitions_for_topic(self._topic) or ())
        if not partitions:
            raise AllywatchError(f"no such topic: {self._topic}. Run `allywatch topics`.")
        self._partitions = {number: TopicPartition(self._topic, number) for number in partitions}
        consumer.assign(list(self._partitions.values()))

    def letters(self) -> Iterator[DeadLetter]:
        """All letters that exist now, in order within each partition."""
        held = list(self._partitions.values())
        self._consumer.seek_to_beginning(*held)
        return map(_letter, read_to_end(self._consumer, held))

    def progress(self) -> dict[int, Progress]:
        """What was put back, by partition of the dead-letter topic."""
        found = {}
        for number, tp in self._partitions.items():
            committed = self._consumer.committed(tp, metadata=True)
            found[number] = Progress.parse(committed.offset, committed.metadata) if committed else Progress()
        return found

    def plan(self, wanted: Filter, *, limit: int | None = None, again: bool = False) -> Plan:
        """Read everything once and decide what to put back."""
        plan, before = Plan(), self.progress()
        origins = set[tuple[int, str]]()
        for letter in self.letters():
            number, offset = letter.record.partition, letter.record.offset
            plan.offsets.setdefault(number, []).append(offset)
            if offset in before[number]:
                plan.done.setdefault(number, set()).add(offset)
                if not again:
                    continue
            if not wanted.matches(letter):
                continue
            if reason := letter.hindrance:
                plan.hindrances[reason] = plan.hindrances.get(reason, 0) + 1
            elif letter.origin in origins or limit is None or plan.count < limit:
                origins.add(letter.origin)
                plan.chosen.setdefault(number, set()).add(offset)
        return plan

    def execute(self, plan: Plan, advance: Callable[[int], None] = lambda count: None) -> int:
        """Put the chosen letters back.

        Args:
            plan: What to put back.
            advance: Told how many letters were dealt with, as it goes.

        Returns:
            How many records were written: letters of the same record are put back once.
        """
        self._check_notes(plan)
        written = set[tuple[int, str]]()
        with _producer(self._kafka) as producer:
            batch: list[DeadLetter] = []
            for letter in self.letters():
                if letter.record.offset in plan.chosen.get(letter.record.partition, ()):
                    batch.append(letter)
                if len(batch) == _BATCH:
                    self._put_back(producer, batch, plan, written)
                    advance(len(batch))
                    batch = []
            self._put_back(producer, batch, plan, written)
            advance(len(batch))
        return len(written)

    def _put_back(
        self, producer: Any, batch: list[DeadLetter], plan: Plan, written: set[tuple[int, str]]
    ) -> None:
        from kafka.errors import KafkaError

        pending = []
        for letter in batch:
            if letter.origin not in written:
                written.add(letter.origin)
                output, partition = put_back(letter)
                pending.append(
                    producer.send(
                        output.topic,
                        key=output.key,
                        value=output.value,
                        headers=list(output.headers),
                        partition=partition,
                    )
                )
        for sent in pending:
            try:
                sent.get(_TIMEOUT_MS / 1000)
            except KafkaError as exc:
                raise AllywatchError(
                    f"Kafka did not take a record back: {exc}. Run the same command again; "
                    "what was put back before is remembered."
                ) from exc
        for letter in batch:
            plan.done.setdefault(letter.record.partition, set()).add(letter.record.offset)
        self._commit(plan)

    def _commit(self, plan: Plan) -> None:
        from kafka.structs import OffsetAndMetadata

        offsets = {}
        for number, done in plan.done.items():
            progress = Progress.after(plan.offsets[number], done)
            offsets[self._partitions[number]] = OffsetAndMetadata(progress.position, progress.note, -1)
        if offsets:
            self._consumer.commit(offsets)

    @staticmethod
    def _check_notes(plan: Plan) -> None:
        for number, chosen in plan.chosen.items():
            Progress.after(plan.offsets[number], chosen | plan.done.get(number, set()))


@contextmanager
def open_redrive(kafka: KafkaSettings, topic: str, app_id: str) -> Iterator[Redrive]:
    """Open a topic's dead letters.

    Args:
        kafka: How to reach the brokers.
        topic: The original topic.
        app_id: Prefix of the group whose offsets remember what was put back.

    Raises:
        AllywatchError: There is no such topic.
        Refused: A broker is there and does not take us with these settings.
        RetryLater: No broker answered.
    """
    if topic not in TOPICS or dead_letters_of(topic) not in TOPICS:
        known = ", ".join(name for name in TOPICS if dead_letters_of(name) in TOPICS)
        raise AllywatchError(f"{topic!r} is not a topic of allywatch. Choose one of {known}.")
    group = f"{app_id}-{_GROUP}-{topic}"
    consumer = connect(kafka.bootstrap, group, "earliest", **kafka.for_kafka_python())
    try:
        yield Redrive(kafka, topic, consumer)
    finally:
        consumer.close()


@contextmanager
def _producer(kafka: KafkaSettings) -> Iterator[Any]:
    from kafka import KafkaProducer

    largest = max(topic.max_message_bytes for topic in TOPICS.values())
    producer = KafkaProducer(**kafka.for_kafka_python(), acks="all", max_request_size=largest)
    try:
        yield producer
    finally:
        producer.close()


def _letter(record: Any) -> DeadLetter:
    headers = tuple((name, value) for name, value in record.headers)
    return DeadLetter(
        Record(record.topic, record.partition, record.offset, record.key, record.value, headers),
        datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
