"""Poison on a real broker: it goes to the dead letters, and what is healthy beside it is applied."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from allywatch.config import KafkaSettings
from allywatch.errors import StopWorker
from allywatch.kafkaadmin import topic_ids
from allywatch.records import FailureLimit, Output
from allywatch.stream.kafka_log import KafkaLog
from allywatch.stream.owner import PartitionOwner
from allywatch.stream.rebuild import forget
from allywatch.stream.work import Pace, Work
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE, TOPICS
from integration.drills import last_values, positions, read_all
from owner_lab import Watcher
from tally import TallyApplication

pytestmark = pytest.mark.kafka

P = 1


class Inhabitant:
    """One owner of partition `P` on a real broker, with the small application."""

    def __init__(self, kafka: KafkaSettings, limits: dict[str, int] | None = None) -> None:
        self.kafka = kafka
        self.watcher = Watcher()
        self.stops: list[StopWorker] = []
        self.limits = limits if limits is not None else {n: t.max_message_bytes for n, t in TOPICS.items()}

        async def topic_id(topic: str) -> str:
            return (await asyncio.to_thread(topic_ids, kafka, [topic]))[topic]

        self.log = KafkaLog(kafka.for_aiokafka(), topic_id)

    def owner(self) -> PartitionOwner[Any]:
        work = Work(
            application=TallyApplication(alerts="region-alerts", risk="region-risk"),
            partition=P,
            source=REGION_INPUTS.name,
            state=REGION_STATE.name,
            writer_name=f"poison-{P}",
            worker="poison",
            limits=self.limits,
            failures=FailureLimit(100),
            pace=Pace(retry=0.05),
        )
        return PartitionOwner(work, self.log, self.watcher, self.stops.append)

    async def send(self, *values: str | None) -> None:
        writer = self.log.writer(P, "poison-input")
        await writer.start()
        await writer.commit(
            [Output(REGION_INPUTS.name, b"key", None if v is None else v.encode()) for v in values]
        )
        await writer.stop()

    async def run_until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        owner = self.owner()
        owner.start()
        try:
            async with asyncio.timeout(seconds):
                while not await asyncio.to_thread(holds):
                    await asyncio.sleep(0.2)
        finally:
            await owner.release()

    def dead(self, topic: str = REGION_INPUTS.name) -> list[tuple[int, str]]:
        letters = [dict(r.headers) for r in read_all(self.kafka, f"{topic}-dlq")[P]]
        return [(int(h["allywatch-offset"]), h["allywatch-reason"].decode()) for h in letters]

    def counts(self) -> dict[bytes, bytes]:
        return last_values(read_all(self.kafka, "region-risk")[P])


@pytest.mark.parametrize("checked_before", [True, False])
async def test_a_state_above_the_limit_costs_one_record_and_not_the_partition(
    clean_kafka: KafkaSettings, checked_before: bool
) -> None:
    """Whether we see it beforehand or the broker refuses it."""
    here = Inhabitant(clean_kafka, None if checked_before else {})
    await here.send("add A", "pad A 1500000", "add B", "pad A 2500000", "add A", None, "rubbish")
    await here.run_until(lambda: positions(clean_kafka)[P] >= 7)
    assert here.dead() == [(3, "oversized"), (5, "null_value"), (6, "invalid")]
    assert here.counts() == {b"A": b"2", b"B": b"1"}


async def test_a_corrupt_stored_state_is_dead_lettered_and_a_corrupt_position_stops(
    clean_kafka: KafkaSettings,
) -> None:
    here = Inhabitant(clean_kafka)
    await here.send("add A", "add B")
    await here.run_until(lambda: positions(clean_kafka)[P] >= 2)
    intruder = here.log.writer(P, "intruder")
    await intruder.start()
    await intruder.commit([Output(REGION_STATE.name, b"A", b"rubbish")])
    await here.run_until(lambda: len(here.dead(REGION_STATE.name)) == 1)
    assert here.dead(REGION_STATE.name)[0][1] == "corrupt_state"

    await intruder.commit([Output(REGION_STATE.name, b"\0position", b"rubbish")])
    await intruder.stop()
    await here.run_until(lambda: bool(here.stops))
    assert "rebuild-state" in str(here.stops[0])

    done = await forget(here.log, f"poison-{P}", P, accept_loss=False)
    assert done.start == 0
    here.stops.clear()
    await here.run_until(lambda: positions(clean_kafka)[P] >= 2)
    assert here.counts() == {b"A": b"1", b"B": b"1"}
