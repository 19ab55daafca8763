"""The subscriber client on a real broker."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from aiokafka import AIOKafkaProducer

from allywatch.client import AlertSubscriber, RiskReader
from allywatch.config import KafkaSettings
from allywatch.errors import RetryLater
from allywatch_schemas import Alert, AlertState, partition_of
from allywatch_schemas.base import Message
from allywatch_schemas.codec import encode
from allywatch_schemas.topics import PARTITIONS, REGION_ALERTS, REGION_RISK
from builders import a_risk, an_alert, an_open_alert

pytestmark = pytest.mark.kafka


def transition(key: str, revision: int, state: str = "firing") -> Alert:
    return an_alert(key=key, episode=f"{key}/1", revision=revision, state=AlertState(state), region="POL")


def publish(
    kafka: KafkaSettings, topic: str, messages: Sequence[tuple[str, Message]], *, commit: bool = True
) -> None:
    """In one transaction, as an owner does."""

    async def send() -> None:
        producer = AIOKafkaProducer(**kafka.for_aiokafka(), transactional_id="test")
        async with producer:
            await producer.begin_transaction()
            for key, message in messages:
                value, headers = encode(message, id="x", source="/test")
                partition = partition_of(key.encode(), PARTITIONS)
                await producer.send_and_wait(topic, value, key.encode(), partition, headers=list(headers))
            await (producer.commit_transaction() if commit else producer.abort_transaction())

    asyncio.run(send())


def alerts(kafka: KafkaSettings, *transitions: Alert, commit: bool = True) -> None:
    publish(kafka, REGION_ALERTS.name, [(alert.key, alert) for alert in transitions], commit=commit)


def taken(subscriber: AlertSubscriber, timeout: float = 3.0) -> Iterator[tuple[str, int]]:
    """What comes until nothing does; the first may take as long as joining a group does."""
    while alert := subscriber.poll(timeout):
        yield alert.key, alert.revision
        timeout = 1.0


def test_alerts_come_once_across_a_crash_and_a_late_joiner_hears_what_is_open(
    clean_kafka: KafkaSettings,
) -> None:
    address = clean_kafka.bootstrap
    alerts(
        clean_kafka,
        transition("a", 1),
        transition("b", 1),
        transition("a", 2),
        transition("b", 2, "resolved"),
    )
    alerts(clean_kafka, transition("a", 3, "resolved"), commit=False)
    alerts(clean_kafka, transition("a", 2))

    crashed = AlertSubscriber(address, "g", start="earliest")
    first = crashed.poll(10)
    second = crashed.poll(10)
    assert first is not None
    assert second is not None
    crashed._consumer.close()  # a crash with the second in hand

    with AlertSubscriber(address, "g", start="earliest") as again:
        rest = list(taken(again, 10))
    seen = [(first.key, first.revision), *rest]
    assert sorted(seen) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert (second.key, second.revision) in rest

    with AlertSubscriber(address, start="open") as late:
        assert list(taken(late)) == [("a", 2)]
        alerts(clean_kafka, transition("a", 3, "resolved"))
        assert list(taken(late)) == [("a", 3)]


def test_latest_begins_at_the_moment_of_subscribing(clean_kafka: KafkaSettings) -> None:
    alerts(clean_kafka, transition("a", 1))
    with AlertSubscriber(clean_kafka.bootstrap) as subscriber:
        alerts(clean_kafka, transition("a", 2))
        assert list(taken(subscriber)) == [("a", 2)]


def test_open_alerts_join_what_both_topics_know(clean_kafka: KafkaSettings) -> None:
    old = an_open_alert(key="old", episode="old/1")
    publish(clean_kafka, REGION_RISK.name, [("POL", a_risk(region="POL", open_alerts=(old,)))])
    alerts(clean_kafka, transition("new", 1), transition("done", 1), transition("done", 2, "resolved"))
    with AlertSubscriber(clean_kafka.bootstrap, regions=("POL",)) as subscriber:
        assert subscriber.open_alerts() == {"old": old, "new": transition("new", 1)}
    with RiskReader(clean_kafka.bootstrap) as reader:
        assert set(reader.catch_up()) == {"POL"}
        publish(clean_kafka, REGION_RISK.name, [("TWN", a_risk(region="TWN"))])
        assert [risk.region for risk in reader.poll(5)] == ["TWN"]


def test_without_a_broker_the_error_says_what_to_do() -> None:
    with pytest.raises(RetryLater, match="allywatch broker"):
        AlertSubscriber("127.0.0.1:1", bootstrap_timeout_ms=500)
