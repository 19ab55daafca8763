"""A log that stops answering: the owner says so within a stated limit, and acquires at the next try."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from memory_log import MemoryLog, MemoryReader, MemoryWriter
from owner_lab import FAST, MIXED, Lab, failing_at

LIMIT = 0.2
PATIENT = replace(
    FAST, start_timeout=LIMIT, answer_timeout=LIMIT, commit_timeout=LIMIT, close_timeout=LIMIT, measure=0
)


class MuteLog(MemoryLog):
    """Leaves one step unanswered for ever: the n-th of its name."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__()
        self._mute, self._left = name, number

    async def step(self, name: str) -> None:
        self._left -= name == self._mute
        if name == self._mute and self._left == 0:
            await asyncio.Event().wait()
        await super().step(name)


class CancellingReader(MemoryReader):
    """Its stop ends by a cancellation of its own, as aiokafka's does when it awaits what it cancelled."""

    async def stop(self) -> None:
        raise asyncio.CancelledError


class StubbornWriter(MemoryWriter):
    """Its stop does not end, and passes over the first cancellation."""

    async def stop(self) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()


class AwkwardLog(MemoryLog):
    """Its clients cannot be stopped decently."""

    def reader(self, partition: int) -> MemoryReader:
        return CancellingReader(self, partition)

    def writer(self, partition: int, name: str) -> MemoryWriter:
        return StubbornWriter(self, partition, name)


@pytest.mark.parametrize(
    ("step", "number"),
    [
        *(("writer.start", 1), ("reader.start", 1), ("topic_id", 1), ("read", 1), ("read", 9)),
        *(("begin", 1), ("begin", 2), ("begin", 3), ("end", 1), ("end", 2), ("end", 3)),
        *(("commit.begin", 1), ("commit.half", 2), ("commit.answer", 3)),
    ],
)
async def test_a_question_never_answered_is_a_failure_with_a_reason_and_the_next_try_acquires(
    step: str, number: int
) -> None:
    lab = Lab(log=MuteLog(step, number), pace=PATIENT)
    lab.fill(MIXED)
    await lab.run()
    lab.verify()
    error = lab.watcher.errors[0]
    assert isinstance(error, TimeoutError)
    assert "took more than 0.2 s" in str(error)


@pytest.mark.parametrize("step", ["reader.start", "topic_id", "end", "read", "commit.half"])
async def test_a_client_that_cancels_itself_does_not_end_the_owner(step: str) -> None:
    lab = Lab(pace=PATIENT)
    cancelled: list[str] = []

    def fault(name: str) -> None:
        if name == step and not cancelled:
            cancelled.append(name)
            raise asyncio.CancelledError

    lab.log.fault = fault
    lab.fill(MIXED)
    await lab.run()
    lab.verify()
    assert [type(error) for error in lab.watcher.errors] == [ConnectionAbortedError]


async def test_clients_that_cannot_be_stopped_do_not_keep_the_owner_from_trying_again() -> None:
    broken = failing_at(lambda step, number: step == "commit.half" and number < 60)
    lab = Lab(log=AwkwardLog(broken), pace=replace(PATIENT, close_timeout=0.02))
    lab.fill(MIXED)
    await lab.run()
    lab.verify()
    told = [str(error) for error in lab.watcher.errors]
    assert any("commit.half" in each for each in told)
    assert any("letting go was cancelled" in each for each in told)
