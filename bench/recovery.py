"""How long a score worker takes to come back: 200 regions from a state topic of 500,000 records.

States are of 1.8 KB, as the tables of the system before were measured with. The records are written as they
are in operation, each key in turn with positions among them, as fast as the broker takes them; then its
cleaner gets a few seconds, as it has them in operation where 500,000 records take hours. The worst case,
when it never ran, is measured first.
"""

import asyncio
import json
import time
from contextlib import ExitStack
from typing import Any

from aiokafka import AIOKafkaProducer

from allywatch.kafkaadmin import topic_ids
from allywatch.stream.position import POSITION_KEY, Position
from allywatch_schemas import PARTITIONS
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE
from bench.cluster import REGION_TOPICS, Cluster, producer
from bench.plumbing import RECENT
from bench.report import emit, say
from bench.workers import PLUMBING_SCORE, worker

KEYS = 200
_POSITION_EVERY = 100
_CLEANER_SECONDS = 30.0


def run(cluster: Cluster, *, quick: bool) -> None:
    """Once right after writing, once after the cleaner had its time."""
    records = 20_000 if quick else 500_000
    cluster.renew(REGION_TOPICS)
    say(f"recovery: writing {records} records of {KEYS} states")
    asyncio.run(write_states(cluster, records))
    emit("recovery_s_500k_uncleaned", come_back(cluster, "uncleaned"), "s")
    say(f"recovery: the cleaner has {_CLEANER_SECONDS:g} s")
    time.sleep(_CLEANER_SECONDS)
    emit("recovery_s_500k", come_back(cluster, "cleaned"), "s")


def come_back(cluster: Cluster, name: str) -> float:
    """Seconds from the start of a worker's process until it is ready."""
    began = time.monotonic()
    with ExitStack() as stack:
        app_id = f"recovery-{name}"
        scoring = stack.enter_context(worker(cluster, app_id, PLUMBING_SCORE, app_id))
        scoring.wait_ready(timeout=300)
        seconds = time.monotonic() - began
        said = scoring.metric("allywatch_score_acquire_seconds_sum")
        emit(f"recovery_acquire_s_{name}", said / PARTITIONS, "s")
        emit(f"recovery_rss_mb_{name}", scoring.measured.rss_mb(), "MB")
    return seconds


def state(number: int, turn: int) -> bytes:
    """The plumbing job's state of a region, full."""
    recent = [[f"article:{turn}:{k}:{number:03}", f"article:{turn}:{k}", 125_000] for k in range(RECENT)]
    return json.dumps({"count": turn, "sum": turn * 125_000, "recent": recent}).encode()


async def write_states(cluster: Cluster, records: int) -> None:
    """States of each key in turn, with the partition's position among them."""
    ids = await asyncio.to_thread(topic_ids, cluster.kafka, [REGION_INPUTS.name])
    position = Position(ids[REGION_INPUTS.name], 0).encode()
    keys = [f"R{number:03}".encode() for number in range(KEYS)]
    places = [partition_of(key, PARTITIONS) for key in keys]
    async with producer(cluster.kafka) as sender:
        batches = [sender.create_batch() for _ in range(PARTITIONS)]
        for count in range(records):
            number = count % KEYS
            partition = places[number]
            key, value = keys[number], state(number, count)
            if (turn := count % _POSITION_EVERY) < PARTITIONS:
                partition, key, value = turn, POSITION_KEY, position
            if batches[partition].append(key=key, value=value, timestamp=None) is None:
                batches[partition] = await _flush(sender, batches[partition], partition)
                batches[partition].append(key=key, value=value, timestamp=None)
        for partition, batch in enumerate(batches):
            await _flush(sender, batch, partition)
        await sender.flush()


async def _flush(sender: AIOKafkaProducer, batch: Any, partition: int) -> Any:
    await sender.send_batch(batch, REGION_STATE.name, partition=partition)
    return sender.create_batch()
