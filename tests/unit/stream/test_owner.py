"""The owner on a hostile log: whatever happens, what it wrote equals a plain replay."""

import asyncio
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.records import Record
from allywatch.stream.inbox import Inbox
from allywatch.stream.log import Fenced
from allywatch.stream.position import POSITION_KEY
from memory_log import MemoryLog
from owner_lab import COMMANDS, MIXED, SOURCE, STATE, Lab, P, failing_at, stored_position


async def test_records_are_applied_from_the_log_although_none_is_delivered() -> None:
    lab = Lab()
    lab.fill(MIXED)
    await lab.run()
    lab.verify()


async def test_dropped_doubled_and_shuffled_hints_change_nothing() -> None:
    chance = random.Random(3)
    lab = Lab()
    records = lab.fill(MIXED)
    hints = [r for r in records for _ in range(2 if chance.random() < 0.3 else 1) if chance.random() < 0.7]
    chance.shuffle(hints)
    await lab.run(hints)
    lab.verify()


async def test_a_record_delivered_in_order_is_not_read_from_the_log() -> None:
    lab = Lab()
    owner = lab.owner()
    owner.start()
    while not owner.ready:
        await asyncio.sleep(0)
    lab.log.fault = failing_at(lambda step, _: step == "read")
    for record in lab.fill(MIXED):
        owner.offer(record)
    await lab.settle()
    await owner.release()
    lab.verify()
    assert lab.watcher.errors == []


def test_a_full_inbox_drops_records_but_remembers_how_far_the_log_reaches() -> None:
    inbox = Inbox(max_records=2, max_bytes=1_000)
    for offset in range(4):
        inbox.offer(Record(SOURCE, P, offset, None, b"x"))
    inbox.offer(Record(SOURCE, P, 4, None, b"x" * 2_000))
    assert [inbox.take(n) is not None for n in range(5)] == [True, True, False, False, False]
    assert inbox.gap(2) == inbox.reach == 5


async def test_two_owners_of_everything_fence_each_other_and_nothing_is_doubled() -> None:
    lab = Lab()
    first, second = lab.owner(), lab.owner()
    first.start()
    second.start()
    for command in MIXED:
        (record,) = lab.fill([command])
        first.offer(record)
        second.offer(record)
        await asyncio.sleep(0.0005)
    await lab.settle()
    await asyncio.gather(first.release(), second.release())
    lab.verify()
    assert lab.watcher.fenced_times > 0


async def test_a_frozen_owner_that_wakes_after_its_partition_moved_writes_nothing() -> None:
    lab = Lab()
    frozen = asyncio.Event()
    lab.log.fault = lambda step: frozen.set() if step == "commit.half" else None
    lab.fill(MIXED[:40])
    sleeper = lab.log.writer(P, f"app-{P}")
    await sleeper.start()
    held = asyncio.create_task(sleeper.commit([]))
    with suppress(Fenced):
        await held
    await lab.run()
    with pytest.raises(Fenced):
        await sleeper.commit([])
    lab.verify()


@pytest.mark.parametrize("step", MemoryLog.STEPS)
@pytest.mark.parametrize("seed", range(4))
async def test_failures_at_every_step_lose_and_double_nothing(step: str, seed: int) -> None:
    chance = random.Random(seed)
    left = 25

    def fault(name: str) -> None:
        nonlocal left
        if name == step and left and chance.random() < 0.4:
            left -= 1
            raise ConnectionError(f"{step}, {left} to come")

    lab = Lab(log=MemoryLog(fault))
    lab.fill(MIXED)
    await lab.run()
    lab.verify()


async def test_a_start_whose_answer_was_lost_counts_once_and_no_healthy_record_is_accused() -> None:
    begun = answered = 0
    broken = True

    def fault(name: str) -> None:
        nonlocal begun, answered
        begun += name == "commit.begin"
        answered += name == "commit.answer"
        if (name == "commit.answer" and answered == 1) or (name == "commit.begin" and broken and begun > 3):
            raise ConnectionError("the broker is leaving")

    lab = Lab(log=MemoryLog(fault))
    lab.fill(["add A"])
    first = lab.owner()
    first.start()
    await asyncio.sleep(0.1)
    await first.release()
    broken = False
    await lab.run()
    lab.verify()
    assert lab.log.committed(f"{SOURCE}-dlq", P) == []


