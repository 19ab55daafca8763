"""The extractor on a real broker: poison, and a kill at the worst moment."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from allywatch import records
from allywatch.broker.local import LocalBroker
from allywatch.config import KafkaSettings
from allywatch.errors import StopWorker
from allywatch.records import Record
from allywatch_schemas import PARTITIONS, Retraction
from allywatch_schemas.codec import encode, header
from builders import an_event
from integration.extracting import (
    ARTICLES,
    EVENTS,
    INPUTS,
    a_worker,
    article,
    bad,
    batches_of,
    documents_of,
    drain,
    produce,
    running,
)

pytestmark = pytest.mark.kafka

POISON = {
    "not_json": bad(b"{nonsense"),
    "wrong_encoding": bad('{"id": "Łódź"}'.encode("iso-8859-2")),
    "unknown_type": bad(b"{}", kind="org.allywatch.news-article.v99"),
    "invalid": bad(b'{"id": "x"}'),
    "null_value": bad(None),
    "oversized": article(id="long", body="word " * 60_000),
    "processing_failed": article(id="choke", body="choke"),
}


async def test_poison_of_every_kind_goes_to_the_dead_letters_and_the_rest_goes_on(
    clean_kafka: KafkaSettings,
) -> None:
    far = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    event = an_event(id="e")
    value, headers = encode(event, id="e", source="/test")
    good = [
        article(id="plain"),
        (ARTICLES, None, *article(id="no-key")[2:]),
        article(id="future", published_at=far),
        article(id="pathological", body="\u202e\u0000" + "a." * 50_000 + "(" * 20_000),
        article(id="later", version=2),
        article(id="gone", status="canceled"),
        (EVENTS, b"e", value, headers),
    ]
    await produce(clean_kafka, [*POISON.values(), *good])
    worker, health, registry = a_worker(clean_kafka)
    wanted = {"plain", "no-key", "future", "pathological", "later", "e"}
    async with running(worker):
        inputs = await drain(clean_kafka, INPUTS, lambda got: documents_of(got) >= wanted)
        letters = await drain(clean_kafka, f"{ARTICLES}-dlq", lambda got: len(got) >= len(POISON))
        assert health.ready()[0], health.ready()
    assert documents_of(inputs) == wanted
    by_reason = {header(letter.headers, records.REASON): letter for letter in letters}
    assert by_reason.keys() == POISON.keys()
    for reason, (_, key, original, sent_headers) in POISON.items():
        letter = by_reason[reason]
        assert (letter.key, letter.value) == (key, original)
        assert set(sent_headers) <= set(letter.headers)
    withdrawn = [
        Retraction.read(r.value or b"") for r in inputs if header(r.headers, "ce_type") == Retraction.TYPE
    ]
    assert [r.doc_id for r in withdrawn] == ["gone"] * PARTITIONS
    rejected = registry.get_sample_value(
        "allywatch_extract_rejects_total", {"topic": ARTICLES, "reason": "oversized"}
    )
    assert rejected == 1


async def test_defects_above_the_limit_stop_the_worker_and_commit_nothing(clean_kafka: KafkaSettings) -> None:
    await produce(clean_kafka, [article(id=f"c{n}", body="choke") for n in range(5)])
    worker, _, _ = a_worker(clean_kafka, limit=2)
    with pytest.raises(StopWorker, match="deploy"):
        await asyncio.wait_for(worker.run(asyncio.Event()), 20)
    async with AIOKafkaConsumer(**clean_kafka.for_aiokafka(), group_id="test-extract") as consumer:
        assert await consumer.committed(TopicPartition(ARTICLES, 0)) is None


async def test_the_first_start_waits_for_a_broker_that_is_not_up(
    new_broker: Callable[..., LocalBroker],
) -> None:
    from allywatch.broker.topics import ensure_topics

    broker = new_broker()
    with broker:
        ensure_topics(KafkaSettings(bootstrap=broker.bootstrap))
    kafka = KafkaSettings(bootstrap=broker.bootstrap)
    worker, health, _ = a_worker(kafka)
    async with running(worker):
        await asyncio.sleep(0.5)
        assert not health.ready()[0]
        with broker:
            await produce(kafka, [article(id="late")])
            inputs = await drain(kafka, INPUTS, lambda got: bool(documents_of(got)))
    assert documents_of(inputs) == {"late"}


def skipping_watermarks(inputs: Sequence[Record], partition: int) -> list[str]:
    """Ids of the items that the engine would count, in order."""
    at: dict[tuple[str, int], int] = {}
    counted: list[str] = []
    for batch in batches_of([r for r in inputs if r.partition == partition]):
        keys = [(r.topic, r.partition) for r in batch.ranges]
        fresh = {d.doc_id for d in batch.documents if d.offset >= at.get(keys[d.range], 0)}
        counted += [item.id for item in batch.items if item.doc_id in fresh]
        for key, taken in zip(keys, batch.ranges, strict=True):
            assert taken.start <= at.get(key, 0), "a hole"
            at[key] = max(at.get(key, 0), taken.end)
    return counted


KILLED_BEFORE_COMMIT = """
import asyncio, os, sys
sys.path[:0] = sys.argv[2:]
from integration.extracting import a_worker
from allywatch.config import KafkaSettings
from allywatch.stream.intake import Intake
commits = 0
commit = Intake.commit
async def die(self, taken):
    global commits
    commits += 1
    if commits > 2:
        os.kill(os.getpid(), 9)
    return await commit(self, taken)
