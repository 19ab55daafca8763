"""Traffic for drills: inputs that open and resolve alerts, and articles for the extractor."""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from kafka import KafkaProducer

from allywatch.config import KafkaSettings
from allywatch.regions import load_registry
from allywatch_schemas import PARTITIONS, EvidenceBatch, Message, NewsArticle, Tick, TickOrigin
from allywatch_schemas.codec import Headers, encode
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import NEWS_ARTICLES, REGION_INPUTS
from builders import a_batch, a_document, a_range, a_retraction, an_article, an_evidence

START = datetime(2026, 3, 1, tzinfo=UTC)
STEP = timedelta(minutes=30)
"""How much the clock moves from turn to turn: a burst lasts ten hours, then a region is quiet for days."""

DRILL_ID = "drill"
"""The topic id under which `Inputs` speaks of news-articles."""

Sent = tuple[str, int, bytes | None, Headers]
"""Topic, partition, value, headers."""


class Source(Protocol):
    """What a drill sends."""

    messages: int

    def records(self) -> Iterator[Sent]: ...


class Traffic:
    """Sends a source's records at a steady rate, from a thread."""

    def __init__(self, kafka: KafkaSettings, source: Source, rate: float) -> None:
        self.source, self.rate = source, rate
        self.sent = 0
        self._kafka = kafka
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._failures: list[BaseException] = []

    @property
    def progress(self) -> float:
        """The share that was handed to the producer; the broker may lack the last of it for a while."""
        return self.sent / self.source.messages

    @property
    def running(self) -> bool:
        """Until the broker has all of it, or sending failed."""
        return self._thread.is_alive()

    def start(self) -> "Traffic":
        self._thread.start()
        return self

    def wait_until(self, share: float, timeout: float = 300) -> None:
        """Block until so much was sent; at 1, until the broker has all of it."""
        deadline = time.monotonic() + timeout
        if share >= 1:
            self._thread.join(timeout)
        while self.progress < share and self._thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._failures:
            raise self._failures[0]
        assert self.progress >= share, f"only {self.progress:.0%} sent"

    def _run(self) -> None:
        try:
            self._send_all()
        except BaseException as exc:
            self._failures.append(exc)

    def _send_all(self) -> None:
        producer = KafkaProducer(
            **self._kafka.for_kafka_python(), acks="all", delivery_timeout_ms=120_000, linger_ms=5
        )
        started = time.monotonic()
        sends = []
        for number, (topic, partition, value, headers) in enumerate(self.source.records()):
            sends.append(producer.send(topic, value=value, headers=list(headers), partition=partition))
            self.sent = number + 1
            time.sleep(max(0.0, started + number / self.rate - time.monotonic()))
        producer.flush(timeout=120)
        for sent in sends:
            sent.get(timeout=120)
        producer.close()


class Inputs:
    """Evidence for every partition of `region-inputs`, with ticks, retractions and rubbish among it.

    Each region in turn gets a burst of dire news and then silence, so that alerts open and resolve.
    """

    def __init__(self, messages: int, seed: int = 1) -> None:
        self.messages = messages
        self.source_ends: Counter[int] = Counter()
        """How many records each partition of the source topic would have."""
        self._chance = random.Random(seed)
        self._regions: dict[int, list[str]] = defaultdict(list)
        for region in sorted(load_registry().regions):
            self._regions[partition_of(region.encode(), PARTITIONS)].append(region)

    def records(self) -> Iterator[Sent]:
        last_ticks = self.messages - PARTITIONS
        for number in range(self.messages):
            partition, turn = number % PARTITIONS, number // PARTITIONS
            clock = START + turn * STEP
            value, headers = self._record(number, partition, turn, clock, last=number >= last_ticks)
            yield REGION_INPUTS.name, partition, value, headers

    def _record(
        self, number: int, partition: int, turn: int, clock: datetime, *, last: bool
    ) -> tuple[bytes, Headers]:
        if last:
            return encoded(a_tick_at(clock + timedelta(days=30)), number)
        if turn % 5 == 0:
            return encoded(a_tick_at(clock), number)
        if turn % 97 == 1:
            return b"rubbish %d" % number, (("ce_type", EvidenceBatch.TYPE.encode()),)
        if turn % 31 == 2:
            doc_id = f"doc-{self._chance.randrange(max(1, number))}"
            return encoded(a_retraction(id=f"r-{number}", doc_id=doc_id, issued_at=clock), number)
        return encoded(self._batch(number, partition, turn, clock), number)

    def _batch(self, number: int, partition: int, turn: int, clock: datetime) -> EvidenceBatch:
        regions = self._regions[partition]
        # A burst on one region, twenty turns long, then the next: alerts open, fire and resolve.
        focus = regions[(turn // 20) % len(regions)]
        start = self.source_ends[partition]
        self.source_ends[partition] += 1
        items = [
            an_evidence(
                id=f"e-{number}-{place}",
                doc_id=f"doc-{number}",
                region=region,
                target=region,
                event_time=clock,
                intensity=0.9 if place == 0 else 0.05,
                half_life_hours=1.0,
                modality="asserted",
            )
            for place, region in enumerate((focus, self._chance.choice(regions)))
        ]
        return a_batch(
            id=f"b-{number}",
            ranges=(
                a_range(
                    topic=NEWS_ARTICLES.name,
                    topic_id=DRILL_ID,
                    partition=partition,
                    start=start,
                    end=start + 1,
                ),
            ),
            documents=(
                a_document(
                    doc_id=f"doc-{number}",
                    fingerprint=f"{number:016x}",
                    published_at=clock,
                    offset=start,
                    range=0,
                ),
            ),
            items=tuple(items),
        )


def a_tick_at(clock: datetime) -> Tick:
    return Tick(time=clock, origin=TickOrigin.EXTERNAL)


def encoded(message: Message, number: int) -> tuple[bytes, Headers]:
    return encode(message, id=f"drill-{number}", source="/drill")


class Articles:
    """Articles for `allywatch extract`, some of them rubbish, and ticks for the scorers."""

    def __init__(self, messages: int) -> None:
        self.messages = messages
        self.source_ends: Counter[int] = Counter()

    def records(self) -> Iterator[Sent]:
        last_ticks = self.messages - PARTITIONS
        for number in range(self.messages):
            partition, turn = number % PARTITIONS, number // PARTITIONS
            clock = START + turn * STEP
            if turn % 10 == 0 or number >= last_ticks:
                value, headers = encoded(a_tick_at(clock), number)
                yield REGION_INPUTS.name, partition, value, headers
                continue
            value, headers = b"rubbish %d" % number, (("ce_type", NewsArticle.TYPE.encode()),)
            if turn % 50 != 3:
                value, headers = encoded(self._article(number, turn, clock), number)
            self.source_ends[partition] += 1
            yield NEWS_ARTICLES.name, partition, value, headers

    def _article(self, number: int, turn: int, clock: datetime) -> NewsArticle:
        words = " ".join(
            random.Random(number).choices(("harbour", "bridge", "garden", "market", "river"), k=30)
        )
        return an_article(id=f"article-{number}", body=f"{an_article().body} {words}", published_at=clock)


class LastTicks:
    """One tick for every partition, long after everything else: every region says its score once more."""

    messages = PARTITIONS

    def records(self) -> Iterator[Sent]:
        for partition in range(PARTITIONS):
            value, headers = encoded(a_tick_at(START + timedelta(days=365)), partition)
            yield REGION_INPUTS.name, partition, value, headers