@settings(max_examples=60, deadline=None)
@given(
    commands=st.lists(st.sampled_from(COMMANDS), max_size=40),
    failing=st.sets(st.integers(1, 150), max_size=25),
    seed=st.integers(0, 10_000),
    rivals=st.integers(1, 2),
)
def test_any_failures_deliveries_and_rivals_are_exact(
    commands: list[str | None], failing: set[int], seed: int, rivals: int
) -> None:
    async def scenario() -> None:
        chance = random.Random(seed)
        lab = Lab(log=MemoryLog(failing_at(lambda _, count: count in failing)))
        owners = [lab.owner() for _ in range(rivals)]
        for owner in owners:
            owner.start()
        hints = []
        for command in commands:
            hints += lab.fill([command])
            for _ in range(chance.randrange(3)):
                chance.choice(owners).offer(chance.choice(hints))
            await asyncio.sleep(0)
        await lab.settle()
        await asyncio.gather(*(owner.release() for owner in owners))
        lab.verify()

    asyncio.run(scenario())


async def test_a_released_owner_has_committed_what_it_applied_and_the_next_goes_on() -> None:
    lab = Lab()
    for start in range(0, len(MIXED), 30):
        lab.fill(MIXED[start : start + 30])
        await lab.run()
    lab.verify()


async def test_states_are_restored_and_not_rebuilt_when_the_log_has_lost_its_beginning() -> None:
    lab = Lab()
    lab.fill(MIXED[:60])
    await lab.run()
    before = lab.last(STATE)
    lab.log.begins[SOURCE, P] = 50
    await lab.run()
    assert lab.last(STATE) == before
    assert lab.stops == []


# --- what must stop the worker, with the remedy


async def stopped(lab: Lab) -> str:
    await lab.run()
    (stop,) = lab.stops
    return str(stop)


async def test_no_position_and_a_log_that_does_not_start_at_0_stops() -> None:
    lab = Lab()
    lab.fill(MIXED)
    lab.log.begins[SOURCE, P] = 10
    assert "rebuild-state --partition 2` --accept-loss" in await stopped(lab)
    assert lab.log.committed("alerts", P) == []


async def test_a_position_below_the_start_of_the_log_stops() -> None:
    lab = Lab()
    lab.fill(MIXED)
    lab.log.append(STATE, P, stored_position(5), POSITION_KEY)
    lab.log.begins[SOURCE, P] = 10
    assert "retention removed 5 offsets" in await stopped(lab)


async def test_another_topic_id_stops() -> None:
    lab = Lab()
    lab.fill(MIXED)
    lab.log.append(STATE, P, stored_position(5, "old"), POSITION_KEY)
    assert "made anew" in await stopped(lab)


async def test_a_log_that_ends_before_the_position_stops() -> None:
    lab = Lab()
    lab.fill(["add A"] * 3)
    lab.log.append(STATE, P, stored_position(5), POSITION_KEY)
    owner = lab.owner()
    owner.start()
    while not lab.stops:
        await asyncio.sleep(0.001)
    await owner.release()
    assert "ends at 3, before the position 5" in str(lab.stops[0])


async def test_a_log_that_shrinks_under_a_running_owner_stops_it() -> None:
    lab = Lab()
    lab.fill(["add A"] * 9)
    owner = lab.owner()
    owner.start()
    await lab.settle()
    lab.log.truncate(SOURCE, P, 4)
    while not lab.stops:
        await asyncio.sleep(0.001)
    await owner.release()
    assert "ends at 4, before the position 9" in str(lab.stops[0])


async def test_a_position_that_cannot_be_read_stops() -> None:
    lab = Lab()
    lab.log.append(STATE, P, b"seven", POSITION_KEY)
    owner = lab.owner()
    owner.start()
    while not lab.stops:
        await asyncio.sleep(0.001)
    await owner.release()
    assert "cannot be read (b'seven')" in str(lab.stops[0])


async def test_an_application_may_stop_the_worker_and_nothing_of_that_transaction_is_written() -> None:
    lab = Lab()
    lab.fill(["add A", "add A", "add A", "stop"])
    assert await stopped(lab) == "asked to. Do not ask."
    assert lab.position < 4


async def test_too_many_defects_stop_the_worker_but_rubbish_never_does() -> None:
    lab = Lab(failure_limit=3)
    lab.fill(["rubbish"] * 50)
    await lab.run()
    assert lab.stops == []
    lab.fill(["bug"] * 4)
    assert "bad code is deployed" in await stopped(lab)


# --- poison
