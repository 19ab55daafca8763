"""Plays the timeline on a real Kafka: articles and events to their topics, time as ticks."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from allywatch.config import KafkaSettings
from allywatch.control.orders import AlertName, decision
from allywatch.demo.scenario import Step
from allywatch.stream.ticks import append_ticks
from allywatch_schemas import (
    AlertCommand,
    Coverage,
    DiplomaticEvent,
    Message,
    NewsArticle,
    Retraction,
    TickOrigin,
)
from allywatch_schemas.codec import encode
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES, REGION_INPUTS

SOURCE = "/allywatch/demo"


class Player:
    """Writes messages and ticks; every send is acknowledged before the next step."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._producer: Any = None

    async def __aenter__(self) -> "Player":
        """Connect."""
        from aiokafka import AIOKafkaProducer

        self._producer = AIOKafkaProducer(**self._kafka.for_aiokafka(), acks="all", enable_idempotence=True)
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await self._producer.stop()

    async def publish(self, messages: Iterable[Message]) -> None:
        """Write articles and events to their topics, all else to the partitions of `region-inputs`."""
        sends = [await self._send(*record) for message in messages for record in records_of(message)]
        await asyncio.gather(*sends)

    async def tick(self, time: datetime, origin: TickOrigin) -> None:
        """Let time pass in every partition."""
        await append_ticks(self._producer, time, origin)

    async def _send(
        self, topic: str, key: bytes | None, value: bytes, headers: Any, partition: int | None
    ) -> Awaitable[Any]:
        sent: Awaitable[Any] = await self._producer.send(
            topic, value, key=key, headers=list(headers), partition=partition
        )
        return sent


Record = tuple[str, bytes | None, bytes, Any, int | None]


def records_of(message: Message) -> list[Record]:
    """Where a message of the story goes: topic, key, value, headers, partition.

    Raises:
        TypeError: Nobody plays such a message.
    """
    if isinstance(message, NewsArticle):
        return [_keyed(NEWS_ARTICLES.name, message, message.id, message.version, message.published_at)]
    if isinstance(message, DiplomaticEvent):
        return [_keyed(DIPLOMATIC_EVENTS.name, message, message.id, message.version, message.occurred_at)]
    if isinstance(message, Retraction):
        return _broadcast(message, message.id, message.issued_at)
    if isinstance(message, Coverage):
        return _broadcast(message, message.id, message.window_end)
    if isinstance(message, AlertCommand):
        alert = AlertName(message.alert_key, message.region)
        order = decision(alert, message.action, message.actor, message.issued_at, message.reason)
        return [(REGION_INPUTS.name, order.key, order.value, order.headers, p) for p in order.partitions]
    raise TypeError(type(message).__name__)


def _broadcast(message: Message, id: str, time: datetime) -> list[Record]:
    value, headers = encode(message, id=id, source=SOURCE, time=time)
    return [(REGION_INPUTS.name, None, value, headers, p) for p in range(REGION_INPUTS.partitions)]


def _keyed(topic: str, message: Message, key: str, version: int, time: datetime) -> Record:
    value, headers = encode(message, id=f"{key}:{version}", source=SOURCE, time=time, partition_key=key)
    return topic, key.encode(), value, headers, None


class Extraction:
    """How far the extractors have come."""

    def __init__(self, kafka: KafkaSettings, group: str) -> None:
        self._kafka, self._group = kafka, group
        self._consumer: Any = None

    async def __aenter__(self) -> "Extraction":
        """Connect, without joining the group."""
        from aiokafka import AIOKafkaConsumer

        self._consumer = AIOKafkaConsumer(
            **self._kafka.for_aiokafka(), group_id=self._group, enable_auto_commit=False
        )
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def caught_up(self, timeout: float) -> bool:
        """Wait until they have committed all there is now; False after `timeout` seconds."""
        from aiokafka import TopicPartition

        topics = (NEWS_ARTICLES, DIPLOMATIC_EVENTS)
        sources = [TopicPartition(topic.name, p) for topic in topics for p in range(topic.partitions)]
        try:
            async with asyncio.timeout(timeout):
                ends = await self._consumer.end_offsets(sources)
                for partition in sources:
                    while (await self._consumer.committed(partition) or 0) < ends[partition]:
                        await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True


FOLLOWED = 4
"""At the latest after so many steps the workers are waited for: ticks that outrun them look like silence."""


async def play(
    player: Player,
    steps: Sequence[Step],
    seconds: float,
    show: Callable[[Step], None],
    follow: Callable[[Step], Awaitable[None]],
) -> None:
    """Play the steps evenly over so many seconds, or as fast as the workers can: `follow` waits for them.

    A step's tick goes first: its messages are older than the tick, so nothing is dated in the future.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, step in enumerate(steps):
        await player.tick(step.time, TickOrigin.EXTERNAL)
        await player.publish(step.messages)
        show(step)
        if step.headlines or number % FOLLOWED == 0:
            await follow(step)
        await asyncio.sleep(max(0.0, begun + (number + 1) * seconds / len(steps) - loop.time()))


def parse_events(lines: Iterable[bytes]) -> list[DiplomaticEvent]:
    """The excerpt of real coded events that ships with the demonstration."""
    from allywatch.ingest.gdelt import parse

    return [parse(line) for line in lines if line.strip()]
