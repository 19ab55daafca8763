from collections.abc import Iterator
from typing import Any

import pytest

from allywatch.broker.deadletters import Filter
from allywatch.broker.redrive import Redrive, open_redrive
from allywatch.config import KafkaSettings
from allywatch.errors import AllywatchError, RejectReason
from allywatch.records import REDRIVEN, Record, Rejection, dead_letter

pytestmark = pytest.mark.kafka


class Letters:
    """Writes dead letters as the owner does: in transactions, so that offsets have holes."""

    def __init__(self, kafka: KafkaSettings) -> None:
        from kafka import KafkaProducer

        self._producer = KafkaProducer(**kafka.for_kafka_python(), transactional_id="letters")
        self._producer.init_transactions()

    def write(self, *records: Record, region: str | None = None, abort: bool = False) -> None:
        self._producer.begin_transaction()
        for record in records:
            letter = dead_letter(record, Rejection(RejectReason.INVALID, "exercise", region), "test")
            self._producer.send(
                letter.topic, letter.value, letter.key, list(letter.headers), max(record.partition, 0)
            )
        if abort:
            self._producer.abort_transaction()
        else:
            self._producer.commit_transaction()

    def close(self) -> None:
        self._producer.close()


@pytest.fixture
def letters(clean_kafka: KafkaSettings) -> Iterator[Letters]:
    written = Letters(clean_kafka)
    yield written
    written.close()


def an_input(offset: int, partition: int = 1, topic: str = "region-inputs", size: int = 10) -> Record:
    return Record(
        topic, partition, offset, b"TWN", b"%d:" % offset + b"x" * size, (("ce_id", b"%d" % offset),)
    )


def everything_on(kafka: KafkaSettings, topic: str) -> list[Any]:
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(**kafka.for_kafka_python(), auto_offset_reset="earliest")
    partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic))]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    found = []
    while any(consumer.position(tp) < ends[tp] for tp in partitions):
        for records in consumer.poll(timeout_ms=1000).values():
            found += records
    consumer.close()
    return found


def redriven(kafka: KafkaSettings, topic: str = "region-inputs") -> list[bytes]:
    return [record.value.split(b":")[0] for record in everything_on(kafka, topic)]


def put_back(opened: Redrive, wanted: Filter = Filter(), **how: Any) -> int:  # noqa: B008 - frozen
    return opened.execute(opened.plan(wanted, **how))


def test_puts_back_key_value_headers_and_partition(clean_kafka: KafkaSettings, letters: Letters) -> None:
    letters.write(an_input(5, partition=3))
    with open_redrive(clean_kafka, "region-inputs", "test") as opened:
        assert put_back(opened) == 1
    [record] = everything_on(clean_kafka, "region-inputs")
    assert (record.partition, record.key, record.value) == (3, b"TWN", b"5:xxxxxxxxxx")
    assert record.headers == [("ce_id", b"5"), (REDRIVEN, b"region-inputs-dlq:3:0")]


def test_what_was_put_back_is_not_put_back_twice_unless_again(
    clean_kafka: KafkaSettings, letters: Letters
) -> None:
    for offset in range(4):
        letters.write(an_input(offset))
    with open_redrive(clean_kafka, "region-inputs", "test") as opened:
        assert put_back(opened, Filter(text="2:")) == 1
    letters.write(an_input(4))
    with open_redrive(clean_kafka, "region-inputs", "test") as opened:
        assert put_back(opened) == 4
    with open_redrive(clean_kafka, "region-inputs", "test") as opened:
        assert opened.plan(Filter()).count == 0
        assert redriven(clean_kafka) == [b"2", b"0", b"1", b"3", b"4"]
        assert put_back(opened, again=True, limit=2) == 2
    with open_redrive(clean_kafka, "region-inputs", "test") as opened:
        assert opened.plan(Filter()).count == 0


def test_regions_that_rejected_one_record_bring_it_back_once(
    clean_kafka: KafkaSettings, letters: Letters
) -> None:
    for region in ("TWN", "JPN", "POL"):
        letters.write(an_input(8), region=region)
    with open_redrive(clean_kafka, "region-inputs", "test") as opened:
        assert opened.plan(Filter()).count == 3
        assert put_back(opened) == 1
        assert opened.plan(Filter()).count == 0
    assert redriven(clean_kafka) == [b"8"]


def test_dead_letters_of_an_aborted_transaction_do_not_exist(
    clean_kafka: KafkaSettings, letters: Letters
) -> None:
    letters.write(an_input(1), abort=True)
    letters.write(an_input(2))
    letters.write(an_input(3), abort=True)
    with open_redrive(clean_kafka, "region-inputs", "test") as opened:
        assert [letter.origin for letter in opened.letters()] == [(1, "2")]


def test_source_records_go_by_key_and_oversized_ones_are_read(
    clean_kafka: KafkaSettings, letters: Letters
) -> None:
    letters.write(an_input(1, topic="news-articles", partition=0, size=900_000))
    letters.write(an_input(2, topic="news-articles", partition=2))
    with open_redrive(clean_kafka, "news-articles", "test") as opened:
        assert put_back(opened) == 2
    assert len({record.partition for record in everything_on(clean_kafka, "news-articles")}) == 1


def test_rows_of_files_and_outputs_are_shown_but_not_put_back(
    clean_kafka: KafkaSettings, letters: Letters
) -> None:
    letters.write(an_input(1, topic="news-articles", partition=-1))
    letters.write(an_input(1, topic="region-state"))
    for topic in ("news-articles", "region-state"):
        with open_redrive(clean_kafka, topic, "test") as opened:
            assert len(list(opened.letters())) == 1
            plan = opened.plan(Filter())
            assert (plan.count, sum(plan.hindrances.values())) == (0, 1)


def test_an_unknown_topic_names_the_known_ones(kafka_settings: KafkaSettings) -> None:
    with (
        pytest.raises(AllywatchError, match=r"'nonsense' is not a topic.*news-articles"),
        open_redrive(kafka_settings, "nonsense", "test"),
    ):
        pass
