"""Score workers killed, frozen and cheated on a real broker: 0 lost, 0 doubled, everything as in a replay.

`make soak` runs them in full (`ALLYWATCH_SOAK=1`: 20,000 messages each, ten times over).
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allywatch.broker.local import LocalBroker
from allywatch.config import KafkaSettings
from allywatch.kafkaadmin import topic_ids
from integration.drills import Found, Worker, stop_all, verify, wait_until_applied, wait_until_taken_up
from integration.hostile import HostileDelivery
from integration.traffic import Articles, Inputs, LastTicks, Traffic

SOAK = bool(os.environ.get("ALLYWATCH_SOAK"))
MESSAGES, RATE, ROUNDS = (20_000, 1_000.0, int(os.environ.get("RUNS", "10"))) if SOAK else (1_600, 250.0, 1)
FREEZE_SECONDS = 25 if SOAK else 13
"""Longer than the session timeout, so that partitions move."""

LONGEST_SECONDS = 2_400 if SOAK else 400
"""Drills themselves tell when nothing moves; on a machine shared with others a whole one takes its time."""

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(LONGEST_SECONDS), *([pytest.mark.soak] if SOAK else [])]

rounds = pytest.mark.parametrize("round_number", range(ROUNDS))
StartWorker = Callable[[], Worker]


@pytest.fixture
def start_worker(clean_kafka: KafkaSettings, tmp_path: Path) -> Iterator[StartWorker]:
    """Start score workers that are surely gone after the test; their output is shown if it fails."""
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker(clean_kafka, tmp_path / f"worker-{len(started)}.log").start())
        return started[-1]

    yield start
    stop_all(*started)
    for worker in started:
        print(worker.log.name, worker.log.read_text()[-4_000:], sep="\n")


def finish(kafka: KafkaSettings, traffic: Traffic) -> Found:
    """Wait until everything is applied, then verify."""
    assert isinstance(traffic.source, Inputs)
    traffic.wait_until(1)
    wait_until_applied(kafka)
    found = verify(kafka, traffic.source.source_ends)
    assert found.inputs == traffic.source.messages
    assert found.alerts > 0
    print(found)
    return found


def wait_until_ready(*workers: Worker, timeout: float = 60) -> None:
    """Block until all say that they are ready."""
    deadline = time.monotonic() + timeout
    while not all(worker.ready() for worker in workers):
        assert time.monotonic() < deadline, "workers are not ready: " + "; ".join(
            worker.log.read_text()[-1_000:] for worker in workers
        )
        time.sleep(0.2)


@rounds
def test_kill_and_restarts(
    clean_broker: LocalBroker, clean_kafka: KafkaSettings, start_worker: StartWorker, round_number: int
) -> None:
    traffic = Traffic(clean_kafka, Inputs(MESSAGES, seed=round_number), RATE)
    first, second = start_worker(), start_worker()
    wait_until_ready(first, second)
    traffic.start().wait_until(0.2)
    first.kill()
    traffic.wait_until(0.4)
    first.start()
    traffic.wait_until(0.6)
    assert second.terminate() < 5
    traffic.wait_until(0.8)
    second.start()
    if not SOAK:  # in full it is killed in the drill below
        clean_broker.kill()
        clean_broker.start()
    finish(clean_kafka, traffic)


@pytest.mark.soak
@rounds
def test_random_kills_and_a_killed_broker(
    clean_broker: LocalBroker, clean_kafka: KafkaSettings, start_worker: StartWorker, round_number: int
) -> None:
    chance = random.Random(round_number)
    traffic = Traffic(clean_kafka, Inputs(MESSAGES, seed=round_number), RATE)
    workers = [start_worker(), start_worker()]
    wait_until_ready(*workers)
    traffic.start()
    for kill in range(5):
        traffic.wait_until(min(0.9, (kill + chance.random()) / 5))
        victim = chance.choice(workers)
        victim.kill()
        time.sleep(chance.random())
        victim.start()
        if kill == 1:
            clean_broker.kill()
            time.sleep(5)
            clean_broker.start()
    finish(clean_kafka, traffic)


@rounds
def test_a_frozen_worker_woken_after_its_partitions_moved(
    clean_kafka: KafkaSettings, start_worker: StartWorker, round_number: int
) -> None:
    traffic = Traffic(clean_kafka, Inputs(MESSAGES, seed=round_number), RATE)
    sleeper, other = start_worker(), start_worker()
    wait_until_ready(sleeper, other)
    traffic.start().wait_until(0.2)
    sleeper.signal(signal.SIGSTOP)
    time.sleep(FREEZE_SECONDS)
    sleeper.signal(signal.SIGCONT)
    finish(clean_kafka, traffic)
    assert sleeper.terminate() < 5
    assert other.terminate() < 5


@rounds
async def test_hostile_delivery_to_two_owners_of_everything(
    clean_kafka: KafkaSettings, round_number: int
) -> None:
    """Events are dropped, doubled and shuffled, and two rivals own every partition at once."""
    traffic = Traffic(clean_kafka, Inputs(MESSAGES, seed=round_number), RATE)
    hostile = HostileDelivery(clean_kafka, rivals=2, chance=random.Random(round_number))
    async with hostile:
        traffic.start()
        while traffic.running:
            await hostile.deliver()
        traffic.wait_until(1)
        await asyncio.to_thread(wait_until_applied, clean_kafka)
    found = await asyncio.to_thread(finish, clean_kafka, traffic)
    assert hostile.fenced > 0
    print(found, "fenced", hostile.fenced, "events dropped", hostile.dropped)


@rounds
def test_kills_of_the_extractor(
    clean_kafka: KafkaSettings, start_worker: StartWorker, tmp_path: Path, round_number: int
) -> None:
    chance = random.Random(round_number)
    articles = Articles(MESSAGES)
    traffic = Traffic(clean_kafka, articles, RATE)
    scorer = start_worker()
    extractor = Worker(clean_kafka, tmp_path / "extractor.log", ("extract",)).start()
    try:
        wait_until_ready(scorer)
        traffic.start()
        for kill in range(5 if SOAK else 1):
            traffic.wait_until((kill + chance.random()) / 5)
            extractor.kill()
            extractor.start()
        traffic.wait_until(1)
        topic_id = topic_ids(clean_kafka, ["news-articles"])["news-articles"]
        wait_until_taken_up(clean_kafka, articles.source_ends, topic_id)
        assert extractor.terminate() < 5
        Traffic(clean_kafka, LastTicks(), RATE).start().wait_until(1)
        wait_until_applied(clean_kafka)
        print(verify(clean_kafka, articles.source_ends, topic_id))
    finally:
        stop_all(extractor)
        print(extractor.log.read_text()[-4_000:])