Intake.commit = die
asyncio.run(a_worker(KafkaSettings(bootstrap=sys.argv[1]))[0].run(asyncio.Event()))
"""


async def test_a_kill_between_send_and_commit_loses_and_doubles_nothing(clean_kafka: KafkaSettings) -> None:
    tests = os.path.dirname(os.path.dirname(__file__))
    command = [sys.executable, "-c", KILLED_BEFORE_COMMIT, clean_kafka.bootstrap, tests]
    victim = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    ids: list[str] = []
    while victim.returncode is None:
        chunk = [f"a{len(ids) + n:04}" for n in range(25)]
        await produce(clean_kafka, [article(id=one) for one in chunk])
        ids += chunk
    assert await victim.wait() == -signal.SIGKILL
    sent_before = await drain(clean_kafka, INPUTS, lambda got: len(batches_of(got)) >= 3 * PARTITIONS)
    assert len(batches_of(sent_before)) >= 3 * PARTITIONS
    worker, _, _ = a_worker(clean_kafka)
    async with running(worker):
        inputs = await drain(clean_kafka, INPUTS, lambda got: documents_of(got) >= set(ids) and _again(got))
    home = next(r.partition for r in inputs if r.value and b'"items":[{' in r.value)
    assert skipping_watermarks(inputs, home) == [f"{one}/POL" for one in ids]
    assert sum(len(batch.items) for batch in batches_of(inputs)) > len(ids), "the range was sent twice"


def _again(inputs: Sequence[Record]) -> bool:
    return len({(r.start) for b in batches_of(inputs) for r in b.ranges}) < len(batches_of(inputs))


async def test_a_broker_killed_and_back_costs_nothing(clean_broker: LocalBroker) -> None:
    kafka = KafkaSettings(bootstrap=clean_broker.bootstrap)
    worker, _, _ = a_worker(kafka)
    async with running(worker):
        await produce(kafka, [article(id="before")])
        await drain(kafka, INPUTS, lambda got: "before" in documents_of(got))
        clean_broker.kill()
        await asyncio.sleep(1)
        clean_broker.start()
        await produce(kafka, [article(id="after")])
        inputs = await drain(kafka, INPUTS, lambda got: documents_of(got) >= {"before", "after"})
    assert documents_of(inputs) == {"before", "after"}


async def test_extractors_that_come_and_go_lose_and_double_nothing(clean_kafka: KafkaSettings) -> None:
    ids: list[str] = []

    async def send_some() -> None:
        for partition in range(PARTITIONS):
            chunk = [f"m{len(ids) + n:04}" for n in range(10)]
            await produce(clean_kafka, [article(id=one) for one in chunk], partition)
            ids.extend(chunk)

    one, other = a_worker(clean_kafka)[0], a_worker(clean_kafka)[0]
    async with running(one) as first:
        await send_some()
        await drain(clean_kafka, INPUTS, lambda got: documents_of(got) >= set(ids))
        async with running(other):
            for _ in range(4):
                await send_some()
                await asyncio.sleep(0.2)
            assert not first.done()
        for _ in range(2):
            await send_some()
        inputs = await drain(clean_kafka, INPUTS, lambda got: documents_of(got) >= set(ids))
    home = next(r.partition for r in inputs if r.value and b'"items":[{' in r.value)
    assert sorted(skipping_watermarks(inputs, home)) == [f"{one}/POL" for one in sorted(ids)]


@pytest.mark.parametrize("broker_goes_first", [False, True])
def test_sigterm_ends_the_process_well_with_and_without_its_broker(
    clean_broker: LocalBroker, broker_goes_first: bool
) -> None:
    env = os.environ | {"ALLYWATCH_KAFKA_BOOTSTRAP": clean_broker.bootstrap, "ALLYWATCH_METRICS_PORT": "0"}
    command = [sys.executable, "-m", "allywatch", "extract"]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as process:
        asyncio.run(_work_of(clean_broker))
        if broker_goes_first:
            clean_broker.kill()
        asked = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert time.monotonic() - asked < 5


async def _work_of(broker: LocalBroker) -> None:
    kafka = KafkaSettings(bootstrap=broker.bootstrap)
    await produce(kafka, [article(id="one")])
    inputs = await drain(kafka, INPUTS, lambda got: documents_of(got) == {"one"}, seconds=30)
    assert documents_of(inputs) == {"one"}
